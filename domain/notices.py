"""Who is told what: one notice for each recipient and event of a transition, with nothing in it that the recipient may not know."""

from __future__ import annotations

from typing import Any, Literal

from domain import facts as f
from domain.base import Kept, Phase, Side
from domain.case import Case
from domain.clocks import triggers
from domain.evolve import evolve
from domain.prose import Prose
from domain.terms import Audience


class NoticeDraft(Kept):
    """A notice as the rules order it: codes, amounts and instants, with references to the texts it quotes."""

    event: str
    """The trigger that caused it (``ruling_issued``, ``evidence_requested:claimant``)."""
    recipient: str
    """A party's id, a person's id, ``role:leads`` / ``role:ops`` (everybody with the role), or ``platform`` (webhook endpoints)."""
    audience: Literal["claimant", "respondent", "staff", "platform"]
    data: dict[str, Any]
    texts: dict[str, Prose] = {}


Planned = tuple[tuple[int, NoticeDraft], ...]


def plan(before: Case | None, after: Case, recordings: tuple[f.Recording, ...]) -> Planned:
    """The notices of one transition. The pack says which event tells whom, weightiest first.

    A party gets one notice for a transition, of its weightiest event; the team and the platform's endpoints get each event once.
    """
    if after.terms.notices == {}:
        return ()
    happened: dict[str, f.Recording] = {}
    case = before
    for recording in recordings:
        later = evolve(case, recording, case_id=after.id)
        for event in sorted(triggers(case, recording.fact, later)):
            happened.setdefault(event, recording)
        case = later
    planned: dict[tuple[str, str], tuple[int, NoticeDraft]] = {}
    for event, audiences in after.terms.notices.items():
        if event in happened:
            for draft in _drafts(after, happened[event], event, audiences):
                party = draft.audience in ("claimant", "respondent")
                planned.setdefault((draft.recipient, "" if party else event), (happened[event].seq, draft))
    return tuple(planned.values())


def _drafts(case: Case, recording: f.Recording, event: str, audiences: tuple[Audience, ...]) -> list[NoticeDraft]:
    fact = recording.fact
    if isinstance(fact, f.LevelReached):
        definition = case.terms.clock(fact.clock)
        level = next((x for x in definition.levels if x.name == fact.level), None) if definition else None
        # The level says whom it tells; the pack's table only says that it tells at all.
        audiences = level.audience if level else audiences
    drafts = []
    for audience in _each(audiences):
        for recipient in _recipients(case, audience):
            if recipient == recording.actor.id or not _may_know(case, recording, audience):
                continue
            data = {"seq": recording.seq, **_standing(case, audience), **_said(case, fact, audience)}
            kind: Any = audience if audience in ("claimant", "respondent", "platform") else "staff"
            drafts.append(NoticeDraft(event=event, recipient=recipient, audience=kind, data=data, texts=_texts(case, fact, audience)))
    return drafts


def _each(audiences: tuple[Audience, ...]) -> tuple[Audience, ...]:
    """The audiences one by one: ``parties`` and ``all`` are several."""
    parts: dict[str, tuple[Audience, ...]] = {"parties": ("claimant", "respondent"), "all": ("claimant", "respondent", "platform")}
    return tuple(dict.fromkeys(one for a in audiences for one in parts.get(a, (a,))))


def _recipients(case: Case, audience: Audience) -> tuple[str, ...]:
    match audience:
        case "claimant" | "respondent":
            return tuple(p.id for p in case.side_parties(Side(audience)) if p.role in ("principal", "representative"))
        case "owner":
            return (case.owner,) if case.owner else ("role:leads",)
        case "drafter":
            return (case.ruling.decider,) if case.ruling else ()
        case "platform":
            return ("platform",)
    return (f"role:{audience}",)


def _may_know(case: Case, recording: f.Recording, audience: Audience) -> bool:
    fact = recording.fact
    if audience not in ("claimant", "respondent", "platform"):
        return True
    if isinstance(fact, f.PhaseEntered) and fact.phase in (Phase.APPROVAL, Phase.RULED):
        return False
    if isinstance(fact, f.PhaseEntered) and fact.reason in ("returned", "retracted"):
        return False
    if isinstance(fact, f.MessageSent) and fact.to != "all":
        return audience in (fact.to, fact.sender)
    if isinstance(fact, f.EvidenceSubmitted) and fact.confidential:
        return audience == fact.side.value
    return True


