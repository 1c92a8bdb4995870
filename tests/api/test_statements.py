"""A statement of reasons comes out as the DSA Transparency Database takes it, for the team and the platform alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.dsa.rules import faults
from tests.support.cases import STATEMENT
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres


async def an_appeal(office: Office) -> dict[str, Any]:
    """A reporter appeals against a comment that was kept, in a tenant whose hours are seconds."""
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute("UPDATE tenants SET development = true, time_scale = 0.0002 WHERE id = $1", office.tenant_id)
    decision = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9",
                "effective_at": datetime.now(UTC).isoformat()}  # fmt: skip
    case = await office.desk().opened(kind="moderation_appeal", decision=decision)
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take", {})).status_code == 200
    return case


async def decided(office: Office, case: dict[str, Any], **changes: Any) -> Any:
    said = {"decision": "overturn", "outcome": "remove", "ground": "violence", "reasons": "It calls for violence.",
            "remedies": [{"type": "remove", "to": "respondent"}], "statement": {**STATEMENT, **changes}}  # fmt: skip
    return await office.desk("ada").post(f"/v1/cases/{case['id']}/appeal-decisions", said)


async def test_refused_with_the_field_while_incomplete(office: Office) -> None:
    answer = await decided(office, await an_appeal(office), category=None)
    assert (answer.status_code, answer.json()["code"]) == (422, "statement_incomplete")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("category", "missing")]


async def a_told_statement(office: Office) -> dict[str, Any]:
    """A case whose removal, with its statement of reasons, was told."""
    case = await an_appeal(office)
    assert (await decided(office, case)).status_code == 200
    told = await office.desk().get(f"/v1/cases/{case['id']}/statement-of-reasons")
    assert told.json()["code"] == "statement_missing"
    await asyncio.sleep(0.6)
    await office.desk("ada").post(f"/v1/cases/{case['id']}/notes", {"text": "The grace is over."})
    return case


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
