"""Freezes for an incident: exactly the cases that were selected, one instant for all, and nobody but ops."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from storage.postgres.pool import Database
from storage.team.bulk import Order, PostgresBulk
from storage.views.cases import CaseFilter
from tests.support.database import Server
from tests.support.office import ClosedDoor, Desk, Office, party, some_cases

pytestmark = pytest.mark.postgres

OUTAGE = {"incident": "outage-7", "reason": "mail_outage"}
ALL = {**OUTAGE, "all": True}
FILTERS = ("kind", "queue", "phase", "owner")


async def frozen(office: Office, cases: dict[str, str]) -> dict[str, Any]:
    """The holds of those cases that are frozen, by name."""
    found = {}
    for name, case_id in cases.items():
        held = await office.views.case(office.tenant_id, case_id)
        assert held is not None
        assert held.case is not None
        holds = [hold for hold in held.case.holds if hold.why == "freeze" and hold.until is None]
        if holds:
            (found[name],) = holds
    return found


async def freeze(desk: Desk, **fields: Any) -> dict[str, Any]:
    answer = await desk.post("/v1/freezes", {**(OUTAGE if any(name in fields for name in FILTERS) else ALL), **fields})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


class TestSelection:
    @pytest.mark.parametrize(
        ("fields", "names"),
        [
            ({}, {"settlement", "waiting", "adas", "fraud"}),
            ({"kind": "fraud_report"}, {"fraud"}),
            ({"queue": "mediation"}, {"settlement", "waiting", "adas"}),
            ({"phase": "review", "kind": "bounty_dispute"}, {"waiting", "adas"}),
            ({"owner": "per_ada"}, {"adas"}),
            ({"owner": "per_ben"}, set()),
        ],
        ids=["all", "kind", "queue", "phase", "owner", "nothing"],
    )
    async def test_exactly_the_selected_cases(self, office: Office, fields: dict[str, str], names: set[str]) -> None:
        cases = await some_cases(office)
        told = await freeze(office.desk("dana"), **fields)
        assert (told["cases"], told["counts"]) == (len(names), {"accepted": len(names)} if names else {})
        assert {one["case"] for one in told["results"]} == {cases[name] for name in names}
        assert (await frozen(office, cases)).keys() == names

    async def test_one_instant_for_all_of_them(self, office: Office) -> None:
        cases = await some_cases(office)
        told = await freeze(office.desk("dana"))
        at = datetime.fromisoformat(told["at"])
        assert {hold.since for hold in (await frozen(office, cases)).values()} == {at}
        async with office.database.tenant(office.tenant_id) as conn:
            received = await conn.fetch(
                "SELECT DISTINCT received_at FROM commands WHERE tenant = $1 AND type = 'freeze'", office.tenant_id
            )
        assert [row["received_at"] for row in received] == [at]
        assert told["received_at"] == told["at"]

    async def test_it_can_have_begun_before(self, office: Office) -> None:
        cases = await some_cases(office)
        at = datetime.now(UTC) - timedelta(milliseconds=1)
        told = await freeze(office.desk("dana"), at=at.isoformat())
        assert datetime.fromisoformat(told["at"]) == at
        assert {hold.since for hold in (await frozen(office, cases)).values()} == {at}

    async def test_it_cannot_be_ordered_ahead(self, office: Office) -> None:
        cases = await some_cases(office)
        answer = await office.desk("dana").post("/v1/freezes", {**ALL, "at": "2099-01-01T00:00:00Z"})
        assert (answer.status_code, answer.json()["code"]) == (422, "instant_refused")
        assert await frozen(office, cases) == {}
        assert not any(one.type == "freeze" for one in await office.views.commands(office.tenant_id, cases["fraud"]))

    async def test_a_dry_run_only_counts(self, office: Office) -> None:
        cases = await some_cases(office)
        told = await freeze(office.desk("dana"), dry_run=True, queue="mediation")
        assert (told["dry_run"], told["cases"], told["at"]) == (True, 3, None)
        assert told["first"] == sorted(cases[name] for name in ("settlement", "waiting", "adas"))
        assert await frozen(office, cases) == {}

    async def test_what_is_frozen_is_left_alone_and_what_came_later_is_added(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        first = await freeze(dana)
        late = await office.desk().opened()
        second = await freeze(dana, at=first["at"])
        assert (second["cases"], second["results"][0]["case"]) == (1, late["id"])
        assert len(await frozen(office, {**cases, "late": late["id"]})) == 5


class TestOnce:
    async def test_the_same_key_is_one_freeze(self, office: Office) -> None:
        cases, dana, key = await some_cases(office), office.desk("dana"), {"Idempotency-Key": "freeze-1"}
        answers = await asyncio.gather(*(dana.post("/v1/freezes", ALL, headers=key) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert len(await frozen(office, cases)) == 4
        other = await dana.post("/v1/freezes", {**OUTAGE, "queue": "mediation"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_a_bulk_whose_answer_was_lost_is_not_sent_to_other_cases(self, office: Office) -> None:
        """The process died between the disk and the answer; before the caller asks again, another case comes in."""
        bulk = PostgresBulk(office.database, office.vault)
        await some_cases(office)
        order = Order("freeze", "outage-7", "key:lost", "per_dana")
        first = await bulk.place(office.tenant_id, order, "key_1")
        await office.desk().opened()
        again = await bulk.place(office.tenant_id, replace(order, which=CaseFilter(kind="fraud_report")), "key_1")
        assert again == first
        assert len(first.members) == 4

    async def test_two_at_the_same_moment_are_one(self, office: Office) -> None:
        bulk = PostgresBulk(office.database, office.vault)
        await some_cases(office)
        order = Order("freeze", "outage-7", "key:twice", "per_dana")
        placed = await asyncio.gather(*(bulk.place(office.tenant_id, order, "key_1") for _ in range(6)))
        assert all(one == placed[0] for one in placed)
        assert len(placed[0].members) == 4


class TestInTime:
    async def test_the_clock_is_read_when_every_case_is_held(self, office: Office, server: Server) -> None:
        """A record that holds one of the cases to judge its deadline makes the whole bulk wait, and is stamped before it."""
        cases = await some_cases(office)
        bulk = PostgresBulk(office.database, office.vault)
        judge = await asyncpg.connect(server.owner_dsn)
        try:
            async with judge.transaction():
                await judge.execute("SELECT set_config('ombud.tenant', $1, true)", office.tenant_id)
                await judge.execute(
                    "SELECT 1 FROM cases WHERE tenant = $1 AND id = $2 FOR UPDATE", office.tenant_id, cases["fraud"]
                )
                order = Order("freeze", "outage-7", "key:wait", "per_dana")
                placing = asyncio.create_task(bulk.place(office.tenant_id, order, "key_1"))
                await asyncio.sleep(0.3)
                assert not placing.done()
                judged_at = await judge.fetchval("SELECT clock_timestamp()")
            placed = await placing
        finally:
            await judge.close()
        assert placed.received_at is not None
        assert placed.received_at > judged_at

    async def test_with_nobody_to_judge_it_waits_on_disk_for_the_relay(self, office: Office) -> None:
        cases = await some_cases(office)
        dana = office.desk("dana", doors=ClosedDoor())
        answer = await dana.post("/v1/freezes", ALL)
        assert (answer.status_code, answer.json()["counts"]) == (202, {"pending": 4})
        (waiting,) = (await dana.get("/v1/freezes")).json()["data"]
        assert (waiting["incident"], waiting["cases"], waiting["waiting"]) == ("outage-7", 4, 4)
        thawed = await dana.post("/v1/freezes/outage-7/thaw")
        assert (thawed.status_code, thawed.json()["cases"]) == (202, 4), "a thaw reaches what is not judged yet, too"
        await _all_judged(office, cases)
        assert await frozen(office, cases) == {}
        assert (await dana.get("/v1/freezes")).json()["data"] == []


async def _all_judged(office: Office, cases: dict[str, str]) -> None:
    """What the relay does: it wakes each case with something unanswered."""
    for case_id in cases.values():
        for one in await office.views.commands(office.tenant_id, case_id):
            if one.status == "pending":
                await office.desk("ada").command(case_id, "note", text="Wake up.")
                break


class TestThaw:
    async def test_it_goes_to_all_that_are_frozen_and_gives_a_margin(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        await freeze(dana)
        answer = await dana.post("/v1/freezes/outage-7/thaw", {"margin": "2 working hours"})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["command"], told["cases"], told["counts"]) == ("thaw", 4, {"accepted": 4})
        assert await frozen(office, cases) == {}
        for name in ("settlement", "waiting", "adas", "fraud"):
            held = await office.views.case(office.tenant_id, cases[name])
            assert held is not None
            assert held.case is not None
            (hold,) = held.case.holds
            assert (hold.until, str(hold.margin)) == (datetime.fromisoformat(told["at"]), "2 working hours")

    async def test_another_incident_goes_on(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        await freeze(dana)
        await freeze(dana, incident="outage-8", kind="fraud_report")
        listed = (await dana.get("/v1/freezes")).json()["data"]
        assert [(one["incident"], one["cases"], one["waiting"]) for one in listed] == [("outage-7", 4, 0), ("outage-8", 1, 0)]
        dry = await dana.post("/v1/freezes/outage-7/thaw", {"dry_run": True})
        assert (dry.status_code, dry.json()["cases"]) == (200, 4)
        assert (await dana.post("/v1/freezes/outage-7/thaw")).json()["cases"] == 4
        held = await office.views.case(office.tenant_id, cases["fraud"])
        assert held is not None
        assert held.case is not None
        assert [hold.incident for hold in held.case.holds if hold.until is None] == ["outage-8"]

    async def test_what_was_closed_meanwhile_is_left_out(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        await freeze(dana)
        body = {"outcome": "expired", "reason": "no_respondent", "reasons": "Gone."}
        assert (await dana.post(f"/v1/cases/{cases['settlement']}/close", body)).status_code == 200
        assert (await dana.post("/v1/freezes/outage-7/thaw")).json()["cases"] == 3

    async def test_of_what_is_not_frozen_there_is_nothing_to_thaw(self, office: Office) -> None:
        answer = await office.desk("dana").post("/v1/freezes/outage-9/thaw")
        assert (answer.status_code, answer.json()["code"]) == (409, "incident_unknown")

    async def test_it_is_repeated_with_its_key(self, office: Office) -> None:
        await some_cases(office)
        dana, key = office.desk("dana"), {"Idempotency-Key": "thaw-1"}
        await freeze(dana)
        first, again = [await dana.post("/v1/freezes/outage-7/thaw", {}, headers=key) for _ in range(2)]
        assert (first.status_code, first.content) == (200, again.content)
        assert again.headers["Idempotent-Replayed"] == "true"


class TestWho:
    @pytest.mark.parametrize("who", ["ada", "cleo", "platform"])
    async def test_nobody_but_ops(self, office: Office, who: str) -> None:
        cases = await some_cases(office)
        desk = office.desk(who)
        for path, body in (
            ("/v1/freezes", ALL),
            ("/v1/freezes", {**ALL, "dry_run": True}),
            ("/v1/freezes/outage-7/thaw", {}),
        ):
            answer = await desk.post(path, body)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert await frozen(office, cases) == {}

    async def test_a_party_and_a_stranger_to_the_house(self, office: Office) -> None:
        case = await office.desk().opened()
        as_party = {"Ombud-Act-As": party(case, "claimant")}
        for answer in (
            await office.desk().post("/v1/freezes", ALL, headers=as_party),
            await office.desk().get("/v1/freezes", headers=as_party),
            await office.desk().get("/v1/freezes"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        unknown = await office.desk().post("/v1/freezes", {**ALL, "by": "per_nobody"})
        assert (unknown.status_code, unknown.json()["code"]) == (403, "actor_unknown")
        system = await office.desk().post("/v1/freezes", {**ALL, "by": "system"})
        assert system.status_code == 403

    async def test_a_platforms_key_sends_it_for_somebody_of_ops(self, office: Office) -> None:
        cases = await some_cases(office)
        told = await freeze(office.desk(), by="per_dana")
        assert told["cases"] == 4
        assert {hold.by for hold in (await frozen(office, cases)).values()} == {"per_dana"}

    async def test_a_persons_key_speaks_for_nobody_else(self, office: Office) -> None:
        answer = await office.desk("ada").post("/v1/freezes", {**ALL, "by": "per_dana"})
        assert (answer.status_code, answer.json()["code"]) == (403, "by_forbidden")

    async def test_another_tenant_sees_and_freezes_nothing(self, office: Office, stranger: Office) -> None:
        mine, theirs = await some_cases(office), await some_cases(stranger)
        await freeze(office.desk("dana"))
        assert (await stranger.desk("dana").get("/v1/freezes")).json()["data"] == []
        assert await frozen(stranger, theirs) == {}
        answer = await stranger.desk("dana").post("/v1/freezes/outage-7/thaw")
        assert (answer.status_code, answer.json()["code"]) == (409, "incident_unknown")
        assert len(await frozen(office, mine)) == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "incident"),
        ({"incident": "Outage 7"}, "incident"),
        ({**OUTAGE, "queue": ""}, "queue"),
        ({**OUTAGE, "owner": "ada"}, "owner"),
        ({**OUTAGE, "phase": "limbo"}, "phase"),
        ({**ALL, "at": "yesterday"}, "at"),
        ({**ALL, "at": "2026-11-22T09:00:00"}, "at"),
        ({**ALL, "by": 5}, "by"),
        ({**ALL, "everything": True}, "everything"),
        (OUTAGE, "body"),
        ({**OUTAGE, "all": False}, "body"),
        ({**ALL, "queue": "mediation"}, "body"),
    ],
)
async def test_a_bad_order_is_named(office: Office, body: dict[str, Any], field: str) -> None:
    answer = await office.desk("dana").post("/v1/freezes", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_bulk_of_more_than_are_looked_up_at_once(office: Office, database: Database) -> None:
    """Found again whole, by its numbered ids."""
    async with database.tenant(office.tenant_id) as conn:
        await conn.execute(
            """
            INSERT INTO cases (tenant, id, kind, category, queue, priority, source, open_command_id, opened_by, report_hash,
                pack, pack_version)
            SELECT $1, 'case_many-' || to_char(n, 'FM00000'), 'bounty_dispute', 'general', 'many', 'normal', 'api', 'cmd_x',
                'system', '', 'p', 'v'
            FROM generate_series(1, 2500) AS n
            """,
            office.tenant_id,
        )
    bulk = PostgresBulk(database, office.vault)
    order = Order("freeze", "outage-7", "key:many", "per_dana", which=CaseFilter(queue="many"))
    first, again = [await bulk.place(office.tenant_id, order, "key_1") for _ in range(2)]
    assert len(first.members) == 2500
    assert again == first
    assert len(await bulk.results(office.tenant_id, first)) == 2500
