"""Cases for tests, made by the real rules: a report, the shipped packs' terms, real calendars, and commands judged one by one.

    life = a_case().in_review().for_tenant("acme")      # a bounty dispute that per_m1 mediates
    life.says(MEDIATOR, "request_evidence", of="respondent", what="Show the logs.")
    life.later(timedelta(days=7))                        # the workers are up: every level fires when it falls due
    life.case, life.recordings, life.notices             # what became of it

Nothing here knows the transition table: a phase is reached by the commands with which people reach it. ``says`` raises the
refusal; ``refused`` expects one and returns it. Time passes by a minute with each command, and by ``later`` and ``outage``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, Self, TypeVar, cast

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.commands import Command, Open, OpenedParty, parse_command
from domain.model.facts import SYSTEM, Actor, Colleague, DueLevel, EvidenceFile, Fact, Recording
from domain.model.prior_decision import as_opened
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.model.report import Report, ReportedParty
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.model.translations import Translate, with_original
from domain.notices.plan import NoticeDraft
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, step
from domain.views.case import CaseView, view
from domain.worktime.calendars import Calendar
from policies.retarget import retargeted
from policies.shelf import Shelf

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A working day, ten in the morning in Berlin: when cases are opened unless a test says otherwise."""
MINUTE = timedelta(minutes=1)
ZONE_DATA = "2026a"
KINDS = ("bounty_dispute", "fraud_report", "payment_dispute")

CLAIMANT, RESPONDENT, WITNESS, AGENT = "pty_claimant", "pty_respondent", "pty_witness", "pty_agent"
MEDIATOR, MEDIATOR_2, MEDIATOR_3 = "per_m1", "per_m2", "per_m3"
LEAD, LEAD_2, LEAD_3, OPS = "per_l1", "per_l2", "per_l3", "per_o1"
JUNIOR = "per_junior"
"""A mediator who reports to ``per_m1``."""
FRIEND = "per_friend"
"""A mediator who declared a conflict with the claimant."""
PLATFORM, ROBOT = "key_platform", "system"


def digest_of(party_id: str) -> str:
    """The keyed digest by which a party is known to conflicts."""
    return hashlib.sha256(party_id.encode()).hexdigest()


def _staff(person: str, role: Any, manager: str, *conflicts: str) -> Actor:
    return Actor(id=person, role=role, team="amber", site="berlin", manager=manager, conflicts=conflicts)


PEOPLE: Mapping[str, Actor] = {
    MEDIATOR: _staff(MEDIATOR, "mediator", "per_h1"),
    MEDIATOR_2: _staff(MEDIATOR_2, "mediator", "per_h1"),
    MEDIATOR_3: _staff(MEDIATOR_3, "mediator", "per_h1"),
    LEAD: _staff(LEAD, "lead", "per_h1"),
    LEAD_2: _staff(LEAD_2, "lead", "per_h1"),
    LEAD_3: _staff(LEAD_3, "lead", "per_h1"),
    OPS: _staff(OPS, "ops", "per_h1"),
    JUNIOR: _staff(JUNIOR, "mediator", MEDIATOR),
    FRIEND: _staff(FRIEND, "mediator", "per_h1", digest_of(CLAIMANT)),
    PLATFORM: Actor(id=PLATFORM, role="platform"),
    ROBOT: SYSTEM,
}


def _with(remedy: str, cents: int) -> list[dict[str, Any]]:
    return [{"type": remedy, "amount": {"amount": cents, "currency": "USD"}}]


