"""What was erased, when and why, and why something is not, as codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ErasureReason = Literal["request", "objection", "order", "retention", "mistake"]
"""``request``: the person asked for it (Regulation (EU) 2016/679, article 17(1)); ``objection``: they objected, and nothing
outweighs it (article 21(1)); ``order``: an authority or a court says so; ``retention``: the time is over for which it was to be
kept; ``mistake``: it should never have been here."""

ErasureGround = Literal["consent_withdrawn", "unlawful", "legal_obligation", "of_a_child"]
"""On what ground a person is erased while a case of theirs is open: article 17(1)(b), (d), (e) and (f)."""

RetentionBar = Literal["no_period", "not_yet", "legal_hold", "running", "linked_open"]
"""Why a closed case is not erased: its pack names no period, the period is not over, it is held, something of it is still running
(an effect, a ban), or a case that it is linked with is open."""


@dataclass(frozen=True)
class Erased:
    """That the words of somebody in a case are gone: what stands in their place."""

    holder: str
    """Whose they were: a party's id, ``staff``, or ``platform`` for what the platform noted for itself."""
    at: datetime
    reason: ErasureReason | None
    """None: whoever looks may not know it, or no erasure was noted with it."""
