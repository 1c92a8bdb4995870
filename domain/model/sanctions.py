"""What has happened to the sanctions of a case, and what was counted against a person when one was chosen."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model.prose import Prose
from domain.model.refusals import Refusal


class EarlierSanction(Kept):
    """A sanction of another case against somebody who is a party here, as looked up when this one is judged."""

    id: str
    case_id: str
    ref_digest: str
    category: str
    sanction: str
    weight: int
    imposed_at: Instant
    counts_until: Instant | None = None
    """None: it does not count."""
    ends_at: Instant | None = None
    """When the ban is over; None for what is no ban, and for one without an end."""
    lifted_at: Instant | None = None
    kind: str | None = None
    """The kind of that case; None: nobody looked, and it is one of the same kind."""
    final: bool = True
    """That case is closed: its ruling stands."""


MisuseGravity = Literal["slight", "serious", "grave"]
MisuseIntention = Literal["unknown", "careless", "intended"]


class MisuseWeighed(Kept):
    """What was weighed when misuse was found (Regulation (EU) 2022/2065, article 23(3)): how many were manifestly so in the
    period, out of how many, how grave, and with what intention."""

    clause: str
    items: int
    total: int
    gravity: MisuseGravity
    intention: MisuseIntention = "unknown"
    reasons: Prose | None = None


class SanctionDrafted(Kept):
    """Which sanction a ruling carries, what the ladder said and what was counted for it. In force once the ruling is issued."""

    type: Literal["sanction_drafted"] = "sanction_drafted"
    ruling_id: str
    party: str
    side: Side
    category: str
    sanction: str
    ladder_says: str | None = None
    """None: the outcome comes with a sanction of its own."""
    count: int
    counted: tuple[str, ...] = ()
    """The earlier sanctions that it is made of, by id."""
    departs: Literal["harsher", "milder"] | None = None
    reason: str | None = None
    reasons: Prose | None = None
    misuse: MisuseWeighed | None = None
    """What was weighed, where it is one for misuse."""


class SanctionImposed(Kept):
    """The parties were told: the sanction is in force and counts from now; ``effect_ordered`` carries it out."""

    type: Literal["sanction_imposed"] = "sanction_imposed"
    sanction_id: str
    ruling_id: str
    party: str
    side: Side
    category: str
    sanction: str
    weight: int
    from_at: Instant
    """Since when its time runs: that of the one it takes the place of, where that was running still."""
    ban: bool = False
    ends_at: Instant | None = None
    """When a ban is over by itself."""
    counts_until: Instant | None = None
    """None: it does not count."""


class SanctionLifted(Kept):
    """A ban is over because its time is. It goes on counting until its window is over."""

    type: Literal["sanction_lifted"] = "sanction_lifted"
    sanction_id: str


class SanctionVoided(Kept):
    """A sanction is taken back as if it had never been: it is over, and counts no more."""

    type: Literal["sanction_voided"] = "sanction_voided"
    sanction_id: str
    because: Literal["overturned", "replaced", "withdrawn", "annulled"]


class Sanction(Kept):
    """A sanction of a case, as its facts leave it."""

    id: str
    party: str
    side: Side
    category: str
    sanction: str
    weight: int
    imposed_at: Instant
    from_at: Instant
    ban: bool = False
    ends_at: Instant | None = None
    counts_until: Instant | None = None
    lifted_at: Instant | None = None
    voided_at: Instant | None = None
    voided_because: str | None = None

    @property
    def runs(self) -> bool:
        """A ban that keeps somebody out now, for a time or for good."""
        return self.ban and self.lifted_at is None and self.voided_at is None


class SanctionNotAllowed(Refusal):
    """The outcome, the clause or the parties leave no room for this sanction."""

    code = "sanction_not_allowed"


class SanctionReasonsMissing(Refusal):
    """Above or below the ladder only with a reason of the pack and the reasons in words."""

    code = "sanction_reasons_missing"


class NotHeard(Refusal):
    """Nobody loses by a ruling before they were told and have spoken, or let their time go by.

    The fields say who, what is missing, and until when their time runs.
    """

    code = "not_heard"
