"""Cases that have to do with each other: what one orders in the other happens once, wherever it was interrupted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.carry_out import CarryOutActivities
from activities.lookups import Lookups
from activities.messages import EffectRef, Recorded
from activities.ports.effects import OrderedEffect
from activities.record import RecordActivities
from domain.base import Side
from domain.model.case import Case
from domain.model.facts import Recording
from domain.model.report import Report
from storage.intake.opening import Opened
from storage.outside.cross_case import PostgresCrossCaseTasks
from storage.outside.effects import PostgresEffects
from storage.postgres.vault import STAFF
from storage.record.other_cases import PostgresOtherCases
from storage.team.roster import PostgresRoster
from storage.views.cases import PostgresViews
from tests.support.worlds import World, a_command, a_report, some_terms

pytestmark = pytest.mark.postgres

JOINS = {"joins": "same_person_and_matter"}


class NoWorld:
    """No remedy is carried out here."""

    async def perform(self, effect: OrderedEffect) -> Any:
        raise AssertionError(effect.type)


class NoPolicies:
    """Nothing is re-targeted here."""

    async def resolve(self, tenant_id: str, case: Case, wanted: Any) -> None:
        raise AssertionError(case.id)


class Cases:
    """What the workers do with cases, step by step and by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        database, vault = world.database, world.vault
        lookups = Lookups(PostgresRoster(database), NoPolicies(), other_cases=PostgresOtherCases(database))
        world.recorder = RecordActivities(world.records, world.inbox, "2025b", lookups=lookups)
        self.views = PostgresViews(database, vault)
        self.carry = CarryOutActivities(
            PostgresEffects(database, vault), NoWorld(), cross_case_tasks=PostgresCrossCaseTasks(database, vault)
        )

    async def opened(self, who: str = "user-1", **changes: Any) -> Opened:
        return await self.world.opened(report_of(who, **changes), some_terms(**JOINS))

    async def case(self, who: str = "user-1", **changes: Any) -> str:
        opened = await self.opened(who, **changes)
        await self.world.record(opened.case_id)
        return opened.case_id

    async def now(self, case_id: str) -> Case:
        case = (await self.world.snapshot(case_id)).case
        assert case is not None
        return case

    async def facts(self, case_id: str) -> list[str]:
        return [one.fact.type for one in await self.recordings(case_id)]

    async def recordings(self, case_id: str) -> list[Recording]:
        return list(await self.views.timeline(self.world.tenant_id, case_id))

    async def send(self, case_id: str, kind: str, **fields: Any) -> Recorded:
        """A lead's command, accepted."""
        found = await self.asked(case_id, kind, **fields)
        assert found.answers[0] is not None
        assert found.answers[0].status == "accepted", found.answers[0]
        return found

    async def asked(self, case_id: str, kind: str, **fields: Any) -> Recorded:
        return await self.world.record(case_id, a_command(kind, "per_lee", **fields))

    async def carry_out(self, case_id: str) -> None:
        """One try of every errand that is under way, as a worker makes it."""
        for task in (await self.now(case_id)).running:
            await self.carry.carry_out(EffectRef(tenant_id=self.world.tenant_id, case_id=case_id, effect_id=task))

    async def finish(self, case_id: str, other: str | None = None) -> None:
        """Everything that a case has ordered elsewhere, to its end."""
        with pytest.raises(ApplicationError) as waits:
            await self.carry_out(case_id)
        assert waits.value.type == "told_to_wait"
        await self.world.record(other or await self.newest())
        await self.carry_out(case_id)
        await self.world.record(case_id)

    async def newest(self) -> str:
        async with self.world.database.tenant(self.world.tenant_id) as conn:
            return str(await conn.fetchval("SELECT id FROM cases ORDER BY id DESC LIMIT 1"))

    async def texts(self, *ids: str) -> dict[str, str | None]:
        return dict(await self.views.texts(self.world.tenant_id, ids))


def report_of(who: str, **changes: Any) -> Report:
    said = {
        "statement": f"Reported by {who}.",
        "parties": [
            {"side": "claimant", "ref": who, "name": f"{who} Doe", "email": f"{who}@example.org"},
            {"side": "respondent", "ref": "host-9", "name": "Acme", "email": "security@acme.example"},
        ],
    }
    return a_report(**{**said, **changes})


