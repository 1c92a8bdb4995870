"""Endpoints: what is sent where, signed with what, and when nothing is sent there any more."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from adapters.letters.composer import Composer
from storage.access.trail import PostgresTrail
from storage.outside.endpoints import GIVEN_UP, Endpoint, PostgresEndpoints, fails, works
from storage.outside.outbox import PostgresOutbox
from storage.tenants import Person
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres

HOOK = "https://hooks.example/in"


class Bench:
    """A tenant with one endpoint, and notices on their way to it."""

    def __init__(self, world: World, endpoint_id: str) -> None:
        self.world, self.id = world, endpoint_id
        self.endpoints = PostgresEndpoints(world.database, world.vault)
        self.outbox = PostgresOutbox(world.database, world.vault)

    async def notices(self, count: int) -> list[str]:
        """Ids of so many new notices to the endpoint, of several cases."""
        found: list[str] = []
        while len(found) < count:
            case_id = await self.world.case()
            pending = await self.outbox.undelivered(self.world.tenant_id, case_id)
            found += [notice.id for notice in pending if notice.channel == "webhook"]
        return found[:count]

    async def shown(self) -> Endpoint:
        found = await self.endpoints.one(self.world.tenant_id, self.id)
        assert found is not None
        return found

    async def states(self) -> dict[str, int]:
        async with self.world.database.tenant(self.world.tenant_id) as conn:
            rows = await conn.fetch(
                "SELECT state, count(*) AS n FROM notices WHERE endpoint_id = $1 AND channel = 'webhook' GROUP BY state", self.id
            )
        return {row["state"]: row["n"] for row in rows}

    async def told(self) -> list[tuple[str, str, str]]:
        """Who was told that an endpoint was disabled: recipient, channel, why."""
        async with self.world.database.tenant(self.world.tenant_id) as conn:
            rows = await conn.fetch("SELECT * FROM notices WHERE event = 'endpoint_disabled' ORDER BY recipient")
        return [(row["recipient"], row["channel"], row["data"]["reason"]) for row in rows]

    async def reports(self) -> int:
        """How often a case was told that something was not delivered."""
        async with self.world.database.tenant(self.world.tenant_id) as conn:
            return int(await conn.fetchval("SELECT count(*) FROM commands WHERE type = 'report_delivery'"))

    async def failing_for(self, span: timedelta) -> None:
        async with self.world.database.deed(self.world.tenant_id) as conn:
            await conn.execute("UPDATE webhook_endpoints SET failing_since = clock_timestamp() - $1::interval", span)


@pytest.fixture
async def bench(world: World) -> Bench:
    made = await PostgresEndpoints(world.database, world.vault).create(world.tenant_id, HOOK, created_by="per_ola")
    return Bench(world, made.id)


class TestDisabling:
    async def test_gone_disables_at_once_and_tells_ops_once(self, bench: Bench) -> None:
        first, second, _ = await bench.notices(3)
        tenant = bench.world.tenant_id
        await bench.outbox.failed(tenant, first, "endpoint_gone")
        await bench.outbox.failed(tenant, second, "endpoint_gone")
        shown = await bench.shown()
        assert (shown.active, shown.disabled_because) == (False, "endpoint_gone")
        assert await bench.told() == [("per_ola", "none", "endpoint_gone")]
        assert (await bench.states(), await bench.reports()) == ({"failed": 1, "unreachable": 2}, 0)
        (entry,) = await PostgresTrail(bench.world.database).listed(tenant, 5)
        assert (entry.deed, entry.about, entry.by, entry.more) == (
            "endpoint_disabled", bench.id, "system", {"because": "endpoint_gone"},
        )  # fmt: skip

    async def test_the_word_to_ops_is_a_letter_that_says_what_to_do(self, bench: Bench) -> None:
        tenant = bench.world.tenant_id
        await bench.world.tenants.put_person(
            tenant, Person(id="per_opal", name="Opal", email="opal@team.example", roles=("ops",))
        )
        case_id = await bench.world.case()
        await bench.endpoints.answered(tenant, bench.id, case_id, "endpoint_gone")
        assert await bench.told() == [("per_ola", "none", "endpoint_gone"), ("per_opal", "email", "endpoint_gone")]
        waiting = await bench.outbox.undelivered(tenant, case_id)
        (letter,) = [notice for notice in waiting if notice.event == "endpoint_disabled"]
        worded = Composer().compose(letter)
        assert (letter.address, worded.subject) == ("opal@team.example", "A webhook endpoint was disabled")
        said = " ".join(worded.text.split())
        assert "says that it is gone" in said
        assert "ombud endpoint enable" in said

    async def test_each_of_several_that_are_gone_is_disabled_by_itself(self, bench: Bench) -> None:
        """At the same point of one case, all at once and one after the other; the one that works gets what is left."""
        tenant, outbox = bench.world.tenant_id, bench.outbox
        await bench.world.tenants.put_person(
            tenant, Person(id="per_opal", name="Opal", email="opal@team.example", roles=("ops",))
        )
        others = [await bench.endpoints.create(tenant, f"https://gone-{n}.example/secret-path") for n in range(3)]
        works = await bench.endpoints.create(tenant, "https://works.example/in")
        case_id = await bench.world.case()
        found = {n.address: n.id for n in await outbox.undelivered(tenant, case_id) if n.channel == "webhook"}
        assert len(found) == 5
        await outbox.failed(tenant, found[HOOK], "endpoint_gone")
        await asyncio.gather(*(outbox.failed(tenant, found[other.url], "endpoint_gone") for other in others))
        await outbox.sent(tenant, found[works.url], "200")
        shown = {endpoint.id: endpoint for endpoint in await bench.endpoints.all(tenant)}
        gone = [bench.id, *(other.id for other in others)]
        assert {(shown[one].active, shown[one].disabled_because) for one in gone} == {(False, "endpoint_gone")}
        assert all(shown[one].failing_since is not None for one in gone)
        assert (shown[works.id].active, shown[works.id].failing_since) == (True, None)
        letters = [n for n in await outbox.undelivered(tenant, case_id) if n.event == "endpoint_disabled"]
        assert sorted(str(letter.data["endpoint"]) for letter in letters) == sorted(gone), (
            "one letter for each, and it says which"
        )
        texts = [Composer().compose(letter).text for letter in letters]
        assert all(any(one in text for text in texts) for one in gone)
        assert any("gone-1.example" in text for text in texts)
        assert not any("secret-path" in text for text in texts)
        # A letter that fails is a letter that fails, whatever it is about.
        await bench.endpoints.enable(tenant, gone[0])
        await outbox.attempt(tenant, letters[0].id, "TimeoutError")
        await outbox.failed(tenant, letters[0].id, "address_refused")
        assert {(e.failing_since, e.given_up) for e in await bench.endpoints.all(tenant) if e.active} == {(None, 0)}
        assert await bench.reports() == 1

    async def test_a_run_of_notices_that_are_given_up_disables_it(self, bench: Bench) -> None:
        notices = await bench.notices(GIVEN_UP + 3)
        for notice in notices[: GIVEN_UP - 1]:
            await bench.outbox.failed(bench.world.tenant_id, notice, "endpoint_not_public")
        assert ((await bench.shown()).active, await bench.told()) == (True, [])
        for notice in notices[GIVEN_UP - 1 :]:
            await bench.outbox.failed(bench.world.tenant_id, notice, "endpoint_not_public")
        assert (await bench.shown()).disabled_because == "given_up"
        assert await bench.told() == [("per_ola", "none", "given_up")]
        assert (await bench.states(), await bench.reports()) == ({"failed": GIVEN_UP, "unreachable": 3}, 0)

    async def test_one_that_is_taken_ends_the_run(self, bench: Bench) -> None:
        notices = await bench.notices(GIVEN_UP + 1)
        for notice in notices[: GIVEN_UP - 1]:
            await bench.outbox.failed(bench.world.tenant_id, notice, "endpoint_invalid")
        await bench.outbox.sent(bench.world.tenant_id, notices[-1], "200")
        shown = await bench.shown()
        assert (shown.given_up, shown.failing_since) == (0, None)
        await bench.outbox.failed(bench.world.tenant_id, notices[-2], "endpoint_invalid")
        assert (await bench.shown()).active

    @pytest.mark.parametrize(("silent_for", "active"), [(timedelta(days=2, hours=23), True), (timedelta(days=3), False)])
    async def test_three_days_without_anything_taken_disable_it(self, bench: Bench, silent_for: timedelta, active: bool) -> None:
        (notice,) = await bench.notices(1)
        await bench.outbox.attempt(bench.world.tenant_id, notice, "EndpointFailed")
        await bench.failing_for(silent_for)
        await bench.outbox.attempt(bench.world.tenant_id, notice, "EndpointFailed")
        assert (await bench.shown()).active == active
        assert len(await bench.told()) == (0 if active else 1)

    async def test_a_letter_that_is_given_up_is_still_told_to_its_case(self, bench: Bench) -> None:
        case_id = await bench.world.case()
        pending = await bench.outbox.undelivered(bench.world.tenant_id, case_id)
        letter = next(notice for notice in pending if notice.channel == "email")
        await bench.outbox.failed(bench.world.tenant_id, letter.id, "address_refused")
        assert (await bench.reports(), (await bench.shown()).given_up) == (1, 0)

    async def test_remedies_count_too(self, bench: Bench) -> None:
        case_id, tenant = await bench.world.case(), bench.world.tenant_id
        await bench.endpoints.answered(tenant, bench.id, case_id, "EndpointFailed")
        assert (await bench.shown()).failing_since is not None
        await bench.endpoints.answered(tenant, bench.id, case_id, None)
        assert (await bench.shown()).failing_since is None
        await bench.endpoints.answered(tenant, bench.id, case_id, "endpoint_gone")
        assert (await bench.shown()).disabled_because == "endpoint_gone"
        assert len(await bench.told()) == 1


class TestLife:
    async def test_both_secrets_sign_until_the_overlap_is_over(self, bench: Bench) -> None:
        (notice,) = await bench.notices(1)
        tenant = bench.world.tenant_id
        (before,) = (await bench.endpoints.live(tenant, "events"))[0].secrets
        after = await bench.endpoints.rotate(tenant, bench.id, timedelta(hours=1))
        found = await bench.outbox.one(tenant, notice)
        assert found is not None
        assert found.secrets == (after, before)
        newest = await bench.endpoints.rotate(tenant, bench.id, timedelta(0))
        found = await bench.outbox.one(tenant, notice)
        assert found is not None
        assert found.secrets == (newest,)
        assert (await bench.shown()).old_secret_until is None

    async def test_disabled_it_is_sent_nothing_until_it_is_enabled(self, bench: Bench) -> None:
        await bench.notices(1)
        tenant = bench.world.tenant_id
        assert await bench.endpoints.disable(tenant, bench.id)
        assert not await bench.endpoints.disable(tenant, bench.id)
        await bench.world.case()
        assert (await bench.states(), await bench.told()) == ({"unreachable": 1}, [])
        assert await bench.endpoints.live(tenant, "events") == []
        assert await bench.endpoints.enable(tenant, bench.id)
        assert await bench.notices(1)
        shown = await bench.shown()
        assert (shown.active, shown.disabled_at, shown.disabled_because) == (True, None, None)

    async def test_deleted_it_is_gone_with_its_address_and_secrets(self, bench: Bench) -> None:
        await bench.notices(1)
        tenant = bench.world.tenant_id
        assert await bench.endpoints.delete(tenant, bench.id)
        assert not await bench.endpoints.delete(tenant, bench.id)
        assert not await bench.endpoints.enable(tenant, bench.id)
        assert await bench.endpoints.rotate(tenant, bench.id, timedelta(hours=1)) is None
        assert (await bench.endpoints.all(tenant), await bench.states()) == ([], {"unreachable": 1})
        async with bench.world.database.tenant(tenant) as conn:
            row = await conn.fetchrow("SELECT url, secret, old_secret FROM webhook_endpoints WHERE id = $1", bench.id)
        assert row is not None
        assert dict(row) == {"url": "", "secret": b"", "old_secret": None}


@pytest.mark.parametrize("seed", range(6))
async def test_it_is_disabled_exactly_when_so_many_in_a_row_are_given_up(bench: Bench, seed: int) -> None:
    chance = random.Random(seed)
    case_id, tenant, run = await bench.world.case(), bench.world.tenant_id, 0
    for _ in range(120):
        took = chance.random() < 0.04
        run = 0 if took else run + 1
        async with bench.world.database.tenant(tenant) as conn, conn.transaction():
            if took:
                await works(conn, tenant, bench.id)
            else:
                await fails(conn, tenant, bench.id, case_id, "endpoint_invalid", gave_up=True)
        assert (await bench.shown()).active == (run < GIVEN_UP)
        if run == GIVEN_UP:
            assert len(await bench.told()) == 1
            return


async def test_one_case_tells_of_what_many_cases_had_in_common(bench: Bench) -> None:
    """Many that fail in the same moment: one of them finds the endpoint active."""
    notices = await bench.notices(8)
    await asyncio.gather(*(bench.outbox.failed(bench.world.tenant_id, notice, "endpoint_gone") for notice in notices))
    assert len(await bench.told()) == 1
    assert sum((await bench.states()).values()) == 8
    await bench.world.record(await bench.world.case(), a_command("message", "per_mia", text="Still here."))
