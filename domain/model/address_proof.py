"""That an address is somebody's own: a form proves nothing about who fills it in, a letter that reached them does."""

from __future__ import annotations

from typing import Literal

from domain.base import CommandBase, Kept, PartyId
from domain.model.refusals import Refusal


class ProveAddress(CommandBase):
    """Say that a party is who the report names: they used the link of a letter to the address on record, or are signed in with
    the platform, which knows its users. Of somebody who is known it says nothing new."""

    type: Literal["prove_address"] = "prove_address"
    party: PartyId


class AddressProven(Kept):
    """Somebody showed that the address is theirs: from now on what they say binds."""

    type: Literal["address_proven"] = "address_proven"
    party: str


class AddressUnproven(Refusal):
    """Whoever handed the report in has shown nobody that the address is theirs: until then they read what they wrote, say more
    and take it back, and bind nobody; and their case is neither merged nor merged into."""

    code = "address_unproven"
