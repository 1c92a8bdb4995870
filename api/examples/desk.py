"""Examples for the operations of the desk. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

from api.examples.cases import CASE

_TAKEN = {**CASE, "phase": "review", "phase_label": "Mediation", "waiting_on": "staff", "owner": "per_mara", "queue": "mediation"}
_COMMAND_ID = "cmd_0198c5a2-7d1e-7000-8000-00000000c0de"
_LISTED = {name: value for name, value in _TAKEN.items() if name != "available_actions"}
_PAGE = {"object": "list", "data": [_LISTED], "has_more": False, "next_cursor": None}

DESK: dict[str, Any] = {
    "object": "desk",
    "person": "per_mara",
    "absent": False,
    "counts": {"cases": 1, "overdue": 0, "due_in_a_day": 0},
    "queues": [{"queue": "mediation", "waiting": 0, "overdue": 0, "next_due_at": None}],
    "own": _PAGE,
    "waiting": {**_PAGE, "data": []},
}
NEXT_SAID: dict[str, Any] = {"queue": "mediation", "by": "per_mara"}
NEXT: dict[str, Any] = {"object": "next_case", "status": "taken", "command_id": _COMMAND_ID, "case": _TAKEN}
NEXT_WAITING: dict[str, Any] = {**NEXT, "status": "pending"}
ABSENCE_SAID: dict[str, Any] = {"until_at": "2026-12-04T08:00:00Z", "by": "per_dana"}
ABSENCE: dict[str, Any] = {
    "object": "absence",
    "person": "per_mara",
    "from_at": "2026-11-23T08:00:00Z",
    "until_at": "2026-12-04T08:00:00Z",
    "begun": True,
    "counts": {"accepted": 1},
    "results": [{"case": CASE["id"], "command_id": _COMMAND_ID, "status": "accepted", "code": None, "detail": None}],
}
BACK: dict[str, Any] = {**ABSENCE, "until_at": "2026-12-01T08:00:00Z", "counts": {}, "results": []}
TEAM: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "person": "per_mara",
            "name": "Mara",
            "queues": ["mediation"],
            "capacity": 20,
            "open_cases": 7,
            "absent": False,
            "absent_until": None,
            "skipped": 1,
            "skip_reasons": ["too_technical"],
            "worked_seconds": 86400,
        }
    ],
}
WORK: dict[str, Any] = {
    "object": "work",
    "case": CASE["id"],
    "handled_seconds": 2520,
    "leases": [
        {
            "person": "per_mara",
            "started_at": "2026-11-23T08:00:00Z",
            "until_at": "2026-11-23T08:42:00Z",
            "ended_because": "ruled",
            "reason": None,
        }
    ],
}
PREVIEW: dict[str, Any] = {
    "object": "ruling_preview",
    "case": CASE["id"],
    "refused": None,
    "approval_because": None,
    "told_at": "2026-11-23T09:12:00Z",
    "phase_then": "appealable",
    "effects": [
        {"does": "order", "remedy": {"type": "payout", "amount": {"amount": 90000, "currency": "USD"}, "to": "claimant"}}
    ],
    "rights": [
        {"side": "claimant", "allowed": False, "because": "nothing_lost"},
        {"side": "respondent", "allowed": True, "because": "lost_something"},
    ],
    "letters": [
        {
            "party": "pty_0198c5a0-1f2e-7000-8000-0000000000c1",
            "side": "claimant",
            "event": "ruling_issued",
            "subject": "Decided: your bounty dispute (case 0c0de)",
            "text": "Dear Kim Doe,\n\nyour bounty dispute has been decided.\n",
        }
    ],
}
TURN_SAID: dict[str, Any] = {
    "queue": "safety",
    "person": "per_ada",
    "from_at": "2026-11-27T17:00:00Z",
    "until_at": "2026-11-30T08:00:00Z",
    "by": "per_dana",
}
TURN: dict[str, Any] = {
    "object": "on_call_turn",
    "id": "oct_019abf00-0000-7000-8000-000000000001",
    "queue": "safety",
    "person": "per_ada",
    "place": 1,
    "from_at": "2026-11-27T17:00:00Z",
    "until_at": "2026-11-30T08:00:00Z",
    "handed_from": None,
    "made_by": "per_dana",
    "ended_by": None,
}
HANDED_SAID: dict[str, Any] = {"to": "per_ben", "at": "2026-11-28T12:00:00Z", "by": "per_ada"}
HANDED: dict[str, Any] = {
    **TURN,
    "id": "oct_019abf00-0000-7000-8000-000000000002",
    "person": "per_ben",
    "from_at": "2026-11-28T12:00:00Z",
    "handed_from": TURN["id"],
    "made_by": "per_ada",
}
ENDED: dict[str, Any] = {**TURN, "until_at": "2026-11-28T12:00:00Z", "ended_by": "per_dana"}
TURNS: dict[str, Any] = {"object": "list", "data": [TURN]}
EXCEPTIONS: dict[str, Any] = {
    "object": "list",
    "month": "2026-11",
    "data": [
        {
            "case_id": "case_019a0000-0000-7000-8000-000000000001",
            "kind": "conduct_report",
            "type": "exception_granted",
            "at": "2026-11-26T09:10:00Z",
            "person": "per_lee",
            "id": "exc_019a0000-0000-7000-8000-000000000002",
            "of": "step",
            "name": "record_checked",
            "until": "2026-12-03T09:00:00Z",
            "asked_by": "per_mara",
            "amount": None,
            "currency": None,
        }
    ],
    "counts": [{"kind": "conduct_report", "of": "step", "name": "record_checked", "asked": 0, "granted": 1, "refused": 0}],
}
