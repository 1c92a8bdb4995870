"""What is said and answered about the links of parties."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Frozen, PartyId


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


def party_link_body(case_id: str, party: str, secret: str, expires_in: float) -> dict[str, Any]:
    """A new link."""
    return PartyLinkBody(case=case_id, party=party, path=f"/l/{secret}", expires_in=int(expires_in)).model_dump(mode="json")
