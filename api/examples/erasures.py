"""Examples of erasing."""

from __future__ import annotations

from typing import Any

_CASE = "case_0198c5a0-1f2e-7000-8000-000000000001"
_BY_MAIL = "case_0198c5a0-1f2e-7000-8000-000000000007"
_PARTY = "pty_0198c5a0-1f2e-7000-8000-000000000001"
ERASURE_SAID: dict[str, Any] = {"case": _CASE, "party": _PARTY, "reason": "request"}
ERASURE: dict[str, Any] = {
    "object": "erasure",
    "id": "ers_0198c5a0-1f2e-7000-8000-0000000000ee",
    "state": "waiting",
    "scope": "person",
    "case": _CASE,
    "party": _PARTY,
    "reason": "request",
    "though_open": None,
    "asked_by": "per_dana",
    "asked_at": "2026-11-23T09:00:00.500000Z",
    **dict.fromkeys(("approved_by", "approved_at", "dropped_by", "dropped_at", "done_at")),
    "case_count": 2,
    "cases": [
        {"case": _CASE, "number": "R-4711", "open": False, "found_by": "id"},
        {"case": _BY_MAIL, "number": "<9f2c@mail.example.org>", "open": False, "found_by": "address"},
    ],
    "mails": ["unp_0198c5a0-1f2e-7000-8000-000000000005"],
    "address_before": ["case_0198c5a0-1f2e-7000-8000-000000000009"],
}
ERASURE_DONE: dict[str, Any] = ERASURE | {
    "state": "done",
    "approved_by": "per_omar",
    "approved_at": "2026-11-23T10:00:00.500000Z",
    "done_at": "2026-11-23T10:00:00.600000Z",
    "cases": [{"case": one, "number": None, "open": False, "found_by": None} for one in (_CASE, _BY_MAIL)],
    "mails": [],
    "address_before": [],
}
ERASURE_DROPPED: dict[str, Any] = ERASURE | {
    "state": "dropped",
    "dropped_by": "per_dana",
    "dropped_at": "2026-11-23T10:00:00.500000Z",
    "case_count": 0,
    "cases": [],
    "mails": [],
    "address_before": [],
}
ERASURES: dict[str, Any] = {"object": "list", "data": [ERASURE_DONE], "has_more": False, "next_cursor": None}
RETENTION_SAID: dict[str, Any] = {"after": "AbCd3fGh"}
_KEPT: dict[str, Any] = {"case": _CASE, "keep_until": "2026-11-20T09:00:00Z", "kept_because": None, "erased": False}
RETENTION: dict[str, Any] = {
    "object": "retention",
    "data": [_KEPT, {**_KEPT, "kept_because": "linked_open", "case": "case_0198c5a0-1f2e-7000-8000-000000000002"}],
    "next": None,
}
RETENTION_DONE: dict[str, Any] = {"object": "retention", "data": [_KEPT | {"erased": True}], "next": None}
