"""What is said and answered about the links of parties."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import Frozen, PartyId
from domain.model.report import EmailAddress
from services.party_addresses import Mended


class PartyLinkRequest(Frozen):
    """Whom a link is for."""

    party: PartyId


class PartyLinkBody(Body):
    """A link, told once."""

    object: Literal["party_link"] = "party_link"
    case: str
    party: str
    path: str
    """Where it leads, under the address of the pages. It opens once, and is told this once."""
    expires_in: int
    """Seconds for which it is good."""


class AddressRequest(Frozen):
    """Where a party is reached from now on."""

    email: EmailAddress
    """Where letters go."""
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    """Why, for the team; it stands in the case as a note."""


class AddressBody(Body):
    """What followed from another address. The address itself is not said again."""

    object: Literal["party_address"] = "party_address"
    case: str
    party: str
    letters_sent_anew: int
    """Letters that went nowhere before."""
    links_ended: int
    """Links that open nothing any more."""
    sessions_ended: int
    """Devices that were signed out."""
    old_address_told: bool
    """Whether the address before is told. Where the last letter to it came back, nobody reads it there."""


def address_body(case_id: str, party: str, mended: Mended) -> dict[str, Any]:
    """What followed."""
    return AddressBody(
        case=case_id,
        party=party,
        letters_sent_anew=mended.letters,
        links_ended=mended.links,
        sessions_ended=mended.sessions,
        old_address_told=mended.old_told,
    ).model_dump(mode="json")


def party_link_body(case_id: str, party: str, secret: str, expires_in: float) -> dict[str, Any]:
    """A new link."""
    return PartyLinkBody(case=case_id, party=party, path=f"/l/{secret}", expires_in=int(expires_in)).model_dump(mode="json")
