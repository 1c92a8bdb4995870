"""The life of keys and people through the API: ops alone, each deed in the audit trail, and what has ended opens nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.record.audit import PostgresAudit
from tests.support.office import ClosedDoor, Desk, Office

pytestmark = pytest.mark.postgres


@pytest.fixture
async def dana(office: Office) -> Desk:
    """Somebody of ops, with a key of their own."""
    return office.desk("dana")


async def made(dana: Desk, **said: Any) -> dict[str, Any]:
    answer = await dana.post("/v1/api-keys", {"name": "a key", "scopes": ["cases:read"], **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def opens(office: Office, secret: str) -> int:
    """What an address answers that every key with `cases:read` may ask."""
    return (await office.desk(secret).get("/v1/cases?limit=1")).status_code


async def trail(dana: Desk, **params: Any) -> list[tuple[str, str]]:
    answer = await dana.get("/v1/audit-trail", params=params)
    assert answer.status_code == 200, answer.text
    return [(entry["deed"], entry["about"]) for entry in answer.json()["data"]]


class TestWho:
    @pytest.mark.parametrize("who", ["platform", "ada", "cleo"])
    async def test_nobody_but_ops_administers(self, office: Office, who: str) -> None:
        desk = office.desk(who)
        for answer in (
            await desk.post("/v1/api-keys", {"name": "mine"}),
            await desk.get("/v1/api-keys"),
            await desk.http.patch("/v1/people/per_ada", json={"capacity": 1}),
            await desk.post("/v1/people/per_ada/deactivate"),
            await desk.get("/v1/audit-trail"),
        ):
            assert answer.status_code == 403, answer.text

    async def test_a_platforms_key_never_does_and_ops_need_the_scope(self, office: Office) -> None:
        platform = await office.key(scopes=("admin", "cases:read"))
        refused = (await office.desk(platform).get("/v1/api-keys")).json()
        assert (refused["code"], "business of ops" in refused["detail"]) == ("not_allowed", True)
        plain = await office.key(scopes=("cases:read",), person_id="per_dana")
        assert (await office.desk(plain).get("/v1/api-keys")).json()["code"] == "scope_missing"

    async def test_keys_and_people_of_another_tenant_are_not_found(self, office: Office, stranger: Office) -> None:
        key = await made(stranger.desk("dana"))
        dana = office.desk("dana")
        for answer in (
            await dana.get(f"/v1/api-keys/{key['id']}"),
            await dana.post(f"/v1/api-keys/{key['id']}/revoke"),
            await dana.post(f"/v1/api-keys/{key['id']}/rotate"),
            await dana.get("/v1/people/per_nobody"),
            await dana.post("/v1/people/per_nobody/deactivate"),
            await dana.http.patch("/v1/people/per_nobody", json={"capacity": 1}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert await opens(stranger, key["secret"]) == 200


class TestKeys:
    async def test_without_scopes_it_is_good_for_nothing(self, office: Office, dana: Desk) -> None:
        key = await made(dana, scopes=[])
        assert await opens(office, key["secret"]) == 403

    async def test_a_scope_that_there_is_not_is_refused_with_those_that_there_are(self, dana: Desk) -> None:
        answer = await dana.post("/v1/api-keys", {"name": "all", "scopes": ["*"]})
        assert (answer.status_code, answer.json()["code"]) == (422, "scope_unknown")
        assert "cases:read" in answer.json()["fields"]["allowed"]
        (wrong,) = answer.json()["errors"]
        assert (wrong["field"], "no scope" in wrong["message"]) == ("scopes.0", True)

    async def test_the_secret_is_told_once(self, dana: Desk) -> None:
        key = await made(dana)
        for answer in (
            await dana.get("/v1/api-keys"),
            await dana.get(f"/v1/api-keys/{key['id']}"),
            await dana.get("/v1/audit-trail"),
        ):
            assert key["secret"] not in answer.text
            assert key["id"] in answer.text

    async def test_it_expires(self, office: Office, dana: Desk) -> None:
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        key = await made(dana, expires_at=soon)
        assert await opens(office, key["secret"]) == 200
        async with office.database.deed(office.tenant_id) as conn:
            await conn.execute("UPDATE api_keys SET expires_at = clock_timestamp() WHERE id = $1", key["id"])
        assert await opens(office, key["secret"]) == 401
        assert (await dana.get(f"/v1/api-keys/{key['id']}")).json()["status"] == "expired"
        assert (await dana.post(f"/v1/api-keys/{key['id']}/rotate")).json()["code"] == "key_ended"
        late = await dana.post("/v1/api-keys", {"name": "late", "expires_at": "2020-01-01T00:00:00Z"})
        assert late.json()["code"] == "instant_refused"

    async def test_rotated_two_secrets_live_for_the_overlap_and_never_three(self, office: Office, dana: Desk) -> None:
        first = await made(dana)
        path = f"/v1/api-keys/{first['id']}/rotate"
        second = (await dana.post(path)).json()
        assert (await opens(office, first["secret"]), await opens(office, second["secret"])) == (200, 200)
        until = datetime.fromisoformat(second["earlier_secret_until"])
        assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
        third = (await dana.post(path, {"overlap_seconds": 0})).json()
        opened = [await opens(office, key["secret"]) for key in (first, second, third)]
        assert opened == [401, 401, 200]

    async def test_revoked_at_once_with_all_its_secrets(self, office: Office, dana: Desk) -> None:
        first = await made(dana)
        second = (await dana.post(f"/v1/api-keys/{first['id']}/rotate")).json()
        ended = (await dana.post(f"/v1/api-keys/{first['id']}/revoke")).json()
        assert ended["status"] == "revoked"
        assert (await opens(office, first["secret"]), await opens(office, second["secret"])) == (401, 401)
        again = (await dana.post(f"/v1/api-keys/{first['id']}/revoke")).json()
        assert again["revoked_at"] == ended["revoked_at"]
        assert await trail(dana, about=first["id"]) == [
            ("key_revoked", first["id"]), ("key_rotated", first["id"]), ("key_created", first["id"]),
        ]  # fmt: skip

    async def test_when_it_was_last_used_is_known_to_the_minute(self, office: Office, dana: Desk) -> None:
        key = await made(dana)
        assert key["last_used_at"] is None
        seen = set()
        for _ in range(3):
            await opens(office, key["secret"])
            seen.add((await dana.get(f"/v1/api-keys/{key['id']}")).json()["last_used_at"])
        assert len(seen) == 1
        async with office.database.deed(office.tenant_id) as conn:
            await conn.execute("UPDATE api_keys SET last_used_at = last_used_at - interval '61 s' WHERE id = $1", key["id"])
        await opens(office, key["secret"])
        assert (await dana.get(f"/v1/api-keys/{key['id']}")).json()["last_used_at"] > max(seen)

    async def test_listed_page_by_page_and_by_person(self, office: Office, dana: Desk) -> None:
        ids = {(await made(dana))["id"] for _ in range(3)}
        found, cursor = [], None
        while True:
            page = (await dana.get("/v1/api-keys", params={"limit": "2", **({"cursor": cursor} if cursor else {})})).json()
            found += [key["id"] for key in page["data"]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        assert len(found) == len(set(found)) == len(ids) + len(office.keys)
        of_ada = (await dana.get("/v1/api-keys?person=per_ada")).json()["data"]
        assert [key["person"] for key in of_ada] == ["per_ada"]

    async def test_for_nobody_is_refused(self, dana: Desk) -> None:
        answer = await dana.post("/v1/api-keys", {"name": "x", "person": "per_nobody"})
        assert answer.json()["code"] == "person_unknown"
        await dana.post("/v1/people/per_ben/deactivate")
        answer = await dana.post("/v1/api-keys", {"name": "x", "person": "per_ben"})
        assert (answer.status_code, answer.json()["code"]) == (409, "person_deactivated")


class TestPeople:
    async def test_taken_on_once(self, dana: Desk) -> None:
        said = {"id": "per_eva", "name": "Eva", "queues": ["fraud"], "conflicts": ["programme-7", "user-1"]}
        answer = await dana.post("/v1/people", said)
        assert answer.status_code == 201, answer.text
        eva = answer.json()
        assert (eva["roles"], eva["queues"], eva["conflicts"], eva["capacity"]) == (["mediator"], ["fraud"], 2, 20)
        again = await dana.post("/v1/people", {**said, "name": "Evil"})
        assert (again.status_code, again.json()["code"]) == (409, "person_exists")
        assert (await dana.get("/v1/people/per_eva")).json() == eva
        assert "programme-7" not in (await dana.get("/v1/audit-trail")).text
        assert "Eva" not in (await dana.get("/v1/audit-trail")).text

    async def test_conflicts_are_added_to_or_replaced(self, dana: Desk) -> None:
        path = "/v1/people/per_ada"
        said: tuple[dict[str, Any], ...] = (
            {"conflicts": ["a", "b"]},
            {"add_conflicts": ["b", "c"]},
            {"capacity": 3},
            {"conflicts": ["d"]},
            {"conflicts": []},
        )
        counts = [(await dana.http.patch(path, json=one)).json()["conflicts"] for one in said]
        assert counts == [2, 3, 3, 1, 0]

    async def test_a_manager_and_a_calendar_must_be_there(self, dana: Desk) -> None:
        for said, code in (({"manager": "per_nobody"}, "person_unknown"), ({"hours": "mars-office"}, "calendar_unknown")):
            answer = await dana.http.patch("/v1/people/per_ada", json=said)
            assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_deactivated_their_keys_end_and_their_cases_go_back(self, office: Office, dana: Desk) -> None:
        platform, cleo = office.desk(), office.desk("cleo")
        case = await platform.in_review()
        assigned = await cleo.command(case["id"], "assign", owner="per_ada")
        assert assigned.status_code == 200, assigned.text
        gone = (await dana.post("/v1/people/per_ada/deactivate")).json()
        assert (gone["active"], gone["counts"]) == (False, {"accepted": 1})
        assert await opens(office, office.keys["ada"]) == 401
        assert (await cleo.get(f"/v1/cases/{case['id']}")).json()["owner"] is None
        again = (await dana.post("/v1/people/per_ada/deactivate")).json()
        assert (again["deactivated_at"], again["results"]) == (gone["deactivated_at"], gone["results"])
        assert await trail(dana, about="per_ada") == [("person_deactivated", "per_ada")]
        (entry,) = (await dana.get("/v1/audit-trail?about=per_ada")).json()["data"]
        assert len(entry["more"]["ended"]) == 1
        back = (await dana.post("/v1/people/per_ada/activate")).json()
        assert (back["active"], back["deactivated_at"]) == (True, None)
        assert await opens(office, office.keys["ada"]) == 401, "keys that have ended stay so"
        code = (await dana.post("/v1/people/per_ada/login-code")).json()["secret"]
        anew = (await office.desk(code).post("/v1/me/key")).json()
        assert await opens(office, anew["secret"]) == 200

    async def test_while_nobody_judges_the_cases_wait_and_the_relay_finds_them(self, office: Office, dana: Desk) -> None:
        platform, cleo = office.desk(), office.desk("cleo")
        case = await platform.in_review()
        await cleo.command(case["id"], "assign", owner="per_ben")
        answer = await office.desk("dana", doors=ClosedDoor()).post("/v1/people/per_ben/deactivate")
        assert (answer.status_code, answer.json()["counts"]) == (202, {"pending": 1})
        assert await office.parts().absences.begin() == 0, "sent already"

    async def test_what_the_deed_left_undone_the_relay_does(self, office: Office) -> None:
        platform, cleo = office.desk(), office.desk("cleo")
        case = await platform.in_review()
        await cleo.command(case["id"], "assign", owner="per_ben")
        async with office.database.deed(office.tenant_id) as conn:
            await conn.execute(
                "UPDATE people SET active = false, deactivated_at = clock_timestamp() WHERE tenant = $1 AND id = 'per_ben'",
                office.tenant_id,
            )
        absences = office.parts().absences
        assert (await absences.begin(), await absences.begin()) == (1, 0)

    async def test_however_they_were_deactivated_their_keys_end(self, office: Office) -> None:
        (ada,) = [person for person in await office.tenants.people(office.tenant_id) if person.id == "per_ada"]
        await office.tenants.put_person(office.tenant_id, ada.model_copy(update={"active": False}))
        assert await opens(office, office.keys["ada"]) == 401


@pytest.fixture
async def opal(office: Office, dana: Desk) -> Desk:
    """Another one of ops, who is reached by mail as Dana is."""
    await dana.post("/v1/people", {"id": "per_opal", "name": "Opal", "roles": ["ops"], "email": "opal@team.example"})
    await dana.http.patch("/v1/people/per_dana", json={"email": "dana@team.example"})
    return office.desk(await office.key(person_id="per_opal"))


async def letters(office: Office, event: str) -> list[tuple[str, str]]:
    """Who is told of something, and where."""
    async with office.database.tenant(office.tenant_id) as conn:
        rows = await conn.fetch("SELECT recipient, address FROM team_letters WHERE event = $1 ORDER BY recipient", event)
    return [tuple(row) for row in rows]


class TestWithinItsMaker:
    """Whoever finds one key makes no better one of it."""

    @pytest.mark.parametrize("person", [None, "per_dana"])
    async def test_no_key_is_wider_or_lives_longer_than_the_one_that_makes_it(self, office: Office, person: str | None) -> None:
        soon = datetime.now(UTC) + timedelta(days=1)
        narrow = office.desk(await office.key(person_id="per_dana", scopes=("admin", "cases:read"), expires_at=soon))
        said = {"name": "x", "scopes": ["cases:read"], "person": person}
        for more, code in (
            ({"scopes": ["cases:read", "cases:write"], "expires_at": soon.isoformat()}, "key_wider"),
            ({}, "key_outlives"),
            ({"expires_at": (soon + timedelta(seconds=1)).isoformat()}, "key_outlives"),
        ):
            answer = await narrow.post("/v1/api-keys", {**said, **more})
            assert (answer.status_code, answer.json()["code"]) == (403, code), more
        assert (await narrow.post("/v1/api-keys", {**said, "expires_at": soon.isoformat()})).status_code == 201

    async def test_no_key_rotates_a_wider_one_and_each_rotates_itself(self, office: Office, dana: Desk) -> None:
        made = (await dana.post("/v1/api-keys", {"name": "n", "scopes": ["admin"], "person": "per_dana"})).json()
        narrow = office.desk(made["secret"])
        for person in (None, "per_dana"):
            wide = (await dana.post("/v1/api-keys", {"name": "w", "scopes": ["cases:read"], "person": person})).json()
            answer = await narrow.post(f"/v1/api-keys/{wide['id']}/rotate")
            assert (answer.status_code, answer.json()["code"]) == (403, "key_wider")
        assert (await narrow.post(f"/v1/api-keys/{made['id']}/rotate")).status_code == 200

    async def test_a_key_of_the_first_releases_covers_all(self, dana: Desk) -> None:
        assert (await dana.post("/v1/api-keys", {"name": "x", "scopes": ["act_as:staff", "intake"]})).status_code == 201

    async def test_a_platform_administers_nothing(self, dana: Desk) -> None:
        answer = await dana.post("/v1/api-keys", {"name": "x", "scopes": ["admin"]})
        assert (answer.status_code, answer.json()["code"]) == (422, "admin_needs_person")

    async def test_a_login_administers_for_ops_alone(self, office: Office, dana: Desk) -> None:
        for person, administers in (("per_ada", False), ("per_dana", True)):
            code = (await dana.post(f"/v1/people/{person}/login-code")).json()["secret"]
            made = (await office.desk(code).post("/v1/me/key")).json()
            assert ("admin" in made["scopes"]) is administers
            dana = office.desk(made["secret"]) if administers else dana


class TestChecked:
    """What is set of a person is looked at when it is set."""

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"zone": "Europe/Nowhere"}, "zone_unknown"),
            ({"queues": ["fraud", "nosuchqueue"]}, "queue_unknown"),
            ({"hours": "mars-office"}, "calendar_unknown"),
            ({"capacity": None}, "null_refused"),
            ({"roles": None, "capacity": 3}, "null_refused"),
        ],
    )
    async def test_what_cannot_be_is_refused_and_nothing_changes(self, dana: Desk, said: dict[str, Any], code: str) -> None:
        before = (await dana.get("/v1/people/per_ada")).json()
        for answer in (
            await dana.http.patch("/v1/people/per_ada", json=said),
            await dana.post("/v1/people", {"id": "per_eva", "name": "Eva", **said}),
        ):
            problem = answer.json()
            assert (answer.status_code, code in (problem["code"], *(e["code"] for e in problem["errors"]))) == (422, True)
        assert (await dana.get("/v1/people/per_ada")).json() == before


class TestTrailFilters:
    async def test_by_person_with_their_keys_and_codes_by_whom_what_and_when(self, dana: Desk) -> None:
        await dana.http.patch("/v1/people/per_ada", json={"capacity": 3})
        code = (await dana.post("/v1/people/per_ada/login-code")).json()
        await made(dana)
        assert await trail(dana, about="per_ada") == [("login_code_made", code["id"]), ("person_changed", "per_ada")]
        assert await trail(dana, deed="key_created", by="per_dana") != []
        assert await trail(dana, by="per_ada") == []
        last, before, *_ = (await dana.get("/v1/audit-trail")).json()["data"]
        assert last["prev_hash"] == before["hash"]
        assert len(last["hash"]) == 64
        assert [deed for deed, _ in await trail(dana, since=last["at"])] == ["key_created"]
        assert "key_created" not in [deed for deed, _ in await trail(dana, until=last["at"])]


class TestOneself:
    """What nobody does to themselves, because others rely on that it was somebody else who did it."""

    MINE: tuple[tuple[dict[str, Any], str], ...] = (
        ({"conflicts": []}, "own_conflict"),
        ({"conflicts": ["programme-7"]}, "own_conflict"),
        ({"conflicts": ["user-2"], "add_conflicts": ["user-3"]}, "own_conflict"),
        ({"roles": ["ops", "lead"]}, "own_rights"),
        ({"manager": "per_cleo"}, "own_rights"),
        ({"manager": "per_cleo", "capacity": 3}, "own_rights"),
    )

    async def test_nobody_lifts_their_own_conflict_or_widens_their_own_rights(self, dana: Desk, opal: Desk) -> None:
        path = "/v1/people/per_dana"
        declared = await dana.http.patch(path, json={"add_conflicts": ["programme-7", "user-1"]})
        assert (declared.status_code, declared.json()["conflicts"]) == (200, 2), "declaring one is everybody's duty"
        before = (await dana.get(path)).json()
        for said, code in self.MINE:
            answer = await dana.http.patch(path, json=said)
            assert (answer.status_code, answer.json()["code"]) == (403, code), said
        assert (await dana.get(path)).json() == before
        assert (await opal.http.patch(path, json={"conflicts": []})).json()["conflicts"] == 0

    async def test_what_leaves_them_no_more_than_they_had_they_may(self, dana: Desk, opal: Desk) -> None:
        await opal.http.patch("/v1/people/per_dana", json={"roles": ["ops", "lead"]})
        own: tuple[dict[str, Any], ...] = (
            {"conflicts": ["a"]}, {"conflicts": ["a", "b"]}, {"roles": ["ops"]}, {"manager": None}, {"queues": ["fraud"]},
            {"capacity": 3}, {"zone": "Europe/Berlin"}, {"absent_until": "2099-01-01T00:00:00Z"},
        )  # fmt: skip
        for said in own:
            assert (await dana.http.patch("/v1/people/per_dana", json=said)).status_code == 200, said

    async def test_the_trail_says_which_came_and_which_went_and_the_others_are_told(
        self, office: Office, dana: Desk, opal: Desk
    ) -> None:
        seven, one = office.tenants.conflicts(office.tenant_id, ("programme-7", "user-1"))
        await dana.http.patch("/v1/people/per_dana", json={"add_conflicts": ["programme-7", "user-1"]})
        await opal.http.patch("/v1/people/per_dana", json={"conflicts": ["user-1"]})
        lifted, declared, *_ = (await dana.get("/v1/audit-trail")).json()["data"]
        assert declared["more"] == {"fields": ["conflicts"], "conflicts_added": sorted((seven, one))}
        assert lifted["more"] == {"fields": ["conflicts"], "conflicts_removed": [seven]}
        told = [("per_dana", "dana@team.example"), ("per_dana", "dana@team.example"), ("per_opal", "opal@team.example")]
        assert await letters(office, "conflicts_changed") == told


class TestLastAdministrator:
    async def refused(self, answer: Any) -> bool:
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator"), answer.text
        return "ops" in answer.json()["detail"]

    async def test_the_only_one_of_ops_neither_leaves_nor_gives_the_role_away(self, dana: Desk) -> None:
        assert await self.refused(await dana.post("/v1/people/per_dana/deactivate"))
        assert await self.refused(await dana.http.patch("/v1/people/per_dana", json={"roles": ["mediator"], "capacity": 3}))
        assert (await dana.get("/v1/people/per_dana")).json()["capacity"] == 20

    async def test_once_there_is_another_they_may(self, office: Office, dana: Desk) -> None:
        await dana.post("/v1/people", {"id": "per_opal", "name": "Opal", "roles": ["ops"]})
        assert (await dana.post("/v1/people/per_dana/deactivate")).status_code == 200
        opal = office.desk(await office.key(person_id="per_opal"))
        assert await self.refused(await opal.post("/v1/people/per_opal/deactivate"))

    async def test_two_who_go_at_once_do_not_leave_nobody(self, office: Office, dana: Desk) -> None:
        await dana.post("/v1/people", {"id": "per_opal", "name": "Opal", "roles": ["ops", "lead"]})
        opal = office.desk(await office.key(person_id="per_opal"))
        gone = await asyncio.gather(
            dana.post("/v1/people/per_dana/deactivate"), opal.http.patch("/v1/people/per_opal", json={"roles": ["lead"]})
        )
        assert sorted(answer.status_code for answer in gone) == [200, 409]


async def test_the_trail_is_whole_after_all_that(office: Office, dana: Desk) -> None:
    key = await made(dana)
    await dana.post(f"/v1/api-keys/{key['id']}/revoke")
    await dana.http.patch("/v1/people/per_ada", json={"capacity": 3, "roles": ["lead"]})
    (entry, *_) = (await dana.get("/v1/audit-trail?limit=1")).json()["data"]
    assert entry["more"] == {
        "fields": ["capacity", "roles"],
        "roles": ["lead"],
        "before": {"capacity": 20, "roles": ["mediator"]},
        "after": {"capacity": 3, "roles": ["lead"]},
    }
    assert (entry["by"], entry["seq"]) == ("per_dana", 3)
    verdict = await PostgresAudit(office.database, office.vault).verify(office.tenant_id)
    assert (verdict.flaws, verdict.deeds) == ([], 3)
    page = (await dana.get("/v1/audit-trail?limit=2")).json()
    rest = (await dana.get("/v1/audit-trail", params={"limit": "2", "cursor": page["next_cursor"]})).json()
    assert [e["seq"] for e in page["data"] + rest["data"]] == [3, 2, 1]
