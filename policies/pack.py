"""A policy pack: the file that defines a kind of case. :class:`Pack` is its whole form, field by field, as the YAML is written.

A pack is read and checked by :mod:`policies.loading`, versioned by the hash of its text, and resolved into the terms that bind
one case by :mod:`policies.resolve`. A new field of a pack is added here (or in :mod:`policies.pack_rows`), in the terms, and in
:mod:`policies.soundness` where it could contradict another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from domain.base import Code, CodePattern, Frozen, Money, Phase, Priority, Side
from domain.model.clock_terms import level_in_full, like_usual
from domain.model.disclosure import Disclosure, Words
from domain.model.terms import (
    Audience,
    ClockTerms,
    Extension,
    InterimTerms,
    Joins,
    Level,
    OfferTerms,
    OutcomeTerms,
    RemedyTerms,
    TargetKey,
    Trigger,
)
from domain.worktime.spans import Span
from policies.pack_rows import (
    STRICT,
    CategoryRow,
    ChargebackRow,
    CreditLessRow,
    ExceptionRow,
    Gate,
    Ladder,
    PriorDecisionRow,
    PriorityRow,
    SanctionsRow,
    StatementRow,
    StepRow,
    TargetRow,
)

PACKS_DIR = Path(__file__).with_name("packs")
LIMIT_TAGS = ("one limit", "several limits")
Limits = Annotated[
    Annotated[Money, Tag(LIMIT_TAGS[0])] | Annotated[tuple[Money, ...], Tag(LIMIT_TAGS[1])],
    Discriminator(lambda said: LIMIT_TAGS[isinstance(said, list | tuple)]),
]
"""One amount, or one for each currency. Told apart before they are read, so that a mistake is named as it was meant."""
TARGET_TAGS = ("one span", "spans by priority")
Targets = Annotated[
    Annotated[Span, Tag(TARGET_TAGS[0])] | Annotated[dict[Priority, Span], Tag(TARGET_TAGS[1])],
    Discriminator(lambda said: TARGET_TAGS[isinstance(said, Mapping) and not {"amount", "unit"} & set(said)]),
]
"""One target for all, or one for each priority."""


class PackError(ValueError):
    """A pack that cannot be used; says the file, the place in it, and what is wrong."""

    code = "pack_invalid"

    def __init__(self, pack: str, problems: list[str]) -> None:
        super().__init__(f"{pack}: " + "; ".join(problems))
        self.problems = problems


class _LevelRow(Level):
    model_config = STRICT

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, raw: Any) -> Any:
        # Terms may leave out what is usual; a pack says everything, so nothing is filled in here.
        return raw


class _ExtensionRow(Extension):
    __doc__ = Extension.__doc__
    model_config = STRICT


class _StrictClock(ClockTerms):
    """The same clock, but a misspelt field is an error: what is read from a record is patient, what a person writes is not."""

    model_config = STRICT

    levels: tuple[_LevelRow, ...]
    extension: _ExtensionRow | None = None


class OutcomeRow(OutcomeTerms):
    """An outcome as the pack writes it."""

    model_config = STRICT


class OfferRow(OfferTerms):
    """A way to settle as the pack writes it."""

    model_config = STRICT


class RemedyRow(RemedyTerms):
    """What holds for a remedy, as the pack writes it."""

    model_config = STRICT


class ClockRow(Frozen):
    """A clock as the pack writes it: its target may depend on the priority, its calendar goes by name."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Code
    """What it is called; left out, it is called as the usual clock that it is ``like``."""
    target: Targets
    """How long there is: one span, or one for each of `urgent`, `high`, `normal`, `low`."""
    by_category: dict[Code, Targets] = {}
    """Targets of categories that have their own."""
    by_report: tuple[TargetRow, ...] = ()
    """Targets that follow from facts of the report; ``when`` is CEL over ``report`` and ``attributes``."""
    calendar: str | None = None
    """The calendar it runs on, where it is another than the one of the pack."""

    @model_validator(mode="before")
    @classmethod
    def _as_usual(cls, raw: Any) -> Any:
        """A clock ``like`` a usual one says only what is different about it."""
        whole = like_usual(raw)
        if whole is raw:
            return raw
        targets = whole.pop("targets", None)
        if targets and "target" not in raw:
            whole["target"] = {Priority.NORMAL.value: whole["target"], **targets}
        # A usual level leaves out what is usual; in a pack everything is said.
        whole["levels"] = whole["levels"] if "levels" in raw else [level_in_full(level) for level in whole["levels"]]
        return whole

    def terms(self, priority: Priority, calendars: Mapping[str, str], scale: float, variant: str | None = None) -> ClockTerms:
        """The clock as it binds a case that opens with this priority, calendars by reference; scaled spans run on wall time.

        ``variant`` is the row of ``by_report`` that fitted. Raises KeyError for a calendar name that is not known.
        """
        target = self.target if isinstance(self.target, Span) else self.target[priority]
        row = next((row for row in self.by_report if row.name == variant), None)
        if row is not None:
            plain = {} if row.extends else {"extension": None}
            own = self.model_copy(update={"target": row.target, "by_category": {}, "by_report": (), **plain})
            return own.terms(priority, calendars, scale)
        fields: dict[str, Any] = {
            **(self.model_extra or {}),
            "name": self.name,
            "target": target,
            "targets": self._others(target),
        }
        strict = _StrictClock.model_validate({**fields, "calendar": calendars[self.calendar] if self.calendar else None})
        clock = ClockTerms.model_validate(strict.model_dump())
        return clock if scale == 1.0 else scaled_clock(clock, scale)

    @property
    def gaps(self) -> list[str]:
        """Where it names targets by priority, and leaves one out."""
        said = (("target", self.target), *((f"by_category.{name}", own) for name, own in self.by_category.items()))
        return [place for place, target in said if isinstance(target, dict) and set(target) != set(Priority)]

    def _others(self, target: Span) -> dict[str, Span]:
        """Every target but the one in force, by priority and category."""
        others = {} if isinstance(self.target, Span) else {p.value: span for p, span in self.target.items() if span != target}
        for category, own in self.by_category.items():
            if isinstance(own, Span):
                others[f"{category}/"] = own
            else:
                others |= {f"{category}/{p.value}": span for p, span in own.items()}
        return others