_PAY, _REFUND = _with("payout", 50_000), _with("refund", 20_000)
OUTCOMES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "bounty_dispute": {
        "light": {"outcome": "upheld", "ground": "severity", "remedies": _PAY},
        "heavy": {"outcome": "upheld", "ground": "severity", "remedies": _with("payout", 900_000)},
        "none": {"outcome": "invalid", "ground": "scope"},
        "both": {"outcome": "partial_amount", "ground": "severity", "remedies": _PAY},
    },
    "fraud_report": {
        "light": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": _REFUND},
        "heavy": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": _with("refund", 200_000)},
        "none": {"outcome": "false_positive", "ground": "no_fraud"},
        "both": {
            "outcome": "confirmed",
            "ground": "stolen_payment",
            "remedies": [*_REFUND, {"type": "warn", "to": "respondent"}],
        },
    },
    "payment_dispute": {
        "light": {"outcome": "refunded", "ground": "not_received", "remedies": _REFUND},
        "heavy": {"outcome": "refunded", "ground": "not_received", "remedies": _with("refund", 200_000)},
        "none": {"outcome": "denied", "ground": "not_received"},
        "both": {"outcome": "partly_refunded", "ground": "not_as_described", "remedies": _REFUND},
    },
    "conduct_report": {
        "light": {"outcome": "violation", "ground": "insult"},
        "heavy": {"outcome": "violation", "ground": "extortion"},
    },
    "safety_incident": {
        "light": {"outcome": "substantiated", "ground": "duty_of_care", "remedies": _REFUND},
        "heavy": {"outcome": "substantiated", "ground": "duty_of_care", "remedies": _with("refund", 200_000)},
    },
    "compliance_request": {
        "light": {"outcome": "granted", "ground": "right_of_access", "remedies": [{"type": "disclose"}]},
        "heavy": {"outcome": "refused", "ground": "no_such_data", "complaint_route": "authority_and_court"},
    },
}
"""Rulings by weight: ``light`` and ``heavy`` (above the limit) favour the claimant, ``none`` does not; ``both`` has two edges."""


OFFERS: Mapping[str, Mapping[str, Any]] = {
    "bounty_dispute": {"remedy": "payout", "amount": {"amount": 1_000, "currency": "USD"}},
    "payment_dispute": {"remedy": "refund", "amount": {"amount": 1_000, "currency": "USD"}},
}
"""An offer of each kind that has something to settle."""


STATEMENT: Mapping[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_facts": "The comment asks its readers to go to an address.",
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Community rules, section 3",
    "incompatible_content_explanation": "Calls to violence are not allowed.",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_VIOLENCE",
    "content_date": "2026-02-01",
    "application_date": "2026-03-02",
    "source_type": "SOURCE_ARTICLE_16",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
}
"""A statement of reasons that lacks nothing."""


LEFT_OUT = frozenset({"respondent_reply", "claimant_reply", "credit_reversal"})
"""Clocks that protect somebody, and that a life has with ``that_protects`` alone: what else a pack says is tried without them."""


@cache
def shelf() -> Shelf:
    """The shipped packs and calendars, loaded once a session."""
    return Shelf.load(MONDAY.year)


class FakeSealer:
    """Keeps texts in a dictionary instead of a vault."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def party(self, person: ReportedParty) -> OpenedParty:
        """Somebody new, known by their ref."""
        party_id = f"pty_{person.ref}"
        return OpenedParty(id=party_id, side=person.side, role=person.role, ref_digest=digest_of(party_id), minor=person.minor)

    def __call__(self, text: str) -> Prose:
        content_id = f"cnt_{len(self.texts) + 1:04d}"
        self.texts[content_id] = text
        return Prose(content_id=content_id, digest=hashlib.sha256(text.encode()).hexdigest(), length=len(text))

    def copy(self) -> FakeSealer:
        """Another one with the same texts."""
        made = FakeSealer()
        made.texts = self.texts.copy()
        return made


_CALLED: Mapping[str, Mapping[str, str]] = {
    "fraud_report": {"category": "collusion"},
    "safety_incident": {"category": "property"},
}
"""What is neither a claim of an error in a payment nor urgent: reports without a category are."""


def a_case(kind: str = "bounty_dispute", **report: Any) -> Life:
    """A case that is still to be opened; ``report`` replaces parts of the report (``priority="urgent"``, ``amount=…``)."""
    return Life(kind, report)


_Reach = TypeVar("_Reach", bound=Callable[..., "Life"])


def _lived_once(reach: _Reach) -> _Reach:
    """Lives that begin alike come to a phase alike: it is lived once a session, and the others go on from there."""

    @wraps(reach)
    def reached(life: Life, *args: Any, **kwargs: Any) -> Life:
        key = life._beginning(reach.__name__, args, kwargs)
        if key is None:
            return reach(life, *args, **kwargs)
        if key not in _LIVED:
            reach(life, *args, **kwargs)
            _LIVED[key] = _apart(vars(life))
        else:
            vars(life).update(_apart(_LIVED[key]))
        return life

    return cast("_Reach", reached)


_LIVED: dict[tuple[Any, ...], dict[str, Any]] = {}


def _apart(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same, sharing nothing that a life changes in place."""
    return {name: value.copy() if isinstance(value, dict | list | FakeSealer) else value for name, value in state.items()}


