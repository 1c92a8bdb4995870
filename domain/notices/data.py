"""What a notice says of the fact that caused it: codes, amounts, instants, and references to the texts it quotes; nothing that
its recipient may not know.
"""

from __future__ import annotations

from typing import Any

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.prose import Prose
from domain.model.statement import StatementOfReasons
from domain.rules.visibility import Audience as Viewer
from domain.rules.visibility import told_remedies


def said(case: Case, fact: f.Fact, audience: Viewer) -> dict[str, Any]:
    """The codes and amounts of the fact itself, as far as this audience may know them."""
    own: dict[str, Any] = {}
    side = audience if audience in ("claimant", "respondent") else None
    if side:
        own["your_side"] = side
    match fact.type:
        case "ruling_issued":
            own |= _told(case, fact, audience)
        case "offer_made":
            own["offer"] = _remedy(fact) | {"id": fact.offer_id, "side": fact.side.value} | _condition(case, fact.remedy)
        case "offer_accepted" | "offer_declined" | "appeal_lodged" | "evidence_submitted":
            own["side"] = fact.side.value if fact.side else "platform"
        case "evidence_requested" | "evidence_lapsed":
            own |= _asked(fact)
        case "message_sent":
            own["sender"] = fact.sender
        case "case_declined" | "case_closed" | "case_reopened" | "delivery_failed":
            own["reason"] = fact.reason
            if case.merged_into is not None and side != "respondent":
                own["into"] = case.merged_into
        case "case_joined":
            own["of_case"] = fact.of
        case "effect_reported":
            own |= {"effect": fact.effect_id, "result": fact.result}
        case "ruling_drafted":
            own |= {"outcome": fact.outcome, "approval_because": fact.approval_because}
            own["remedies"] = [_remedy(r) for r in fact.remedies]
        case _:
            own |= _said_of_time(case, fact, audience)
    return own


def _said_of_time(case: Case, fact: f.Fact, audience: Viewer) -> dict[str, Any]:
    """The same of clocks and of measures that clocks watch over."""
    match fact:
        case f.LevelReached():
            said = {"clock": fact.clock, "level": fact.level, "action": fact.action, "reached_at": fact.due_at.isoformat()}
            return said | ({"step": fact.step} if fact.step is not None and audience == "staff" else {})
        case f.ClockExtended():
            return _extended(case, fact)
        case f.ReturnAwaited() | f.ReturnChanged():
            return {"remedies": [_remedy(remedy) for remedy in fact.remedies]}
        case f.ReturnShipped():
            return {"carrier": fact.carrier}
        case f.ReturnEnded():
            return {"received": fact.received, "because": fact.because}
        case f.SanctionImposed() | f.SanctionLifted() | f.SanctionVoided():
            taken_back = {"because": fact.because} if isinstance(fact, f.SanctionVoided) else {}
            return {**_sanctioned(case, fact.sanction_id), **taken_back}
        case f.InterimImposed():
            return {"measures": [_remedy(fact.remedy)]}
        case f.InterimReviewed() | f.InterimEnded():
            hit = (e.remedy for e in case.effects if e.because in fact.measure_ids and e.reverses is None)
            because = {"because": fact.because} if isinstance(fact, f.InterimEnded) else {}
            return {"measures": [_remedy(remedy) for remedy in hit], **because}
        case _:
            return _said_of_risk(case, fact)


def _said_of_risk(case: Case, fact: f.Fact) -> dict[str, Any]:
    """The same where money or people are at risk."""
    match fact:
        case f.ProvisionalCreditGiven():
            return {"credit": _remedy(fact.remedy) | {"state": "given"}}
        case f.ProvisionalCreditEnded():
            given = (_remedy(c.remedy) for c in case.credits if c.id == fact.credit_id)
            return {"credit": next(given, {}) | {"state": fact.because}}
        case f.SignalReceived():
            return {"signal": fact.signal}
        case f.ReportProposed() | f.ReportApproved() | f.ReportReturned():
            return {"authority": fact.authority}
        case f.CaseHandedOver():
            return {"queue": fact.queue, "from_queue": fact.from_queue}
        case _:
            return {}


def _condition(case: Case, offered: str) -> dict[str, Any]:
    """That an offer holds only once the goods are back, where it does."""
    meant = next((one for one in case.terms.offers if one.name == offered), None)
    return {"after_return": True} if meant is not None and meant.with_return else {}


def _extended(case: Case, fact: f.ClockExtended) -> dict[str, Any]:
    definition = case.terms.clock(fact.clock)
    said: dict[str, Any] = {"clock": fact.clock, "to_at": fact.to_at.isoformat() if fact.to_at else None}
    if definition is not None:
        said |= {"waits_for": definition.waits_for, "statutory": definition.statutory}
    return said


def _asked(fact: f.EvidenceRequested | f.EvidenceLapsed) -> dict[str, Any]:
    asked: dict[str, Any] = {"of": fact.of.value}
    if isinstance(fact, f.EvidenceLapsed):
        return asked
    if fact.evidence_type is not None:
        asked["evidence_type"] = fact.evidence_type
    if fact.due_at is not None:
        asked |= {"due_at": fact.due_at.isoformat(), "due_clock": f"{fact.of.value}_evidence"}
    return asked


