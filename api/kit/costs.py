"""What a request costs, counted in reads of one case: by its route, which is all that is known before any work is done."""

from __future__ import annotations

from typing import NamedTuple


class Cost(NamedTuple):
    """``weight``: what it takes from the tenant's budget. ``costly``: few of them are let in at the same time."""

    weight: float
    costly: bool = False


READ, SAY, OPEN = Cost(1), Cost(3), Cost(10)
LIST, MANY = Cost(10, costly=True), Cost(50, costly=True)

_OTHERS = {
    "GET /v1/cases": LIST,
    "GET /v1/desk": LIST,
    "GET /v1/team": LIST,
    "GET /v1/campaigns": LIST,
    "GET /v1/campaigns/{campaign_id}": LIST,
    "GET /v1/cases/{case_id}/timeline": Cost(3, costly=True),
    "GET /v1/calendars/moves": MANY,
    "POST /v1/cases": OPEN,
    "POST /v1/intake/email": OPEN,
    "POST /v1/cases/{case_id}/rulings/preview": Cost(5, costly=True),
    "POST /v1/bulk": MANY,
    "POST /v1/freezes": MANY,
    "POST /v1/freezes/{incident}/thaw": MANY,
}
"""What is neither the reading of one thing nor a word to one case."""


def cost_of(method: str, route: str) -> Cost:
    """What a request by this route costs."""
    return _OTHERS.get(f"{method} {route}") or (READ if method == "GET" else SAY)