LEVEL = _LevelRow.__name__
"""What the level of a clock is called in the schema."""


def clock_schema() -> dict[str, Any]:
    """The form of a clock in the terms: what a row that is ``like`` none has to say, and any row can."""
    return _StrictClock.model_json_schema()


def scaled_clock(clock: ClockTerms, scale: float) -> ClockTerms:
    """The clock of a development tenant, in which hours may become seconds."""
    levels = tuple(
        x.model_copy(update={name: span.scaled(scale) for name in ("repeat", "before", "after") if (span := getattr(x, name))})
        for x in clock.levels
    )
    more = clock.extension
    return clock.model_copy(
        update={
            "calendar": None,
            "whole_days": False,
            "target": clock.target.scaled(scale),
            "targets": {key: span.scaled(scale) for key, span in clock.targets.items()},
            "extension": more.model_copy(update=_scaled_extension(more, scale)) if more else None,
            "levels": levels,
        }
    )


def _scaled_extension(more: Extension, scale: float) -> dict[str, Any]:
    return {"by": more.by.scaled(scale), "by_category": {name: span.scaled(scale) for name, span in more.by_category.items()}}


class _InterimRow(InterimTerms):
    model_config = STRICT


class Pack(Frozen):
    """Everything a kind is."""

    kind: Code
    """What reports name to come under this pack; the file has the same name."""
    title: str
    """What people call a case of the kind."""
    opens_in: Phase
    """Where a case goes once it is taken in: `settlement`, `review`, or `appeal` against a decision made elsewhere."""
    labels: dict[Phase, str]
    """The phases that the kind has, and what people call them."""
    calendar: str | None = None
    """Name of the calendar that the clocks run on, unless a clock names its own."""
    queue_calendars: dict[Code, str] = {}
    """Names of calendars by queue, where the people of a queue keep other hours."""
    ladder: tuple[StepRow, ...] = ()
    """Whom a missed target lands on, rung by rung, for levels that name no audience."""
    ladders: dict[TargetKey, Ladder] = {}
    """Ladders of priorities and categories that climb another: `urgent`, `injury/`, `injury/urgent`."""
    acknowledged_for: Span | None = None
    """So long at most nobody is called after somebody has said that they have the case (`acknowledge`)."""
    quiet_for: Span = Span.wall(timedelta(minutes=30))
    """So long after the owner has answered nothing is escalated over their head."""
    standstill_for: Span | None = None
    """A case whose clocks all stand still comes before the leads after so long."""
    interim_measures: tuple[_InterimRow, ...] = ()
    """Reversible measures that may be imposed before a ruling; a clock has to look at them again."""
    queue: Code
    """Whose work a case is before somebody has taken it."""
    appeal_queue: Code
    """The same on appeal: other people than those who ruled."""
    categories: dict[Code, CategoryRow] = {}
    """What reports can be about; one about anything else is put before a person (`category_unknown`). Left out: anything."""
    skills: dict[Code, Code] = {}
    """The skill that a case needs, by category; ``any`` stands for all others. Packs without it need none."""
    gates: tuple[Gate, ...] = ()
    """What a report must meet; the first that hits declines it or sends it to a person. None hits: it is taken in."""
    priority: Annotated[tuple[PriorityRow, ...], Field(min_length=1)]
    """How urgent a case is: the first row that hits says it; the last one hits always."""
    clocks: Annotated[tuple[ClockRow, ...], Field(min_length=1)]
    """Every limit of the kind; `like` names a [usual one](usual-clocks.md), of which only what is different is said."""
    outcomes: Annotated[tuple[OutcomeRow, ...], Field(min_length=1)]
    """How a ruling can end."""
    chargeback: ChargebackRow | None = None
    """How evidence for a card network is timed, where one decides some of the cases."""
    offers: tuple[OfferRow, ...] = ()
    """Ways to settle; left out: by any remedy of its outcomes."""
    concession: Code | None = None
    """The remedy by which a respondent grants what was asked; left out: nobody concedes in this kind."""
    grounds: tuple[Code, ...] = ()
    """Clauses that a ruling may rest on; left out: any."""
    procedure: tuple[Code, ...] = ()
    """Steps to be done, or left out with a reason, before anybody rules."""
    root_causes: tuple[Code, ...] = ()
    """What can have been the cause, named by whoever rules."""
    root_cause_needed: bool = False
    """Nobody rules before a root cause is named."""
    sanctions: SanctionsRow | None = None
    """What happens to a person after a confirmed violation."""
    disclosure: Disclosure = "at_opening"
    """When the respondent learns of the case; `by_owner`: when its owner says so. A clock `like: disclosure` is the last day."""
    words: Words = "shared"
    """Who reads what a party says without saying to whom: both sides, or the `desk` and their own side alone."""
    statement: Words = "shared"
    """Who reads the report in its own words; `desk`: the respondent only if it is disclosed to them with the case."""
    hear: tuple[Side, ...] = ()
    """Sides that are heard before they can lose by a ruling."""
    hear_penalties: bool = True
    """Nobody is sanctioned or warned who could not answer, also a side that ``hear`` does not name. The author whose words the
    matter is about is told by the statement of reasons, after the act.
    """
    heard_when: Literal["asked", "told"] = "asked"
    """``asked``: once they have answered what the team asked, or let the time for it go by. ``told``: once they have said
    anything since they were told, or let their time go by; no time to answer may be running.
    """
    hear_evidence: bool = False
    """Nobody loses before they could answer what the other side has handed in since their last word, and the ruling relies on."""
    less_is_lost: bool = True
    """Less money than the report is about counts as lost for the claimant, whatever the outcome is called: they may appeal."""
    worse_on_appeal: bool = False
    """Whoever appealed alone can come out of it with less than they had."""
    evidence_types: tuple[Code, ...] = ()
    """What evidence is called in this kind; left out: anybody calls it what they like."""
    remedies: tuple[RemedyRow, ...] = ()
    """Who gets a remedy, and what bounds its amount, whatever it comes from."""
    approval_above: Limits | None = None
    """Above this a second person looks at a ruling: one amount, or one for each currency."""
    decision_elsewhere: PriorDecisionRow | None = None
    """The decisions against which a case of this kind is an appeal; such a kind opens in appeal."""
    statement_of_reasons: StatementRow | None = None
    """Which rulings need a statement of reasons."""
    by_hand: tuple[Code, ...] = ()
    """Remedies that no command undoes."""
    destructive: tuple[Code, ...] = ()
    """Remedies that destroy something, beside `erase` and `delete`: a legal hold stops them."""
    conditions: tuple[Code, ...] = ()
    """Conditions on which a ruling may give something."""
    complaint_routes: tuple[Code, ...] = ()
    """Where a ruling can be complained about."""
    complaint_routes_for: dict[Code, tuple[CodePattern, ...]] = {}
    """By route: the categories whose law is content with it (`gdpr_*`: all that begin so). A category that stands behind
    none takes any route."""
    grounds_not_for: dict[Code, tuple[CodePattern, ...]] = {}
    """By ground: the categories (`gdpr_*`: all that begin so) in which no ruling rests on it, as their law does not know it."""
    appeal_needs: tuple[Literal["complaint_route", "reply"], ...] = ()
    """What every decision on an appeal says beside its reasons, whatever it is; to send the matter back decides nothing yet."""
    joins: Joins | None = None
    """A report of what an open case is about is joined to that case."""
    decided_matter: Literal["new_fact", "person"] | None = None
    """What becomes of a report of what was decided between the same two before."""
    merges_with: tuple[Code, ...] = ()
    """Other kinds into whose cases one of this kind can be merged by hand."""
    withdrawal: Literal["closes", "asks", "never"] = "closes"
    """What it does when the claimant takes the report back: ends the case, asks the team, or nothing (it is refused)."""
    reopen_for: Span
    """How long after its end ops may take a case up again."""
    keep_for: Span | None = None
    """How long a closed case is to be kept; left out: the pack does not say."""
    keep_for_minors: Span | None = None
    """The same where somebody in it is under age: no longer than any other."""
    erased_by: Literal["one", "two"] = "two"
    """How many of ops it takes to erase a person, or a closed case, by hand. What is past `keep_for` takes no second."""
    reopen_on: tuple[Code, ...] = ()
    """Signals that take a closed case up again by themselves, inside that time; others come before ops."""
    provisional_credit: bool = False
    """The claimant may have the money until the matter is decided."""
    credit_less: tuple[CreditLessRow, ...] | None = None
    """A credit gives back all that is in question, less at most this (an empty list: less nothing); left out: any amount."""
    authorities: tuple[Code, ...] = ()
    """Who may be told of a case, by two persons."""
    exceptions: tuple[ExceptionRow, ...] = ()
    """Departures from all this that two persons may agree on in one case, each with its limit per month."""
    sites: tuple[Code, ...] = ()
    """Queues to which a case may be handed over; the clocks go on as they were promised."""
    notices: dict[Trigger, tuple[Audience, ...]]
    """Who is told of what, the weightiest event first. What is not named is told to nobody."""
    version: str = ""

    @property
    def cel_conditions(self) -> list[tuple[str, str]]:
        """Every condition on a report, which is written in CEL, behind its place in the file."""
        found = [(f"gates.{row.name}.when", row.when) for row in self.gates]
        found += [(f"priority.{row.name}.when", row.when) for row in self.priority if row.when is not None]
        for clock in self.clocks:
            found += [(f"clocks.{clock.name}.by_report.{row.name}.when", row.when) for row in clock.by_report]
        return found

    @property
    def calendars(self) -> frozenset[str]:
        """Names of the calendars that its clocks use."""
        return frozenset(n for n in (self.calendar, *self.queue_calendars.values(), *(c.calendar for c in self.clocks)) if n)
