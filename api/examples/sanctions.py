"""Examples of sanctions, and of interim measures as whoever they hit sees them."""

from __future__ import annotations

from typing import Any

SANCTIONS: dict[str, Any] = {
    "object": "sanctions",
    "case": "case_0198c5a0-1f2e-7000-8000-00000000c0de",
    "as_of": "2026-11-22T09:00:00Z",
    "parties": [
        {"party": "pty_0198c5a0-1f2e-7000-8000-0000000000c1", "side": "claimant", "sanctions": [], "ladder": []},
        {
            "party": "pty_0198c5a0-1f2e-7000-8000-0000000000c2",
            "side": "respondent",
            "sanctions": [
                {
                    "id": "san_0198b100-1f2e-7000-8000-0000000000a1",
                    "case": "case_0198b100-1f2e-7000-8000-0000000000b1",
                    "category": "unprofessional",
                    "sanction": "warning",
                    "imposed_at": "2026-06-01T09:00:00Z",
                    "ends_at": None,
                    "lifted_at": None,
                    "counts_until": "2027-06-01T09:00:00Z",
                    "counts": True,
                }
            ],
            "ladder": [
                {"category": "unprofessional", "count": 1, "says": "final_warning"},
                {"category": "harassment", "count": 0, "says": "final_warning"},
            ],
        },
    ],
}

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
