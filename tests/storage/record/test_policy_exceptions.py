"""How often the pack was departed from in a month, on a real database: counted over cases, also where two are granted at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.lookups import Lookups
from activities.record import RecordActivities
from domain.model.terms import Terms
from services.policy_exceptions import counted
from storage.intake.inbox import PostgresInbox
from storage.record.other_cases import PostgresOtherCases
from storage.team.policy_exceptions import PostgresPolicyExceptions
from storage.team.roster import PostgresRoster
from tests.support.worlds import World, a_command, a_report, some_terms, sql

pytestmark = pytest.mark.postgres

ROW = {"of": "step", "name": "logs_read", "per_month": 1}


def terms() -> Terms:
    return some_terms(exceptions=[ROW], procedure=["logs_read"])


async def asked(world: World, **changes: Any) -> str:
    case_id = await world.case(report=a_report(**changes), terms=terms())
    await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    said = {"of": "step", "name": "logs_read", "until": until, "reasons": "The logs are lost."}
    answer = await world.record(case_id, a_command("ask_exception", "per_mia", **said))
    assert answer.answers[-1] is not None
    assert answer.answers[-1].status == "accepted", answer.answers
    return case_id


async def granted(world: World, case_id: str) -> str:
    """What became of the word of a second person, who has a credential of their own."""
    command = a_command("grant_exception", "per_lee")
    inbox = PostgresInbox(world.database, world.vault)
    await inbox.receive(world.tenant_id, case_id, command, credential="key_lee")
    await world.record(case_id)
    (row,) = await sql(world, "SELECT status, answer ->> 'code' AS code FROM commands WHERE id = $1", command["id"])
    return str(row["code"] or row["status"])


async def test_the_second_of_a_month_is_refused_in_another_case(world: World) -> None:
    others = PostgresOtherCases(world.database)
    lookups = Lookups(PostgresRoster(world.database), None, other_cases=others)  # type: ignore[arg-type]  # no policies
    world.recorder = RecordActivities(world.records, world.inbox, "2025b", lookups=lookups)
    first, second = await asked(world, matter="m-1"), await asked(world, matter="m-2")
    assert [await granted(world, one) for one in (first, second)] == ["accepted", "exceptions_used_up"]
    (count,) = await others.exceptions(world.tenant_id, second)
    assert (count.of, count.name, count.number) == ("step", "logs_read", 1)
    assert await others.exceptions(world.tenant_id, first) == []
    now = datetime.now(UTC)
    rows = await PostgresPolicyExceptions(world.database).listed(world.tenant_id, now - timedelta(days=1), now, None)
    (sort,) = counted(rows)
    assert (sort.asked, sort.granted, sort.refused) == (2, 1, 0)
