"""Examples for the operations about commands for many cases. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_CASES = ("case_0198c5a0-1f2e-7000-8000-00000000c0de", "case_0198c5a0-77aa-7000-8000-00000000beef")
_ID = "bulk_6f2d9f60c3f04e1b8d5a7b1e2c3d4f50"

BULK: dict[str, Any] = {
    "command": {"type": "assign", "owner": "per_ada", "reason": "ben_on_leave"},
    "selection": {"owner": "per_ben", "kind": "bounty_dispute"},
    "by": "per_cleo",
}
BULK_DONE: dict[str, Any] = {
    "object": "bulk",
    "id": _ID,
    "command": "assign",
    "by": "per_cleo",
    "dry_run": False,
    "received_at": "2026-11-22T09:05:00.120000Z",
    "cases": 2,
    "counts": {"refused": 1, "accepted": 1},
    "results": [
        {
            "case": _CASES[1],
            "command_id": "cmd_bulk-6f2d9f60c3f04e1b8d5a7b1e2c3d4f50-2",
            "status": "refused",
            "code": "not_in_this_phase",
            "detail": "'assign' is not possible while the case is in approval.",
        },
        {
            "case": _CASES[0],
            "command_id": "cmd_bulk-6f2d9f60c3f04e1b8d5a7b1e2c3d4f50-1",
            "status": "accepted",
            "code": None,
            "detail": None,
        },
    ],
    "selected": [],
    "left_out": [],
    "links": {"self": f"/v1/bulk/{_ID}"},
}
BULK_WAITING: dict[str, Any] = {
    **BULK_DONE,
    "counts": {"refused": 1, "pending": 1},
    "results": [BULK_DONE["results"][0], {**BULK_DONE["results"][1], "status": "pending"}],
}
