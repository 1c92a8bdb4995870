"""Who may read a case by what right, and that it is kept who read what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.tenants import Person
from tests.support.office import Desk, Office, party

pytestmark = pytest.mark.postgres

DECLARED = ("programme-9",)
"""The respondent of the office's reports, by the platform's id."""


async def somebody(office: Office, name: str, **more: Any) -> Desk:
    """Somebody of the team with a key of their own."""
    person = Person(id=f"per_{name}", name=name.title(), **{"roles": ("mediator",), "queues": ("mediation",), **more})
    await office.tenants.put_person(office.tenant_id, person)
    return office.desk(await office.key(person_id=person.id))


async def close_to_the_programme(office: Office, **more: Any) -> Desk:
    return await somebody(office, "eve", conflicts=office.tenants.conflicts(office.tenant_id, DECLARED), **more)


async def why(office: Office, path: str, who: str) -> str:
    """By what right somebody read last."""
    found = (await office.desk("dana").get(f"{path}/readers")).json()["data"]
    return str(next(read["why"] for read in found if read["who"] == who))


class TestConflict:
    @pytest.mark.parametrize("role", ["mediator", "lead", "ops"])
    async def test_closes_every_way_to_the_case(self, office: Office, role: str) -> None:
        eve, ada = await close_to_the_programme(office, roles=(role,)), office.desk("ada")
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        below = ("", "/timeline", "/evidence", "/files", "/files/fil_1", "/actions", "/clocks", "/terms", "/sanctions", "/work",
                 "/statement-of-reasons")  # fmt: skip
        for answer in [await eve.get(f"{path}{place}") for place in below]:
            assert (answer.status_code, answer.json()["code"]) == (403, "conflict_of_interest"), answer.url
            assert "turn to your lead" in answer.json()["detail"]
        told = await eve.post(f"{path}/notes", {"text": "Let me see."})
        assert told.json()["code"] == "conflict_of_interest"
        for listed in ({}, {"phase": "review"}, {"sort": "due"}):
            assert (await eve.get("/v1/cases", params=listed)).json()["data"] == []
            assert (await ada.get("/v1/cases", params=listed)).json()["data"] != []

    async def test_is_in_no_list_and_no_number_of_the_desk(self, office: Office) -> None:
        eve = await close_to_the_programme(office)
        await office.desk().in_review()
        desk = (await eve.get("/v1/desk")).json()
        assert (desk["waiting"]["data"], desk["own"]["data"]) == ([], [])
        assert [(queue["queue"], queue["waiting"]) for queue in desk["queues"]] == [("mediation", 0)]

    async def test_bulk_leaves_it_out(self, office: Office) -> None:
        eve = await close_to_the_programme(office, roles=("lead",))
        case = await office.desk().in_review()
        order = {
            "command": {"type": "assign", "owner": "per_ben"},
            "selection": {"case_ids": [case["id"]]},
        }
        assert (await eve.post("/v1/bulk", order)).json()["left_out"] == [case["id"]]

    async def test_is_in_no_count_of_campaigns_incidents_bulks_and_the_team(self, office: Office) -> None:
        eda, cleo = await close_to_the_programme(office, roles=("lead",)), office.desk("cleo")
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        await office.desk("ada").post(f"{path}/take")
        campaign = (await cleo.post("/v1/campaigns", {"name": "Outage", "reason": "one_cause"})).json()["id"]
        await cleo.post(f"{path}/campaign", {"campaign": campaign})
        order = {"command": {"type": "retarget", "priority": "high", "reason": "press_asks"}, "selection": {"all": True}}
        bulk = (await cleo.post("/v1/bulk", order)).json()["id"]
        await office.desk("dana").post("/v1/freezes", {"incident": "outage", "all": True})

        async def counts(desk: Desk) -> tuple[Any, ...]:
            summary = (await desk.get(f"/v1/campaigns/{campaign}")).json()
            (listed,) = (await desk.get("/v1/campaigns")).json()["data"]
            found = (await desk.get(f"/v1/bulk/{bulk}")).json()
            frozen = [one["cases"] for one in (await desk.get("/v1/freezes")).json()["data"]]
            carried = sum(one["open_cases"] for one in (await desk.get("/v1/team")).json()["data"])
            sums = (summary["cases"]["open"], summary["by_phase"], listed["cases"]["open"])
            return (*sums, found["cases"], len(found["results"]), frozen, carried)

        assert await counts(cleo) == (1, {"review": 1}, 1, 1, 1, [1], 1)
        assert await counts(eda) == (0, {}, 0, 0, 0, [], 0)

    async def test_freezes_and_thaws_leave_it_to_others(self, office: Office) -> None:
        eda, dana = await close_to_the_programme(office, roles=("ops",)), office.desk("dana")
        await office.desk().in_review()
        every = {"incident": "outage", "all": True}
        assert (await eda.post("/v1/freezes", {**every, "dry_run": True})).json()["cases"] == 0
        assert (await eda.post("/v1/freezes", every)).json()["cases"] == 0
        assert (await dana.post("/v1/freezes", every)).json()["cases"] == 1
        thawed = await eda.post("/v1/freezes/outage/thaw", {})
        assert (thawed.status_code, thawed.json()["code"]) == (409, "incident_unknown")
        assert (await dana.post("/v1/freezes/outage/thaw", {})).json()["cases"] == 1

    async def test_no_reason_opens_it(self, office: Office) -> None:
        eve = await close_to_the_programme(office)
        case = await office.desk().in_review()
        answer = await eve.post(f"/v1/cases/{case['id']}/access", {"reason": "I am curious."})
        assert (answer.status_code, answer.json()["code"]) == (403, "conflict_of_interest")


@pytest.mark.parametrize("where", [{}, {"vendor": "helpers"}, {"site": "manila"}])
class TestOwnQueues:
    """Of mediators: the house's own, a vendor's, and those of a site."""

    async def test_read_the_cases_of_their_own_queues_alone(self, office: Office, where: dict[str, str]) -> None:
        inside = await somebody(office, "ina", **where)
        outside = await somebody(office, "otto", queues=("fraud",), **where)
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        assert (await inside.get(path)).status_code == 200
        assert [found["id"] for found in (await inside.get("/v1/cases")).json()["data"]] == [case["id"]]
        refused = await outside.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_needed")
        assert (await outside.get("/v1/cases")).json()["data"] == []

    async def test_read_on_what_they_worked_on_when_it_has_gone_elsewhere(self, office: Office, where: dict[str, str]) -> None:
        otto = await somebody(office, "otto", queues=("fraud",), **where)
        cleo, case = office.desk("cleo"), await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        given = await cleo.command(case["id"], "assign", owner="per_otto")
        assert given.status_code == 200, given.text
        assert ((await otto.get(path)).status_code, await why(office, path, "per_otto")) == (200, "owner")
        assert (await otto.post(f"{path}/notes", {"text": "Called them."})).status_code == 200
        assert (await cleo.command(case["id"], "assign", owner="per_ada")).status_code == 200
        assert (await otto.get(path, params={"expand[]": "timeline"})).status_code == 200
        assert await why(office, path, "per_otto") == "involved"
        assert [found["id"] for found in (await otto.get("/v1/cases")).json()["data"]] == [case["id"]]

    async def test_nothing_of_other_queues_shows_in_their_lists(
        self, office: Office, stranger: Office, where: dict[str, str]
    ) -> None:
        """Two worlds, the same but for cases of which they have no need to know."""
        worlds = []
        for world, others in ((office, 0), (stranger, 3)):
            await somebody(world, "otto", queues=("fraud",), **where)
            for number in range(2):
                case = await world.desk().in_review()
                await world.desk("cleo").command(case["id"], "assign", owner="per_otto")
                for _ in range(others if number == 0 else 0):
                    await world.desk().in_review()
            otto = world.desk(await world.key(person_id="per_otto"))
            told = []
            for sort in ("newest", "due"):
                page = (await otto.get("/v1/cases", params={"limit": 1, "sort": sort})).json()
                after = {"limit": 1, "sort": sort, "cursor": page["next_cursor"]}
                rest = (await otto.get("/v1/cases", params=after)).json()
                told += [(len(p["data"]), p["has_more"], p["next_cursor"] is None) for p in (page, rest)]
            desk = (await otto.get("/v1/desk")).json()
            queues = [(queue["queue"], queue["waiting"]) for queue in desk["queues"]]
            worlds.append((told, queues, desk["counts"], len(desk["own"]["data"]), len(desk["waiting"]["data"])))
        assert worlds[0] == worlds[1]
        assert worlds[0][0] == [(1, True, False), (1, False, True)] * 2

    async def test_break_the_glass_for_a_while_and_operations_is_told(self, office: Office, where: dict[str, str]) -> None:
        otto = await somebody(office, "otto", queues=("fraud",), **where)
        await office.tenants.put_person(
            office.tenant_id, Person(id="per_dana", name="Dana", roles=("ops",), email="dana@team.example")
        )
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        for reason, code in (
            ("", "text_empty"),
            ("  ", "text_empty"),
            ("x" * 2001, "text_too_long"),
            ("x", "reason_too_thin"),
            ("a a a a", "reason_too_thin"),
            ("curious", "reason_too_thin"),
            ("... ... ...", "reason_too_thin"),
        ):
            refused = await otto.post(f"{path}/access", {"reason": reason})
            assert (refused.status_code, refused.json()["code"]) == (422, code), reason
        key = {"Idempotency-Key": "glass-1"}
        taken = [await otto.post(f"{path}/access", {"reason": "Their site is closed."}, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in taken] == [201, 201], taken[0].text
        access = taken[0].json()
        assert (await otto.get(path)).status_code == 200
        assert [found["id"] for found in (await otto.get("/v1/cases")).json()["data"]] == [case["id"]]
        again = await otto.post(f"{path}/access", {"reason": "I need it once more."})
        assert (again.status_code, again.json()["code"]) == (409, "access_not_needed")
        (told,) = [n for n in await office.views.notices(office.tenant_id, case["id"]) if n.event.startswith("glass_broken")]
        assert (told.recipient, told.channel, told.audience) == ("per_dana", "email", "staff")
        (read, *_) = (await office.desk("dana").get(f"{path}/readers")).json()["data"]
        assert (read["who"], read["why"], read["access"]) == ("per_otto", "break_glass", access["id"])
        assert read["reason"] == "Their site is closed."

    async def test_access_reads_and_does_no_more(self, office: Office, where: dict[str, str]) -> None:
        otto = await somebody(office, "otto", queues=("fraud",), **where)
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        reason = {"reason": "客户请我查看这个案件，因为网站已关闭"} if where else {"reason": "Their site is closed."}
        assert (await otto.post(f"{path}/access", reason)).status_code == 201
        verbs: tuple[tuple[str, dict[str, Any]], ...] = (
            ("take", {}), ("notes", {"text": "Seen."}), ("messages", {"text": "Hello.", "to": "all"}),
            ("files?name=a.txt", {}),
        )  # fmt: skip
        for verb, body in verbs:
            answer = await otto.post(f"{path}/{verb}", body)
            assert (answer.status_code, answer.json()["code"]) == (403, "access_reads_only"), verb
        assert (await otto.get(f"{path}/timeline")).status_code == 200
        assert await why(office, path, "per_otto") == "break_glass"
        # Given to them, it is theirs; and whoever worked on it goes on reading it.
        assert (await office.desk("cleo").post(f"{path}/assignments", {"owner": "per_otto", "reason": "site"})).status_code == 200
        assert (await otto.post(f"{path}/notes", {"text": "Seen."})).status_code == 200
        assert (await otto.post(f"{path}/skips", {"reason": "done"})).status_code == 200
        assert (await otto.get(f"{path}/timeline")).status_code == 200
        assert await why(office, path, "per_otto") == "involved"

    async def test_list_what_they_had_a_part_in(self, office: Office, where: dict[str, str]) -> None:
        ina = await somebody(office, "ina", **where)
        case = await office.desk().in_review(heard=True)
        path = f"/v1/cases/{case['id']}"
        ruling = {"outcome": "upheld", "ground": "scope", "reasons": "In scope."}
        for verb, body in (("take", {}), ("rulings", ruling), ("retractions", {})):
            assert (await ina.post(f"{path}/{verb}", body)).status_code == 200
        assert (await office.desk("cleo").post(f"{path}/assignments", {"owner": "per_ben", "reason": "moved"})).status_code == 200
        moved = Person(id="per_ina", name="Ina", roles=("mediator",), queues=("fraud",), **where)
        await office.tenants.put_person(office.tenant_id, moved)
        assert (await ina.get(path)).status_code == 200
        assert [found["id"] for found in (await ina.get("/v1/cases")).json()["data"]] == [case["id"]]

    async def test_access_ends_by_itself(self, office: Office, where: dict[str, str]) -> None:
        otto = await somebody(office, "otto", queues=("fraud",), **where)
        case = await office.desk().in_review()
        row = await office.views.case(office.tenant_id, case["id"])
        person = await office.views.actor(office.tenant_id, case["id"], "per_otto")
        assert row is not None
        assert row.case is not None
        assert person is not None
        taken = (office.tenant_id, row.case, person, "key_1", "Their site is closed.")
        await office.parts().reading.break_glass(*taken, timedelta(milliseconds=1))
        assert (await otto.get(f"/v1/cases/{case['id']}")).json()["code"] == "access_needed"
        assert (await otto.get("/v1/cases")).json()["data"] == []
        await office.parts().reading.break_glass(*taken, timedelta(hours=1))
        assert (await otto.get(f"/v1/cases/{case['id']}")).status_code == 200


class TestReaders:
    async def test_everybody_who_read_is_listed_once_for_a_while(self, office: Office) -> None:
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        claimant = office.desk()
        claimant.http.headers["Ombud-Act-As"] = party(case, "claimant")
        ada, dana = office.desk("ada"), office.desk("dana")
        for desk in (ada, ada, claimant, office.desk(), office.desk("cleo")):
            assert (await desk.get(f"{path}/timeline")).status_code == 200
        await ada.get(path, params={"expand[]": "timeline"})
        await ada.get("/v1/cases")
        every = (await dana.get(f"{path}/readers")).json()["data"]
        found = [read for read in every if read["what"] != "references"]
        assert {read["why"] for read in every if read["what"] == "references"} == {"platform", "queue"}
        assert [(read["who"], read["what"], read["why"]) for read in found if read["what"] != "timeline"] == [
            ("per_ada", "case", "queue")
        ]
        whys = {read["who"]: read["why"] for read in found if read["what"] == "timeline"}
        assert len(whys) == len(found) - 1, "once each"
        assert whys.pop(party(case, "claimant")) == "party"
        assert whys.pop("per_ada") == "queue"
        assert whys.pop("per_cleo") == "lead"
        assert list(whys.values()) == ["platform"]
        assert all(read["credential"].startswith("key_") for read in found)

    async def test_pages_go_on_and_are_for_operations_alone(self, office: Office) -> None:
        case = await office.desk().in_review()
        path = f"/v1/cases/{case['id']}"
        for name in ("ada", "ben", "cleo"):
            await office.desk(name).get(path)
        dana = office.desk("dana")
        first = (await dana.get(f"{path}/readers", params={"limit": 2})).json()
        rest = (await dana.get(f"{path}/readers", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        # Before them the platform, which opened it and was told its own references.
        told = [read["who"] for read in (*first["data"], *rest["data"])]
        assert told[:3] == ["per_cleo", "per_ben", "per_ada"]
        assert all(who.startswith("key_") for who in told[3:])
        assert (first["has_more"], rest["has_more"]) == (True, False)
        for name in ("ada", "cleo", "platform"):
            assert (await office.desk(name).get(f"{path}/readers")).json()["code"] == "not_allowed"
