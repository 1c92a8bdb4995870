"""Why a case stands under its terms: which rows matched, what each clock's target follows from, and who changed what since."""

from __future__ import annotations

import pytest

from domain.base import Money
from domain.views.terms import TermsSaid, explain_terms
from tests.support.cases import OPS, Life, a_case


def said_of(life: Life) -> TermsSaid:
    return explain_terms(life.case, life.recordings)


def test_the_rows_that_were_asked_at_intake_with_what_they_said() -> None:
    said = said_of(a_case().in_review())
    assert (said.decision, said.version) == ("admit", said.opened_under)
    assert ("priority", "everything_else", "normal") in {(row.table, row.row, row.said) for row in said.rows}
    assert said.changes == ()


def test_a_row_has_its_condition_where_the_text_of_the_pack_is_kept() -> None:
    life = a_case().in_review()
    body = {"priority": [{"name": "everything_else", "when": "true"}]}
    (row,) = (one for one in explain_terms(life.case, life.recordings, body).rows if one.row == "everything_else")
    assert row.when == "true"


def test_a_target_follows_from_the_priority_as_it_is_now() -> None:
    life = a_case().in_review().says(OPS, "retarget", priority="urgent", reason="press")
    said = said_of(life)
    ruling = next(one for one in said.clocks if one.clock == "ruling")
    assert (ruling.target, ruling.because) == ("16 working hours", "urgent")
    (change,) = said.changes
    assert (change.by, change.reason, change.changed) == (OPS, "press", {"priority": ("normal", "urgent")})


def test_a_record_that_does_not_begin_with_the_opening_is_an_error() -> None:
    life = a_case().in_review()
    with pytest.raises(ValueError, match="does not begin with case_opened"):
        explain_terms(life.case, life.recordings[1:])


def test_the_amounts_above_which_a_second_person_looks_in_every_currency() -> None:
    limits = (Money(amount=50_000, currency="USD"), Money(amount=45_000, currency="EUR"))
    life = a_case().in_review()
    case = life.case.model_copy(update={"terms": life.case.terms.model_copy(update={"approval_above": limits})})
    lines = [line for line in explain_terms(case, life.recordings).words if "second person" in line]
    assert lines == [
        "A ruling above 50000 USD (in minor units) needs a second person.",
        "A ruling above 45000 EUR (in minor units) needs a second person.",
        "A ruling about money in any other currency needs a second person, whatever the amount.",
    ]
