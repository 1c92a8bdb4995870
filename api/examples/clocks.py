"""Examples for the operations about clocks and incidents. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_CASE_ID = "case_0198c5a0-1f2e-7000-8000-00000000c0de"
_DUE = "2026-12-03T15:00:00Z"
_WARN = {
    "name": "warn", "action": "warn", "where": "at 80%", "computed_at": "2026-12-01T13:00:00Z", "due_at": "2026-12-01T13:00:00Z",
    "reached_at": None, "recorded_at": None, "withheld": False,
}  # fmt: skip
_LEVELS = [_WARN, {**_WARN, "name": "breach", "action": "escalate", "where": "at the end", "computed_at": _DUE, "due_at": _DUE}]

CLOCKS: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "clock": "ruling",
            "instance": 1,
            "state": "running",
            "waits_for": "staff",
            "statutory": False,
            "target": "80 working hours",
            "extended_to": None,
            "started_at": "2026-11-19T09:00:00Z",
            "stopped_at": None,
            "due_at": _DUE,
            "levels": _LEVELS,
            "links": {"explanation": f"/v1/cases/{_CASE_ID}/clocks/ruling/explanation"},
        }
    ],
}

EXPLANATION: dict[str, Any] = {
    "object": "explanation",
    "case": _CASE_ID,
    "clock": "first_response",
    "instance": 1,
    "state": "running",
    "waits_for": "staff",
    "target": "8 working hours",
    "priority": "normal",
    "started_at": "2026-11-19T15:00:00Z",
    "due_at": "2026-11-20T15:00:00Z",
    "calendar": "cal_3f9a1c",
    "calendar_name": "europe-office",
    "zone": "Europe/Berlin",
    "zone_data": "2026.2",
    "zone_data_now": "2026.2",
    "spans": [
        {"start": "2026-11-19T15:00:00Z", "end": "2026-11-19T16:00:00Z", "minutes": 60.0},
        {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T15:00:00Z", "minutes": 420.0},
    ],
    "levels": [{"name": "breach", "action": "escalate", "where": "at the end", "due_at": "2026-11-20T15:00:00Z"}],
    "agrees": True,
    "words": [
        "The clock “first response” waits for the team. Its target is 8 working hours (priority normal).",
        "It started on Thu 19 Nov 2026 16:00 CET.",
        "The time it counts: 8 h.",
        "So it is due on Fri 20 Nov 2026 16:00 CET, which is 2026-11-20T15:00:00Z.",
    ],
}
EXPLANATION_TEXT = "\n".join(EXPLANATION["words"]) + "\n"

FREEZE: dict[str, Any] = {"incident": "mail-outage-2026-11", "reason": "mail_outage", "queue": "mediation", "by": "per_dana"}
THAW: dict[str, Any] = {"margin": "2 working hours", "by": "per_dana"}
_LINKS = {"self": "/v1/freezes", "thaw": "/v1/freezes/mail-outage-2026-11/thaw"}
FROZEN: dict[str, Any] = {
    "object": "bulk",
    "command": "freeze",
    "incident": "mail-outage-2026-11",
    "dry_run": False,
    "at": "2026-11-22T09:05:00.120000Z",
    "received_at": "2026-11-22T09:05:00.120000Z",
    "cases": 1,
    "counts": {"accepted": 1},
    "results": [
        {"case": _CASE_ID, "command_id": "cmd_freeze-6f2d-1", "status": "accepted", "code": None, "detail": None},
    ],
    "first": [],
    "links": _LINKS,
}
FREEZING: dict[str, Any] = {
    **FROZEN,
    "counts": {"pending": 1},
    "results": [{**FROZEN["results"][0], "status": "pending"}],
}
THAWED: dict[str, Any] = {**FROZEN, "command": "thaw"}
THAWING: dict[str, Any] = {**FREEZING, "command": "thaw"}
INCIDENTS: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "incident": "mail-outage-2026-11",
            "cases": 118,
            "waiting": 0,
            "since": "2026-11-22T09:05:00.120000Z",
            "links": {"thaw": "/v1/freezes/mail-outage-2026-11/thaw"},
        }
    ],
}

MOVES: dict[str, Any] = {
    "object": "list",
    "zone_data": "2026.2",
    "data": [
        {
            "case": _CASE_ID,
            "kind": "bounty_dispute",
            "calendars": [{"name": "europe-office", "from_ref": "cal_3f9a1c", "to_ref": "cal_77b0de"}],
            "zone_data": [],
            "moves": [
                {
                    "clock": "ruling",
                    "instance": 1,
                    "level": "breach",
                    "from_at": "2026-12-28T09:00:00Z",
                    "to_at": "2026-12-29T09:00:00Z",
                }
            ],
        }
    ],
    "looked_at": 100,
    "has_more": False,
    "next_cursor": None,
}
