"""A report as JSON: taken whole, or refused with every wrong field named."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from adapters.intake.errors import MAX_ERRORS, ReportInvalid
from adapters.intake.generic import report_from_json
from domain.base import Side


@pytest.fixture
def whole(payload: Callable[[str], bytes]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(payload("report.json"))
    return loaded


def refused(body: bytes | dict[str, Any]) -> ReportInvalid:
    with pytest.raises(ReportInvalid) as caught:
        report_from_json(body if isinstance(body, bytes) else json.dumps(body).encode())
    return caught.value


def errors(body: bytes | dict[str, Any]) -> list[tuple[str, str]]:
    return [(e.field, e.code) for e in refused(body).errors]


def test_a_whole_report_is_taken(payload: Callable[[str], bytes]) -> None:
    report = report_from_json(payload("report.json"))
    assert (report.kind, report.source, report.external_id) == ("bounty_dispute", "api", "dispute-20931")
    assert [p.side for p in report.parties] == [Side.CLAIMANT, Side.RESPONDENT]
    assert report.attachments[0].data == b"POST /token\n"
    assert report.attributes == {"closed_days_ago": 6, "reporter_standing": 4.5, "vip": False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": None}, [("kind", "string_type")]),
        ({"kind": "Bounty Dispute"}, [("kind", "string_pattern_mismatch")]),
        ({"statement": "  "}, [("statement", "text_empty")]),
        ({"statement": "x" * 2_000_000}, [("statement", "text_too_long")]),
        ({"statement": "a\x00b"}, [("statement", "text_not_storable")]),
        ({"subject": "a\x00b"}, [("subject", "control_character")]),
        ({"occurred_at": "2026-02-30T00:00:00Z"}, [("occurred_at", "datetime_from_date_parsing")]),
        ({"occurred_at": "2026-02-03T00:00:00"}, [("occurred_at", "timezone_aware")]),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, [("occurred_at", "date_impossible")]),
        ({"amount": {"amount": 1.5, "currency": "USD"}}, [("amount.amount", "int_type")]),
        ({"amount": {"amount": 1, "currency": "usd"}}, [("amount.currency", "string_pattern_mismatch")]),
        ({"parties": []}, [("parties", "too_short")]),
        ({"parties": [{"side": "respondent", "ref": "a"}]}, [("body", "claimant_missing")]),
        ({"parties": [{"side": "claimant", "ref": "a", "zone": "Mars/Base"}]}, [("parties.0.zone", "zone_unknown")]),
        ({"parties": [{"side": "claimant", "ref": "a", "email": "no"}]}, [("parties.0.email", "email_invalid")]),
        ({"attributes": {"a": {"b": 1}}}, [("attributes.a", "scalar_expected")]),
        ({"attributes": {"a": float("nan")}}, [("attributes.a", "number_not_storable")]),
        ({"attributes": {"a": 10**400}}, [("attributes.a", "number_not_storable")]),
        ({"attributes": {"a": "x\x00"}}, [("attributes.a", "text_not_storable")]),
        ({"attributes": {"Bad Name": 1}}, [("attributes.Bad Name", "code_invalid")]),
        ({"statment": "typo"}, [("statment", "extra_forbidden")]),
        ({"attachments": [{"name": "a", "data": "%%%"}]}, [("attachments.0.data", "bytes_invalid_encoding")]),
    ],
)
def test_a_wrong_field_is_named(whole: dict[str, Any], change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(whole | change) == expected


def test_every_wrong_field_is_named_at_once(whole: dict[str, Any]) -> None:
    found = dict(errors(whole | {"kind": 7, "statement": 8, "matter": ""}))
    assert set(found) == {"kind", "statement", "matter"}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": "\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b"nul"])
def test_what_is_not_json_is_said_to_be_so(body: bytes) -> None:
    assert refused(body).code == "json_invalid"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert errors(body) == [("body", "model_type")]


def test_a_body_beyond_the_limit_is_not_even_read() -> None:
    with pytest.raises(ReportInvalid, match="too_large"):
        report_from_json(b"{}" * 100, max_bytes=10)


def test_errors_stay_few_and_short_and_repeat_no_values(whole: dict[str, Any]) -> None:
    found = refused(whole | {f"field{'x' * 500}{n}": "secret" for n in range(200)}).errors
    assert len(found) <= MAX_ERRORS
    assert all(len(e.field) < 400 and len(e.message) <= 300 and "secret" not in e.message for e in found)
