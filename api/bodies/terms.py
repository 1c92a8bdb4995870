"""What the API says about the terms of a case."""

from __future__ import annotations

from typing import Any, Literal

from domain.views.terms import TermsSaid


class TermsBody(TermsSaid):
    """Why a case stands under the terms it stands under, in numbers and in words."""

    object: Literal["terms"] = "terms"
    case: str


def terms_body(case_id: str, said: TermsSaid) -> dict[str, Any]:
    """Why the terms of a case are what they are, as JSON."""
    return TermsBody(case=case_id, **said.model_dump()).model_dump(mode="json")


TERMS: dict[str, Any] = {
    "object": "terms",
    "case": "case_0198c5a0-1f2e-7000-8000-00000000c0de",
    "kind": "bounty_dispute",
    "category": "general",
    "priority": "normal",
    "pack": "bounty_dispute",
    "version": "9f2c61d07a44",
    "current": "9f2c61d07a44",
    "opened_under": "9f2c61d07a44",
    "decision": "admit",
    "rows": [
        {"table": "gates", "row": "reason_given", "said": "pass", "when": "report.statement_length < 20"},
        {"table": "priority", "row": "everything_else", "said": "normal"},
    ],
    "calendars": {"europe-office": "cal_3f9a1c"},
    "clocks": [
        {
            "clock": "first_response",
            "waits_for": "staff",
            "target": "8 working hours",
            "because": "every other case",
            "calendar": "europe-office",
        }
    ],
    "approval_above": {"amount": 500000, "currency": "USD"},
    "changes": [],
    "words": ["It stands under the pack “bounty_dispute”, version 9f2c61d07a44, as new reports are."],
}
