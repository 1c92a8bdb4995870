"""The part of a policy pack that binds one case. The opening fact carries it, so a later version of the pack changes nothing
here.
"""

# ruff: noqa: PLC0414, I001 - whoever reads terms finds everything that can stand in them here
from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from domain.base import Code, Compact, Currency, Money, Phase, Priority, Side, among
from domain.model.disclosure import Disclosure, Words
from domain.model.policy_exceptions import ExceptionTerms as ExceptionTerms
from domain.model.prior_decision import CaseSnapshot
from domain.model.sanction_terms import SanctionTerms as SanctionTerms
from domain.model.clock_terms import (
    Audience as Audience,
    Audiences as Audiences,
    APPOINTMENT as APPOINTMENT,
    BUILT_IN as BUILT_IN,
    CHARGEBACK as CHARGEBACK,
    ClockTerms as ClockTerms,
    DefaultAction as DefaultAction,
    Codes as Codes,
    EVIDENCE_CLOCKS as EVIDENCE_CLOCKS,
    Extension as Extension,
    KEPT_MEASURE as KEPT_MEASURE,
    AS_WORDS,
    CodePatterns,
    Ladder as Ladder,
    LADDERS as LADDERS,
    LadderStep as LadderStep,
    Level as Level,
    OFFER_EXPIRY as OFFER_EXPIRY,
    PROPOSAL_EXPIRY as PROPOSAL_EXPIRY,
    Phases as Phases,
    SANCTION as SANCTION,
    SNOOZE as SNOOZE,
    STANDSTILL as STANDSTILL,
    TargetKey as TargetKey,
    Trigger as Trigger,
    Triggers as Triggers,
    closest,
)
from domain.worktime.spans import Span

USUAL_STANDSTILL = timedelta(days=7)
"""A case whose clocks all stand still comes before the leads after so long, where the pack says nothing else."""
MAX_TERMS_BYTES = 4096
"""Terms travel in the opening fact of every case; templates and texts stay in the pack, found by its hash."""


Joins = Literal["same_person_and_matter", "same_matter", "same_claimant_and_matter"]
"""Which reports of one matter are one dispute."""
Payer = Literal["claimant", "respondent", "platform"]
"""Who bears a cost."""


class InterimTerms(Compact):
    """A reversible measure that may be imposed before the ruling."""

    name: Code
    to: Side = Side.RESPONDENT
    """Whom it hits."""


class DecisionTerms(Compact):
    """One decision made elsewhere that may be appealed against."""

    appealed_by: CaseSnapshot | Literal["either"]
    """Who may appeal against it: the author of what was decided about, whoever reported it, or `either` of them (what only
    restricts takes something from its author, and gives less than was asked for to whoever reported it)."""
    remedies: Codes = ()
    """What such a decision does, and what is undone when it is overturned."""


class ElsewhereTerms(Compact):
    """Which decisions made elsewhere a case of this kind is an appeal against."""

    window: Span
    """From the instant at which whoever appeals was told of the decision."""
    whole_days: bool = False
    """It ends with its last day by the calendar of the kind, and on the next open day where that one is closed."""
    decisions: dict[Code, DecisionTerms]
    first_instance: Codes = ()
    """Categories of reports that bring no decision: what they are about is decided here first, between whoever reports it (the
    claimant) and its author (the respondent)."""


class ChargebackTerms(Compact):
    """How the one submission of evidence to a card network is timed, in wall time."""

    hold_back: timedelta = timedelta(hours=12)
    """So long before it is due the draft is sent."""
    warn_before: timedelta = timedelta(hours=72)
    """So long before it is due somebody is told that there is no draft."""


class OfferTerms(Compact):
    """One way to settle."""

    name: Code
    remedies: Codes = ()
    """What is carried out; left out: what it is called."""
    with_return: bool = False
    """Only once the claimant has sent the goods back."""
    label_paid_by: Payer | None = None
    """Who pays for sending the goods back, unless the offer says otherwise; None: it is not said."""

    @property
    def all_remedies(self) -> tuple[str, ...]:
        """What is carried out."""
        return self.remedies or (self.name,)


class RemedyTerms(Compact):
    """What holds for a remedy whatever it comes from: a ruling, an offer, an appeal, goods that came back."""

    name: Code
    to: Side | None = None
    """Who alone gets it (a refund goes to whoever paid); None: either side."""
    bounded_by: Literal["payment"] | None = None
    """``payment``: all that stands of such remedies together is at most what the report is about."""
    above: Literal["refuse", "second_person"] = "refuse"
    """What becomes of a ruling above that. An offer above it is refused by the first; by the second the sides may agree on it."""
    only_for: Codes = ()
    """The categories that can be answered by it; left out: all. Whoever asks to see their data is not answered by its erasure."""
    beside_for: Codes = ()
    """The categories in which it may come beside the remedy that answers them, and never alone."""
    money: bool | None = None
    """Whether it is money and needs an amount; left out: `refund`, `payout`, `correction` and `provisional_credit` are."""


