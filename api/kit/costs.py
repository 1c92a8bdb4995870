"""What a request costs, counted in reads of one case: by its route, which is all that is known before any work is done."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Cost(NamedTuple):
    """``weight``: what it takes from the tenant's budget. ``place``: among which of its requests it has to have a place; few that
    are costly are let in at the same time, and some more reads. None: it waits for Temporal, or for whoever reads slowly."""

    weight: float
    place: Literal["costly", "read"] | None = None


READ, SAY, OPEN, BYTES = Cost(1, "read"), Cost(3), Cost(10), Cost(3)
LIST, MANY = Cost(10, "costly"), Cost(50, "costly")

_OTHERS = {
    "GET /v1/cases": LIST,
    "GET /v1/desk": LIST,
    "GET /v1/team": LIST,
    "GET /v1/campaigns": LIST,
    "GET /v1/campaigns/{campaign_id}": LIST,
    "GET /v1/cases/{case_id}/timeline": Cost(3, "costly"),
    "GET /v1/cases/{case_id}/readers": LIST,
    "GET /v1/measures": LIST,
    "GET /v1/people": LIST,
    "GET /v1/api-keys": LIST,
    "GET /v1/audit-trail": LIST,
    "GET /v1/refused-commands": LIST,
    "GET /v1/calendars/moves": MANY,
    "GET /v1/cases/{case_id}/files/{file_id}": BYTES,
    "POST /v1/cases": OPEN,
    "POST /v1/intake/email": OPEN,
    "POST /v1/intake/{source_id}": OPEN,
    "POST /v1/cases/{case_id}/rulings/preview": Cost(5, "costly"),
    "POST /v1/bulk": MANY,
    "POST /v1/freezes": MANY,
    "POST /v1/freezes/{incident}/thaw": MANY,
}
"""What is neither the reading of one thing nor a word to one case."""


def cost_of(method: str, route: str) -> Cost:
    """What a request by this route costs."""
    return _OTHERS.get(f"{method} {route}") or (READ if method == "GET" else SAY)
