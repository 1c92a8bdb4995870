"""The words in which terms speak of clocks: what starts and stops one, its levels, and the ladder that a missed one climbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_serializer,
    model_validator,
)

from domain.base import Code, CodePattern, Compact, Phase, Priority, among, without_defaults
from domain.model.usual_clocks import USUAL
from domain.worktime.spans import Span

Audience = Literal[
    "all", "parties", "claimant", "respondent", "third_parties", "owner", "drafter", "leads", "ops", "platform"
]  # fmt: skip
"""Who is told: the two sides (``parties``), people of the team, the platform's webhook endpoints; ``all`` is parties and
platform; ``third_parties`` are insurers and authorities that the report names.
"""
Trigger = Annotated[str, Field(pattern=r"^[a-z_]+(:[a-z_]+)?$")]
"""Something that happened, as clocks and notices name it: a fact's type, with a qualifier where it has one
(``case_opened``, ``phase_entered:review``, ``evidence_requested:respondent``)."""


def _split(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


AS_WORDS = (BeforeValidator(_split), PlainSerializer(" ".join, return_type=str))
"""Codes in one short text: terms travel in the opening fact of every case. A list is read just the same."""
Codes = Annotated[tuple[Code, ...], *AS_WORDS]
CodePatterns = Annotated[tuple[CodePattern, ...], *AS_WORDS]
Audiences = Annotated[tuple[Audience, ...], *AS_WORDS]
Triggers = Annotated[tuple[Trigger, ...], *AS_WORDS]
Phases = Annotated[tuple[Phase, ...], *AS_WORDS]
DefaultAction = Literal[
    "open_review", "proceed_on_file", "issue_ruling", "close", "lift_interim", "end_return", "honour_return", "lift_sanction",
    "end_kept_interim", "send_chargeback", "miss_chargeback", "disclose", "lapse_offer",
    "end_complaints", "take_credit_back", "lapse_appointment",
]  # fmt: skip
"""What a clock can do by itself when it runs out (the stated default of the pack)."""
_T = TypeVar("_T")
_USUAL_NAMES = {"warn": "warn", "escalate": "breach", "default": "end"}
"""What a level is called unless it says otherwise: what goes without saying is not written into every case."""
_NEVER = object()


def level_in_full(raw: Any) -> Any:
    """A level with the action and the name that go without saying."""
    if not isinstance(raw, Mapping):
        return raw
    action = raw.get("action") or ("default" if raw.get("default") else "warn")
    return {"action": action, "name": _USUAL_NAMES.get(action), **raw}


class Level(Compact):
    """A point on a clock at which something happens, once."""

    name: Code
    at: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Share of the target: 0.8 is 80 %."""
    before: Span | None = None
    """So much before the end of the target, instead of at a share of it."""
    after: Span | None = None
    """So much after the end of the target, instead of at a share of it."""
    action: Literal["warn", "escalate", "default"]
    """`warn` tells, `escalate` lands on somebody of the team, `default` does what is said below."""
    default: DefaultAction | None = None
    """What happens by itself."""
    audience: Audiences = ()
    """Whom it tells. An escalation without one climbs the ladder of the pack."""
    reassign: bool = False
    """The case goes back to its queue, to be given to somebody who is there."""
    raise_priority: bool = False
    """The case becomes more urgent by one step."""
    repeat: Span | None = None
    """Fires again after each such span until the clock stops: an open case must never be without a running deadline."""

    @property
    def is_end(self) -> bool:
        """Whether it lies where the target is over."""
        return self.at == 1.0 and self.before is None and self.after is None

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, raw: Any) -> Any:
        return level_in_full(raw)

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said = without_defaults(self, handler(self))
        implied = {"action": "default" if self.default else "warn", "name": _USUAL_NAMES[self.action]}
        return {key: value for key, value in said.items() if value != implied.get(key, _NEVER)}


class LadderStep(Compact):
    """One rung of the escalation ladder: whom a missed target lands on, and how long they have until the next rung."""

    name: Code
    audience: Audiences
    """Whom it lands on; somebody of the team among them."""
    wait_for: Span
    """Until the next rung; the last one comes again after it."""
    reassign: bool = False
    """The case goes back to its queue, to be given to somebody who is there."""
    raise_priority: bool = False
    """The case becomes more urgent by one step."""
    on_call: bool = False
    """Pages whatever the shifts say: for people in danger."""


LADDERS: Mapping[str, tuple[LadderStep, ...]] = {
    "usual": (
        LadderStep(name="lead", audience=("owner", "leads"), wait_for=Span.parse("1 business day")),
        LadderStep(name="ops", audience=("leads", "ops"), wait_for=Span.parse("1 business day"), raise_priority=True),
    ),
    "page": (LadderStep(name="page", audience=("owner", "leads", "ops"), wait_for=Span.parse("1 hour"), on_call=True),),
    "page_team": (LadderStep(name="page", audience=("leads", "ops"), wait_for=Span.parse("1 hour"), on_call=True),),
    "danger": (LadderStep(name="danger", audience=("owner", "leads", "ops"), wait_for=Span.parse("1 hour"), on_call=True),),
}
"""Ladders that terms say by their name: what most packs have is not written into every case. One of them never changes."""


