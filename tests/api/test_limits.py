"""How much may be asked: budgets that processes share, places for what is costly, wrong keys, and a database that hangs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from activities.messages import Answer
from api.app import create_app
from api.kit.costs import _OTHERS, LIST, READ, SAY, cost_of
from api.kit.gate import Gate
from api.kit.problems import Problem
from api.kit.strangers import WRONG_FOR
from api.kit.throttle import Budget, Bulkhead, Pace, Throttle
from storage.postgres.budgets import PostgresBudgets
from storage.postgres.pool import Database
from storage.tenants import KeyHolder
from tests.support.database import Server
from tests.support.office import Office, a_report
from workflows.handles import Named, NotReached

pytestmark = pytest.mark.postgres


@dataclass
class Looked:
    """Stands for the keys, and counts how often somebody looked."""

    right: dict[str, KeyHolder]
    looked: int = 0
    looking: int = 0
    most: int = 0

    async def find_key(self, secret: str) -> KeyHolder | None:
        self.looked += 1
        self.looking += 1
        self.most = max(self.most, self.looking)
        await asyncio.sleep(0)
        self.looking -= 1
        return self.right.get(secret)

    async def ended(self, secret: str) -> None:
        return None


@dataclass
class Counting:
    """A shared budget of so many tokens, which never comes back."""

    left: float
    leases: list[float] = field(default_factory=list)

    async def lease(self, tenant_id: str, wanted: float, per_second: float, burst: float) -> float:
        self.leases.append(wanted)
        await asyncio.sleep(0)
        got = min(wanted, self.left)
        self.left -= got
        return got


class TestCosts:
    def test_a_list_costs_more_than_a_read_and_every_named_route_exists(self, office: Office) -> None:
        paths = create_app(office.parts(), public_url="https://disputes.example").openapi()["paths"]
        routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
        assert _OTHERS.keys() <= routes
        assert cost_of("GET", "/v1/cases") == LIST
        assert cost_of("GET", "/v1/cases/{case_id}") == READ
        assert cost_of("POST", "/v1/cases/{case_id}/messages") == SAY


class TestBudget:
    async def test_it_is_leased_by_the_quarter_second_and_spent_here(self) -> None:
        shared = Counting(1000)
        budget = Budget(shared, per_second=100, burst=1000, clock=lambda: 0.0)
        await asyncio.gather(*(budget.take("acme", 1) for _ in range(60)))
        assert shared.leases == [25, 25, 25]

    async def test_whoever_has_none_left_is_told_when_without_asking_again(self) -> None:
        now, shared = [0.0], Counting(5)
        budget = Budget(shared, per_second=2, burst=1000, clock=lambda: now[0])
        with pytest.raises(Problem) as refused:
            await budget.take("acme", 10)
        assert refused.value.headers == {"Retry-After": "3"}
        await budget.take("acme", 5)
        for _ in range(3):
            with pytest.raises(Problem):
                budget.check("acme")
        assert len(shared.leases) == 1
        budget.check("other")

    async def test_two_processes_agree(self, office: Office) -> None:
        shared = PostgresBudgets(office.database)
        budgets = [Budget(shared, per_second=0.001, burst=100) for _ in range(2)]
        taken = 0
        for number in range(300):
            try:
                await budgets[number % 2].take(office.tenant_id, 1)
                taken += 1
            except Problem:
                pass
        assert taken == 100

    async def test_it_comes_back_with_time_and_never_above_its_most(self, office: Office) -> None:
        shared = PostgresBudgets(office.database)
        assert await shared.lease(office.tenant_id, 50, 1000, 40) == 40
        await asyncio.sleep(0.02)
        assert 10 < await shared.lease(office.tenant_id, 1000, 1000, 40) <= 40
        await asyncio.sleep(0.1)
        assert await shared.lease(office.tenant_id, 1000, 1000, 40) == 40

    async def test_another_tenant_has_its_own(self, office: Office, stranger: Office) -> None:
        shared = PostgresBudgets(office.database)
        assert await shared.lease(office.tenant_id, 100, 0.001, 100) == 100
        assert await shared.lease(stranger.tenant_id, 100, 0.001, 100) == 100

    async def test_at_the_api_lists_run_out_before_reads(self, office: Office) -> None:
        case = await office.desk().opened()
        gate = Gate(budget=Budget(PostgresBudgets(office.database), per_second=0.001, burst=25))
        desk = office.desk(api={"gate": gate})
        assert [(await desk.get("/v1/cases")).status_code for _ in range(3)] == [200, 200, 429]
        assert [(await desk.get(f"/v1/cases/{case['id']}")).status_code for _ in range(6)] == [200] * 5 + [429]
        answer = await desk.get("/v1/cases")
        assert (answer.json()["code"], int(answer.headers["Retry-After"]) > 0) == ("rate_limited", True)


class TestBulkhead:
    async def test_one_tenants_costly_requests_wait_for_each_other_only(self) -> None:
        bulkhead, inside, most = Bulkhead(2), [0], [0]

        async def costly() -> None:
            async with bulkhead.room("busy"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                await asyncio.sleep(0.01)
                inside[0] -= 1

        running = [asyncio.create_task(costly()) for _ in range(10)]
        await asyncio.sleep(0.005)
        async with asyncio.timeout(0.005), bulkhead.room("other"):
            pass
        await asyncio.gather(*running)
        assert most == [2]

    async def test_too_many_or_too_long_is_429(self) -> None:
        bulkhead = Bulkhead(1, most_waiting=1, wait_for=0.05)

        async def another() -> None:
            async with bulkhead.room("busy"):
                pass

        async with bulkhead.room("busy"):
            waiting = asyncio.create_task(another())
            await asyncio.sleep(0)
            with pytest.raises(Problem):
                await another()
            with pytest.raises(Problem):
                await waiting
        await another()

    async def test_a_request_gives_its_place_back_whatever_it_came_to(self, office: Office) -> None:
        desk = office.desk(api={"gate": Gate(bulkhead=Bulkhead(1, most_waiting=0))})
        for _ in range(3):
            assert (await desk.get("/v1/cases")).status_code == 200
            assert (await desk.get("/v1/cases", params={"cursor": "nonsense"})).status_code == 422

    async def test_one_tenant_has_at_most_its_share_of_the_connections(self, office: Office, server: Server) -> None:
        async with (
            await Database.connect(server.app_dsn, max_size=4, share=2, lend_within=0.2) as database,
            database.tenant(office.tenant_id),
            database.tenant(office.tenant_id),
        ):
            with pytest.raises(TimeoutError):
                async with database.tenant(office.tenant_id):
                    pass
            async with database.tenant("somebody-else") as conn:
                assert await conn.fetchval("SELECT 1") == 1


class TestWrongKeys:
    HOLDER = KeyHolder(tenant_id="acme", key_id="key_1", name="", scopes=())

    async def test_a_right_key_finds_in_while_its_address_floods_with_wrong_ones(self) -> None:
        keys, gate = Looked({"right": self.HOLDER}), Gate(strangers=Throttle(0.001, 5), slowly=0.001)
        wrong = [asyncio.create_task(gate.holder(keys, f"wrong-{number}", "192.0.2.1")) for number in range(40)]
        new = asyncio.create_task(gate.holder(keys, "right", "192.0.2.1"))
        answers = await asyncio.gather(*wrong, return_exceptions=True)
        assert answers[:5] == [None] * 5
        assert {getattr(a, "code", None) for a in answers[5:]} == {"rate_limited"}
        assert await new == self.HOLDER
        assert await gate.holder(keys, "right", "192.0.2.1") == self.HOLDER
        assert await gate.holder(keys, "other", "192.0.2.2") is None, "another address is not concerned"

    async def test_past_its_limit_an_address_is_looked_up_for_one_at_a_time_and_not_for_ever(self) -> None:
        keys, gate = Looked({}), Gate(strangers=Throttle(0.001, 1), slowly=0.001)
        flood = [asyncio.create_task(gate.holder(keys, f"wrong-{number}", "192.0.2.1")) for number in range(300)]
        await asyncio.gather(*flood, return_exceptions=True)
        assert keys.most == 2, "the one it may try, and one slowly"
        assert keys.looked <= 103

    async def test_a_key_that_was_wrong_is_refused_without_a_look(self) -> None:
        now = [0.0]
        keys, gate = Looked({}), Gate(strangers=Throttle(0.001, 2), slowly=0.001, clock=lambda: now[0])
        assert [await gate.holder(keys, "wrong", "192.0.2.1") for _ in range(2)] == [None, None]
        for _ in range(20):
            with pytest.raises(Problem):
                await gate.holder(keys, "wrong", "192.0.2.1")
        assert keys.looked == 1
        now[0] = WRONG_FOR + 1
        with pytest.raises(Problem):
            await gate.holder(keys, "wrong", "192.0.2.1")
        assert keys.looked == 2

    async def test_a_revoked_key_is_wrong_at_once(self) -> None:
        keys, gate = Looked({"right": self.HOLDER}), Gate()
        assert await gate.holder(keys, "right", "192.0.2.1") == self.HOLDER
        keys.right.clear()
        assert await gate.holder(keys, "right", "192.0.2.1") is None

    async def test_many_requests_with_one_new_key_are_one_guess(self) -> None:
        keys, gate = Looked({"right": self.HOLDER}), Gate(strangers=Throttle(0.001, 1))
        found = await asyncio.gather(*(gate.holder(keys, "right", "192.0.2.1") for _ in range(50)))
        assert found == [self.HOLDER] * 50

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("2001:db8::1", "2001:db8::2", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            ("::ffff:192.0.2.1", "192.0.2.1", False),
        ],
    )
    async def test_by_ipv6_a_customers_network_counts_as_one(self, one: str, other: str, same: bool) -> None:
        keys, gate = Looked({}), Gate(strangers=Throttle(0.001, 1))
        assert await gate.holder(keys, "a", one) is None
        if same:
            with pytest.raises(Problem):
                await gate.holder(keys, "b", other)
        else:
            assert await gate.holder(keys, "b", other) is None

    async def test_at_the_api(self, office: Office) -> None:
        desk = office.desk("nobody", api={"gate": Gate(strangers=Throttle(0.001, 3))})
        wrong = [await desk.get("/v1/cases", headers={"Authorization": f"Bearer omb_{n}"}) for n in range(5)]
        assert [(a.status_code, a.json()["code"]) for a in wrong] == [(401, "key_invalid")] * 3 + [(429, "rate_limited")] * 2
        assert wrong[-1].headers["Retry-After"]


class TestRefusals:
    async def test_they_come_one_after_another_for_each_address(self) -> None:
        pace, told = Pace(100, least=0.02, most=1), list[str]()

        async def refused(name: str, address: str) -> None:
            await pace.wait(address)
            told.append(name)

        began = monotonic()
        await asyncio.gather(*(refused(f"busy-{n}", "192.0.2.1") for n in range(10)), refused("other", "192.0.2.2"))
        assert monotonic() - began >= 0.11
        assert told.index("other") < told.index("busy-9")

    async def test_where_too_many_wait_the_connection_is_closed_at_once(self, office: Office) -> None:
        gate = Gate(strangers=Throttle(0.001, 1), refusals=Pace(1, least=0.001, most=0.1))
        desk = office.desk("nobody", api={"gate": gate})
        answers = [await desk.get("/v1/cases") for _ in range(3)]
        assert [a.status_code for a in answers] == [401, 429, 429]
        assert [a.headers.get("Connection") for a in answers] == [None, None, "close"]

    async def test_whoever_waits_for_one_holds_no_place(self, office: Office) -> None:
        refusing = Budget(Counting(11), per_second=0.001, burst=100)
        gate = Gate(bulkhead=Bulkhead(1, most_waiting=0), budget=refusing, refusals=Pace(least=0.3))
        desk = office.desk(api={"gate": gate})
        first = asyncio.create_task(desk.get("/v1/cases"))
        second = asyncio.create_task(desk.get("/v1/cases"))
        assert sorted([(await first).status_code, (await second).status_code]) == [200, 429]


@dataclass
class NeverAnswering:
    """Doors at which nobody is answered before so many have asked."""

    together: asyncio.Barrier

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        async with asyncio.timeout(5):
            await self.together.wait()
        raise NotReached("nobody")


class TestReports:
    async def test_whoever_waits_for_temporal_keeps_no_report_from_the_disk(self, office: Office) -> None:
        doors = NeverAnswering(asyncio.Barrier(4))
        desk = office.desk(api={"gate": Gate(landing=Bulkhead(1, wait_for=5))}, doors=doors)
        opening = [asyncio.create_task(desk.post("/v1/cases", json=a_report(external_id=f"R-{n}"))) for n in range(4)]
        assert [(await task).status_code for task in opening] == [202] * 4


@dataclass
class Stalling:
    """A way to the database that can stop passing anything on, as a stopped server does: connected, and silent."""

    host: str
    port: int
    going: asyncio.Event = field(default_factory=asyncio.Event)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(self.host, self.port)
        await asyncio.gather(self._passing(reader, forth), self._passing(back, writer), return_exceptions=True)

    async def _passing(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self.going.wait()
                writer.write(data)
        finally:
            writer.close()


@asynccontextmanager
async def through_a_stall(server: Server, **limits: Any) -> AsyncIterator[tuple[Stalling, Database]]:
    parts = urlsplit(server.app_dsn)
    stall = Stalling(parts.hostname or "127.0.0.1", parts.port or server.port)
    stall.going.set()
    listening = await asyncio.start_server(stall.connected, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    dsn = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))
    database = await Database.connect(dsn, max_size=3, **limits)
    try:
        yield stall, database
    finally:
        stall.going.set()
        listening.close()
        await database.close()


class TestHangingDatabase:
    async def test_every_request_is_503_in_five_seconds_and_it_works_again_afterwards(
        self, office: Office, server: Server
    ) -> None:
        async with through_a_stall(server, lend_within=0.4, command_timeout=0.6, share=2) as (stall, database):
            there = Office(database, office.vault, office.tenant_id, office.keys)
            desk = there.desk()
            assert (await desk.get("/v1/cases")).status_code == 200
            stall.going.clear()
            began = monotonic()
            answers = await asyncio.gather(*(desk.get("/v1/cases") for _ in range(12)))
            # A fifth of the real limits, and some for a busy machine.
            assert monotonic() - began < 1.6
            assert {(a.status_code, a.json()["code"]) for a in answers} == {(503, "storage_unavailable")}
            stall.going.set()
            assert (await desk.get("/v1/cases")).status_code == 200

    async def test_readiness_says_so_in_time(self, office: Office, server: Server) -> None:
        async with through_a_stall(server, lend_within=2.0, command_timeout=3.0) as (stall, database):

            async def ready() -> None:
                async with database.nobody() as conn:
                    await conn.execute("SELECT 1")

            desk = office.desk(None, database_ready=ready)
            assert (await desk.get("/v1/readyz")).status_code == 200
            stall.going.clear()
            began = monotonic()
            assert (await desk.get("/v1/readyz")).status_code == 503
            assert monotonic() - began < 3.5
