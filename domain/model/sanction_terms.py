"""The sanctions of a kind: what there is, and the ladder that says which one follows a confirmed violation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, Compact
from domain.model.clock_terms import AS_WORDS, Codes
from domain.worktime.spans import Span

OtherLadders = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z0-9][a-z0-9_.:-]*)?$", max_length=120)], ...], *AS_WORDS
]
"""Ladders of other kinds, each by its kind and, after a slash, its category."""


class SanctionKind(Compact):
    """One sanction that the kind has. The pack lists them from the mildest to the harshest."""

    name: Code
    ban: Span | Literal["permanent"] | None = None
    """How long it keeps the person out, or that it does so for good; None: it keeps nobody out."""
    weight: Annotated[int, Field(ge=0, le=10)] = 1
    """For how many it counts the next time; 0: it never counts (an educational notice)."""
    only_after: Code | None = None
    """In a ladder of misuse: the sanction that counts against the person before this one can come (a warning)."""


class SanctionLadder(Compact):
    """What follows in one category: the first step for who has nothing against them, the next one for each earlier sanction."""

    category: Code
    grounds: Codes
    """Clauses of the pack that belong to the category."""
    steps: Codes
    """Names of sanctions; the last one comes again and again."""
    window: Span
    """How long a sanction of this category counts."""
    misuse: bool = False
    """Its clauses are misuse of the procedure: found beside any outcome, also where a decision is upheld."""
    also: OtherLadders = ()
    """Sanctions of other kinds that count here once their case is closed: ``conduct_report/threats``, or ``conduct_report`` for
    all of that kind. They count as long as they do there, and for as many. Left out: those of this kind alone."""

    def takes(self, kind: str, category: str) -> bool:
        """Whether sanctions of another kind count here."""
        return kind in self.also or f"{kind}/{category}" in self.also


class SanctionTerms(Compact):
    """Everything that the pack says about sanctions."""

    kinds: tuple[SanctionKind, ...]
    ladders: tuple[SanctionLadder, ...]
    approval_above: Span | None = None
    """A ban that is longer needs a second person; one for good always does, wherever there is a limit."""
    bars: Codes = ()
    """Bans in force of which a claimant's new report is declined: the right to ask was withdrawn."""
    harsher: Codes = ()
    """Reasons for which a decider may go above the ladder."""
    milder: Codes = ()
    """Reasons for which they may stay below it."""

    def kind(self, name: str) -> SanctionKind | None:
        """The sanction with this name, or None."""
        return next((kind for kind in self.kinds if kind.name == name), None)

    def ladder_of(self, ground: str | None) -> SanctionLadder | None:
        """The ladder to whose category a clause belongs, or None."""
        return next((ladder for ladder in self.ladders if ground in ladder.grounds), None)

    def rank(self, name: str) -> int:
        """How harsh a sanction is among the others, from 0. Raises StopIteration for one that the kind does not have."""
        return next(number for number, one in enumerate(self.kinds) if one.name == name)

    def scaled(self, factor: float) -> SanctionTerms:
        """For a development tenant, in which hours may become seconds."""
        if factor == 1.0:
            return self
        bans = (
            kind.model_copy(update={"ban": kind.ban.scaled(factor)}) if isinstance(kind.ban, Span) else kind
            for kind in self.kinds
        )
        windows = (ladder.model_copy(update={"window": ladder.window.scaled(factor)}) for ladder in self.ladders)
        above = self.approval_above.scaled(factor) if self.approval_above is not None else None
        return self.model_copy(update={"kinds": tuple(bans), "ladders": tuple(windows), "approval_above": above})
