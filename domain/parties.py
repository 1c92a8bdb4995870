"""A party as the rules see it."""

from __future__ import annotations

from typing import Literal

from domain.base import Frozen, PartyId, Side

Role = Literal["principal", "witness", "insurer", "representative", "authority", "co_claimant"]
"""``co_claimant``: reported the same matter in a case that was merged into this one."""


class OpenedParty(Frozen):
    """A party as the rules see it: no name, no address."""

    id: PartyId
    side: Side
    role: Role = "principal"
    ref_digest: str
    """Keyed digest of the platform's id for this user: equal for equal users, readable by nobody."""
    locale: str = "en"
    zone: str = "UTC"
    org_digest: str | None = None
    """The same of the organisation that they belong to: an employer, a programme."""

    @property
    def speaks(self) -> bool:
        """Whether what they do is done by their side; witnesses, insurers and co-claimants speak for themselves alone."""
        return self.role in ("principal", "representative")