class CreditLessTerms(Compact):
    """By how much a provisional credit may be below what the report is about, in one currency."""

    amount: Annotated[int, Field(ge=0)]
    """In minor units."""
    currency: Currency
    """Its ISO 4217 code."""
    only_for: Codes = ()
    """The categories in which the law lets it be withheld; left out: all."""


ALL_REDRESS = ("internal_complaint", "out_of_court_settlement", "court")
"""Where a decision can be complained of (Digital Services Act, articles 20 and 21)."""


def _redress(value: Any) -> Any:
    """Every way at once, in one word: terms travel in the opening fact of every case."""
    said = tuple(value.split()) if isinstance(value, str) else value
    return ALL_REDRESS if said == ("all",) else said


def _in_a_word(value: tuple[str, ...]) -> str:
    return "all" if value == ALL_REDRESS else " ".join(value)


Redress = Annotated[tuple[Code, ...], BeforeValidator(_redress), PlainSerializer(_in_a_word, return_type=str)]


class StatementTerms(Compact):
    """Which rulings need a statement of reasons (article 17 of the EU's Digital Services Act)."""

    outcomes: Codes = ()
    """The outcomes that need one."""
    sanctions: Codes = ()
    """The sanctions that need one, whatever the outcome: whoever is banned is told why."""
    remedies: Codes = ()
    """The remedies that need one, whatever the outcome: what restricts an account, content or payments."""
    redress: Redress = ()
    """How they can be complained about, where the statement does not say."""


class OutcomeTerms(Compact):
    """One way a ruling can end."""

    name: Code
    lost_by: Annotated[tuple[Side | CaseSnapshot, ...], *AS_WORDS] = ()
    """The sides that lose something by it and may therefore appeal."""
    remedies: Codes = ()
    """Remedies that may go with it."""
    needs_amount: bool = False
    """The ruling says how much."""
    needs_approval: bool = False
    """A second person always looks at it."""
    needs: tuple[Literal["ground", "complaint_route", "conditions", "reply", "remedies"], ...] = ()
    """What the ruling must say beside its reasons."""
    with_return: bool = False
    """Its remedies may wait until the claimant has sent the goods back."""
    label_paid_by: Payer | None = None
    """Who pays for sending the goods back; None: it is not said."""
    partial: bool = False
    """It gives less than the whole of what the report is about."""
    sanctions: Side | None = None
    """The side that is sanctioned by it: as the ladder says, unless it comes with a sanction of its own."""
    sanction: Code | None = None
    """The sanction it comes with, whatever the ladder says."""
    hear_if_hit: bool = False
    """A side that loses by it is heard first only where a remedy or a sanction hits it: what it gives the other side is not taken
    from it, and has to be given in time (a bank's refund)."""
    keeps_credit: bool = False
    """A provisional credit stays where it is, also when the ruling grants no money beside it."""


