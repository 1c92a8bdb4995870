"""Forms: flat fields become a report, and whatever they are, the answer is one or names each wrong field."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.intake.errors import ReportInvalid
from adapters.intake.form import MAX_FIELDS, report_from_form
from domain.base import Money, Side
from domain.model.report import Report, ReportedParty

SHOP = ReportedParty(side=Side.RESPONDENT, ref="acct_9", name="Shop")
FILLED = {"statement": "They closed it.", "email": "Kim@example.org", "name": "Kim  Doe", "matter": "4711", "id": "f-1",
          "subject": "My report", "category": "severity", "amount": "1250", "currency": "EUR", "Account age": "12"}  # fmt: skip


def read(body: bytes) -> Report:
    return report_from_form(body, kind="bounty_dispute", respondent=SHOP)


def wrong_fields(body: bytes) -> set[str]:
    with pytest.raises(ReportInvalid) as caught:
        read(body)
    return {error.field for error in caught.value.errors}


@pytest.mark.parametrize("body", [urlencode(FILLED).encode(), json.dumps(FILLED).encode()], ids=["urlencoded", "json"])
def test_flat_fields_become_a_report(body: bytes) -> None:
    report = read(body)
    assert (report.kind, report.source, report.external_id, report.matter, report.category) == (
        "bounty_dispute", "form", "f-1", "4711", "severity",
    )  # fmt: skip
    assert [(p.side, p.ref, p.name) for p in report.parties] == [
        (Side.CLAIMANT, "kim@example.org", "Kim Doe"), (Side.RESPONDENT, "acct_9", "Shop"),
    ]  # fmt: skip
    assert (report.amount, report.attributes) == (Money(amount=1250, currency="EUR"), {"account_age": "12"})


def test_whoever_filled_it_in_may_have_an_id_and_be_the_other_side_themselves() -> None:
    report = read(json.dumps({"statement": "x", "ref": "acct_9"}).encode())
    assert [party.ref for party in report.parties] == ["acct_9"]


@pytest.mark.parametrize("field", ["role", "side", "represents", "parties.1.role", "parties[1][role]", "representative"])
def test_nobody_names_by_it_who_speaks_for_the_other_side(field: str) -> None:
    """Whom a platform's report names to speak for a side needs no second word; a form proves nothing of anybody else."""
    parties = read(urlencode({**FILLED, field: "representative"}).encode()).parties
    assert [(p.side, p.role) for p in parties] == [(Side.CLAIMANT, "principal"), (Side.RESPONDENT, "principal")]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"statement", "parties.0.ref"}),
        ({"statement": "x"}, {"parties.0.ref"}),
        ({"statement": "x", "email": "nobody"}, {"parties.0.email"}),
        ({**FILLED, "amount": "12.50"}, {"amount.amount"}),
        ({**FILLED, "currency": ""}, {"amount.currency"}),
        ({**FILLED, "parties": [1]}, {"body"}),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], wrong: set[str]) -> None:
    assert wrong_fields(json.dumps(fields).encode()) == wrong


NO_FORMS = [b"\xff", b"{", b"{" * 5000, b"&".join(b"a%d=1" % n for n in range(MAX_FIELDS + 1)), b"x" * 1_000_001]
SCALARS = st.none() | st.booleans() | st.floats() | st.text(max_size=50)


@pytest.mark.parametrize("body", NO_FORMS, ids=range(len(NO_FORMS)))
def test_what_is_no_form_is_said(body: bytes) -> None:
    assert wrong_fields(body) <= {"body", "statement", "parties.0.ref"}


@given(st.binary(max_size=300) | st.dictionaries(st.text(max_size=20), SCALARS).map(lambda fields: json.dumps(fields).encode()))
def test_any_bytes(body: bytes) -> None:
    try:
        read(body)
    except ReportInvalid:
        return