def _standing(case: Case, audience: Audience) -> dict[str, Any]:
    """How the case stands, as this audience may know it, with its own due date and what happens by default."""
    staff = audience not in ("claimant", "respondent", "platform")
    masked = not staff and case.phase in (Phase.APPROVAL, Phase.RULED)
    phase = Phase.REVIEW if masked else case.phase
    data: dict[str, Any] = {"phase": phase.value, "phase_label": case.terms.labels.get(phase, phase.value), "kind": case.kind}
    data["waiting_on"] = "staff" if masked else case.waiting_on
    if case.outcome:
        data["case_outcome"] = case.outcome.value
    if staff:
        data |= {"priority": case.priority.value, "owner": case.owner, "queue": case.queue}
    due = own_deadline(case, audience)
    if due is not None:
        data |= {"due_at": due[0].due_at.isoformat(), "due_clock": due[0].clock}
        if due[1]:
            data["by_default"] = due[1]
    return data


def own_deadline(case: Case, audience: str) -> tuple[f.DueLevel, str | None] | None:
    """The end of the clock that waits for this audience, with what the clock does by itself then; None when none does."""
    waits = {"claimant": ("claimant", "nobody"), "respondent": ("respondent", "nobody"), "platform": ()}.get(audience, ("staff", "approver"))
    hidden = ("claimant", "respondent") if case.phase in (Phase.APPROVAL, Phase.RULED) else ()
    for row in case.timetable:
        definition = case.terms.clock(row.clock)
        level = next((x for x in definition.levels if x.name == row.level), None) if definition else None
        if definition is None or level is None or definition.waits_for not in waits or audience in hidden:
            continue
        if row.clock == "appeal_window" and not any(r.side.value == audience and r.allowed for r in case.rights):
            continue
        if level.action == "default" or (level.at == 1.0 and audience not in ("claimant", "respondent")):
            return row, level.default
    return None


def _said(case: Case, fact: f.Fact, audience: Audience) -> dict[str, Any]:
    """The codes and amounts of the fact itself."""
    own: dict[str, Any] = {}
    side = audience if audience in ("claimant", "respondent") else None
    if side:
        own["your_side"] = side
    match fact.type:
        case "ruling_issued":
            ruling = case.rulings[-1] if case.rulings else None
            own |= {"outcome": fact.outcome, "decision": ruling.decision if ruling else "rule"}
            own["ruling_id"] = fact.ruling_id
            own["remedies"] = [_remedy(r) for r in ruling.remedies] if ruling else []
            if ruling and ruling.ground:
                own["ground"] = ruling.ground
            own["version"] = f"{case.terms.pack}@{case.terms.version[:12]}"
            right = next((r for r in fact.rights if r.side.value == side), None)
            if right is not None:
                own["right"] = {"allowed": right.allowed, "because": right.because}
        case "offer_made":
            own["offer"] = _remedy(fact) | {"id": fact.offer_id, "side": fact.side.value}
        case "offer_accepted" | "offer_declined" | "appeal_lodged" | "evidence_submitted":
            own["side"] = fact.side.value
        case "evidence_requested" | "evidence_lapsed":
            own["of"] = fact.of.value
        case "message_sent":
            own["sender"] = fact.sender
        case "level_reached":
            own |= {"clock": fact.clock, "level": fact.level, "action": fact.action, "reached_at": fact.due_at.isoformat()}
        case "case_declined" | "case_closed" | "case_reopened" | "delivery_failed":
            own["reason"] = fact.reason
        case "effect_reported":
            own |= {"effect": fact.effect_id, "result": fact.result}
        case "ruling_drafted":
            own |= {"outcome": fact.outcome, "approval_because": fact.approval_because}
            own["remedies"] = [_remedy(r) for r in fact.remedies]
    return own


def _remedy(value: Any) -> dict[str, Any]:
    name = value.type if not hasattr(value, "remedy") else value.remedy
    found: dict[str, Any] = {"type": name}
    if value.amount is not None:
        found |= {"amount": value.amount.amount, "currency": value.amount.currency}
    if hasattr(value, "to"):
        found["to"] = value.to.value if isinstance(value.to, Side) else value.to
    return found


def _texts(case: Case, fact: f.Fact, audience: Audience) -> dict[str, Prose]:
    if audience == "platform":
        # The platform fetches texts through the API, where every reading is a request of a known key.
        return {}
    found: dict[str, Prose | None] = {}
    match fact.type:
        case "ruling_issued":
            found["reasons"] = case.rulings[-1].reasons if case.rulings else None
        case "ruling_returned" | "case_declined" | "case_closed" | "case_reopened" | "appeal_lodged":
            found["reasons"] = fact.reasons
        case "evidence_requested":
            found["what"] = fact.what
        case "message_sent" | "offer_made":
            found["text"] = fact.text
        case "evidence_submitted" if not fact.confidential:
            found["text"] = fact.text
    return {k: v for k, v in found.items() if v is not None}
