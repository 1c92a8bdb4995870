"""A statement of reasons comes out as the DSA Transparency Database takes it, for the team and the platform alone."""

from __future__ import annotations

import pytest

from domain.dsa.rules import faults
from tests.support.cases import STATEMENT
from tests.support.office import Office, party
from tests.support.statements import a_told_statement, an_appeal, decided

pytestmark = pytest.mark.postgres


async def test_refused_with_the_field_while_incomplete(office: Office) -> None:
    answer = await decided(office, await an_appeal(office), category=None)
    assert (answer.status_code, answer.json()["code"]) == (422, "statement_incomplete")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("category", "missing")]


async def test_exported_once_it_was_told(office: Office) -> None:
    case = await a_told_statement(office)
    path = f"/v1/cases/{case['id']}/statement-of-reasons"
    answer = await office.desk().get(path)
    assert answer.status_code == 200, answer.text
    whole = answer.json()["statement"]
    assert faults(whole) == ()
    assert {name: whole[name] for name in STATEMENT} == STATEMENT
    claimant = office.desk()
    claimant.http.headers["Ombud-Act-As"] = party(case, "claimant")
    assert (await claimant.get(path)).status_code == 404
