"""Reports: what a platform may note for itself, and that a report is known again by its JSON."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from domain.model.report import Report, comparable


def a_report(**more: Any) -> dict[str, Any]:
    party = {"side": "claimant", "ref": "user-1"}
    return {"kind": "bounty_dispute", "statement": "They closed it.", "parties": [party], **more}


def test_a_report_without_metadata_is_the_same_json_as_before_there_was_any() -> None:
    assert "metadata" not in json.loads(Report.model_validate(a_report()).model_dump_json())


def test_metadata_is_kept_as_it_was_said() -> None:
    noted = {f"key {number}": "v" * 500 for number in range(50)}
    assert Report.model_validate(a_report(metadata=noted)).metadata == noted


@pytest.mark.parametrize(
    "noted",
    [
        {"k" * 41: "v"},
        {"": "v"},
        {"k": "v" * 501},
        {"k": 1},
        {"k": "two\nlines"},
        {"k\x1b": "v"},
        {str(number): "" for number in range(51)},
    ],
)
def test_what_is_no_metadata_is_refused(noted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Report.model_validate(a_report(metadata=noted))


def test_a_matter_is_the_same_however_it_was_typed() -> None:
    assert comparable("  Booking  ﬁ-12 ") == comparable("booking FI-12") == "booking fi-12"
    assert comparable(None) is comparable("  ") is None


def test_no_sign_in_a_name_turns_the_words_beside_it_by_any_door() -> None:
    party = {"side": "claimant", "ref": "mia", "name": "Mia \u202eeoR\u2069"}
    file = {"name": "in\u202evoice.pdf\u200e", "data": ""}
    report = Report.model_validate(a_report(subject="The \u2067kettle\u061c", parties=[party], attachments=[file]))
    assert (report.subject, report.parties[0].name, report.attachments[0].name) == ("The kettle", "Mia eoR", "invoice.pdf")
    with pytest.raises(ValidationError):
        Report.model_validate(a_report(subject="\u202e\u2069"))
