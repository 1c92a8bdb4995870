"""Campaigns on disk: counted from what the record of each case says, and each tenant's own."""

from __future__ import annotations

from typing import Any

import pytest

from activities.lookups import Lookups
from activities.record import RecordActivities
from storage.record.other_cases import PostgresOtherCases
from storage.team.campaigns import PostgresCampaigns, Stake
from storage.team.roster import PostgresRoster
from storage.tenants import PostgresTenants, Tenant
from tests.support.worlds import World, a_command, a_report

pytestmark = pytest.mark.postgres

SAID: dict[str, Any] = {"name": "Skimming", "reason": "one_merchant", "by": "per_lee"}


@pytest.fixture
def campaigns(world: World) -> PostgresCampaigns:
    """Campaigns, in a world whose record looks them up."""
    lookups = Lookups(PostgresRoster(world.database), None, other_cases=PostgresOtherCases(world.database))  # type: ignore[arg-type]  # no policies are asked for
    world.recorder = RecordActivities(world.records, world.inbox, "2025b", lookups=lookups)
    return PostgresCampaigns(world.database)


async def asked(world: World, case_id: str, kind: str, **fields: Any) -> str:
    """What a lead's command is answered."""
    (answer,) = (await world.record(case_id, a_command(kind, "per_lee", **fields))).answers
    assert answer is not None
    return answer.code or answer.status


async def test_cases_join_and_leave_by_their_own_record(world: World, campaigns: PostgresCampaigns) -> None:
    await campaigns.open(world.tenant_id, "cmp_1", **SAID)
    first = await world.case(report=a_report(amount={"amount": 500, "currency": "EUR"}))
    second = await world.case(report=a_report(matter="b", amount={"amount": 10**15, "currency": "EUR"}))
    for case_id in (first, second):
        assert await asked(world, case_id, "join_campaign", campaign="cmp_1") == "accepted"
    found = await campaigns.summary(world.tenant_id, "cmp_1")
    assert found is not None
    assert (found.open_cases, found.by_phase, found.by_outcome) == (2, {"review": 2}, {})
    assert found.at_stake == (Stake(currency="EUR", amount=10**15 + 500, cases=2),)
    assert await asked(world, second, "leave_campaign") == "accepted"
    found = await campaigns.summary(world.tenant_id, "cmp_1")
    assert found is not None
    assert (found.open_cases, found.at_stake) == (1, (Stake(currency="EUR", amount=500, cases=1),))


async def test_a_closed_one_takes_no_case_and_keeps_those_it_has(world: World, campaigns: PostgresCampaigns) -> None:
    await campaigns.open(world.tenant_id, "cmp_1", **SAID)
    first, second = await world.case(), await world.case(report=a_report(matter="b"))
    await asked(world, first, "join_campaign", campaign="cmp_1")
    closed = await campaigns.close(world.tenant_id, "cmp_1", "per_ola")
    assert closed is not None
    assert (closed.closed_by, closed.open_cases) == ("per_ola", 1)
    assert await asked(world, second, "join_campaign", campaign="cmp_1") == "campaign_closed"
    assert await campaigns.close(world.tenant_id, "cmp_1", "per_lee") == closed


async def test_the_same_id_is_opened_once(world: World, campaigns: PostgresCampaigns) -> None:
    first = await campaigns.open(world.tenant_id, "cmp_1", **SAID)
    assert await campaigns.open(world.tenant_id, "cmp_1", **{**SAID, "name": "Another"}) == first
    assert [one.name for one in await campaigns.all(world.tenant_id)] == ["Skimming"]


async def test_cases_made_for_a_test_are_not_counted(world: World, campaigns: PostgresCampaigns) -> None:
    await campaigns.open(world.tenant_id, "cmp_1", **SAID)
    case_id = await world.case(report=a_report(amount={"amount": 500, "currency": "EUR"}, synthetic=True))
    assert await asked(world, case_id, "join_campaign", campaign="cmp_1") == "accepted"
    found = await campaigns.summary(world.tenant_id, "cmp_1")
    assert found is not None
    assert (found.open_cases, found.by_phase, found.at_stake) == (0, {}, ())
    assert [one.open_cases for one in await campaigns.all(world.tenant_id)] == [0]


async def test_another_tenants_is_not_there(world: World, campaigns: PostgresCampaigns) -> None:
    await campaigns.open(world.tenant_id, "cmp_1", **SAID)
    other = f"{world.tenant_id}-other"
    await PostgresTenants(world.database, world.vault).create(Tenant(id=other, name="Other"))
    assert await campaigns.summary(other, "cmp_1") is None
    assert await campaigns.close(other, "cmp_1", "per_lee") is None
    assert await campaigns.all(other) == []
    # The same id there is another campaign.
    assert (await campaigns.open(other, "cmp_1", **{**SAID, "name": "Theirs"})).name == "Theirs"
    found = await campaigns.summary(world.tenant_id, "cmp_1")
    assert found is not None
    assert (found.name, found.closed_at) == ("Skimming", None)