class Terms(Compact):
    """What binds one case: resolved from a pack for one report, at most 4 KiB of JSON."""

    pack: Code
    """The kind that the pack defines."""
    version: str
    """Hash of the pack's content."""
    opens_in: Phase
    labels: dict[Phase, str]
    """The phases that this kind has and what people call them; the others are switched off."""
    calendar: str | None = None
    """Content reference of the immutable calendar of the clocks; None: around the clock, UTC."""
    calendars: dict[Code, str] = {}
    """Content references by queue, where a queue has hours of its own."""
    names: dict[str, str] = {}
    """What the calendars are called, by reference, so that newer versions of them can be found."""
    queue: Code
    appeal_queue: Code
    skills: dict[Code, Code] = {}
    """The skill that a case of a category needs; under ``any``, that of all other categories."""
    priority: Priority
    clocks: tuple[ClockTerms, ...]
    outcomes: tuple[OutcomeTerms, ...]
    chargeback: ChargebackTerms | None = None
    """None: no card network decides cases of this kind."""
    offers: tuple[OfferTerms, ...] = ()
    """Ways to settle; empty: by any remedy of its outcomes."""
    concession: Code | None = None
    """The remedy by which a respondent grants what was asked; None: nobody concedes in this kind."""
    grounds: Codes = ()
    """Clauses a ruling may rest on; empty: any."""
    approval_above: Money | tuple[Money, ...] | None = None
    """Remedies above this amount, or above one of these, each of a currency of its own, need a second person; a currency without
    a limit always does.
    """
    remedies: tuple[RemedyTerms, ...] = ()
    """Who gets a remedy, and what bounds its amount; one that is not named goes to either side and has no bound."""
    notices: dict[Trigger, tuple[Audience, ...]] = {}
    """Terms of the first releases carried them; now they are found in the pack, by its version."""
    ladder: Ladder = ()
    quiet_for: timedelta = timedelta(minutes=30)
    """Wall time: so long after the owner has answered nothing is escalated over their head."""
    acknowledged_for: timedelta | None = None
    """See :attr:`quiet_once_acknowledged`."""
    standstill_for: timedelta | None = None
    """See :attr:`forgotten_after`."""
    interim: tuple[InterimTerms, ...] = ()
    procedure: Codes = ()
    """Steps to be done, or left out with a reason, before anybody rules."""
    steps_without: dict[Code, Codes] = {}
    """By step: the categories in which nobody does it, for the law asks for none of it, or forbids it."""
    root_causes: Codes = ()
    root_cause_needed: bool = False
    """Nobody rules before a root cause is named."""
    conditions: Codes = ()
    """Conditions on which a ruling may give something."""
    complaint_routes: Codes = ()
    """Where a ruling can be complained about."""
    complaint_routes_for: dict[Code, CodePatterns] = {}
    """By route: the categories whose law is content with it (``gdpr_*``: all that begin so). A category that stands
    behind none takes any route."""
    grounds_not_for: dict[Code, CodePatterns] = {}
    """By ground: the categories in which nothing rests on it, for their law does not know it."""
    appeal_needs: Annotated[tuple[Literal["complaint_route", "reply"], ...], *AS_WORDS] = ()
    """What every decision on an appeal says, whatever it is; what sends the matter back decides nothing yet."""
    statement: StatementTerms | None = None
    elsewhere: ElsewhereTerms | None = None
    by_hand: Codes = ()
    """Remedies that no command undoes: their reversal waits for somebody's hands."""
    sanctions: SanctionTerms | None = None
    hear: tuple[Side, ...] = ()
    """Sides that are heard before they can lose by a ruling."""
    heard_when: Literal["asked", "told"] = "asked"
    """``asked``: they answered what the team asked them, or let the time for it go by. ``told``: they said something since they
    were told, or let their time go by, and no time that they were given to answer is running. On appeal, ``told`` counts anew for
    whoever did not appeal."""
    late: bool = False
    """What a pack calls ``hear_evidence``: nobody loses by a ruling before they could answer what the other side has handed in
    since their last word, as far as the ruling relies on it. Short, because terms are at most 4 KiB."""
    less: bool = False
    """Less money than the report is about counts as lost for the claimant, whatever the outcome is called: they may appeal."""
    worse_on_appeal: bool = False
    """Whoever appealed alone can come out of it with less than they had."""
    joins: Joins | None = None
    """A report of what an open case is about goes on in that case: of the same matter and respondent, of the same matter alone,
    or of the same matter by the same claimant.
    """
    decided_matter: Literal["new_fact", "person"] | None = None
    """What becomes of a report of a matter that was decided between the same two: turned away unless it brings a new fact, or
    always put before a person; None: it is a case like any other.
    """
    merges_with: tuple[Code, ...] = ()
    """Other kinds into whose cases one of this kind can be merged."""
    evidence_types: Codes = ()
    """What evidence can be called; empty: anything."""
    withdrawal: Literal["closes", "asks", "never"] = "closes"
    """What a claimant's withdrawal does: it ends the case, it asks the team, or it is not possible."""
    destructive: Codes = ()
    """Remedies that destroy something, beside those that always do: a legal hold stops them."""
    reopen_for: timedelta = timedelta(0)
    """How long after closing an ops lead may reopen it."""
    keep_for: timedelta | None = None
    """How long after closing the case is to be kept; None: nothing was said."""
    keep_for_minors: timedelta | None = None
    """The same where somebody in it is under age."""
    hear_penalties: bool = False
    """Nobody is sanctioned or warned who could not answer, also a side that ``hear`` does not name."""
    priority_for_minors: Priority | None = None
    """How urgent the case is where somebody under age comes to it, by the pack's table; None: as it is."""
    reopen_on: tuple[Code, ...] = ()
    """Signals of the platform that take a closed case up again by themselves, inside that time."""
    provisional_credit: bool = False
    """The claimant may have the money until the matter is decided."""
    credit_less: tuple[CreditLessTerms, ...] | None = None
    """By how much a credit may be below what the report is about; None: by any amount, as in terms of earlier releases."""
    no_claims: Codes | None = None
    """Categories in which nobody says that something is wrong with their payment; every other one, also one that the pack does
    not list, may say so where there is a provisional credit. None: those of ``credit_less`` do, as in earlier terms."""
    authorities: tuple[Code, ...] = ()
    """Who may be told of a case, by two persons."""
    exceptions: tuple[ExceptionTerms, ...] = ()
    """Departures from all this that two persons may agree on in one case."""
    sites: tuple[Code, ...] = ()
    """Queues to which a case may be handed over."""
    ladders: dict[TargetKey, Ladder] = {}
    """Ladders of priorities and categories that have their own; the closest fit counts, ``ladder`` where none fits."""
    variants: dict[Code, Code] = {}
    """Clocks whose target follows from facts of the report, with the row that fitted: a newer pack keeps to it."""
    danger: Code | None = None
    """The danger that the report told of, whoever it was said of: a newer pack keeps calling whoever is on call."""
    disclosure: Disclosure = "at_opening"
    """When the respondent learns of the case; ``by_owner``: when its owner tells them."""
    words: Words = "shared"
    """Who reads what a party says without saying to whom."""
    report: Words = "shared"
    """Who reads the statement and the files of the report; ``desk``: the respondent only if they are disclosed with the case."""
    time_scale: float = 1.0
    """Below 1 only in a development tenant, where hours may become seconds."""

    @property
    def quiet_once_acknowledged(self) -> timedelta:
        """Wall time: so long at most nobody is called after somebody has said that they have the case. An hour where people are
        called at night, else half a day's work."""
        steps = (*self.ladder, *(step for ladder in self.ladders.values() for step in ladder))
        usual = timedelta(hours=1) if any(step.on_call for step in steps) else timedelta(hours=4)
        return self.acknowledged_for or usual * self.time_scale

    @property
    def forgotten_after(self) -> timedelta:
        """Wall time: a case whose clocks all stand still comes before the leads after so long, for no case is forgotten."""
        return self.standstill_for or USUAL_STANDSTILL * self.time_scale

    def clock(self, name: str) -> ClockTerms | None:
        """The definition of a clock of the pack, or of those that every case has; None when there is no such clock."""
        return next((c for c in (*self.clocks, *BUILT_IN) if c.name == name), None)

    def level(self, clock: str, name: str) -> Level | None:
        """The definition of a level of a clock, named as a row of a timetable names them; None when there is none."""
        definition = self.clock(clock)
        return definition.level(name) if definition is not None else None

    def ladder_of(self, priority: Priority, category: str) -> tuple[LadderStep, ...]:
        """The ladder of a case: of its category and priority, else its category, else its priority, else the one of all."""
        return closest(self.ladders, priority, category) or self.ladder

    def rung(self, name: str | None) -> LadderStep | None:
        """The rung of any ladder that goes by this name."""
        return next((step for steps in (self.ladder, *self.ladders.values()) for step in steps if step.name == name), None)

    def calendar_of(self, clock: ClockTerms, queue: str) -> str | None:
        """Reference of the calendar that a clock runs on while the case is in a queue; None: around the clock."""
        return clock.calendar or self.calendars.get(queue) or self.calendar

    @property
    def references(self) -> frozenset[str]:
        """References of all calendars that its clocks can run on."""
        return frozenset(r for r in (self.calendar, *self.calendars.values(), *(c.calendar for c in self.clocks)) if r)

    def outcome(self, name: str) -> OutcomeTerms | None:
        """The definition of an outcome, or None."""
        return next((o for o in self.outcomes if o.name == name), None)

    def remedy(self, name: str) -> RemedyTerms:
        """What holds for a remedy."""
        return next((r for r in self.remedies if r.name == name), RemedyTerms(name=name))

    @property
    def limits(self) -> dict[str, int]:
        """By currency: the amount in minor units above which a second person is needed; empty where there is no such limit."""
        said = self.approval_above
        return {m.currency: m.amount for m in ((said,) if isinstance(said, Money) else said or ())}

    def routes_for(self, category: str) -> Codes:
        """Where a ruling about this category can be complained about: those that its law is content with, else all."""
        return tuple(name for name, named in self.complaint_routes_for.items() if among(category, named)) or self.complaint_routes

    def grounds_for(self, category: str) -> Codes:
        """What a ruling about this category can rest on."""
        return tuple(name for name in self.grounds if not among(category, self.grounds_not_for.get(name, ())))

    def skill_for(self, category: str) -> str | None:
        """The skill that whoever decides a case of this category should have."""
        return self.skills.get(category, self.skills.get("any"))

    def has(self, phase: Phase) -> bool:
        """Whether the kind has this phase."""
        return phase in self.labels


class Routing(Compact):
    """What the gates and the routing said about a report, and why: kept with the case for ever."""

    decision: Literal["admit", "triage", "decline"]
    reason: Code | None = None
    """The gate that declined, as the pack names it."""
    trace: tuple[str, ...] = ()
    """Which row of which table matched (``gates/reason_given: pass``)."""
    category_listed: bool = False
    """The pack lists the category of the report as one of its own: everybody may read it. Not said of what any pack lists."""