def _ladder(value: Any) -> Any:
    return LADDERS.get(value, value) if isinstance(value, str) else value


def _by_name(value: tuple[LadderStep, ...], handler: SerializerFunctionWrapHandler) -> Any:
    return next((name for name, steps in LADDERS.items() if steps == value), None) or handler(value)


Ladder = Annotated[tuple[LadderStep, ...], BeforeValidator(_ladder), WrapSerializer(_by_name)]
"""The rungs of a ladder, or the name of one that goes without saying. Rungs are read just the same."""


class Extension(Compact):
    """By how much a statutory limit may be extended, and how often; told before the limit ends."""

    by: Span
    """By how much, in the unit of the target."""
    by_category: dict[Code, Span] = {}
    """For categories with a target of their own; one that has such a target and is not named here is never extended."""
    times: Annotated[int, Field(ge=1, le=10)] = 1
    """How often."""
    needs_reasons: bool = False
    """The law wants the reasons told with it."""
    only_for: Codes = ()
    """The reasons for which the law allows it; empty: for any."""


TargetKey = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_.:-]*/)?(low|normal|high|urgent)?$", min_length=1, max_length=80)]
"""What a target is for: a priority (``high``), a category (``injury/``), or both (``injury/high``)."""
_PLAIN: Mapping[str, Any] = dict.fromkeys(("only_in", "starts", "stops", "restarts", "pauses", "resumes"), "") | {"targets": {}}
"""How the defaults of these fields are written."""


def like_usual(raw: Any) -> Any:
    """A clock written as ``like`` a usual one, with everything that this one says; anything else as it is.

    Raises ValueError for a usual clock that does not exist.
    """
    if not isinstance(raw, Mapping) or "like" not in raw:
        return raw
    name = raw["like"]
    if not isinstance(name, str) or name not in USUAL:
        raise ValueError(f"there is no usual clock '{name}'; there are {', '.join(USUAL)}")
    return {"name": name, **USUAL[name], **{key: value for key, value in raw.items() if key != "like"}}


def closest(rows: Mapping[TargetKey, _T], priority: Priority, category: str) -> _T | None:
    """What is said for a category and priority, else for the category, else for the priority; None where nothing fits."""
    fits = (f"{category}/{priority.value}", f"{category}/", priority.value)
    return next((rows[key] for key in fits if key in rows), None)


