"""What a command has to know of another case, or of a campaign: looked up when it is judged, never read by the rules."""

from __future__ import annotations

from domain.base import Instant, Kept
from domain.parties import OpenedParty


class OtherCase(Kept):
    """Another case of the same tenant, as it stood when a command that names it was judged."""

    id: str
    kind: str
    opened_at: Instant
    open: bool
    merged_into: str | None = None
    parties: tuple[OpenedParty, ...] = ()
    synthetic: bool = False


class KnownCampaign(Kept):
    """A campaign, as it stood when a command that names it was judged."""

    id: str
    open: bool
