"""Any sequence of commands by anybody, and of deadlines: the invariants hold, a refused command changes nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.clock_terms import ClockTerms
from domain.model.legal_hold import HeldPerson
from domain.model.refusals import Refusal
from domain.rules.evolve import fold
from tests.domain.invariants import Witness, in_hiding
from tests.domain.watched_life import DECIDERS, WatchedLife
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    FRIEND,
    KINDS,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MINUTE,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    digest_of,
)

PARTIES = (CLAIMANT, RESPONDENT, AGENT)
LEADS = (LEAD, LEAD_2, LEAD_3)
EVERYBODY = (*PARTIES, WITNESS, *DECIDERS, FRIEND, OPS, PLATFORM, ROBOT)
SIDES = st.sampled_from(["claimant", "respondent"])
MONEY = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([0, 5_000, 90_000, 2_000_000]),
        "currency": st.sampled_from(["USD", "USD", "EUR"]),
    }
)


LIVED = (*KINDS, "conduct_report", "safety_incident")
PAID = {"bounty_dispute": 900_000, "fraud_report": 200_000, "payment_dispute": 200_000, "safety_incident": 200_000}
"""What a case is about, in cents: just enough for the rulings by which it gets to where a life starts."""


def _pay(remedy: str, cents: int, currency: str = "USD") -> dict[str, Any]:
    return {"type": remedy, "amount": {"amount": cents, "currency": currency}}


_WARN = {"type": "warn", "to": "respondent"}
RULINGS: dict[str, list[dict[str, Any]]] = {
    "bounty_dispute": [
        {"outcome": "upheld", "ground": "severity", "remedies": [_pay("payout", 5_000)]},
        {"outcome": "upheld", "ground": "severity", "remedies": [_pay("payout", 600_000)]},
        {"outcome": "partial_amount", "ground": "scope", "remedies": [_pay("payout", 70, "EUR")]},
        {"outcome": "upheld", "ground": "severity", "remedies": [_pay("payout", 400_000), _pay("correction", 600_000)]},
        {"outcome": "invalid", "ground": "duplicate"},
        {"outcome": "unfounded", "ground": "without_ground"},
    ],
    "fraud_report": [
        {"outcome": "confirmed", "ground": "stolen_payment", "remedies": [_pay("refund", 5_000), _WARN]},
        {"outcome": "confirmed", "ground": "friendly_fraud", "remedies": [_pay("refund", 200_000)]},
        {"outcome": "confirmed", "ground": "account_takeover", "remedies": [_pay("refund", 150_000), _pay("refund", 60_000)]},
        {"outcome": "suspicious_unproven", "ground": "friendly_fraud", "remedies": [_WARN]},
        {"outcome": "suspicious_unproven", "ground": "friendly_fraud", "remedies": [_WARN | {"to": "claimant"}]},
        {"outcome": "false_positive", "ground": "no_fraud"},
    ],
    "payment_dispute": [
        {"outcome": "refunded", "ground": "not_received", "remedies": [_pay("refund", 5_000)]},
        {"outcome": "refunded", "ground": "not_as_described", "remedies": [_pay("refund", 9_000) | {"after_return": True}]},
        {"outcome": "partly_refunded", "ground": "goodwill", "remedies": [_pay("refund", 70, "EUR") | {"after_return": True}]},
        {"outcome": "refunded", "ground": "wrong_amount", "remedies": [_pay("refund", 210_000)]},
        {"outcome": "denied", "ground": "cancelled"},
    ],
    "conduct_report": [
        {"outcome": "violation", "ground": "insult"},
        {"outcome": "violation", "ground": "insult", "remedies": [{"type": "remove", "to": "respondent"}]},
        {"outcome": "educational_notice", "ground": "insult"},
        {"outcome": "violation", "ground": "extortion"},
        {"outcome": "unproven", "ground": "insult"},
        {"outcome": "no_violation", "ground": "insult"},
    ],
    "safety_incident": [
        {"outcome": "substantiated", "ground": "duty_of_care", "remedies": [_pay("refund", 5_000), _WARN]},
        {"outcome": "substantiated", "ground": "emergency_steps", "remedies": [_pay("refund", 210_000)]},
        {"outcome": "partly_substantiated", "ground": "duty_of_care", "remedies": [_WARN]},
        {"outcome": "unsubstantiated", "ground": "no_breach"},
        {"outcome": "accident", "ground": "no_breach", "remedies": [_pay("refund", 5_000)]},
    ],
}
CLAUSES = {"conduct_report": "insult"}
"""What is put to the respondent by name, in kinds whose ladders have clauses."""
BY_PARTIES = (
    "message", "submit_evidence", "offer", "accept_offer", "decline_offer", "appeal", "escalate", "ask_interim_review", "concede",
)  # fmt: skip
ABOUT_GOODS = ("ship_return", "confirm_return", "contest_return", "decide_return")
BY_THE_TEAM = (
    "request_evidence", "message", "retract", "return_ruling", "approve", "assign", "note", "hand_over", "annul", "recuse",
    "accept_withdrawal", "continue_of_office", "place_hold", "lift_hold", "disclose", "credit_provisionally",
    "acknowledge",
)  # fmt: skip
HEARINGS = (
    "propose_appointment", "propose_appointment", "answer_appointment", "answer_appointment", "record_appointment",
    "record_appointment", "comment_protocol", "comment_protocol", "move_appointment", "cancel_appointment",
)  # fmt: skip
ABOUT_TIME = ("pause", "resume", "snooze", "extend", "retarget", "freeze", "thaw", "impose_interim", "review_interim")
BY_ANYBODY = (
    *BY_PARTIES, *BY_THE_TEAM, "admit", "decline", "take", "rule", "decide_appeal", "withdraw", "close", "reopen",
    "report_effect", "report_delivery", "signal", "state_amount", "annul", "recuse", *ABOUT_TIME, *ABOUT_GOODS,
)  # fmt: skip
LIKELY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("accept_offer", "decline_offer", "escalate", "appeal", "withdraw"), PARTIES),
    "offer": (*PARTIES, *DECIDERS),
    "concede": (RESPONDENT,),
    **dict.fromkeys(("admit", "decline", "close", "reopen"), (OPS,)),
    **dict.fromkeys(("approve", "return_ruling"), LEADS),
    **dict.fromkeys(("report_effect", "report_delivery"), (ROBOT,)),
    **dict.fromkeys(("assign", "freeze", "thaw"), (OPS, ROBOT)),
    **dict.fromkeys(("place_hold", "lift_hold"), (OPS, LEAD)),
    **dict.fromkeys(("retarget", "extend"), (OPS, LEAD)),
    "signal": (PLATFORM, ROBOT),
    "annul": (*LEADS, OPS),
    "credit_provisionally": (*LEADS, MEDIATOR),
    "recuse": DECIDERS,
    "acknowledge": DECIDERS,
    "state_amount": (PLATFORM, OPS, LEAD, MEDIATOR),
    "take": (*DECIDERS, FRIEND),
    **dict.fromkeys(("confirm_return", "contest_return"), (RESPONDENT,)),
    "ship_return": (CLAIMANT, AGENT),
    "decide_return": DECIDERS,
    "submit_evidence": (*PARTIES, WITNESS, PLATFORM),
}
"""Who would think of it, so that not everything is refused; no promise that they may."""
START = (
    "in_intake", "opened", "in_review", "in_approval", "ruled", "appealable", "in_appeal", "appeal_in_approval", "appeal_ruled",
    "closed",
)  # fmt: skip
OFFERED = ["payout", "correction", "refund", "refund_with_return", "replacement_with_return"]
REMEDY_NAMES = st.sampled_from(["payout", "correction", "refund", "warn", "suspend", "release"])
WILD_RULINGS = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["upheld", "confirmed", "nonsense"]),
        "remedies": st.lists(
            st.fixed_dictionaries(
                {"type": REMEDY_NAMES, "amount": st.none() | MONEY, "to": SIDES, "after_return": st.booleans()}
            ),
            max_size=3,
        ),
    }
)


HOURS = st.sampled_from([-30, -1, 0, 1, 5, 60, 500, 10_000])
PRIORITIES = st.sampled_from(["low", "normal", "high", "urgent"])
RETARGETS = st.one_of(
    st.fixed_dictionaries({"priority": PRIORITIES}),
    st.fixed_dictionaries({"queue": st.sampled_from(["mediation", "fraud", "specialists"]), "priority": st.none() | PRIORITIES}),
    st.fixed_dictionaries({"category": st.sampled_from(["general", "injury"])}),
    st.fixed_dictionaries({"calendar": st.sampled_from(["us-office", "europe-office", "follow-the-sun", "mars-office"])}),
    st.fixed_dictionaries({"newest": st.sampled_from(["calendars", "pack"])}),
    st.fixed_dictionaries({"minors": st.lists(st.sampled_from([CLAIMANT, RESPONDENT]), min_size=1, unique=True)}),
)
CLOCKS_TO_NAME = ("ruling", "first_response", "settlement", "final_answer", "respondent_response", "appeal_window", "nonsense")
SPANS = st.sampled_from(["1 working hour", "20 hours", "2 business days", "9 days", "45 days", "0 days"])


class AnyLife(RuleBasedStateMachine):
    """One case in the hands of everybody."""

    life: WatchedLife

    @initialize(
        kind=st.sampled_from(LIVED),
        start=st.sampled_from(START),
        urgent=st.booleans(),
        paid=st.booleans(),
        destroys=st.booleans(),
        protects=st.booleans(),
    )
    def begins(self, kind: str, start: str, urgent: bool, paid: bool, destroys: bool, protects: bool) -> None:
        report: dict[str, Any] = {"priority": "urgent" if urgent else "low"}
        if paid and kind in PAID:
            report["amount"] = {"amount": PAID[kind], "currency": "USD"}
        self.life = WatchedLife(kind, report).watched_by(Witness())
        if destroys:
            # As if what these kinds pay destroyed something: a legal hold then stops it.
            self.life.with_terms(destructive=("payout", "refund", "warn"))
        if protects and start in START[:3]:
            # As the pack says: nobody is ruled against unheard.
            self.life.that_protects()
        self.life.with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness")
        if start in START[:3] or kind in KINDS:
            getattr(self.life, start)()
        else:
            # Nothing is ruled there before both were heard and the procedure is done.
            self.life.in_review().disclosed().heard(CLAUSES.get(kind))

    @property
    def case(self) -> Case:
        return self.life.case

    def tries(self, who: str, what: str, **fields: Any) -> None:
        """Somebody sends a command; refused, it changes nothing."""
        self.life.now += MINUTE
        self._catch_up()
        before, kept = self.case, self.case.model_dump_json()
        with suppress(Refusal):
            self.life.judge(self.life.command(who, what, **fields), who)
            return
        assert self.case is before
        assert self.case.model_dump_json() == kept

    def _catch_up(self) -> None:
        """Everything that fell due until now is recorded now, as after an outage."""
        until = self.life.now
        while self.case.timetable and self.case.timetable[0].due_at < until:
            self.life.fire_next(recorded_at=until)
            self.life.now = until

    @rule(data=st.data(), what=st.sampled_from(BY_PARTIES))
    def a_party_does(self, data: st.DataObject, what: str) -> None:
        self.tries(data.draw(st.sampled_from(self._parties())), what, **data.draw(self._fields(what)))

    @rule(data=st.data(), what=st.sampled_from(BY_THE_TEAM))
    def the_team_does(self, data: st.DataObject, what: str) -> None:
        drafter = (self.case.ruling.decider,) if self.case.ruling else ()
        mine = (self.case.owner or MEDIATOR, *drafter)
        self.tries(data.draw(st.sampled_from(LIKELY.get(what, mine))), what, **data.draw(self._fields(what)))

    @rule(data=st.data(), what=st.sampled_from(BY_ANYBODY), likely=st.booleans())
    def somebody_says(self, data: st.DataObject, what: str, likely: bool) -> None:
        owner = (self.case.owner or MEDIATOR, *((self.case.ruling.decider,) if self.case.ruling else ()))
        who = data.draw(st.sampled_from(LIKELY.get(what, owner) if likely else EVERYBODY))
        self.tries(who, what, **data.draw(self._fields(what)))

    @rule(data=st.data(), what=st.sampled_from(ABOUT_TIME))
    def somebody_moves_the_clocks(self, data: st.DataObject, what: str) -> None:
        mine = (self.case.owner or MEDIATOR, LEAD, OPS)
        self.tries(data.draw(st.sampled_from(LIKELY.get(what, mine))), what, **data.draw(self._fields(what)))

    @precondition(lambda self: any(not clock.is_the_teams for clock in self._running()))
    @rule(data=st.data(), what=st.sampled_from(["pause", "pause", "resume", "extend"]))
    def somebody_moves_the_clock_of_a_party(self, data: st.DataObject, what: str) -> None:
        clock = data.draw(st.sampled_from([clock.name for clock in self._running() if not clock.is_the_teams]))
        self.tries(data.draw(st.sampled_from((LEAD, OPS))), what, **{**data.draw(self._times(what)), "clock": clock})

    def _running(self) -> list[ClockTerms]:
        found = (self.case.terms.clock(one.name) for one in self.case.clocks if one.stopped_at is None)
        return [clock for clock in found if clock is not None]

    @rule(data=st.data(), what=st.sampled_from(["add_party", "add_party", "remove_party", "replace_party"]))
    def parties_come_and_go(self, data: st.DataObject, what: str) -> None:
        """Witnesses and representatives of both sides, and others beside or in the place of the respondent."""
        refs = st.sampled_from(["new1", "new2", "new3"])
        fields: dict[str, st.SearchStrategy[Any]] = {"reason": st.just("mistaken")}
        if what == "add_party":
            spoken_for = st.fixed_dictionaries(
                {"side": SIDES, "role": st.sampled_from(["representative", "witness"]), "ref": refs, "minor": st.booleans()}
            )
            accused = st.fixed_dictionaries({"side": st.just("respondent"), "ref": refs, "minor": st.booleans()})
            fields = {
                "party": spoken_for | accused,
                "agreed": st.booleans(),
                "represents": st.sampled_from([None, RESPONDENT, CLAIMANT]),
            }
        else:
            there = st.sampled_from([p.id for p in self.case.parties if p.id != CLAIMANT])
            fields |= {"party": there}
            if what == "replace_party":
                found = self.case.party(data.draw(there))
                assert found is not None
                said = {"side": st.just(found.side.value), "role": st.just(found.role), "ref": refs}
                fields |= {"party": st.just(found.id), "by_party": st.fixed_dictionaries(said), "agreed": st.booleans()}
        who = data.draw(st.sampled_from((*self._parties(), WITNESS, MEDIATOR, LEAD, OPS, PLATFORM)))
        self.tries(who, what, **data.draw(st.fixed_dictionaries(fields)))

    @rule(data=st.data(), what=st.sampled_from(HEARINGS))
    def they_meet(self, data: st.DataObject, what: str) -> None:
        """A hearing is proposed, agreed on, put down and commented on, in whatever order."""
        newest = self.case.appointments[-1] if self.case.appointments else None
        times = [when.isoformat() for when in newest.times] if newest is not None else []
        ahead = st.lists(st.sampled_from([5, 60, 200]), min_size=1, max_size=2, unique=True).map(
            lambda hours: [(self.life.now + timedelta(hours=one)).isoformat() for one in hours]
        )
        mine = self.case.owner or MEDIATOR
        if what == "record_appointment" and newest is not None and newest.at is not None:
            self.life.now = max(self.life.now, newest.at)
            self._catch_up()
        fields: dict[str, st.SearchStrategy[Any]] = {
            "propose_appointment": st.fixed_dictionaries(
                {"times": ahead, "about": st.just("A call."), "sides": st.sampled_from(["both", "claimant", "respondent"])}
            ),
            "answer_appointment": st.fixed_dictionaries(
                {"times": st.just(times) | ahead, "joint": st.sampled_from([True, True, False])}
            ),
            "move_appointment": st.fixed_dictionaries({"times": ahead}),
            "cancel_appointment": st.just({}),
            "record_appointment": st.fixed_dictionaries(
                {
                    "protocol": st.sampled_from([None, "They admit it.", "They admit it."]),
                    "missed_by": st.lists(SIDES, max_size=1),
                }
            ),
            "comment_protocol": st.fixed_dictionaries(
                {"text": st.just("So."), "was_there": st.sampled_from([None, True, False])}
            ),
        }
        team = what in ("propose_appointment", "record_appointment")
        who = mine if team else data.draw(st.sampled_from((*self._parties(), mine)))
        self.tries(who, what, **data.draw(fields[what]))

    @rule(data=st.data())
    def a_part_is_split_off(self, data: st.DataObject) -> None:
        there = st.lists(st.sampled_from([p.id for p in self.case.parties]), unique=True, max_size=3)
        said = {
            "statement": st.just("The other booking."),
            "parties": there,
            "amount": st.none() | MONEY,
            "reasons": st.just("x"),
        }
        self.tries(data.draw(st.sampled_from([self.case.owner or LEAD, LEAD])), "split", **data.draw(st.fixed_dictionaries(said)))

    def _parties(self) -> tuple[str, ...]:
        return (*PARTIES, *(p.id for p in self.case.parties if p.since is not None))

    @rule(
        who=st.sampled_from([CLAIMANT, RESPONDENT]),
        held=st.sampled_from([True, True, False]),
        by=st.sampled_from([MEDIATOR, LEAD, LEAD_2]),
    )
    def another_case_is_held_or_was(self, who: str, held: bool, by: str) -> None:
        """Another case of one of them is under a legal hold, or was until somebody lifted it."""
        lifted = () if held else (by,)
        one = HeldPerson(ref_digest=digest_of(who), case_id="case_other", held=held, lifted_by=lifted)
        self.life.elsewhere["held"] = (one,)

    @rule(there=st.none() | st.lists(st.sampled_from([MEDIATOR, LEAD, LEAD_2, OPS]), unique=True).map(tuple))
    def a_shift_begins(self, there: tuple[str, ...] | None) -> None:
        self.life.there = there

    def _times(self, what: str) -> st.SearchStrategy[dict[str, Any]]:
        """What a command about time says."""
        near = HOURS.map(lambda hours: (self.life.now + timedelta(hours=hours)).isoformat())
        running = [one.name for one in self.case.clocks if one.stopped_at is None]
        clock = st.sampled_from([*running, *CLOCKS_TO_NAME])
        incident = st.sampled_from(["inc_1", "inc_2"])
        measures = [one.id for one in self.case.interim]
        fields: dict[str, dict[str, st.SearchStrategy[Any]]] = {
            "pause": {"clock": st.none() | clock, "until": st.none() | near, "reason": st.just("expert_asked")},
            "resume": {"clock": st.none() | clock},
            "snooze": {"until": near, "reason": st.just("expert_asked")},
            "freeze": {"incident": incident, "at": st.none() | near},
            "thaw": {
                "incident": incident,
                "at": st.none() | near,
                "margin": st.sampled_from([None, "2 working hours", "90 minutes"]),
            },
            "impose_interim": {"measure": st.sampled_from(["suspend", "payout_freeze", "nonsense"]), "reasons": st.just("Now.")},
            "review_interim": {
                "measure_id": st.sampled_from([None, *measures, "itm_none"]),
                "decision": st.sampled_from(["keep", "lift"]),
                "reasons": st.just("As it was."),
            },
        }
        match what:
            case "extend":
                base: dict[str, st.SearchStrategy[Any]] = {"clock": clock, "reason": st.just("asked")}
                return st.one_of(*(st.fixed_dictionaries({**base, **more}) for more in ({}, {"for": SPANS}, {"to": near})))
            case "retarget":
                return RETARGETS.map(lambda wanted: {**wanted, "reason": "grown"})
            case _:
                return st.fixed_dictionaries(fields[what])

    def _fields(self, what: str) -> st.SearchStrategy[dict[str, Any]]:
        """What such a command says, sensible or not."""
        if what in ABOUT_TIME:
            return self._times(what)
        offer = self.case.offer.id if self.case.offer else "off_none"
        proposal = self.case.proposal.id if self.case.proposal else "ppl_none"
        until = HOURS.map(lambda hours: (self.life.now + timedelta(hours=hours)).isoformat())
        effects = [e.id for e in self.case.effects] or ["eff_none"]
        measures = [one.id for one in self.case.interim]
        fields: dict[str, dict[str, st.SearchStrategy[Any]]] = {
            "message": {
                "to": st.sampled_from([None, "all", "claimant", "respondent", "desk"]),
                "more_follows": st.sampled_from([False, False, True]),
            },
            "disclose": {"with_statement": st.booleans()},
            "offer": {"remedy": st.sampled_from(OFFERED), "amount": MONEY, "expires_at": st.none() | until},
            "accept_offer": {"offer_id": st.sampled_from([None, offer, proposal, "off_other"])},
            "decline_offer": {"offer_id": st.sampled_from([None, offer, proposal, "off_other"])},
            "concede": {},
            "decide_return": {"received": st.booleans(), "amount": st.none() | MONEY},
            "state_amount": {"amount": MONEY},
            "credit_provisionally": {"amount": MONEY},
            "accept_withdrawal": {
                "ends": st.lists(st.sampled_from(["suspend", "payout_freeze", *measures]), unique=True, max_size=2),
                "stays": st.lists(st.sampled_from(["suspend", "payout_freeze", *measures]), unique=True, max_size=2),
                "until": st.none() | HOURS.map(lambda hours: (self.life.now + timedelta(hours=hours)).isoformat()),
            },
            "annul": {"reason": st.sampled_from(["decider_was_biased", "procedural_fault"])},
            "signal": {"signal": st.sampled_from(["same_device_again", "login_from_elsewhere"])},
            "hand_over": {"to": st.sampled_from((*DECIDERS, FRIEND, OPS)), "reasons": st.just("They know the bank.")},
            "assign": {"owner": st.none() | st.sampled_from((*DECIDERS, FRIEND, OPS))},
            "request_evidence": {
                "of": SIDES,
                "party": st.sampled_from([None, None, CLAIMANT, AGENT, WITNESS]),
                "due_at": st.none() | HOURS.map(lambda hours: (self.life.now + timedelta(hours=hours)).isoformat()),
            },
            "submit_evidence": {
                "to": st.sampled_from([None, "all", "desk"]),
                "more_follows": st.sampled_from([False, False, True]),
            },
            "report_effect": {
                "effect_id": st.sampled_from(effects),
                "result": st.sampled_from(["done", "reversed", "needs_hands"]),
            },
            "report_delivery": {"notice_id": st.just("ntc_1"), "reason": st.just("mailbox_gone")},
        }
        match what:
            case "rule":
                return st.sampled_from(RULINGS[self.case.kind]) | WILD_RULINGS
            case "decide_appeal":
                return self._decisions()
            case _:
                return st.fixed_dictionaries(fields.get(what, {}))

    def _decisions(self) -> st.SearchStrategy[dict[str, Any]]:
        plain: list[dict[str, Any]] = [{"decision": "uphold"}, {"decision": "remit"}]
        other = [{"decision": name, **ruling} for name in ("overturn", "vary") for ruling in RULINGS[self.case.kind]]
        return st.sampled_from([*plain, *other])

    @rule(data=st.data())
    def goes_its_way(self, data: st.DataObject) -> None:
        """The next step that a case usually takes, so that lives get long."""
        match self.case.phase:
            case Phase.INTAKE:
                self.tries(OPS, "admit")
            case Phase.SETTLEMENT:
                self.tries(RESPONDENT, "escalate")
            case Phase.REVIEW | Phase.APPEAL if self.case.owner is None:
                self.tries(data.draw(st.sampled_from(DECIDERS)), "take")
            case Phase.REVIEW:
                self.tries(self.case.owner or OPS, "rule", **data.draw(st.sampled_from(RULINGS[self.case.kind])))
            case Phase.APPROVAL:
                self.tries(data.draw(st.sampled_from(LEADS)), "approve")
            case Phase.APPEALABLE:
                self.tries(data.draw(st.sampled_from((CLAIMANT, RESPONDENT))), "appeal")
            case Phase.APPEAL:
                self.tries(self.case.owner or OPS, "decide_appeal", **data.draw(self._decisions()))
            case Phase.RULED:
                self.life.fire_next()
            case Phase.CLOSED:
                self.tries(OPS, "reopen")

    @precondition(lambda self: self.case.withdrawal is not None)
    @rule(data=st.data(), what=st.sampled_from(["accept_withdrawal", "accept_withdrawal", "continue_of_office"]))
    def somebody_answers_whoever_takes_it_back(self, data: st.DataObject, what: str) -> None:
        """As asked, so that some are taken: every measure ends or stays."""
        names = [one.id for one in self.case.interim]
        ends = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
        fields = {
            "ends": ends,
            "stays": [name for name in names if name not in ends],
            "until": (self.life.now + timedelta(hours=data.draw(st.sampled_from([5, 60, 500])))).isoformat(),
        }
        who = data.draw(st.sampled_from([self.case.owner or LEAD, LEAD, LEAD_2, OPS]))
        self.tries(who, what, **(fields if what == "accept_withdrawal" else {}))

    @precondition(lambda self: bool(self.case.terms.procedure))
    @rule(data=st.data(), what=st.sampled_from(["complete_step", "complete_step", "skip_step", "name_root_cause"]))
    def the_procedure_goes_on(self, data: st.DataObject, what: str) -> None:
        done = {one.step for one in self.case.steps}
        left = [step for step in self.case.terms.procedure if step not in done] or [*self.case.terms.procedure]
        named = {"cause": "unknown"} if what == "name_root_cause" else {"step": data.draw(st.sampled_from(left))}
        self.tries(self.case.owner or MEDIATOR, what, **named)

    @precondition(lambda self: any(one.state == "running" for one in self.case.cross_case_tasks))
    @rule(data=st.data(), result=st.sampled_from(["done", "done", "needs_hands"]))
    def a_part_is_a_case_of_its_own(self, data: st.DataObject, result: str) -> None:
        there = [one.id for one in self.case.cross_case_tasks if one.state == "running"]
        self.tries(ROBOT, "report_effect", effect_id=data.draw(st.sampled_from(there)), result=result)

    @precondition(lambda self: self.case.returning is not None)
    @rule(data=st.data(), what=st.sampled_from(ABOUT_GOODS))
    def goods_go_back(self, data: st.DataObject, what: str) -> None:
        self.tries(data.draw(st.sampled_from(LIKELY[what])), what, **data.draw(self._fields(what)))

    @precondition(lambda self: bool(self.case.timetable))
    @rule()
    def a_level_falls_due(self) -> None:
        self.life.fire_next()

    @rule(hours=st.sampled_from([1, 20, 200, 500]))
    def nothing_works_for_a_while(self, hours: int) -> None:
        self.life.now += timedelta(hours=hours)
        self._catch_up()

    @precondition(lambda self: in_hiding(self.case))
    @rule(what=st.sampled_from(["approve", "return_ruling", "retract", "appeal", "rule", "decide_appeal", "take", "close"]))
    def a_party_pries(self, what: str) -> None:
        """Nothing that a party tries tells them that a ruling is drafted."""
        visible = self.life.seen_by(RESPONDENT).phase
        fields = {"rule": RULINGS[self.case.kind][0], "decide_appeal": {"decision": "uphold"}}.get(what, {})
        try:
            self.life.judge(self.life.command(RESPONDENT, what, **fields), RESPONDENT)
        except Refusal as refusal:
            said = f"{refusal.code} {refusal.detail} {refusal.fields}"
            assert visible in (Phase.REVIEW, Phase.APPEAL)
            assert not any(word in said for word in ("approval", "approver", "drafter", "'ruled'", " ruled", "per_"))
        else:
            assert what == "appeal"
            assert Side.RESPONDENT in self.case.appellants

    def teardown(self) -> None:
        if hasattr(self, "life"):
            assert fold(self.life.case_id, self.life.recordings) == self.case


TestAnyLife = AnyLife.TestCase
# A quarter of the profile's examples: each is a whole life of thirty commands.
TestAnyLife.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=30)
