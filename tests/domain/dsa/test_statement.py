"""A ruling that restricts carries a whole statement of reasons, and it comes out as the database takes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.dsa.rules import faults
from domain.dsa.statement import exported
from tests.support.cases import CLAIMANT, MEDIATOR_2, MONDAY, RESPONDENT, STATEMENT, Life, a_case

REMOVES = {
    "decision": "overturn",
    "outcome": "remove",
    "ground": "violence",
    "remedies": [{"type": "remove", "to": "respondent"}],
}


def a_reporters_appeal() -> Life:
    kept = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9"}
    effective = (MONDAY - timedelta(days=3)).isoformat()
    return a_case("moderation_appeal", decision={**kept, "effective_at": effective}).opened().says(MEDIATOR_2, "take")


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in STATEMENT.items() if name != field}


@pytest.mark.parametrize(
    "field",
    ["decision_facts", "decision_ground", "incompatible_content_ground", "incompatible_content_explanation", "content_type",
     "category", "content_date", "application_date", "source_type", "automated_detection", "automated_decision"],
)  # fmt: skip
def test_it_is_refused_with_the_name_of_the_field_that_is_missing(field: str) -> None:
    refusal = a_reporters_appeal().refused(MEDIATOR_2, "decide_appeal", **REMOVES, statement=without(field))
    assert (refusal.code, refusal.fields["missing"]) == ("statement_incomplete", [field])


def test_without_any_restriction_each_of_the_four_is_named() -> None:
    refusal = a_reporters_appeal().refused(MEDIATOR_2, "decide_appeal", **REMOVES, statement=without("decision_visibility"))
    assert refusal.fields["missing"] == ["decision_visibility", "decision_monetary", "decision_provision", "decision_account"]


def test_without_a_statement_everything_that_is_required_is_named() -> None:
    refusal = a_reporters_appeal().refused(MEDIATOR_2, "decide_appeal", **REMOVES, statement=None)
    assert {"decision_facts", "category", "automated_decision"} <= set(refusal.fields["missing"])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("category", "STATEMENT_CATEGORY_RUDENESS", "unknown_value"),
        ("content_date", "2026-02-30", "not_a_date"),
        ("incompatible_content_ground", "x" * 501, "too_long"),
        ("puid", "post 77/1", "malformed"),
    ],
)
def test_what_the_database_would_not_take_is_refused(field: str, value: str, code: str) -> None:
    if code == "malformed":
        with pytest.raises(ValueError, match="puid"):
            a_reporters_appeal().command(MEDIATOR_2, "decide_appeal", **REMOVES, statement={**STATEMENT, field: value})
        return
    refusal = a_reporters_appeal().refused(MEDIATOR_2, "decide_appeal", **REMOVES, statement={**STATEMENT, field: value})
    assert [(one["field"], one["code"]) for one in refusal.fields["errors"]] == [(field, code)]


@pytest.mark.parametrize("decision", ["uphold", "remit"])
def test_a_decision_that_restricts_nothing_new_needs_none(decision: str) -> None:
    a_reporters_appeal().says(MEDIATOR_2, "decide_appeal", decision=decision)


def test_a_complete_one_comes_out_as_the_database_takes_it() -> None:
    life = a_reporters_appeal().says(MEDIATOR_2, "decide_appeal", **REMOVES, statement=STATEMENT).fire("grace")
    ruling = life.case.rulings[-1]
    assert ruling.statement is not None
    whole = exported(ruling.statement, ruling.id, life.sealer.texts)
    assert whole == {**STATEMENT, "puid": ruling.id}
    assert faults(whole) == ()
    assert exported(ruling.statement, ruling.id, {}) is None


def test_no_fact_holds_its_text() -> None:
    life = a_reporters_appeal().says(MEDIATOR_2, "decide_appeal", **REMOVES, statement=STATEMENT)
    written = "".join(recording.model_dump_json() for recording in life.recordings)
    assert "Calls to violence" not in written
    assert "section 3" not in written


def test_the_author_is_told_it_and_the_reporter_is_not() -> None:
    life = a_reporters_appeal().says(MEDIATOR_2, "decide_appeal", **REMOVES, statement=STATEMENT).fire("grace")
    author, reporter = life.notices_for(RESPONDENT)[-1], life.notices_for(CLAIMANT)[-1]
    assert author.data["statement"]["redress"] == ["internal_complaint", "out_of_court_settlement", "court"]
    assert {"facts", "clause", "explanation"} <= set(author.texts)
    assert "statement" not in reporter.data
    assert not {"facts", "clause", "explanation"} & set(reporter.texts)
