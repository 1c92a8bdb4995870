"""Examples of measures as whoever they hit sees them."""

from __future__ import annotations

from typing import Any

MEASURE: dict[str, Any] = {
    "object": "measure",
    "id": "itm_0198c5a2-77aa-7bcd-9f3c-2a1b44d05e6f",
    "measure": "payout_freeze",
    "imposed_at": "2026-11-22T09:00:00Z",
    "ends_at": "2026-12-06T09:00:00Z",
    "told": "Your payouts wait while we check your account.",
    "asked_at": None,
}
MEASURES: dict[str, Any] = {"object": "list", "data": [MEASURE]}
REVIEW_ASKED: dict[str, Any] = {"text": "The listing is mine, and the deed is attached to my account."}
REVIEW: dict[str, Any] = {"object": "measure_review", "measure": MEASURE["id"], "status": "accepted"}
