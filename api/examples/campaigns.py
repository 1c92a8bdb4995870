"""Examples for the operations about campaigns. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_ID = "cmp_0198c5a3-2b1c-7000-8000-00000000c0de"

CAMPAIGN_SAID: dict[str, Any] = {"name": "Skimming at Nimbus Parking", "reason": "one_merchant", "by": "per_cleo"}
CLOSE_SAID: dict[str, Any] = {"by": "per_cleo"}
_CAMPAIGN: dict[str, Any] = {
    "object": "campaign",
    "id": _ID,
    "name": "Skimming at Nimbus Parking",
    "reason": "one_merchant",
    "status": "open",
    "opened_by": "per_cleo",
    "opened_at": "2026-11-22T09:05:00.120000Z",
    "closed_by": None,
    "closed_at": None,
    "cases": {"open": 3, "closed": 1},
    "links": {"self": f"/v1/campaigns/{_ID}", "cases": f"/v1/cases?campaign={_ID}"},
}
OPENED: dict[str, Any] = {**_CAMPAIGN, "cases": {"open": 0, "closed": 0}, "by_phase": {}, "by_outcome": {}, "at_stake": []}
SUMMARY: dict[str, Any] = {
    **_CAMPAIGN,
    "by_phase": {"review": 2, "settlement": 1},
    "by_outcome": {"merged": 1},
    "at_stake": [{"amount": 124000, "currency": "EUR", "cases": 2}],
}
CLOSED: dict[str, Any] = {
    **SUMMARY,
    "status": "closed",
    "closed_by": "per_cleo",
    "closed_at": "2026-12-01T10:00:00.500000Z",
}
CAMPAIGNS: dict[str, Any] = {"object": "list", "data": [_CAMPAIGN]}
