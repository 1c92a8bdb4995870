"""Sanctions of one person over several cases, on a real database: what the next ruling counts, and what it does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.lookups import Lookups
from activities.record import RecordActivities
from domain.model.case import Case
from domain.model.terms import Terms
from storage.record.revival import cases_to_revive
from storage.record.sanctions import PostgresSanctions
from storage.team.roster import PostgresRoster
from tests.support.worlds import World, a_command, a_report, some_terms

pytestmark = pytest.mark.postgres

SANCTIONS = {
    "kinds": [{"name": "warning"}, {"name": "final_warning"}, {"name": "temporary_ban", "ban": "1 second"}],
    "ladders": [
        {"category": "unprofessional", "grounds": "insult", "steps": "warning final_warning temporary_ban", "window": "1 hour"}
    ],
}


def conduct(ban: str = "1 second", window: str = "1 hour", grace: str = "0.05 seconds") -> Terms:
    """Terms with a ladder of three steps, an appeal, and spans that a test can wait for."""
    kinds = [*SANCTIONS["kinds"][:2], {"name": "temporary_ban", "ban": ban}]
    ladders = [{**SANCTIONS["ladders"][0], "window": window}]
    appeal = {"name": "appeal_window", "target": "1 hour", "during": "appealable", "levels": [{"default": "close"}]}
    base = some_terms(grace=grace)
    return some_terms(
        grace=grace,
        clocks=[*(clock.model_dump() for clock in base.clocks), appeal],
        outcomes=[{"name": "violation", "lost_by": ["respondent"], "sanctions": "respondent"}, {"name": "no_violation"}],
        sanctions={"kinds": kinds, "ladders": ladders},
    )


class Court:
    """A tenant whose rulings count what was imposed before."""

    def __init__(self, world: World) -> None:
        self.world = world
        lookups = Lookups(PostgresRoster(world.database), None, sanctions=PostgresSanctions(world.database))  # type: ignore[arg-type]  # no policies
        world.recorder = RecordActivities(world.records, world.inbox, "2025b", lookups=lookups)

    async def report(self, ref: str = "program-9", terms: Terms | None = None, **changes: Any) -> str:
        """A case against somebody, before its investigator."""
        parties = [{"side": "claimant", "ref": "user-1"}, {"side": "respondent", "ref": ref}]
        case_id = await self.world.case(report=a_report(parties=parties, **changes), terms=terms or conduct())
        await self.world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        return case_id

    async def rules(self, case_id: str, **more: Any) -> None:
        """A violation, told to the parties."""
        told = await self.world.record(
            case_id, a_command("rule", "per_mia", **{"outcome": "violation", "ground": "insult", "reasons": "He did it.", **more})
        )
        assert told.answers[0] is not None
        assert told.answers[0].status == "accepted", told.answers[0]

    async def told(self, case_id: str) -> Case:
        await asyncio.sleep(0.08)
        await self.world.record(case_id)
        return await self.case(case_id)

    async def case(self, case_id: str) -> Case:
        case = (await self.world.snapshot(case_id)).case
        assert case is not None
        return case

    async def sanctioned(self, ref: str = "program-9", **more: Any) -> str:
        """The sanction of a case of its own against somebody."""
        case_id = await self.report(ref, **more)
        await self.rules(case_id)
        return (await self.told(case_id)).sanctions[-1].sanction

    async def rows(self, case_id: str) -> list[dict[str, Any]]:
        async with self.world.database.tenant(self.world.tenant_id) as conn:
            found = await conn.fetch("SELECT * FROM sanctions WHERE case_id = $1 ORDER BY imposed_at", case_id)
        return [dict(row) for row in found]


@pytest.fixture
def court(world: World) -> Court:
    return Court(world)


class TestTheNextCaseOfAPerson:
    async def test_climbs_the_ladder_and_stays_on_its_last_step(self, court: Court) -> None:
        found = [await court.sanctioned() for _ in range(4)]
        assert found == ["warning", "final_warning", "temporary_ban", "temporary_ban"]

    async def test_of_somebody_else_begins_at_the_first_step(self, court: Court) -> None:
        await court.sanctioned("program-9")
        assert await court.sanctioned("somebody-else") == "warning"

    async def test_of_another_tenant_begins_at_the_first_step(self, court: Court) -> None:
        await court.sanctioned()
        case_id = await court.report()
        book = PostgresSanctions(court.world.database)
        assert len(await book.against(court.world.tenant_id, case_id)) == 1
        assert await book.against("somebody-else", case_id) == []

    async def test_says_what_was_counted(self, court: Court) -> None:
        first = await court.report()
        await court.rules(first)
        imposed = (await court.told(first)).sanctions[0]
        second = await court.report()
        await court.rules(second)
        ruling = (await court.case(second)).ruling
        assert ruling is not None
        assert ruling.sanction is not None
        assert (ruling.sanction.count, ruling.sanction.counted, ruling.sanction.ladder_says) == (
            1,
            (imposed.id,),
            "final_warning",
        )

    async def test_does_not_count_what_has_expired(self, court: Court) -> None:
        await court.sanctioned(terms=conduct(window="0.2 seconds"))
        await asyncio.sleep(0.25)
        assert await court.sanctioned() == "warning"

    async def test_does_not_count_a_gold_case(self, court: Court) -> None:
        await court.sanctioned(synthetic=True)
        assert await court.sanctioned() == "warning"

    async def test_ruled_while_the_first_is_in_its_grace_does_not_count_it(self, court: Court) -> None:
        first, second = await court.report(terms=conduct(grace="0.3 seconds")), await court.report()
        await court.rules(first)
        await court.rules(second)
        assert (await court.told(second)).sanctions[0].sanction == "warning"
        await asyncio.sleep(0.3)
        assert (await court.told(first)).sanctions[0].sanction == "warning"
        assert await court.sanctioned() == "temporary_ban"

    async def test_overturned_on_appeal_it_counts_no_more(self, court: Court) -> None:
        case_id = await court.report()
        await court.rules(case_id)
        accused = next(p.id for p in (await court.told(case_id)).parties if p.side == "respondent")
        await court.world.record(case_id, a_command("appeal", accused, reasons="I did not."))
        await court.world.record(case_id, a_command("assign", "per_ola", owner="per_max"))
        overturn = {"decision": "overturn", "outcome": "no_violation", "ground": "insult", "reasons": "He did not."}
        await court.world.record(case_id, a_command("decide_appeal", "per_max", **overturn))
        await court.told(case_id)
        assert [row["voided_at"] is not None for row in await court.rows(case_id)] == [True]
        assert await court.sanctioned() == "warning"


class TestABanThatEnds:
    async def banned(self, court: Court) -> str:
        """A closed case with a ban of half a second that runs."""
        for _ in range(2):
            await court.sanctioned()
        case_id = await court.report(terms=conduct(ban="0.6 seconds"))
        await court.rules(case_id)
        await court.told(case_id)
        async with court.world.database.tenant(court.world.tenant_id) as conn:
            await conn.execute("UPDATE effects SET state = 'done' WHERE case_id = $1", case_id)
        return case_id

    async def test_is_lifted_and_undone_by_itself(self, court: Court) -> None:
        case_id = await self.banned(court)
        await asyncio.sleep(0.6)
        await court.world.record(case_id)
        (row,) = await court.rows(case_id)
        assert row["lifted_at"] == row["ends_at"]
        async with court.world.database.tenant(court.world.tenant_id) as conn:
            effects = await conn.fetch("SELECT id, type, reverses FROM effects WHERE case_id = $1 ORDER BY seq", case_id)
        assert [(e["type"], e["reverses"]) for e in effects] == [
            ("temporary_ban", None),
            ("temporary_ban", effects[0]["id"]),
        ]

    async def test_two_bans_end_with_an_effect_each(self, court: Court) -> None:
        first, second = await self.banned(court), await court.report(terms=conduct(ban="0.6 seconds"))
        await court.rules(second)
        await court.told(second)
        await asyncio.sleep(0.6)
        for case_id in (first, second):
            assert (await court.world.record(case_id)).effects != ()
            assert (await court.case(case_id)).sanctions[0].lifted_at is not None

    async def test_that_runs_wakes_its_case_after_a_loss_of_temporal(self, court: Court) -> None:
        case_id = await self.banned(court)
        async with court.world.database.tenant(court.world.tenant_id) as conn:
            await conn.execute("UPDATE cases SET status = 'closed' WHERE id = $1", case_id)
        found = [one.case_id async for one in cases_to_revive(court.world.database, court.world.tenant_id)]
        assert case_id in found


class TestRightToAsk:
    """Requests without ground cost the right to ask, which the next report meets at once."""

    def terms(self, ban: str) -> Terms:
        base = conduct()
        kinds = [{"name": "right_withdrawn", "ban": ban}]
        ladders = [{"category": "bad_faith", "grounds": "insult", "steps": "right_withdrawn", "window": "1 hour"}]
        outcomes = [{"name": "violation", "lost_by": ["claimant"], "sanctions": "claimant"}]
        sanctions = {"kinds": kinds, "ladders": ladders, "bars": "right_withdrawn"}
        return base.model_validate({**base.model_dump(), "outcomes": outcomes, "sanctions": sanctions})

    async def test_the_next_report_is_declined_until_it_is_back(self, world: World) -> None:
        court, terms = Court(world), self.terms("2 seconds")
        first = await court.report(terms=terms)
        await court.rules(first)
        assert (await court.told(first)).sanctions[0].sanction == "right_withdrawn"
        second = await court.case(await world.case(report=a_report(external_id="second"), terms=terms))
        assert (second.outcome, second.close_reason) == ("declined", "right_to_ask_withdrawn")
        other = a_report(
            external_id="other", parties=[{"side": "claimant", "ref": "user-2"}, {"side": "respondent", "ref": "program-9"}]
        )
        assert (await court.case(await world.case(report=other, terms=terms))).open
        await asyncio.sleep(2.1)
        third = await court.case(await world.case(report=a_report(external_id="third"), terms=terms))
        assert third.open
