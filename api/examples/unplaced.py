"""Examples of mail that could not be placed."""

from __future__ import annotations

from typing import Any

_CASE = "case_0198c5a0-1f2e-7000-8000-000000000001"
_PARTY = "pty_0198c5a0-1f2e-7000-8000-000000000001"
UNPLACED: dict[str, Any] = {
    "object": "unplaced_mail",
    "id": "unp_0198c5a0-1f2e-7000-8000-0000000000aa",
    "reason": "unproven",
    "proof": "none",
    "proven": False,
    "state": "waiting",
    "case": _CASE,
    "party": _PARTY,
    "sender": "kim@example.org",
    "subject": "Re: We have your bounty dispute (case 00000001)",
    "text": "I found the receipt.",
    "files": ["receipt.pdf"],
    "problem": None,
    "bytes": 48213,
    "received_at": "2026-11-23T09:00:00.500000Z",
    "last_at": "2026-11-23T09:00:00.500000Z",
    "times": 1,
    "sender_told": "sent",
    "closed_at": None,
    "closed_by": None,
    "closed_because": None,
    "placed_case": None,
    "deeds": None,
}
UNPLACED_PAGE: dict[str, Any] = {"object": "list", "data": [UNPLACED], "has_more": False, "next_cursor": None}
UNPLACED_READ: dict[str, Any] = UNPLACED | {
    "deeds": [
        {
            "at": "2026-11-23T10:00:00.500000Z",
            "deed": "read",
            "by": "per_dana",
            "credential": "key_0198c5a4-0001-7000-8000-00000000d00d",
        }
    ]
}
DISMISSED: dict[str, Any] = UNPLACED | {
    "state": "dismissed",
    "closed_at": "2026-11-23T10:05:00.500000Z",
    "closed_by": "per_dana",
    "closed_because": "spam",
    **dict.fromkeys(("sender", "subject", "text", "files", "problem")),
}
PLACE_SAID: dict[str, Any] = {"case": _CASE, "party": _PARTY, "sender_checked": True}
REPORT_SAID: dict[str, Any] = {"kind": "bounty_dispute", "link": _CASE}
DISMISS_SAID: dict[str, Any] = {"reason": "spam"}
