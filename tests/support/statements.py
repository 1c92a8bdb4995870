"""Cases of a tenant with a statement of reasons: appealed, decided, told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from tests.support.cases import STATEMENT
from tests.support.office import Office


async def an_appeal(office: Office) -> dict[str, Any]:
    """A reporter appeals against a comment that was kept, in a tenant whose hours are seconds."""
    async with office.database.deed(office.tenant_id) as conn:
        await conn.execute("UPDATE tenants SET development = true, time_scale = 0.0002 WHERE id = $1", office.tenant_id)
    await office.works("ada", "moderation_appeals")
    decision = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9",
                "effective_at": datetime.now(UTC).isoformat()}  # fmt: skip
    case = await office.desk().opened(kind="moderation_appeal", decision=decision)
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take", {})).status_code == 200
    return case


async def decided(office: Office, case: dict[str, Any], **changes: Any) -> Any:
    said = {"decision": "overturn", "outcome": "remove", "ground": "violence", "reasons": "It calls for violence.",
            "complaint_route": "out_of_court_and_court",
            "remedies": [{"type": "remove", "to": "respondent"}], "statement": {**STATEMENT, **changes}}  # fmt: skip
    return await office.desk("ada").post(f"/v1/cases/{case['id']}/appeal-decisions", said)


async def a_told_statement(office: Office) -> dict[str, Any]:
    """A case whose removal, with its statement of reasons, was told."""
    case = await an_appeal(office)
    assert (await decided(office, case)).status_code == 200
    told = await office.desk().get(f"/v1/cases/{case['id']}/statement-of-reasons")
    assert told.json()["code"] == "statement_missing"
    await asyncio.sleep(0.6)
    await office.desk("ada").post(f"/v1/cases/{case['id']}/notes", {"text": "The grace is over."})
    return case
