"""Examples for the operations about keys, people and the audit trail. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_KEY_ID = "key_0198c5a4-11aa-7000-8000-00000000c0de"

TRAIL: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "object": "trail_entry",
            "seq": 12,
            "at": "2026-11-23T09:00:00.500000Z",
            "deed": "key_created",
            "about": _KEY_ID,
            "by": "per_dana",
            "credential": "key_0198c5a4-0001-7000-8000-00000000d00d",
            "more": {"scopes": ["cases:read"], "person": None, "expires_at": None},
        }
    ],
    "has_more": False,
    "next_cursor": None,
}
