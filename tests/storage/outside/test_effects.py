"""Effects: carried out once each, and reported with what became of them."""

from __future__ import annotations

import asyncio

import pytest

from activities.ports.effects import Submission
from domain.model.provider_news import ProviderNews
from storage.intake.opening import PostgresIntake
from storage.outside.effects import PostgresEffects
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.worlds import World, a_command, a_report, some_terms, sql

pytestmark = pytest.mark.postgres


class TestEffects:
    async def submitted(self, world: World, case_id: str) -> Submission:
        """What a card network is told."""
        draft = {"type": "draft_chargeback_evidence", "by": "per_lee", "due_at": "2099-01-01T00:00:00Z"}
        for number, text in enumerate(("A first try.", "The parcel was signed for.")):
            await world.record(case_id, {**draft, "id": f"cmd_draft-{number}-{case_id[-12:]}", "text": text})
        await world.record(case_id, {"id": f"cmd_now-{case_id[-12:]}", "type": "submit_chargeback_evidence", "by": "per_lee"})
        case = (await world.snapshot(case_id)).case
        assert case is not None
        effects = PostgresEffects(world.database, world.vault)
        effect = await effects.begin(world.tenant_id, case.effects[-1].id)
        assert effect is not None
        assert effect.submission is not None
        return effect.submission

    async def test_a_card_network_is_told_the_draft_that_was_sent(self, world: World) -> None:
        report = a_report(external_id="dp_1", source="stripe")
        told = await self.submitted(world, await world.case(report=report, terms=some_terms(chargeback={})))
        assert (told.source, told.external_id, told.text) == ("stripe", "dp_1", "The parcel was signed for.")
        assert told.due_at.isoformat() == "2099-01-01T00:00:00+00:00"

    @pytest.mark.parametrize("erased", [False, True])
    async def test_of_which_account_a_dispute_is_is_read_where_it_lies_sealed(self, world: World, *, erased: bool) -> None:
        """Once erased, it is nowhere: without a number the adapter leaves the evidence to somebody's hands."""
        said = {"provider": "stripe", "dispute": "dp_1", "event": "evt_1", "at": "2026-11-30T10:00:00Z", "what": "opened"}
        news = ProviderNews.model_validate({**said, "account": "acct_9"})
        report, terms = a_report(external_id="dp_1", source="stripe"), some_terms(chargeback={})
        case_id = await world.case(report=report, terms=terms, news=news)
        if erased:
            (row,) = await sql(world, "SELECT id FROM parties WHERE case_id = $1 AND side = 'claimant'", case_id)
            kept = PostgresErasures(world.database)
            async with world.database.deed(world.tenant_id) as conn:
                wanted = ToErase(case_id, row["id"], "request", needs_second=False, though_open="unlawful")
                asked = await kept.ask(conn, world.tenant_id, wanted, "per_ola", "key_1")
                assert asked is not None
                await kept.carry_out(conn, world.tenant_id, asked, "per_ola", "key_1")
        told = await self.submitted(world, case_id)
        assert (told.external_id, told.account) == ((None, None) if erased else ("dp_1", "acct_9"))

    async def ordered(self, world: World, effect_id: str) -> str:
        """A running effect on a fresh case."""
        case_id = await world.case()
        await sql(
            world,
            "INSERT INTO effects (tenant, id, case_id, seq, type, amount, currency, side, because) "
            "VALUES ($1, $2, $3, 1, 'refund', 500, 'USD', 'claimant', 'rul_1')",
            world.tenant_id, effect_id, case_id,
        )  # fmt: skip
        return case_id

    async def test_begun_twice_is_the_same_and_finished_once_is_reported_once(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        case_id = await self.ordered(world, "eff_1")
        first = await effects.begin(world.tenant_id, "eff_1")
        assert first is not None
        assert first.amount is not None
        assert (first.case_id, first.amount.amount, first.to) == (case_id, 500, "claimant")
        assert await effects.begin(world.tenant_id, "eff_1") == first
        for _ in range(2):
            await effects.finish(world.tenant_id, "eff_1", "done")
        assert await effects.begin(world.tenant_id, "eff_1") is None
        reports = await sql(world, "SELECT body FROM commands WHERE case_id = $1 AND type = 'report_effect'", case_id)
        assert [row["body"]["effect_id"] for row in reports] == ["eff_1"]

    async def test_the_order_says_by_what_the_platform_knows_the_case_and_a_repeat_says_the_same(self, world: World) -> None:
        effects, intake = PostgresEffects(world.database, world.vault), PostgresIntake(world.database, world.vault)
        case_id = await self.ordered(world, "eff_told")
        await intake.note(world.tenant_id, case_id, lambda noted: {**noted, "order": "A-1"})
        first = await effects.begin(world.tenant_id, "eff_told")
        assert first is not None
        assert first.references is not None
        assert (first.references.metadata, first.references.matter) == ({"order": "A-1"}, "report-4711")
        assert {party.ref for party in first.references.parties} == {"user-1", "program-9"}
        await intake.note(world.tenant_id, case_id, lambda noted: {"order": "A-2"})
        assert await effects.begin(world.tenant_id, "eff_told") == first

    async def agreed(self, world: World) -> tuple[str, str]:
        """A payment that was agreed on and is ordered, in a kind in which paying destroys something."""
        labels = {phase: phase for phase in ("intake", "settlement", "review", "ruled", "closed")}
        case_id = await world.case(terms=some_terms(destructive=["refund"], opens_in="settlement", labels=labels))
        case = (await world.snapshot(case_id)).case
        assert case is not None
        claimant, respondent = case.parties[0].id, case.parties[1].id
        said = {"remedy": "refund", "amount": {"amount": 500, "currency": "USD"}}
        await world.record(case_id, a_command("offer", respondent, **said))
        await world.record(case_id, a_command("accept_offer", claimant))
        case = (await world.snapshot(case_id)).case
        assert case is not None
        return case_id, case.effects[0].id

    async def test_what_a_legal_hold_stopped_is_begun_by_nobody_and_goes_on_as_another(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        case_id, effect_id = await self.agreed(world)
        await world.record(case_id, a_command("place_hold", "per_lee", reason="litigation", reasons="We were sued."))
        assert await effects.begin(world.tenant_id, effect_id) is None
        await effects.finish(world.tenant_id, effect_id, "done")
        assert await sql(world, "SELECT FROM commands WHERE case_id = $1 AND type = 'report_effect'", case_id) == []
        recorded = await world.record(case_id, a_command("lift_hold", "per_lee", reasons="It was settled."))
        (anew,) = recorded.effects
        assert anew != effect_id
        assert await effects.begin(world.tenant_id, anew) is not None

    async def test_what_had_left_when_the_hold_came_says_that_it_was_done(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        case_id, effect_id = await self.agreed(world)
        assert await effects.begin(world.tenant_id, effect_id) is not None
        await world.record(case_id, a_command("place_hold", "per_lee", reason="litigation", reasons="We were sued."))
        for _ in range(2):
            await effects.finish(world.tenant_id, effect_id, "done")
        await world.record(case_id)
        case = (await world.snapshot(case_id)).case
        assert case is not None
        assert (case.effects[0].state, case.withheld) == ("done", ())

    async def test_report_of_a_long_id_still_is_a_command(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        effect_id = "eff_" + "x" * 124
        case_id = await self.ordered(world, effect_id)
        await effects.finish(world.tenant_id, effect_id, "needs_hands", "no_account")
        recorded = await world.record(case_id)
        assert recorded.seq > 0
        row = (
            await sql(world, "SELECT id, status, answer FROM commands WHERE type = 'report_effect' AND case_id = $1", case_id)
        )[0]
        assert len(row["id"]) <= 128
        assert row["answer"]["code"] != "broken"

    async def test_ruling_orders_its_remedy_when_the_grace_is_over_and_the_report_closes_it(self, world: World) -> None:
        case_id = await world.case(terms=some_terms(grace="0.2 seconds"))
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        money = {"amount": 500, "currency": "USD"}
        ruling = a_command(
            "rule", "per_mia", outcome="upheld", reasons="It is so.", remedies=[{"type": "refund", "amount": money}]
        )
        assert (await world.record(case_id, ruling)).effects == ()
        await asyncio.sleep(0.25)
        (effect_id,) = (await world.record(case_id)).effects
        effects = PostgresEffects(world.database, world.vault)
        effect = await effects.begin(world.tenant_id, effect_id)
        assert effect is not None
        assert (effect.type, effect.to, effect.to_party is not None) == ("refund", "claimant", True)
        await effects.finish(world.tenant_id, effect_id, "done")
        assert (await world.record(case_id)).effects == ()
        rows = await sql(world, "SELECT state, result FROM effects WHERE id = $1", effect_id)
        assert [tuple(row) for row in rows] == [("done", "done")]
        archived = await sql(world, "SELECT status FROM commands WHERE case_id = $1 AND id LIKE 'dl%'", case_id)
        assert [row["status"] for row in archived] == ["accepted"]

    async def test_unknown_and_strange_effects_are_none(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        await self.ordered(world, "eff_2")
        assert await effects.begin(world.tenant_id, "eff_none") is None
        assert await effects.begin("somebody-else", "eff_2") is None
