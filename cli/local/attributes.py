"""What a case can be found by in Temporal's own pages, for whoever starts a server on this machine or looks at one."""

from __future__ import annotations

SEARCH_ATTRIBUTES = {
    "TenantId": "Keyword",
    "CaseKind": "Keyword",
    "CaseStatus": "Keyword",
    "Outcome": "Keyword",
    "OpenedAt": "Datetime",
    "Phase": "Keyword",
    "Queue": "Keyword",
    "Priority": "Keyword",
    "NextDueAt": "Datetime",
}
"""What a case can be found by in Temporal, with Temporal's type of each; a cluster's operator registers the same."""