class ClockTerms(Compact):
    """One service-level clock: whom it waits for, what starts, pauses, resumes and stops it, and its levels."""

    name: Code
    waits_for: Literal["staff", "approver", "claimant", "respondent", "nobody"] = "staff"
    """Whose turn it is while it runs."""
    target: Span
    """How long there is."""
    targets: dict[TargetKey, Span] = {}
    """Other targets by priority and category; the closest fit counts, ``target`` where none fits."""
    roll: bool = False
    """A last day that is closed moves to the next opening (calendar days and months only)."""
    whole_days: bool = False
    """Its last day counts to its last hour, by the days of the case's calendar: what happens by itself happens when that day is
    over, and more time can be had until then. People are told at the time of day at which it began, while they can still act."""
    outlives: bool = False
    """It runs on when the case is closed: what somebody may still ask for by law, or has still to be done."""
    calendar: str | None = None
    """Content reference of an immutable calendar, where it is another than the one of the terms."""
    during: Phase | None = None
    """Runs while the case is in this phase: starts when it is entered, stops when it is left."""
    only_in: Phases = ()
    """Starts in these phases only; empty: in any."""
    behind: Code | None = None
    """Does not start while that clock has not stopped (a next update waits for the first response)."""
    starts: Triggers = ()
    """What starts it."""
    stops: Triggers = ()
    """What stops it: whoever it waits for has done their part."""
    restarts: Triggers = ()
    """Begin it afresh while it runs; they do not start one that does not."""
    pauses: Triggers = ()
    """What makes it stand still."""
    resumes: Triggers = ()
    """What makes it run on."""
    goes_on: bool = False
    """A pause or snooze of all that the team owes does not hold it: somebody is cared for by it."""
    statutory: bool = False
    """A limit of the law, or one that protects somebody like it: nobody pauses, freezes, snoozes or re-targets it."""
    extension: Extension | None = None
    """By how much the law lets a statutory limit be extended; left out: not at all."""
    pauses_only: CodePatterns = ()
    """Categories in which its pauses count (``gdpr_*``: all that begin so); empty: in all."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    """What happens on the way to its end, at it, and after it."""

    @model_validator(mode="before")
    @classmethod
    def _as_usual(cls, raw: Any) -> Any:
        return like_usual(raw)

    @model_serializer(mode="wrap")
    def _without_the_usual(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said = without_defaults(self, handler(self))
        usual = USUAL.get(self.name)
        if usual is None:
            return said
        other = {key: value for key, value in said.items() if usual.get(key, _NEVER) != value}
        default = {key: type(self).model_fields[key].default for key in usual if key not in said}
        short = {"like": self.name, **other, **{key: _PLAIN.get(key, value) for key, value in default.items()}}
        short.pop("name", None)
        return short if len(other) + len(default) < len(said) - 1 else said

    @property
    def is_the_teams(self) -> bool:
        """Whether it waits for somebody of the team: what pauses and snoozes are about."""
        return self.waits_for in ("staff", "approver")

    def target_for(self, priority: Priority, category: str) -> Span:
        """The target of a case: for its category and priority, else its category, else its priority, else the one of all."""
        return closest(self.targets, priority, category) or self.target

    def extension_for(self, category: str) -> Span | None:
        """By how much the law lets it be extended for a category; None: not at all."""
        if self.extension is None:
            return None
        return self.extension.by_category.get(category) if f"{category}/" in self.targets else self.extension.by

    def pauses_for(self, category: str) -> bool:
        """Whether what pauses it counts for a category."""
        return not self.pauses_only or among(category, self.pauses_only)

    @property
    def tells_by_law(self) -> bool:
        """Whether it is the last day on which somebody learns of a case: the law's day, whatever stands still here (General Data
        Protection Regulation, article 14(3)(a))."""
        return any(level.default == "disclose" for level in self.levels)

    @property
    def all_starts(self) -> frozenset[str]:
        """Everything that starts it."""
        own = (f"phase_entered:{self.during.value}", f"phase_resumed:{self.during.value}") if self.during else ()
        # More is stated than was credited: what waits for a credit waits for the rest (12 CFR 1005.11(c)(2)(i)).
        owed = ("amount_stated:above_credit",) if "provisional_credit_given" in self.stops else ()
        return frozenset((*self.starts, *own, *owed))

    @property
    def all_stops(self) -> frozenset[str]:
        """Everything that stops it."""
        own = (f"phase_left:{self.during.value}",) if self.during else ()
        paid = ("amount_stated:credited",) if "provisional_credit_given" in self.stops else ()
        return frozenset((*self.stops, *own, *paid))

    def level(self, name: str) -> Level | None:
        """The definition of a level, or None."""
        return next((x for x in self.levels if x.name == name), None)


SNOOZE = ClockTerms(
    name="snooze",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="wake", action="warn", audience=("owner",)),),
)
"""Every case has it: comes due when a snooze is over, so that whoever put the case away hears of it again."""
STANDSTILL = ClockTerms(
    name="standstill",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="look", action="escalate", audience=("leads", "ops")),),
)
"""Every case has it: comes due when nothing else does, because all its clocks stand still."""
SANCTION = ClockTerms(
    name="sanction",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="lift", action="default", default="lift_sanction"),),
)
"""Every case has it: comes due when a ban is over, also when the case was closed long ago. Nothing pauses it."""

KEPT_MEASURE = ClockTerms(
    name="kept_measure",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="end", action="default", default="end_kept_interim"),),
)
"""Every case has it: comes due when an interim measure is over that outlived a case which was taken back. Nothing pauses it."""


def _evidence_clock(side: Literal["claimant", "respondent"]) -> ClockTerms:
    return ClockTerms(
        name=f"{side}_evidence",
        waits_for=side,
        target=Span.wall(timedelta(0)),
        levels=(
            Level(name="remind", at=0.8, action="warn", audience=(side,)),
            Level(name="end", action="default", default="proceed_on_file"),
        ),
    )


EVIDENCE_CLOCKS = (_evidence_clock("claimant"), _evidence_clock("respondent"))
"""Every case has them: each request for evidence that has a date of its own is reminded of and lapses by it."""
CHARGEBACK = ClockTerms(
    name="chargeback",
    target=Span.wall(timedelta(0)),
    levels=(
        Level(name="warn", action="warn", audience=("owner", "leads")),
        Level(name="send", action="default", default="send_chargeback"),
        Level(name="missed", action="default", default="miss_chargeback"),
    ),
)
"""Comes due by the instants of a card network, in kinds that know chargebacks."""
OFFER_EXPIRY, PROPOSAL_EXPIRY = (
    ClockTerms(
        name=f"{name}_expiry",
        target=Span.wall(timedelta(0)),
        levels=(Level(name="lapse", action="default", default="lapse_offer"),),
    )
    for name in ("offer", "proposal")
)
"""Every case has them: they come due when an offer, or a proposal to both sides, that has an expiry can be accepted no longer."""
APPOINTMENT = ClockTerms(
    name="appointment",
    target=Span.wall(timedelta(0)),
    levels=(
        *(Level(name=name, action="warn") for name in ("unanswered", "tomorrow", "soon", "protocol")),
        Level(name="lapse", action="default", default="lapse_appointment"),
    ),
)
"""Every case has it: whoever takes part in a hearing or call is asked for an answer and reminded of it, and whoever led it of the
protocol (`appointment_reminded`); one on which nobody agreed lapses with its last proposed time."""
BUILT_IN = (
    SNOOZE, STANDSTILL, SANCTION, KEPT_MEASURE, CHARGEBACK, *EVIDENCE_CLOCKS, OFFER_EXPIRY, PROPOSAL_EXPIRY, APPOINTMENT,
)  # fmt: skip