class Life:
    """One case and everything that happened to it."""

    def __init__(self, kind: str, report: Mapping[str, Any]) -> None:
        self.kind = kind
        self.tenant_id = "acme"
        self.case_id = "case_0196a7c2-0000-7000-8000-000000000001"
        self.now = MONDAY
        self.sealer = FakeSealer()
        self.recordings: tuple[Recording, ...] = ()
        self.notices: tuple[tuple[int, NoticeDraft], ...] = ()
        self.steps: tuple[Step, ...] = ()
        self.calendars: dict[str, Calendar] = {}
        self.zone_data = ZONE_DATA
        self.team: tuple[Colleague, ...] | None = None
        self.appealed_before: str | None = None
        """The case in which the claimant appealed against the same decision already."""
        self.earlier: tuple[EarlierSanction, ...] | None = ()
        self.elsewhere: dict[str, Any] = {}
        """What is found of another case (``other``) and of a ``campaign`` when a command names one."""
        self.uploads: list[tuple[str, EvidenceFile]] = []
        self._case: Case | None = None
        self._report = {"statement": "The report was closed as a duplicate, and it is none.", **_CALLED.get(kind, {}), **report}
        self._parties = [OpenedParty(id=p, side=s, ref_digest=digest_of(p)) for p, s in _PRINCIPALS]
        self._triage = False
        self._time_scale = 1.0
        self._protects = False
        self._terms: dict[str, Any] = {}
        self._commands = 0

    # --- before it is opened

    def for_tenant(self, tenant_id: str) -> Self:
        """Whose case it is; the rules never ask."""
        self.tenant_id = tenant_id
        return self

    def named(self, case_id: str) -> Self:
        """Another case id than the one that all cases of tests have."""
        self.case_id = case_id
        return self

    def opened_at(self, at: datetime) -> Self:
        """Start at another instant than on a Monday morning."""
        self.now = at
        return self

    def with_party(self, party_id: str, side: str, role: Any) -> Self:
        """One more party: a witness, an insurer, a representative."""
        party = OpenedParty(id=party_id, side=Side(side), role=role, ref_digest=digest_of(party_id))
        self._parties.append(party)
        return self

    def by_a_form(self, party_id: str = CLAIMANT) -> Self:
        """A form names this party, and nothing has shown that it was they."""
        self._parties = [p.model_copy(update={"unproven": p.unproven or p.id == party_id}) for p in self._parties]
        return self

    def under_age(self, party_id: str) -> Self:
        """The report names this party as a child."""
        self._parties = [p.model_copy(update={"minor": p.minor or p.id == party_id}) for p in self._parties]
        return self

    def without_respondent(self) -> Self:
        """Nobody is known on the other side."""
        self._parties = [p for p in self._parties if p.side is Side.CLAIMANT]
        return self

    def scaled(self, factor: float) -> Self:
        """A development tenant's time: 1/3600 makes hours into seconds."""
        self._time_scale = factor
        return self

    def with_terms(self, **changes: Any) -> Self:
        """A pack that says something else in these places: ``with_terms(procedure=("identity_checked",))``."""
        self._terms |= changes
        return self

    def that_protects(self) -> Self:
        """As the pack says: nobody loses unheard, or by their own appeal alone. Most tests are about something else, and rule at
        once.
        """
        self._protects = True
        return self

    # --- where it stands

    @property
    def case(self) -> Case:
        """The case as it stands now."""
        assert self._case is not None, "the case was not opened"
        return self._case

    @property
    def reference(self) -> ReferenceData:
        """What its steps look things up in."""
        return ReferenceData(self.calendars, shelf().notices, self.zone_data)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts, oldest first."""
        return tuple(r.fact for r in self.recordings)

    @property
    def last(self) -> Step:
        """What the last command or level changed."""
        return self.steps[-1]

    def seen_by(self, who: str | Actor) -> CaseView:
        """The case as somebody may see it."""
        return view(self.case, self.actor(who))

    def due(self, clock: str) -> DueLevel:
        """The next level of a running clock."""
        return next(row for row in self.case.timetable if row.clock == clock)

    def notices_for(self, recipient: str) -> tuple[NoticeDraft, ...]:
        """Everything that one recipient was told, oldest first."""
        return tuple(n for _, n in self.notices if n.recipient == recipient)

    # --- what people do

    def actor(self, who: str | Actor) -> Actor:
        """Somebody as ``record`` would look them up. KeyError for a stranger."""
        if isinstance(who, Actor):
            return who
        parties = self._case.parties if self._case is not None else tuple(self._parties)
        party = next((p for p in parties if p.id == who), None)
        return Actor(id=party.id, role=party.side.value, side=party.side) if party else PEOPLE[who]

    def command(self, who: str | Actor, what: str, /, **fields: Any) -> Command:
        """A command with the next id, its texts sealed, as if it had come over the wire."""
        self._commands += 1
        by = who.id if isinstance(who, Actor) else who
        raw = {"id": f"cmd_{self._commands:04d}", "type": what, "by": by, **_words(what), **self._route(what, fields)}
        raw |= {**self._stated(what, fields), **fields}
        command = parse_command(raw, self.sealer)
        return self._beside_original(command) if isinstance(command, Translate) else command

    def _beside_original(self, command: Translate) -> Translate:
        """A translation with its original, as the inbox finds it."""
        found = next((one.fact.model_dump(mode="json") for one in self.recordings if one.seq == command.of), None)
        return with_original(command, found)

    def _route(self, what: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Where else one can go, in kinds in which every decision on an appeal says so."""
        case = self._case
        wanted = what == "decide_appeal" and fields.get("decision") != "remit" and case is not None
        routes = case.terms.complaint_routes if wanted and case is not None and case.terms.appeal_needs else ()
        return {"complaint_route": routes[0]} if routes else {}

    def _stated(self, what: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Why, in kinds in which whoever is banned or restricted is told so in the fields of the law; and why it is less, where
        whoever wins gets little."""
        case = self._case
        decides = what == "rule" or (what == "decide_appeal" and fields.get("decision") in ("overturn", "vary"))
        terms = case.terms.statement if decides and case is not None else None
        stated = {"statement": STATEMENT} if terms is not None and (terms.sanctions or terms.remedies) else {}
        return {**stated, "less_because": "not_proven"} if decides else stated

    def says(self, who: str | Actor, what: str, /, **fields: Any) -> Self:
        """Somebody sends a command a minute later; texts that it needs are made up. Raises the Refusal."""
        self.now += MINUTE
        self._fire(until=self.now - timedelta(microseconds=1))
        return self.judge(self.command(who, what, **fields), who)

    def refused(self, who: str | Actor, what: str, /, **fields: Any) -> Refusal:
        """The refusal that a command meets, sent at this very instant; the case is as it was."""
        before = self._case
        try:
            self.judge(self.command(who, what, **fields), who)
        except Refusal as refusal:
            assert self._case == before
            return refusal
        raise AssertionError(f"'{what}' by {who} was not refused")

    def judge(self, command: Command, who: str | Actor) -> Self:
        """Have one command judged now."""
        owner = getattr(command, "owner", None) or getattr(command, "to", None)
        files = tuple(file for by, file in self.uploads if by == command.by)
        target = PEOPLE.get(owner) if owner else None
        found = {"target": target, "appealed_before": self.appealed_before, "earlier": self.earlier, "files": files}
        context = DecisionContext(actor=self.actor(who), terms=self._new_terms(command), **{**found, **self.elsewhere})
        return self._take(step(self._case, self.case_id, command, context, self.now, self.now, self.reference))

    def _new_terms(self, command: Command) -> Terms | None:
        """The terms that a re-target leads to, as ``record`` would have them resolved."""
        if not isinstance(command, Retarget):
            return None
        found = retargeted(shelf(), self.case, command)
        if found is None:
            return None
        self.calendars = {**self.calendars, **found[1]}
        return found[0]

    def uploads_file(self, who: str, file_id: str) -> Self:
        """Somebody has put a file away for this case; nobody sees it before it is handed in."""
        self.uploads.append((who, EvidenceFile(id=file_id, digest=digest_of(file_id), media_type="image/png", length=2048)))
        return self

    # --- what time does

    def later(self, wait_for: timedelta) -> Self:
        """Time passes while the workers are up: each level is recorded at the instant at which it falls due."""
        self.now += wait_for
        self._fire(until=self.now)
        return self

    def outage(self, wait_for: timedelta) -> Self:
        """Time passes while nothing works: what fell due is recorded at the end of it."""
        self.now += wait_for
        self._fire(until=self.now, recorded_at=self.now)
        return self

    def fire(self, clock: str, level: str | None = None) -> Self:
        """Wait for a level of a clock (its next one), and for everything that falls due before it."""
        row = next(r for r in self.case.timetable if r.clock == clock and level in (None, r.level))
        return self.later(row.due_at - self.now)

    def _beside(self) -> dict[str, Any]:
        """What a level is told of other cases."""
        return {name: found for name, found in self.elsewhere.items() if name in ("held", "paid_elsewhere")}

    def fire_next(self, recorded_at: datetime | None = None) -> Self:
        """The earliest level falls due and nothing else."""
        row = self.case.timetable[0]
        self.now = max(self.now, row.due_at)
        late = max(row.due_at, recorded_at or row.due_at)
        made = step(
            self.case,
            self.case_id,
            due_command(row),
            DecisionContext(actor=SYSTEM, team=self.team, **self._beside()),
            row.due_at,
            late,
            self.reference,
        )
        return self._take(made)

    def _fire(self, until: datetime, recorded_at: datetime | None = None) -> None:
        while self._case is not None and self._case.timetable and self._case.timetable[0].due_at <= until:
            now = self.now
            self.fire_next(recorded_at)
            self.now = now

    def _take(self, made: Step) -> Self:
        self._case = made.case
        self.recordings += made.recordings
        self.notices += made.notices
        self.steps += (made,)
        return self

    # --- phases

    @_lived_once
    def opened(self) -> Self:
        """Opened, and wherever its gates lead it."""
        return self if self._case is not None else self.judge(self.opening(), ROBOT)

    @_lived_once
    def in_intake(self) -> Self:
        """Opened, and kept for triage."""
        self._triage = True
        return self.opened()

    @_lived_once
    def in_settlement(self) -> Self:
        """The parties talk (a kind that has nothing to settle never gets here)."""
        self._admitted()
        assert self.case.phase is Phase.SETTLEMENT, self.case.phase
        return self

    @_lived_once
    def in_review(self, owner: str | None = MEDIATOR) -> Self:
        """Before its mediator; with ``owner=None`` it waits in the queue."""
        self._admitted()
        if self.case.phase is Phase.SETTLEMENT:
            self.says(CLAIMANT, "escalate")
        return self._owned_by(owner)

    def disclosed(self, **fields: Any) -> Self:
        """The respondent was told by the owner (or by a lead), in a kind in which they do not learn of it at the opening."""
        return self.says(self.case.owner or LEAD, "disclose", **fields) if not self.case.is_disclosed else self

    def heard(self, ground: str | None = None) -> Self:
        """The respondent was asked, about a clause by name where one is given, and has answered; the pack's steps are done."""
        owner = self.case.owner or MEDIATOR
        self.says(owner, "request_evidence", of="respondent", ground=ground).says(RESPONDENT, "submit_evidence")
        for one in self.case.terms.procedure:
            self.says(owner, "complete_step", step=one, reasons="Done.")
        return self

    @_lived_once
    def in_approval(self) -> Self:
        """A heavy ruling waits for a second person."""
        return self._ruled("heavy")

    @_lived_once
    def ruled(self, weight: str = "light") -> Self:
        """A ruling in its grace; a heavy one was approved by ``per_l1``."""
        self._ruled(weight)
        return self.says(LEAD, "approve") if self.case.phase is Phase.APPROVAL else self

    @_lived_once
    def appealable(self, weight: str = "light") -> Self:
        """The parties were told."""
        return self.ruled(weight).fire("grace")

    @_lived_once
    def in_appeal(self, appellant: str = RESPONDENT, owner: str | None = LEAD_2, weight: str = "light") -> Self:
        """The side that lost (the respondent, unless ``weight`` says otherwise) has appealed."""
        return self.appealable(weight).says(appellant, "appeal")._owned_by(owner)

    @_lived_once
    def appeal_in_approval(self) -> Self:
        """A heavier decision on the appeal waits for a second person."""
        heavy = {k: v for k, v in OUTCOMES[self.kind]["heavy"].items() if k != "outcome"}
        return self.in_appeal().says(LEAD_2, "decide_appeal", decision="vary", **heavy)

    @_lived_once
    def appeal_ruled(self, decision: str = "uphold", **fields: Any) -> Self:
        """A decision on the appeal in its grace."""
        return self.in_appeal().says(LEAD_2, "decide_appeal", decision=decision, **fields)

    @_lived_once
    def closed(self) -> Self:
        """Ruled, and nobody appealed."""
        return self.appealable().fire("appeal_window")

    def _beginning(self, reach: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
        """What a life that was not begun yet follows from; None when it was, or when it is made in another way than most."""
        made = vars(Life(self.kind, {})) | {name: value for name, value in vars(self).items() if name in _OFTEN}
        if type(self) is not Life or any(vars(self)[name] != value for name, value in made.items() if name != "sealer"):
            return None
        often = tuple(repr(vars(self)[name]) for name in _OFTEN)
        return None if self.sealer.texts else (reach, repr(args), repr(kwargs), self.kind, *often)

    def _admitted(self) -> None:
        self.opened()
        if self.case.phase is Phase.INTAKE:
            self.says(OPS, "admit")

    def _owned_by(self, owner: str | None) -> Self:
        return self.says(OPS, "assign", owner=owner) if owner and self.case.owner != owner else self

    def _ruled(self, weight: str) -> Self:
        """By whoever owns it, else by ``per_m1``."""
        self._admitted()
        owner = self.in_review(owner=self.case.owner or MEDIATOR).case.owner
        assert owner is not None
        return self.says(owner, "rule", **OUTCOMES[self.kind][weight])

    def opening(self) -> Open:
        """The command that opens it, with the terms of its pack."""
        sides = [{"side": p.side.value, "role": p.role, "ref": p.id} for p in self._parties]
        report = Report.model_validate({"kind": self.kind, "parties": sides, **self._report})
        terms, routing = shelf().terms(report, self._time_scale)
        clocks = tuple(clock for clock in terms.clocks if clock.name not in LEFT_OUT)
        lenient = {
            "hear_penalties": False,
            "worse_on_appeal": True,
            "clocks": clocks,
            "credit_less": None,
            "claims": (),
            **({"hear": ()} if terms.heard_when == "told" else {}),
        }
        terms = terms.model_copy(update={**({} if self._protects else lenient), **self._terms})
        self.calendars = shelf().calendars_of(terms)
        if self._triage:
            routing = routing.model_copy(update={"decision": "triage"})
        return Open(
            id="cmd_open", by=ROBOT, channel="system", kind=report.kind, source=report.source, category=report.category,
            priority=terms.priority, terms=terms, routing=routing, parties=tuple(self._parties),
            statement=self.sealer(report.statement), amount=report.amount, synthetic=report.synthetic,
            outside_due_at=report.outside_due_at, new_fact=report.brings_new_fact,
            decision=as_opened(report.decision, digest_of(report.decision.content) if report.decision else "", self.sealer),
        )  # fmt: skip


_OFTEN = ("case_id", "now", "_report", "_parties", "_triage", "_time_scale", "_protects")
"""What tests choose before a case is opened; whoever chooses anything else lives the life themselves."""
_PRINCIPALS = ((CLAIMANT, Side.CLAIMANT), (RESPONDENT, Side.RESPONDENT))

_NEEDS: Mapping[str, Mapping[str, Any]] = {
    "skip_step": {"reasons": "It would show nothing new."},
    "decline": {"reason": "not_ours", "reasons": "This is not for us."},
    "message": {"text": "Good morning."},
    "note": {"text": "Looks like last week's."},
    "request_evidence": {"what": "Send the log files, please."},
    "submit_evidence": {"text": "Here are the log files."},
    "rule": {"reasons": "The report is valid, because the log files show it."},
    "return_ruling": {"reasons": "The second ground is missing."},
    "appeal": {"reasons": "The log files were read wrongly."},
    "decide_appeal": {"reasons": "The log files were read correctly."},
    "ask_identity": {"what": "Please confirm the code that we have sent you."},
    "continue_of_office": {"reasons": "Others book there, so we go on."},
    "place_hold": {"reason": "litigation", "reasons": "We have been sued."},
    "lift_hold": {"reasons": "The suit was settled."},
    "draft_chargeback_evidence": {"text": "The parcel was signed for."},
    "contest_return": {"reasons": "The parcel is empty."},
    "disclose": {"text": "You are said to have done what was reported."},
    "decide_return": {"reasons": "The carrier weighed it."},
    "close": {"reason": "cannot_be_decided", "reasons": "The account is gone."},
    "reopen": {"reason": "new_evidence"},
    "report_manual_work": {"effect_id": "eff_none", "result": "done"},
    "annul": {"reason": "procedural_fault", "reasons": "Nobody asked the witness."},
    "recuse": {"reason": "knows_a_party"},
    "merge": {"reasons": "It is the same matter."},
    "ask_interim_review": {"text": "The account pays my rent."},
    "propose_appointment": {"about": "What was agreed in May. We call you."},
    "move_appointment": {"reasons": "I am at work then."},
    "cancel_appointment": {"reasons": "There is nothing left to say."},
    "record_appointment": {"protocol": "Both say what the fee was."},
    "comment_protocol": {"text": "It was less."},
    "translate": {"text": "The dog had been ill since Tuesday."},
    "split": {"statement": "The second report is another matter.", "reasons": "They are two matters."},
}


def _words(what: str) -> dict[str, Any]:
    """What a command cannot be without, where a test does not care."""
    return dict(_NEEDS.get(what, {}))


def facts_named(recordings: Iterable[Recording], name: str) -> list[Fact]:
    """The facts of one type, oldest first."""
    return [r.fact for r in recordings if r.fact.type == name]


def types_of(facts: Iterable[Fact]) -> list[str]:
    """What happened, by name."""
    return [fact.type for fact in facts]