def _told(case: Case, fact: f.RulingIssued, audience: Viewer) -> dict[str, Any]:
    ruling = case.rulings[-1]
    told: dict[str, Any] = {
        "outcome": fact.outcome,
        "decision": ruling.decision,
        "ruling_id": fact.ruling_id,
        "remedies": [_remedy(r) for r in told_remedies(case, ruling.remedies, audience)],
        "version": f"{case.terms.pack}@{case.terms.version[:12]}",
    }
    for name in ("ground", "complaint_route"):
        if said := getattr(ruling, name):
            told[name] = said
    if ruling.statement is not None and _concerns(case, audience):
        told["statement"] = _stated(case, ruling.statement)
    if ruling.conditions:
        told["conditions"] = list(ruling.conditions)
    reversals = [e for e in case.effects if e.because == ruling.id and e.reverses is not None]
    if audience not in ("claimant", "respondent") and reversals:
        told["undone"] = [_remedy(e.remedy) for e in reversals if e.state != "needs_hands"]
        told["undone_by_hand"] = [_remedy(e.remedy) for e in reversals if e.state == "needs_hands"]
    in_force = next((s for s in reversed(case.sanctions) if s.voided_at is None and s.lifted_at is None), None)
    if in_force is not None and audience in (in_force.side.value, "platform", "staff"):
        told |= _sanctioned(case, in_force.id)
    right = next((r for r in fact.rights if r.side.value == audience), None)
    credit = next((c for c in case.credits if c.ended_at == case.updated_at and audience != "respondent"), None)
    if credit is not None:
        told["credit"] = _remedy(credit.remedy) | {"state": credit.state}
    if right is not None:
        told["right"] = {"allowed": right.allowed, "because": right.because}
    return told


def _sanctioned(case: Case, sanction_id: str) -> dict[str, Any]:
    """A sanction in the words of a notice: what it is, until when a ban lasts, until when it counts."""
    found = next((s for s in case.sanctions if s.id == sanction_id), None)
    if found is None:
        return {}
    said: dict[str, Any] = {"id": found.id, "type": found.sanction, "category": found.category, "side": found.side.value}
    said["ban"] = found.ban
    said |= {name: at.isoformat() for name in ("ends_at", "counts_until") if (at := getattr(found, name)) is not None}
    return {"sanction": said}


def _concerns(case: Case, audience: Viewer) -> bool:
    """Whether somebody is told the statement of reasons: the author whose words are restricted, and both where there is none."""
    return audience not in ("claimant", "respondent") or case.author in (None, Side(audience))


def _stated(case: Case, statement: StatementOfReasons) -> dict[str, Any]:
    names = ("decision_ground", "automated_detection", "automated_decision")
    redress = statement.redress or (case.terms.statement.redress if case.terms.statement else ())
    return {name: getattr(statement, name) for name in names} | {"redress": list(redress)}


def _remedy(value: Any) -> dict[str, Any]:
    name = value.type if not hasattr(value, "remedy") else value.remedy
    found: dict[str, Any] = {"type": name}
    if value.amount is not None:
        found |= {"amount": value.amount.amount, "currency": value.amount.currency}
    if getattr(value, "after_return", False):
        found["after_return"] = True
    if hasattr(value, "to"):
        found["to"] = value.to.value if isinstance(value.to, Side) else value.to
    return found


def texts(case: Case, fact: f.Fact, audience: Viewer) -> dict[str, Prose]:
    """References to the texts that a notice of this fact quotes."""
    if audience == "platform":
        # The platform fetches texts through the API, where every reading is a request of a known key.
        return {}
    found: dict[str, Prose | None] = {}
    match fact.type:
        case "ruling_issued":
            ruling = case.rulings[-1] if case.rulings else None
            found["reasons"] = ruling.reasons if ruling else None
            if ruling is not None and (audience == "staff" or audience in {side.value for side in ruling.reply_to}):
                found["reply"] = ruling.reply
            if ruling is not None and ruling.statement is not None and audience != "staff" and _concerns(case, audience):
                told = ruling.statement
                found["facts"] = told.decision_facts
                found["clause"] = told.illegal_content_legal_ground or told.incompatible_content_ground
                found["explanation"] = told.illegal_content_explanation or told.incompatible_content_explanation
        case (
            "ruling_returned" | "case_declined" | "case_closed" | "case_reopened" | "appeal_lodged" | "clock_extended"
            | "interim_imposed" | "interim_reviewed" | "interim_ended" | "return_contested" | "return_ended"
            | "provisional_credit_given" | "report_proposed" | "report_returned" | "case_handed_over"
        ):  # fmt: skip
            found["reasons"] = fact.reasons
        case "evidence_requested":
            found["what"] = fact.what
        case "return_shipped":
            found["text"] = fact.tracking
        case "message_sent" | "offer_made" | "signal_received":
            found["text"] = fact.text
        case "note_added" if audience == "staff":
            found["text"] = fact.text
        case "evidence_submitted" if not fact.confidential:
            found["text"] = fact.text
        case _:
            pass
    return {k: v for k, v in found.items() if v is not None}