@pytest.fixture
def cases(world: World) -> Cases:
    return Cases(world)


class TestMerge:
    async def test_the_reporter_stays_a_party_of_the_case_that_goes_on(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "merge", into=first, reasons="The same booking.")
        gone = await cases.now(second)
        assert (gone.outcome, gone.merged_into, gone.quiet) == ("merged", first, False)
        await cases.finish(second, first)
        gone, goes_on = await cases.now(second), await cases.now(first)
        assert (gone.quiet, goes_on.joined) == (True, (second,))
        reporter = goes_on.parties[-1]
        assert (reporter.side, reporter.role, reporter.ref_digest) == ("claimant", "co_claimant", gone.parties[0].ref_digest)
        contacts = await cases.views.contacts(cases.world.tenant_id, first)
        assert contacts[reporter.id] == {"name": "user-2 Doe", "email": "user-2@example.org", "ref": "user-2"}
        joined = (await cases.recordings(first))[-1].fact
        assert joined.type == "case_joined"
        assert joined.statement is not None
        assert joined.statement.content_id != gone.statement.content_id
        assert (await cases.texts(joined.statement.content_id)).popitem()[1] == "Reported by user-2."

    async def test_an_owner_who_stands_close_to_whoever_comes_loses_the_case(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(first, "assign", owner="per_mia")
        tenant, tenants = cases.world.tenant_id, cases.world.tenants
        mia = next(person for person in await tenants.people(tenant) if person.id == "per_mia")
        await tenants.put_person(tenant, mia.model_copy(update={"conflicts": tenants.conflicts(tenant, ["user-2"])}))
        await cases.send(second, "merge", into=first, reasons="The same booking.")
        await cases.finish(second, first)
        assert ((await cases.now(first)).owner, (await cases.facts(first))[-1]) == (None, "case_queued")

    async def test_what_they_said_is_erased_with_their_key_there_and_nothing_else_is(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "merge", into=first, reasons="The same booking.")
        await cases.finish(second, first)
        goes_on = await cases.now(first)
        async with cases.world.database.deed(cases.world.tenant_id) as conn:
            assert await cases.world.vault.erase(conn, cases.world.tenant_id, first, goes_on.parties[-1].id)
        joined = (await cases.recordings(first))[-1].fact
        assert joined.type == "case_joined"
        assert joined.statement is not None
        found = await cases.texts(
            joined.statement.content_id, goes_on.statement.content_id, (await cases.now(second)).statement.content_id
        )
        assert list(found.values()).count(None) == 1

    async def test_a_crash_between_the_two_ends_in_both_done_once(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "merge", into=first, reasons="The same booking.")
        for _ in range(3):
            # Killed after the command was put into the other case's inbox, before that case or this one heard of it.
            with pytest.raises(ApplicationError):
                await cases.carry_out(second)
        await cases.world.record(first)
        await cases.carry_out(second)
        await cases.carry_out(second)
        await cases.world.record(second)
        assert (await cases.facts(first)).count("case_joined") == 1
        assert (await cases.facts(second)).count("errand_reported") == 1
        assert [p.role for p in (await cases.now(first)).parties] == ["principal", "principal", "co_claimant"]
        assert (await cases.now(second)).quiet

    async def test_two_at_once_that_are_merged_into_each_other_are_not_both_closed(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        found = await asyncio.gather(
            cases.asked(first, "merge", into=second, reasons="The same."),
            cases.asked(second, "merge", into=first, reasons="The same."),
        )
        answered = [one.answers[0].code for one in found if one.answers[0]]
        # Whichever is recorded first: the older one does not go into the younger, nor into one that is gone already.
        assert answered in (["merge_backwards", None], ["merged_already", None])
        assert [(await cases.now(case)).merged_into for case in (first, second)] == [None, first]

    async def test_who_came_to_a_case_after_it_was_merged_itself_follows_it(self, cases: Cases) -> None:
        first, second, third = [await cases.case(f"user-{n}", matter=None) for n in (1, 2, 3)]
        await cases.send(third, "merge", into=second, reasons="The same.")
        await cases.send(second, "merge", into=first, reasons="The same.")
        await cases.finish(third, second)
        with pytest.raises(ApplicationError):
            await cases.carry_out(second)
        await cases.world.record(first)
        while (await cases.now(second)).running:
            try:
                await cases.carry_out(second)
            except ApplicationError:
                await cases.world.record(first)
            await cases.world.record(second)
        digests = [p.ref_digest for p in (await cases.now(first)).parties]
        assert cases.world.vault.ref_digest(cases.world.tenant_id, "user-3") in digests
        assert cases.world.vault.ref_digest(cases.world.tenant_id, "user-2") in digests

    async def test_into_a_case_of_another_tenant_or_none_is_refused(self, cases: Cases) -> None:
        one = await cases.case()
        found = await cases.asked(one, "merge", into="case_0196a7c2-0000-7000-8000-00000000dead", reasons="The same.")
        assert found.answers[0] is not None
        assert found.answers[0].code == "other_case_unknown"

    async def test_where_the_other_case_cannot_take_it_a_person_has_to_see_to_it(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "merge", into=first, reasons="The same booking.")
        with pytest.raises(ApplicationError):
            await cases.carry_out(second)
        async with cases.world.database.tenant(cases.world.tenant_id) as conn:
            answer = {"command_id": "x", "status": "broken", "code": "broken"}
            await conn.execute(
                "UPDATE commands SET status = 'broken', answer = $2 WHERE case_id = $1 AND type = 'join'", first, answer
            )
        await cases.carry_out(second)
        await cases.world.record(second)
        assert len((await cases.now(second)).manual_work) == 1


class TestJoinedAtIntake:
    async def test_a_second_report_of_the_same_person_and_matter_goes_on_in_the_first(self, cases: Cases) -> None:
        first, second = await cases.case("user-1"), await cases.case("user-2")
        gone = await cases.now(second)
        assert (gone.outcome, gone.merged_into, gone.close_reason) == ("merged", first, "same_matter")
        await cases.finish(second, first)
        assert [p.role for p in (await cases.now(first)).parties] == ["principal", "principal", "co_claimant"]

    async def test_two_at_once_are_one_open_case(self, cases: Cases) -> None:
        opened = await asyncio.gather(*(cases.opened(f"user-{n}") for n in range(8)))
        # Judged in any order: the older one may not have been judged when the younger one is.
        for one in reversed(opened):
            await cases.world.record(one.case_id)
        states = [await cases.now(one.case_id) for one in opened]
        goes_on = [case for case in states if case.open]
        assert len(goes_on) == 1
        assert {case.merged_into for case in states if not case.open} == {goes_on[0].id}

    @pytest.mark.parametrize("typed", [" REPORT-4711 ", "report-4711", "\uff32eport-4711"])
    async def test_however_the_matter_was_typed(self, cases: Cases, typed: str) -> None:
        first, second = await cases.case("user-1"), await cases.case("user-2", matter=typed)
        assert (await cases.now(second)).merged_into == first

    async def test_the_same_reporter_is_a_party_once(self, cases: Cases) -> None:
        first, second = await cases.case("user-1"), await cases.case("user-1")
        await cases.finish(second, first)
        assert len((await cases.now(first)).parties) == 2
        assert len(await cases.views.contacts(cases.world.tenant_id, first)) == 2

    @pytest.mark.parametrize(
        "other",
        [
            {"matter": "report-4712"},
            {"matter": None},
            {"matter": "   "},
            {"parties": [{"side": "claimant", "ref": "user-2"}, {"side": "respondent", "ref": "host-8"}]},
            {"parties": [{"side": "claimant", "ref": "user-2"}]},
            {"synthetic": True},
        ],
        ids=["another matter", "no matter", "an empty matter", "another person", "nobody named", "a test case"],
    )
    async def test_anything_else_is_a_case_of_its_own(self, cases: Cases, other: dict[str, Any]) -> None:
        await cases.case("user-1")
        assert (await cases.now(await cases.case("user-2", **other))).open

    async def test_a_closed_case_takes_nobody_in(self, cases: Cases) -> None:
        first = await cases.case("user-1")
        claimant = await cases.world.claimant(first)
        await cases.world.record(first, a_command("withdraw", claimant))
        assert (await cases.now(await cases.case("user-2"))).open

    async def test_a_case_that_closed_before_the_report_was_judged_takes_nobody_in(self, cases: Cases) -> None:
        first = await cases.case("user-1")
        second = await cases.opened("user-2")
        claimant = await cases.world.claimant(first)
        await cases.world.record(first, a_command("withdraw", claimant))
        await cases.world.record(second.case_id)
        assert (await cases.now(second.case_id)).open

    async def test_a_kind_that_joins_nothing_opens_each(self, cases: Cases) -> None:
        await cases.world.case(report=report_of("user-1"))
        second = await cases.world.case(report=report_of("user-2"))
        assert (await cases.now(second)).open

    async def test_where_one_dispute_is_of_one_claimant_others_have_cases_of_their_own(self, cases: Cases) -> None:
        unnamed = report_of("user-1", parties=[{"side": "claimant", "ref": "user-1"}])
        opened = []
        for report in (report_of("user-1"), report_of("user-1"), unnamed, report_of("user-2")):
            made = await cases.world.opened(report, some_terms(joins="same_claimant_and_matter"))
            await cases.world.record(made.case_id)
            opened.append(made.case_id)
        found = [(await cases.now(case_id)).merged_into for case_id in opened]
        assert found == [None, opened[0], opened[0], None]

    async def test_of_several_cases_it_goes_on_in_their_own(self, cases: Cases) -> None:
        """The two were opened before they could be joined; the third report of somebody is theirs, and not the oldest one's."""
        opened = [(await cases.world.opened(report_of(ref), some_terms())).case_id for ref in ("user-1", "user-2")]
        for case_id in opened:
            await cases.world.record(case_id)
        for joins in ("same_matter", "same_person_and_matter"):
            for ref, expected in (("user-2", opened[1]), ("user-3", opened[0])):
                made = await cases.world.opened(report_of(ref), some_terms(joins=joins))
                await cases.world.record(made.case_id)
                assert (await cases.now(made.case_id)).merged_into == expected, (joins, ref)

    async def test_what_was_decided_between_the_same_two_is_found(self, cases: Cases) -> None:
        bound = [{"name": "refund", "bounded_by": "payment"}]
        labels = {phase: phase for phase in ("intake", "settlement", "review", "ruled", "closed")}
        terms = some_terms(decided_matter="new_fact", opens_in="settlement", labels=labels, remedies=bound)

        async def reported(report: Report) -> Case:
            made = await cases.world.opened(report, terms)
            await cases.world.record(made.case_id)
            return await cases.now(made.case_id)

        first = await reported(report_of("user-1"))
        claimant, respondent = (next(p.id for p in first.parties if p.side == side) for side in ("claimant", "respondent"))
        money = {"amount": 100, "currency": "USD"}
        await cases.world.record(first.id, a_command("offer", respondent, remedy="refund", amount=money))
        await cases.world.record(first.id, a_command("accept_offer", claimant))
        again = await reported(report_of("user-1", attachments=[]))
        new = await reported(report_of("user-1", attachments=[], attributes={"new_fact": True}))
        assert (again.close_reason, again.links[0].other) == ("decided_already", first.id)
        assert (new.phase, new.links[0].relation, new.given_before[0].amount) == ("intake", "heard_again", 100)
        assert (await reported(report_of("user-2"))).phase != "intake"
        turned = [{"side": "claimant", "ref": "host-9"}, {"side": "respondent", "ref": "user-1"}]
        assert (await reported(report_of("user-1", parties=turned))).open

    async def test_no_digest_says_what_it_is_about(self, cases: Cases) -> None:
        case_id = await cases.case("user-1", matter="booking-77")
        async with cases.world.database.tenant(cases.world.tenant_id) as conn:
            row = await conn.fetchrow("SELECT matter_digest, c::text AS whole FROM cases c WHERE id = $1", case_id)
        assert row is not None
        assert len(row["matter_digest"]) == 64
        assert "booking-77" not in row["whole"]
        assert cases.world.vault.matter_digest("other", "booking-77") != row["matter_digest"]


class TestLink:
    async def test_both_cases_say_it_and_both_forget_it(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "link", to=first, relation="retaliation", note="An hour later.")
        await cases.finish(second, first)
        here, there = (await cases.now(second)).links[0], (await cases.now(first)).links[0]
        assert (here.other, here.relation, here.mirrored) == (first, "retaliation", False)
        assert (there.other, there.relation, there.mirrored, there.note) == (second, "retaliation", True, None)
        await cases.send(first, "unlink", link_id=there.id)
        await cases.finish(first, second)
        assert ((await cases.now(first)).links, (await cases.now(second)).links) == ((), ())

    async def test_a_duplicate_brings_whoever_cannot_decide_either(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.world.record(first, a_command("recuse", "per_max", reason="knows_a_party"))
        await cases.world.record(second, a_command("recuse", "per_mia", reason="knows_a_party"))
        await cases.send(first, "link", to=second, relation="duplicate")
        await cases.finish(first, second)
        assert {*(await cases.now(first)).recused} == {*(await cases.now(second)).recused} == {"per_max", "per_mia"}

    async def test_what_the_other_case_has_not_heard_of_cannot_be_taken_back_yet(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.send(second, "link", to=first)
        found = await cases.asked(second, "unlink", link_id=(await cases.now(second)).links[0].id)
        assert found.answers[0] is not None
        assert found.answers[0].code == "link_unsettled"

    async def test_a_closed_case_can_be_linked(self, cases: Cases) -> None:
        first, second = await cases.case("user-1", matter=None), await cases.case("user-2", matter=None)
        await cases.world.record(first, a_command("withdraw", await cases.world.claimant(first)))
        await cases.send(second, "link", to=first, relation="appeal_of")
        await cases.finish(second, first)
        assert (await cases.now(first)).links[0].other == second


class TestSplit:
    async def test_a_part_becomes_a_case_of_its_own_once(self, cases: Cases) -> None:
        case_id = await cases.case("user-1")
        await cases.world.record(case_id, a_command("recuse", "per_max", reason="knows_a_party"))
        amount = {"amount": 900, "currency": "USD"}
        await cases.send(case_id, "split", statement="The other endpoint.", reasons="Two matters.", amount=amount)
        for _ in range(3):
            with pytest.raises(ApplicationError):
                await cases.carry_out(case_id)
        new_id = await cases.newest()
        assert new_id != case_id
        await cases.world.record(new_id)
        await cases.carry_out(case_id)
        await cases.world.record(case_id)
        old, new = await cases.now(case_id), await cases.now(new_id)
        assert (old.links[0].other, old.links[0].relation) == (new_id, "split")
        assert (new.links[0].other, new.links[0].relation, new.links[0].mirrored) == (case_id, "split", True)
        assert (new.kind, new.phase, new.terms, new.amount and new.amount.amount) == (old.kind, "review", old.terms, 900)
        assert [p.ref_digest for p in new.parties] == [p.ref_digest for p in old.parties]
        assert (old.recused, new.recused) == (("per_max",), ("per_max",))
        assert {p.id for p in new.parties}.isdisjoint(p.id for p in old.parties)
        assert await cases.texts(new.statement.content_id) == {new.statement.content_id: "The other endpoint."}
        contacts = await cases.views.contacts(cases.world.tenant_id, new_id)
        assert {c["ref"] for c in contacts.values()} == {"user-1", "host-9"}

    async def test_a_part_is_called_what_it_is_and_has_no_more_time_by_law_than_the_whole(self, cases: Cases) -> None:
        case_id = await cases.case("user-1", category="severity")
        await cases.send(case_id, "split", statement="The other endpoint.", reasons="Two matters.", category="scope")
        await cases.finish(case_id)
        old, new = await cases.now(case_id), await cases.now(await cases.newest())
        assert (new.category, new.filed_as, new.limits_since) == ("scope", ("severity",), old.opened_at)
        async with cases.world.database.tenant(cases.world.tenant_id) as conn:
            assert await conn.fetchval("SELECT category FROM cases WHERE id = $1", new.id) == "scope"

    async def test_the_platform_knows_the_part_again(self, cases: Cases) -> None:
        case_id = await cases.case("user-1", metadata={"order": "A-17"}, external_id="theirs-1")
        await cases.send(case_id, "split", statement="The other endpoint.", reasons="Two matters.")
        await cases.finish(case_id)
        new_id = await cases.newest()
        tenant, intake = cases.world.tenant_id, cases.world.intake
        await intake.note(tenant, case_id, lambda noted: {**noted, "later": "1"})
        told = await cases.views.references(tenant, [case_id, new_id])
        old, new = told[case_id], told[new_id]
        assert (new.metadata, new.subject) == ({"order": "A-17"}, old.subject)
        assert old.metadata == {"order": "A-17", "later": "1"}
        assert {p.ref for p in new.parties} == {p.ref for p in old.parties}
        # Its own id names the first case alone; the link leads there.
        assert (new.source, new.external_id, new.matter) == ("split", None, None)
        await cases.world.record(new_id)
        claimant = await cases.world.claimant(new_id)
        async with cases.world.database.deed(tenant) as conn:
            await cases.world.vault.erase(conn, tenant, new_id, claimant)
        assert (await cases.views.references(tenant, [new_id]))[new_id].subject is None

    async def test_who_came_with_a_merge_can_have_the_matter_to_themselves_again(self, cases: Cases) -> None:
        first, second = await cases.case("user-1"), await cases.case("user-2")
        await cases.finish(second, first)
        goes_on = await cases.now(first)
        named = [goes_on.parties[1].id, goes_on.parties[2].id]
        await cases.send(first, "split", statement="Hers alone.", reasons="Two matters.", parties=named)
        await cases.finish(first)
        new = await cases.now(await cases.newest())
        assert [(p.side, p.role) for p in new.parties] == [("respondent", "principal"), ("claimant", "principal")]

    async def test_what_is_in_force_goes_on_in_the_part(self, cases: Cases) -> None:
        opened = await cases.world.opened(report_of("user-1"), some_terms(interim=[{"name": "suspend", "to": "respondent"}]))
        case_id = opened.case_id
        await cases.world.record(case_id)
        await cases.send(case_id, "assign", owner="per_mia")
        imposed = a_command("impose_interim", "per_mia", measure="suspend", reasons="He is at the door.", told="For a week.")
        hold = a_command("place_hold", "per_ola", reason="litigation", reasons="We have been sued.")
        await cases.world.record(case_id, imposed, hold)
        await cases.send(case_id, "split", statement="The other evening.", reasons="Two matters.")
        (task,) = (one.id for one in (await cases.now(case_id)).cross_case_tasks)
        with pytest.raises(ApplicationError):
            await cases.carry.carry_out(EffectRef(tenant_id=cases.world.tenant_id, case_id=case_id, effect_id=task))
        new_id = await cases.newest()
        await cases.world.record(new_id)
        old, new = await cases.now(case_id), await cases.now(new_id)
        assert [(hold.reason, hold.by) for hold in new.legal_holds] == [("litigation", "per_ola")]
        (measure,), (effect,) = new.interim, new.effects
        assert (measure.by, measure.kept_by, effect.remedy.type, effect.state) == ("per_mia", "per_lee", "suspend", "running")
        assert effect.hits == tuple(p.id for p in new.principals(Side.RESPONDENT))
        assert (len(old.interim), [e.state for e in old.effects]) == (1, ["running"])
        # Its words are of the new case.
        assert measure.reasons is not None
        assert measure.told is not None
        found = await cases.texts(measure.reasons.content_id, measure.told.content_id)
        assert list(found.values()) == ["He is at the door.", "For a week."]
        assert measure.reasons != old.interim[0].reasons

    async def test_the_words_of_the_team_are_under_the_teams_key(self, cases: Cases) -> None:
        case_id = await cases.case("user-1")
        await cases.send(case_id, "split", statement="The other endpoint.", reasons="Two matters.")
        await cases.finish(case_id)
        new = await cases.now(await cases.newest())
        async with cases.world.database.deed(cases.world.tenant_id) as conn:
            for party in new.parties:
                await cases.world.vault.erase(conn, cases.world.tenant_id, new.id, party.id)
            assert (await cases.texts(new.statement.content_id)).popitem()[1] == "The other endpoint."
            await cases.world.vault.erase(conn, cases.world.tenant_id, new.id, STAFF)
        assert (await cases.texts(new.statement.content_id)).popitem()[1] is None
