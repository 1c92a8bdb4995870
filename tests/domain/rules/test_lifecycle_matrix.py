"""The hand-reviewed matrix against the judge: situation × command × role, every cell, for every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.commands import COMMANDS
from domain.model.facts import Actor
from domain.model.refusals import Refusal
from domain.rules.decide import decide
from domain.rules.measures import left_of_ruling
from domain.rules.rule import DecisionContext
from tests.support.cases import (
    CLAIMANT,
    FRIEND,
    JUNIOR,
    KINDS,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_2,
    MEDIATOR_3,
    MONDAY,
    OFFERS,
    OPS,
    OUTCOMES,
    PEOPLE,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    WITNESS,
    Life,
    a_case,
)
from tests.support.other_cases import OTHER_CASE, named

CODES = {
    "ok": None, "ph": "not_in_this_phase", "no": "not_allowed", "ny": "not_your_case", "oc": "own_case", "or": "own_ruling",
    "om": "owner_mismatch", "nr": "no_right_to_appeal", "oo": "own_offer", "dm": "deadline_moot", "eu": "effect_unknown",
    "ao": "already_open", "sy": "system_only", "np": "not_paused", "iu": "incident_unknown", "ix": "interim_unknown",
    "ns": "no_settlement", "os": "no_such_offer", "nc": "nothing_to_concede", "gu": None,
    "ng": "no_return_awaited", "cu": "chargeback_unknown",
    "ma": "measure_not_allowed", "su": "step_unknown", "nh": "not_on_hold", "lu": "link_unknown", "rb": "ruling_begun",
    "cn": "campaign_none", "xa": "exception_not_allowed", "xu": "exception_unknown",
    "xn": "credit_not_allowed", "au": "authority_unknown", "ru": "report_unknown", "rc": "root_cause_unknown",
    "ua": "request_unanswered", "sa": "undecided_afresh",
    "pf": "party_unfit", "ad": "already_disclosed",
    **dict.fromkeys(("lr", "lo", "ln"), "not_in_this_phase"),
    "nw": "no_withdrawal", "wp": "withdrawal_pending", "of": "of_office", "nx": "not_withdrawable",
    "na": "no_alarm", "ap": "appointment_unknown",
}  # fmt: skip
_WRITTEN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("lifecycle_matrix.yaml").read_text("utf-8"))
KIND_CELLS: dict[str, dict[str, dict[str, str]]] = _WRITTEN.pop("kinds")
TABLES: dict[str, str] = _WRITTEN
SYSTEM_SAYS = ("open", "deadline", "report_effect", "report_delivery", "join", "mirror_link")
ALL_COMMANDS = tuple(COMMANDS.json_schema()["discriminator"]["mapping"])
SITUATIONS = tuple(name for name in TABLES if name != "system")
NO_APPEAL = {"settlement", "appealable", "appeal", "appeal_in_approval", "appeal_ruled", "remitted"}
ABSENT: dict[str, set[str]] = {
    "fraud_report": {"settlement"},
    "conduct_report": {"settlement"},
    "safety_incident": {"settlement"},
    "compliance_request": NO_APPEAL,
}
"""Situations that a kind does not know. A moderation appeal opens in appeal, against a decision made elsewhere: it has tests of
its own."""
MATRIX_KINDS = (*KINDS, "conduct_report", "safety_incident", "compliance_request")
LIVES = [(kind, name) for kind in MATRIX_KINDS for name in SITUATIONS if name not in ABSENT.get(kind, ())]
Cell = tuple[str, str, str]


def _table(text: str) -> dict[tuple[str, str], str]:
    head, *rows = (line.split() for line in text.splitlines() if line.strip())
    assert all(len(row) == len(head) + 1 for row in rows), "a row has too many or too few cells"
    return {(row[0], column): cell for row in rows for column, cell in zip(head, row[1:], strict=True)}


def _roles(situation: str) -> list[str]:
    return TABLES[situation].splitlines()[0].split()


def expected(kind: str, situation: str) -> Iterator[Cell]:
    """Every command for every role of a situation, with the cell; commands without a row are not known in the phase."""
    cells, system, own = _table(TABLES[situation]), _table(TABLES["system"]), KIND_CELLS.get(kind, {})
    for command in ALL_COMMANDS:
        for role in _roles(situation):
            if command in SYSTEM_SAYS:
                yield command, role, system[situation, command] if role == "sys" else "sy"
            else:
                cell = cells.get((command, role), "ph")
                yield command, role, own.get(command, {}).get(cell, cell)


# --- how a situation comes about, and who is who in it


def _with_witness(kind: str) -> Life:
    """What has to be done before a ruling is left out: here it is about who may do what."""
    named = {"compliance_request": "gdpr_access", "fraud_report": "collusion", "safety_incident": "property"}
    category = named.get(kind, "general")
    life = a_case(kind, category=category).with_terms(procedure=(), hear=(), root_cause_needed=False, disclosure="at_opening")
    return life.with_party(WITNESS, "respondent", "witness")


def _settlement(life: Life, role: str) -> Life:
    life.in_settlement().says(RESPONDENT, "offer", **OFFERS[life.kind])
    return life.says(MEDIATOR, "take") if role == "own" else life


def _intake(life: Life, role: str) -> Life:
    life.in_intake()
    return life.says(MEDIATOR, "take") if role == "own" else life


def _drafted(weight: str) -> Callable[[Life, str], Life]:
    def reach(life: Life, role: str) -> Life:
        owner = LEAD_3 if role == "ldr" else MEDIATOR
        return life.in_review(owner=owner).says(owner, "rule", **OUTCOMES[life.kind][weight])

    return reach


def _remitted(life: Life, role: str) -> Life:
    life.appeal_ruled("remit").fire("grace")
    return life.says(MEDIATOR_3, "take") if role == "own" else life


def _withdrawal_asked(life: Life, role: str) -> Life:
    return life.with_terms(withdrawal="asks").in_review().says(CLAIMANT, "withdraw")


REACH: dict[str, Callable[[Life, str], Life]] = {
    "intake": _intake,
    "settlement": _settlement,
    "review": lambda life, role: life.in_review(),
    "withdrawal_asked": _withdrawal_asked,
    "of_office": lambda life, role: _withdrawal_asked(life, role).says(MEDIATOR, "continue_of_office"),
    "approval": _drafted("heavy"),
    "ruled": _drafted("light"),
    "appealable": lambda life, role: life.appealable(),
    "appeal": lambda life, role: life.in_appeal(),
    "appeal_in_approval": lambda life, role: life.appeal_in_approval(),
    "appeal_ruled": lambda life, role: life.appeal_ruled(),
    "remitted": _remitted,
    "closed": lambda life, role: life.ruled().fire("grace") if life.kind == "compliance_request" else life.closed(),
}
VARIANTS = {"own", "ldr"}
"""Roles for whom the same situation comes about in another way."""
WHO = {
    "cla": CLAIMANT, "res": RESPONDENT, "wit": WITNESS, "pla": PLATFORM, "med": MEDIATOR_2, "con": FRIEND, "lea": LEAD,
    "dra": MEDIATOR, "ear": MEDIATOR, "jun": JUNIOR, "ops": OPS, "sys": ROBOT,
}  # fmt: skip


def _who(situation: str, role: str) -> str:
    if role == "own":
        return {"appeal": LEAD_2, "remitted": MEDIATOR_3}.get(situation, MEDIATOR)
    if role == "ldr":
        return LEAD_2 if situation.startswith("appeal") else LEAD_3
    return WHO[role]


@cache
def _life(kind: str, situation: str, variant: str) -> Life:
    return REACH[situation](_with_witness(kind), variant)


def _body(command: str, case: Case, kind: str) -> dict[str, Any]:
    """A body with nothing to object to, so that only the sender and the situation matter."""
    row = case.timetable[0] if case.timetable else None
    match command:
        case "snooze":
            return {"until": (case.updated_at + timedelta(days=2)).isoformat(), "reason": "expert_asked"}
        case "extend":
            clock, span = _CLOCKS.get(case.phase, ("ruling", "1 working hour"))
            if (kind, case.phase) == ("payment_dispute", Phase.SETTLEMENT):
                clock, span = "inquiry", "1 day"
            return {"clock": clock, "for": span, "reason": "expert_asked"}
        case "offer":
            return dict(OFFERS[kind]) if kind in OFFERS else {"remedy": "refund"}
        case "rule":
            return dict(OUTCOMES[kind]["light"])
        case "deadline":
            return {"id": row.id, "clock": row.clock, "instance": row.instance, "level": row.level} if row else _NO_LEVEL
        case "report_effect":
            return {"effect_id": case.effects[0].id if case.effects else "eff_none", "result": "done"}
        case "close":
            return {"stays": [effect.id for effect in left_of_ruling(case)]}
        case "name_root_cause":
            return {"cause": _CAUSES.get(kind, "misunderstanding")}
        case "split" if kind == "compliance_request":
            return {"category": "gdpr_access"}
        case "impose_interim" if kind in ("conduct_report", "safety_incident"):
            return {"measure": "suspend", "reasons": "There is danger."}
        case _:
            return _BODIES.get(command, {})


_BODIES: dict[str, dict[str, Any]] = {
    "assign": {"owner": MEDIATOR_2},
    "request_evidence": {"of": "respondent"},
    "propose_appointment": {"times": [(MONDAY + timedelta(days=60)).isoformat()]},
    "move_appointment": {"times": [(MONDAY + timedelta(days=60)).isoformat()]},
    "decide_appeal": {"decision": "uphold"},
    "report_delivery": {"notice_id": "ntc_1", "reason": "mailbox_gone"},
    "pause": {"reason": "expert_asked"},
    "skip": {"reason": "too_technical"},
    "retarget": {"priority": "urgent", "reason": "press_asks"},
    "freeze": {"incident": "inc_outage"},
    "thaw": {"incident": "inc_outage"},
    "impose_interim": {"measure": "payout_freeze", "reasons": "The money would be gone."},
    "draft_chargeback_evidence": {"due_at": "2027-01-01T00:00:00Z"},
    "contest_return": {"reasons": "The parcel is empty."},
    "decide_return": {"received": True, "reasons": "The carrier weighed it."},
    "state_amount": {"amount": {"amount": 1_000_000, "currency": "USD"}},
    "review_interim": {"decision": "keep", "reasons": "Nothing has changed."},
    "complete_step": {"step": "logs_read"},
    "skip_step": {"step": "logs_read"},
    "add_party": {"party": {"side": "claimant", "role": "witness", "ref": "somebody-new"}},
    "prove_address": {"party": CLAIMANT},
    "remove_party": {"party": WITNESS},
    "replace_party": {"party": WITNESS, "by_party": {"side": "respondent", "role": "witness", "ref": "somebody-new"}},
    "merge": {"into": OTHER_CASE},
    "link": {"to": OTHER_CASE},
    "unlink": {"link_id": "lnk_0001"},
    "join_campaign": {"campaign": "cmp_1"},
    "join": {"merge_id": "mrg_0001", "of": OTHER_CASE, "reason": "by_hand"},
    "mirror_link": {"link_id": "lnk_0002", "other": OTHER_CASE, "relation": "related"},
    "hand_over": {"to": MEDIATOR_2, "reasons": "They know the bank."},
    "signal": {"signal": "login_from_elsewhere"},
    "credit_provisionally": {"amount": {"amount": 1_000, "currency": "USD"}},
    "report_manual_work": {"effect_id": "eff_none", "result": "done"},
    "annul": {"reason": "procedural_fault", "reasons": "Nobody asked the witness."},
    "recuse": {"reason": "knows_a_party"},
    "report_to_authority": {"authority": "police", "reasons": "The same ring as in March."},
    "return_report": {"reasons": "Say which bookings."},
    "ask_exception": {"of": "step", "name": "record_checked", "until": "2026-03-16T09:00:00Z", "reasons": "They are away."},
    "refuse_exception": {"reasons": "Ask them first."},
    "translate": {"of": 1, "field": "statement", "from_language": "de", "into_language": "en"},
}
_CAUSES = {"bounty_dispute": "unfounded", "conduct_report": "unfounded", "safety_incident": "unknown"}
_CLOCKS = {
    Phase.INTAKE: ("triage", "1 working hour"),
    Phase.SETTLEMENT: ("settlement", "1 business day"),
    Phase.APPROVAL: ("approval", "1 business day"),
    Phase.APPEALABLE: ("appeal_window", "1 day"),
    Phase.APPEAL: ("appeal_ruling", "1 working hour"),
}
"""The clock of each phase, with more time in its own unit."""

_NO_LEVEL = {"id": "dl_ruling:1:breach:0", "clock": "ruling", "instance": 1, "level": "breach"}


def _judged(life: Life, command: str, actor: Actor | None, by: str) -> str | None:
    if command == "open":
        made: Any = life.opening()
    else:
        made = life.command(by, command, **_body(command, life.case, life.kind))
    target = PEOPLE[MEDIATOR_2] if command in ("assign", "hand_over") else None
    try:
        assert decide(
            life.case, made, DecisionContext(actor=actor, target=target, earlier=(), **named(command, life.kind)), life.now
        )
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(("kind", "situation"), LIVES)
class TestDecide:
    def test_says_what_the_matrix_says(self, kind: str, situation: str) -> None:
        wrong = []
        for command, role, cell in expected(kind, situation):
            life = _life(kind, situation, role if role in VARIANTS else "")
            by = _who(situation, role)
            said = _judged(life, command, life.actor(by), by)
            if said != CODES[cell]:
                wrong.append(f"{command} by {role}: the matrix says {CODES[cell] or 'ok'}, the rules say {said or 'ok'}")
        assert not wrong, "\n".join(wrong)

    def test_knows_no_stranger_and_no_party_of_another_case(self, kind: str, situation: str) -> None:
        life = _life(kind, situation, "")
        elsewhere = Actor(id="pty_elsewhere", role="claimant", side=Side.CLAIMANT)
        for command in ALL_COMMANDS:
            assert _judged(life, command, None, "per_nobody") == "actor_unknown", command
            assert _judged(life, command, elsewhere, "pty_elsewhere") == "actor_unknown", command


class TestMatrix:
    def test_has_a_row_for_every_command_somewhere(self) -> None:
        rows = {row for name in SITUATIONS for row, _ in _table(TABLES[name])} | set(SYSTEM_SAYS)
        assert rows == set(ALL_COMMANDS)

    def test_has_a_situation_for_every_phase(self) -> None:
        reached = {_life("bounty_dispute", name, "").case.phase.value for name in SITUATIONS}
        assert reached == {"intake", "settlement", "review", "approval", "ruled", "appealable", "appeal", "closed"}

    def test_treats_people_outside_in_approval_and_grace_as_before(self) -> None:
        """By the matrix itself: a copy of the cells of review (or of the appeal) for everybody outside."""
        for hidden in ("approval", "ruled", "appeal_in_approval", "appeal_ruled"):
            before = "appeal" if hidden.startswith("appeal") else "review"
            was, now = _table(TABLES[before]), _table(TABLES[hidden])
            for command in ALL_COMMANDS:
                for role in ("cla", "res", "wit", "pla"):
                    assert now.get((command, role), "ph") == was.get((command, role), "ph"), (hidden, command, role)
