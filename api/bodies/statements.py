"""The body in which a statement of reasons is exported."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from services.statements import StatementOfReasons


class StatementAnswer(Body):
    """The statement of reasons of the newest ruling that has one."""

    object: Literal["statement_of_reasons"] = "statement_of_reasons"
    id: str
    """The case."""
    ruling: str
    redress: tuple[str, ...]
    """How it can be complained about; no field of the database."""
    statement: dict[str, Any]
    """As the database takes it."""


def statement_body(found: StatementOfReasons) -> dict[str, Any]:
    """A statement of reasons as JSON."""
    made = StatementAnswer(id=found.case_id, ruling=found.ruling, redress=found.redress, statement=found.statement)
    return made.model_dump(mode="json")


STATEMENT: dict[str, Any] = {
    "object": "statement_of_reasons",
    "id": "case_0198c5a2-7d1e-7000-8000-000000000001",
    "ruling": "rul_0198c5a2-7d1e",
    "redress": ["internal_complaint", "out_of_court_settlement", "court"],
    "statement": {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_facts": "The comment asks its readers to go to an address.",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "Community rules, section 3",
        "incompatible_content_explanation": "Calls to violence are not allowed, whoever they are against.",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_VIOLENCE",
        "content_date": "2026-11-01",
        "application_date": "2026-11-22",
        "source_type": "SOURCE_ARTICLE_16",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "rul_0198c5a2-7d1e",
    },
}
