"""Which cases Harbor has: each with its past, and with what people do in it once it is here. The same number, the same cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from unicodedata import normalize

from cli.seed import texts
from cli.seed.harbor import LEAD, PEOPLE, SECOND_LEAD, SOURCE
from cli.seed.texts import Matter
from domain.model.case_import_report import MovingCase
from domain.worktime.calculator import back
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span, SpanUnit

KINDS = tuple(texts.MATTERS)
QUEUES = {
    "payment_dispute": "payments", "bounty_dispute": "mediation", "conduct_report": "conduct", "fraud_report": "fraud",
    "moderation_appeal": "moderation_appeals", "compliance_request": "compliance", "safety_incident": "safety",
}  # fmt: skip
_UNTOLD = ("fraud_report", "conduct_report", "safety_incident")
"""Kinds in which the other side knows nothing until its owner tells them."""
_MEASURES = {"fraud_report": "payout_freeze", "conduct_report": "no_contact", "safety_incident": "suspend"}
_SETTLED_BY = {"payment_dispute": "refund", "bounty_dispute": "payout"}
_STEPS = {
    "conduct_report": ("evidence_secured", "record_checked"),
    "safety_incident": ("reporter_is_safe", "expert_heard"),
    "compliance_request": ("receipt_confirmed", "identity", "scope", "search", "exemptions"),
}
_IN_GRACE: dict[str, dict[str, Any]] = {
    "payment_dispute": {"outcome": "denied", "ground": "not_received"},
    "bounty_dispute": {"outcome": "invalid", "ground": "duplicate"},
    "conduct_report": {"outcome": "no_violation", "ground": "no_clause"},
    "fraud_report": {"outcome": "suspicious_unproven", "ground": "no_fraud"},
    "compliance_request": {
        "outcome": "granted",
        "ground": "right_of_access",
        "remedies": [{"type": "disclose", "to": "claimant"}],
    },
    "safety_incident": {"outcome": "accident", "ground": "no_breach"},
}
_FOR_APPROVAL: dict[str, dict[str, Any]] = {
    "payment_dispute": {"outcome": "refunded", "ground": "not_as_described", "remedies": "refund"},
    "bounty_dispute": {"outcome": "upheld", "ground": "severity", "remedies": "payout"},
    "conduct_report": {"outcome": "violation", "ground": "extortion"},
    "fraud_report": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": "refund"},
    "compliance_request": {"outcome": "refused", "ground": "identity_unproven", "complaint_route": "authority_and_court"},
    "safety_incident": {
        "outcome": "excluded", "ground": "honesty_about_risks", "remedies": [{"type": "ban", "to": "respondent"}],
    },
}  # fmt: skip
_TOLD_BEFORE = {
    "payment_dispute": "denied", "bounty_dispute": "invalid", "conduct_report": "violation", "fraud_report": "confirmed",
    "safety_incident": "substantiated", "compliance_request": "granted",
}  # fmt: skip
_LOSERS = {"payment_dispute": "claimant", "bounty_dispute": "claimant"}
"""Who lost by those decisions, and so may appeal; elsewhere it is the respondent."""


@dataclass(frozen=True)
class Deed:
    """What somebody does in a case that is here. ``by`` is a person, or ``claimant`` or ``respondent``."""

    by: str
    type: str
    said: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    """Handed in with it: what :func:`cli.seed.exhibits.exhibit` makes of this word."""
    other: str | None = None
    """The external id of the other case that it names."""


@dataclass(frozen=True)
class Planned:
    """One case."""

    moving: MovingCase
    deeds: tuple[Deed, ...] = ()

    @property
    def external_id(self) -> str:
        """By which it is known again."""
        return self.moving.report.external_id or ""


class _Case:
    """What is decided about one case before its stage is: who, what, where."""

    def __init__(self, number: int, kind: str, now: datetime, seed: int, office: Calendar) -> None:
        self.random = Random(f"{seed}/{number}")  # noqa: S311 - repeatable on purpose; it hides nothing
        self.number, self.kind, self.now, self.office = number, kind, now, office
        turn, of_kind = divmod(number - 1, len(KINDS))
        self.turn = turn + of_kind
        """Differs among the cases of a kind and among those of a stage: what goes round by it comes everywhere."""
        self.matter: Matter = texts.MATTERS[kind][turn % len(texts.MATTERS[kind])]
        self.place = texts.HOSTS[(of_kind * 5 + turn * 7) % len(texts.HOSTS)]
        self.site = ("", "us", "apac")[self.turn % 3]
        queue = QUEUES[kind]
        names = {queue, f"{queue}-{self.site}"}
        working = [p.id for p in PEOPLE if "mediator" in p.roles and names & set(p.queues)]
        at_site = [p.id for p in PEOPLE if p.id in working and (not self.site or p.site == self.site)]
        able = at_site or working
        self.owner = able[turn // 3 % len(able)]
        self.lead = SECOND_LEAD if self.site == "apac" else LEAD
        self.amount: dict[str, Any] = {"amount": self.random.randrange(4_000, 40_000), "currency": "USD"}
        if self.site != "us" and self.turn % 4 == 3:
            self.amount["currency"] = "EUR"
        self.parties = self._parties()
        if kind == "bounty_dispute":
            self.amount["amount"] = self.random.randrange(5, 50) * 10_000

    def worked(self, *hours: float) -> float:
        """One of these numbers of the office's hours, as hours by the clock: so a clock stands where it is meant to, also on a
        Sunday."""
        return (self.now - _worked_back(self.office, self.now, hours[self.turn % len(hours)])).total_seconds() / 3600

    def soon(self, *hours: float) -> float:
        """The same, of something that a safety incident waits a tenth as long for, on a Sunday too."""
        return hours[self.turn % len(hours)] / 10 if self.kind == "safety_incident" else self.worked(*hours)

    def ago(self, hours: float, spread: float = 0.3) -> datetime:
        """An instant of the past, about so long ago."""
        off = hours * (1 + self.random.uniform(-spread, spread))
        return self.now - timedelta(seconds=int(off * 3600))

    def report(self, **more: Any) -> dict[str, Any]:
        """The report, as it came."""
        said = {"statement": self.matter.statement.format(place=self.place), "subject": self.matter.subject}
        money = {"amount": self.amount} if self.kind in ("payment_dispute", "bounty_dispute", "fraud_report") else {}
        return {
            "kind": self.kind, "source": SOURCE, "external_id": f"HBR-{self.number:06d}", "category": self.matter.category,
            "matter": f"stay-{self.number:06d}", **said, **money, "parties": self.parties,
            "metadata": {"place": self.place, "booking": f"BK-{40_000 + self.number}"}, **more,
        }  # fmt: skip

    def _parties(self) -> list[dict[str, Any]]:
        # Some come again and again: a few people and most houses have several cases.
        pool = texts.PEOPLE[:8] if self.random.random() < 0.3 else texts.PEOPLE
        name = self.random.choice(pool)
        locale, zone = texts.SPEAK.get(name, ("en", "America/Chicago" if self.site == "us" else "Australia/Sydney"))
        claimant = {"side": "claimant", "name": name, "locale": locale, "zone": zone, **_known_as(name)}
        host = {"side": "respondent", "name": self.place, "zone": "America/New_York", **_known_as(self.place)}
        return [claimant, host]

    def message(self, hours: float, by: str, text: str, to: str = "all") -> dict[str, Any]:
        """A message of the past; ``by`` a side, or a person."""
        claimant, respondent = (party["ref"] for party in self.parties)
        ref = {"claimant": claimant, "respondent": respondent}.get(by, by)
        return {"sent_at": self.ago(hours, 0.05), "by": ref, "to": to, "text": text}

    def line(self, phase: str, received: float, since: float, *messages: dict[str, Any], **more: Any) -> MovingCase:
        """The case as it is handed over: received and standing in its phase since so many hours ago."""
        received_at, phase_at = self.ago(received, 0.05), self.ago(since, 0)
        kept = [{**m, "sent_at": max(m["sent_at"], received_at)} for m in messages]
        report = self.report(**more.pop("report", {}))
        known = {"received_at": received_at, "phase": phase, "phase_at": max(phase_at, received_at), "messages": kept}
        return MovingCase.model_validate({"report": report, **known, **more})

    def talk(self, hours: float) -> list[dict[str, Any]]:
        """What both sides and the desk said before; the other side is kept out of it where it knows of nothing."""
        said = [
            self.message(hours * 0.9, "claimant", self.matter.claimant),
            self.message(hours * 0.6, "respondent", self.matter.respondent),
            self.message(hours * 0.4, self.owner, self.random.choice(texts.REPLIES)),
        ]
        return [*said, self.message(hours * 0.3, self.owner, self.random.choice(texts.NOTES), to="team")]

    def quiet_talk(self, hours: float) -> list[dict[str, Any]]:
        """What passed between the desk and the claimant alone."""
        asked = self.message(hours * 0.8, self.owner, self.random.choice(texts.ASKED), to="claimant")
        return [asked, self.message(hours * 0.5, "claimant", self.matter.claimant, to="team")]

    def decided(self, hours: float) -> dict[str, Any]:
        """The decision that was told before."""
        by = self.owner
        said = {"outcome": _TOLD_BEFORE[self.kind], "reasons": self.random.choice(texts.REASONS)}
        return {"decided_at": self.ago(hours, 0.01), "by": by, **said}

    def cared_for(self) -> tuple[Deed, ...]:
        """Whoever reported an incident hears from somebody every few days."""
        if self.kind != "safety_incident":
            return ()
        return (Deed(self.owner, "message", {"to": "claimant", "text": texts.CARE}),)

    def moved(self) -> tuple[Deed, ...]:
        """To the site that works it; whoever has it goes on with it there."""
        if not self.site:
            return ()
        return (Deed(self.lead, "hand_over", {"queue": f"{QUEUES[self.kind]}-{self.site}", "reasons": _AT_SITE[self.site]}),)

    def owned(self) -> tuple[Deed, ...]:
        """At its site, with an owner."""
        where = {"queue": f"{QUEUES[self.kind]}-{self.site}"} if self.site else {}
        if not where:
            return (Deed(self.lead, "assign", {"owner": self.owner, "reason": "assigned"}),)
        return (Deed(self.lead, "hand_over", {**where, "to": self.owner, "reasons": _AT_SITE[self.site]}),)


_FIRST_RESPONSE = (1.2, 4.5, 6.9, 2.5, 7.6, 9.5)
"""Working hours since it could be looked at: eight are the target of most kinds, and the owner is warned before."""
_RULING = (11, 45, 68, 26, 76, 3)
"""Of eighty, in which to decide."""
_BRINGS = {"payment_dispute": "bill", "safety_incident": "picture"}
"""What the other side hands in; elsewhere it is a log."""
_AT_SITE = {"us": "The host is awake in New York's hours.", "apac": "Both sides write in the hours of Singapore."}


def _known_as(name: str) -> dict[str, str]:
    plain = normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else " " for c in plain.replace("'", "")).split()
    return {"ref": ".".join(words), "email": f"{'.'.join(words)}@mail.example"}


@lru_cache(maxsize=512)
def _worked_back(office: Calendar, now: datetime, hours: float) -> datetime:
    return back(office, now, Span(unit=SpanUnit.WORKING, amount=round(hours * 3_600_000_000)))


# --- stages ----------------------------------------------------------------------------------------------------------

Stage = Callable[[_Case], Planned]


def _triage(c: _Case) -> Planned:
    hours = c.soon(0.6, 3, 6.5, 9.5)
    return Planned(c.line("intake", hours, hours * 0.9))


def _talking(c: _Case) -> Planned:
    if c.kind not in _SETTLED_BY:
        return _waiting(c)
    messages = [c.message(3, "claimant", c.matter.claimant), c.message(1.5, "respondent", c.matter.respondent)]
    hours = c.worked(9, 19)
    return Planned(c.line("settlement", hours * 1.2, hours, *messages))


def _offered(c: _Case) -> Planned:
    if c.kind not in _SETTLED_BY:
        return _asked(c)
    half = {"remedy": _SETTLED_BY[c.kind], "amount": {**c.amount, "amount": c.amount["amount"] // 2}}
    offer = Deed("respondent", "offer", {**half, "text": "We would like to meet you half way, and close it today."})
    return Planned(c.line("settlement", 30, 10, c.message(6, "claimant", c.matter.claimant)), (offer,))


def _waiting(c: _Case) -> Planned:
    if c.kind == "moderation_appeal":
        return _appealing(c)
    hours = c.soon(*_FIRST_RESPONSE)
    talk = c.quiet_talk(hours) if c.kind in _UNTOLD and c.number % 2 else []
    return Planned(c.line("review", hours * 1.2, hours, *talk), c.moved())


def _late(c: _Case) -> Planned:
    if c.kind == "moderation_appeal":
        return _appealing(c, c.worked(82, 91))
    hours = c.worked(82, 88, 97)
    return Planned(c.line("review", hours * 1.2, hours, *c.talk(hours * 0.95)), (*c.owned(), *c.cared_for(), *_remarks(c)))


def _owned(c: _Case) -> Planned:
    if c.kind == "moderation_appeal":
        return _appealing(c, c.worked(9, 66, 30, 77), owned=True)
    hours = c.worked(*_RULING)
    return Planned(c.line("review", hours * 1.05, hours, *c.talk(hours * 0.9)), (*c.owned(), *c.cared_for(), *_remarks(c)))


def _undisclosed(c: _Case) -> Planned:
    if c.kind not in _UNTOLD:
        return _owned(c)
    hours = c.worked(6, 18, 30, 67)
    return Planned(c.line("review", hours * 1.05, hours, *c.quiet_talk(hours * 0.9)), (*c.owned(), *c.cared_for()))


def _remarks(c: _Case) -> tuple[Deed, ...]:
    """What was written since: here a note that mentions the lead, there a question of a side and the answer to both."""
    if c.turn % 3 == 0:
        return (Deed(c.owner, "note", {"text": c.random.choice(texts.NOTES), "mentions": [c.lead]}),)
    if c.turn % 3 == 1:
        asked, answered = c.random.choice(texts.LATELY)
        return (Deed("claimant", "message", {"text": asked}), Deed(c.owner, "message", {"to": "all", "text": answered}))
    return ()


def _asked(c: _Case) -> Planned:
    started = _owned(c)
    ask = {"of": "claimant", "what": c.random.choice(texts.ASKED)}
    shown = Deed("claimant", "submit_evidence", {"text": "This is what I have at hand; more follows."}, file="bill")
    return Planned(started.moving, (*started.deeds, shown, Deed(c.owner, "request_evidence", ask)))


def _answered(c: _Case) -> Planned:
    started, other = _owned(c), Deed(c.owner, "request_evidence", {"of": "respondent", "what": texts.ASKED[0]})
    shown = Deed("claimant", "submit_evidence", {"text": c.matter.claimant}, file="picture")
    answer = Deed("respondent", "submit_evidence", {"text": c.matter.respondent}, file=_BRINGS.get(c.kind, "log"))
    ask = Deed(c.owner, "request_evidence", {"of": "claimant", "what": texts.ASKED[1]})
    return Planned(started.moving, (*started.deeds, ask, shown, other, answer))


def _measured(c: _Case) -> Planned:
    measure = _MEASURES.get(c.kind)
    if measure is None:
        return _asked(c)
    started = _undisclosed(c)
    said = {"measure": measure, "reasons": "Until it is clear what happened; others could be hit in the meantime."}
    if measure == "no_contact":
        said["told"] = "Please write to no guest of an earlier stay until we come back to you."
    return Planned(started.moving, (*started.deeds, Deed(c.owner, "impose_interim", said)))


def _heard(c: _Case, ground: str | None = None) -> tuple[Deed, ...]:
    """What has to be done before anybody rules; with the clause that somebody is asked about by name."""
    steps = tuple(Deed(c.owner, "complete_step", {"step": s, "reasons": "Done; see the notes."}) for s in _STEPS.get(c.kind, ()))
    if c.kind == "compliance_request":
        who = Deed(c.owner, "ask_identity", {"what": "Please send us the code that we have sent to the address of your account."})
        return (who, Deed("claimant", "submit_evidence", {"text": "The code in your letter is 4711."}), *steps)
    if c.kind == "conduct_report":
        about = {"ground": ground} if ground is not None else {}
        ask = Deed(c.owner, "request_evidence", {"of": "respondent", "what": texts.ASKED[0], **about})
        return (*steps, ask, Deed("respondent", "submit_evidence", {"text": c.matter.respondent}, file="picture"))
    if c.kind == "safety_incident":
        cause = Deed(c.owner, "name_root_cause", {"cause": "no_supervision", "insight": "Two sitters, and nobody was told."})
        return (*steps, Deed(c.owner, "complete_step", {"step": "both_sides_heard", "reasons": "Both have written."}), cause)
    return steps


def _ruled(c: _Case) -> Planned:
    if c.kind == "moderation_appeal":
        said = {"decision": "uphold", "complaint_route": "out_of_court_and_court", "reasons": texts.REASONS[0],
                "reply": "We have read it again, word by word."}  # fmt: skip
        started = _appealing(c, c.worked(26, 50), owned=True)
        return Planned(started.moving, (*started.deeds, Deed(c.owner, "decide_appeal", said)))
    return _with_ruling(c, _IN_GRACE)


def _approval(c: _Case) -> Planned:
    return _ruled(c) if c.kind == "moderation_appeal" else _with_ruling(c, _FOR_APPROVAL)


def _with_ruling(c: _Case, rulings: Mapping[str, dict[str, Any]]) -> Planned:
    if rulings is _FOR_APPROVAL:
        c.amount = {**c.amount, "amount": 800_000 if c.kind == "bounty_dispute" else 180_000}
    started, ruling = _owned(c), dict(rulings[c.kind])
    if isinstance(ruling.get("remedies"), str):
        ruling["remedies"] = [{"type": ruling["remedies"], "to": "claimant", "amount": c.amount}]
    if c.kind == "conduct_report" and ruling["outcome"] == "violation":
        # Whoever is excluded is told why in the fields of the law.
        ruling["statement"] = texts.STATEMENT
    if "complaint_route" in ruling and c.matter.category.startswith("ccpa_"):
        ruling["complaint_route"] = "attorney_general"
    rule = Deed(c.owner, "rule", {**ruling, "relies_on": [], "reasons": c.random.choice(texts.REASONS)})
    asked = ruling["ground"] if rulings is _FOR_APPROVAL else None
    return Planned(started.moving, (*started.deeds, *_heard(c, asked), rule))


def _appealable(c: _Case) -> Planned:
    if c.kind in ("moderation_appeal", "compliance_request"):
        return _closed(c)
    hours = (20, 24 * 13.6, 50, 80, 24 * 11)[c.turn % 5]
    return Planned(c.line("appealable", hours + 24 * 12, hours, *c.talk(24 * 9), decisions=[c.decided(hours * 1.31)]))


def _appealing(c: _Case, hours: float = 0, *, owned: bool = False) -> Planned:
    if c.kind == "moderation_appeal":
        hours = hours or c.worked(*_FIRST_RESPONSE)
        brought = _removed(c, hours * 2)
        wrote = [c.message(hours * 0.7, c.owner, c.random.choice(texts.REPLIES), to="claimant")] if owned else []
        line = c.line("appeal", hours * 1.3, hours, *wrote, appellants=["claimant"], report={"decision": brought})
        return Planned(line, c.owned() if owned else c.moved())
    if c.kind == "compliance_request":
        return _closed(c)
    hours = c.worked(4, 67, 14, 30, 78)
    side = _LOSERS.get(c.kind, "respondent")
    why = c.message(hours * 0.65, side, c.random.choice(texts.APPEALS))
    read = c.message(hours * 0.5, c.lead, texts.READ)
    decided = [c.decided(hours * 1.4)]
    earlier = hours * 1.4 + 24 * 12
    talk = c.talk(earlier * 0.95)
    return Planned(c.line("appeal", earlier, hours, *talk, why, read, decisions=decided, appellants=[side]))


def _removed(c: _Case, hours: float) -> dict[str, Any]:
    """The decision of the platform that a moderation appeal is about."""
    return {
        "outcome": "remove", "appellant": "author", "decider": "machine", "content": f"post-{c.number}",
        "ground": "harassment", "effective_at": c.ago(hours, 0),
        "reasons": "It names a person in a way that our rules do not allow.",
    }  # fmt: skip


def _closed(c: _Case) -> Planned:
    hours = c.random.choice((30, 24 * 6, 24 * 25))
    if c.kind == "moderation_appeal":
        brought = _removed(c, hours * 4)
        return Planned(c.line("closed", hours * 3, hours, report={"decision": brought}, outcome="withdrawn", reason="withdrawn"))
    told = {"decisions": [c.decided(hours * 1.4)], "outcome": "ruled"}
    return Planned(c.line("closed", hours * 3, hours, *c.talk(hours * 2.8), **told))


def _linked(c: _Case) -> Planned:
    started = _owned(c)
    other = f"HBR-{c.number - len(KINDS):06d}"
    # The other one is worked at another site: whoever has this one may not read it.
    link = Deed(c.lead, "link", {"relation": "related", "note": "The same house, and the same week."}, other=other)
    shown = Deed("claimant", "submit_evidence", {"text": c.matter.claimant}, file="picture")
    until = (c.now + timedelta(days=1 + c.turn % 3)).isoformat()
    away = Deed(c.owner, "snooze", {"until": until, "reason": "colleague_is_back_then"})
    if c.turn % 4:
        away = Deed(c.owner, "pause", {"reason": "waits_for_the_police"})
    return Planned(started.moving, (*started.deeds, shown, link, away))


STAGES: tuple[Stage, ...] = (
    _waiting, _owned, _linked, _asked, _answered, _late, _approval, _ruled, _appealable, _appealing, _measured, _offered,
    _talking, _triage, _undisclosed, _closed, _waiting,
)  # fmt: skip
"""Each kind goes through all of them: seven kinds make 119 cases."""
HARBOR = len(STAGES) * len(KINDS)
MORE: tuple[Stage, ...] = (_waiting, _waiting, _talking, _waiting, _triage, _appealing, _waiting, _appealable)
"""Of whatever more is wanted: open cases that wait for somebody, without a deed after they have come."""


def planned(first: int, last: int, now: datetime, seed: int, office: Calendar) -> Iterator[Planned]:
    """The cases of these numbers (from 1 on, the last one included). ``office``: by whose hours their clocks count."""
    for number in range(first, last + 1):
        kind = KINDS[(number - 1) % len(KINDS)]
        case = _Case(number, kind, now, seed, office)
        if number <= HARBOR:
            yield STAGES[(number - 1) // len(KINDS)](case)
        else:
            yield Planned(MORE[(number - 1) // len(KINDS) % len(MORE)](case).moving)
