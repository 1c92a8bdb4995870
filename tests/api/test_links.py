"""Cases that have to do with each other, through the API: who may read what, and which answers are given."""

from __future__ import annotations

from typing import Any

import pytest

from activities.lookups import NAMES_OTHERS
from activities.messages import Arrival, RecordInput
from domain.model.commands import COMMANDS, SYSTEM_COMMANDS
from storage.tenants import Person
from tests.support.errands import carried_out
from tests.support.office import Desk, JudgingDoor, Office, party, shelf

pytestmark = pytest.mark.postgres


def joining() -> dict[str, Any]:
    """The shipped packs, of which one joins reports of the same person and matter."""
    packs = dict(shelf().packs)
    packs["bounty_dispute"] = packs["bounty_dispute"].model_copy(update={"joins": "same_person_and_matter", "version": "joins"})
    return {"packs": packs}


def reported(who: str) -> dict[str, Any]:
    sides = [
        {"side": "claimant", "ref": who, "email": f"{who}@example.org"},
        {"side": "respondent", "ref": "programme-9", "email": "security@nimbus.example"},
    ]
    return {"matter": "report-4711", "parties": sides}


class TestMerged:
    async def two(self, office: Office) -> tuple[Desk, dict[str, Any], dict[str, Any]]:
        desk = office.desk(**joining())
        first, second = await desk.opened(**reported("user-1")), await desk.opened(**reported("user-2"))
        await carried_out(office, second["id"], first["id"])
        return desk, first, second

    async def test_a_second_report_is_answered_with_its_own_case_and_where_it_goes_on(self, office: Office) -> None:
        _, first, second = await self.two(office)
        assert second["id"] != first["id"]
        assert (second["outcome"], second["merged_into"]) == ("merged", first["id"])
        assert second["links"]["merged_into"] == f"/v1/cases/{first['id']}"

    async def test_its_reporter_reads_the_case_that_goes_on_as_far_as_their_view_allows(self, office: Office) -> None:
        desk, first, second = await self.two(office)
        mine = {"Ombud-Act-As": party(second, "claimant")}
        told = (await desk.get(f"/v1/cases/{second['id']}", headers=mine)).json()
        there = {"Ombud-Act-As": told["merged_as"]}
        seen = await desk.get(f"/v1/cases/{first['id']}", params={"expand[]": "timeline"}, headers=there)
        assert seen.status_code == 200, seen.text
        body = seen.json()
        assert body["your_side"] == "claimant"
        assert {"campaign", "case_links", "joined", "owner"}.isdisjoint(body)
        assert next(e["data"]["statement"] for e in body["timeline"] if e["type"] == "case_joined").startswith("They closed")
        said = await desk.command(first["id"], "message", told["merged_as"], text="It happened to me as well.")
        assert said.status_code == 200, said.text
        assert (await desk.get(f"/v1/cases/{first['id']}", headers=mine)).status_code == 404

    async def test_the_first_parties_see_no_trace_of_it(self, office: Office) -> None:
        desk, first, second = await self.two(office)
        for side in ("claimant", "respondent"):
            as_them = {"Ombud-Act-As": party(first, side)}
            seen = await desk.get(f"/v1/cases/{first['id']}", params={"expand[]": "timeline"}, headers=as_them)
            assert second["id"] not in seen.text
            assert "co_claimant" not in seen.text
            assert "case_joined" not in seen.text

    async def test_the_team_reads_what_was_joined(self, office: Office) -> None:
        _, first, second = await self.two(office)
        seen = (await office.desk("ada").get(f"/v1/cases/{first['id']}")).json()
        assert seen["joined"] == [second["id"]]


class TestLinked:
    async def test_a_link_is_shown_to_the_team_on_both_sides(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        first, second = await desk.opened(), await desk.opened()
        made = await cleo.post(
            f"/v1/cases/{second['id']}/links", {"to": first["id"], "relation": "retaliation", "note": "Same hour."}
        )
        assert made.status_code == 200, made.text
        await carried_out(office, second["id"], first["id"])
        (here,) = (await cleo.get(f"/v1/cases/{second['id']}")).json()["case_links"]
        (there,) = (await cleo.get(f"/v1/cases/{first['id']}")).json()["case_links"]
        assert (here["other"], there["other"]) == (first["id"], second["id"])
        assert (here["relation"], there["relation"], there["mirrored"]) == ("retaliation", "retaliation", True)
        for viewer in (party(first, "claimant"), party(first, "respondent")):
            seen = await desk.get(f"/v1/cases/{first['id']}", params={"expand[]": "timeline"}, headers={"Ombud-Act-As": viewer})
            assert second["id"] not in seen.text

    async def test_a_case_of_another_tenant_is_not_there(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        case = await desk.opened()
        elsewhere = "case_0198c5a0-77aa-7000-8000-00000000beef"
        for verb, body in (("links", {"to": elsewhere}), ("merges", {"into": elsewhere, "reasons": "The same."})):
            answer = await cleo.post(f"/v1/cases/{case['id']}/{verb}", body)
            assert (answer.status_code, answer.json()["code"]) == (422, "other_case_unknown")

    async def test_what_was_done_there_says_who_did_it(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        first, second = [await desk.opened(**reported(f"user-{n}")) for n in range(2)]
        third = await desk.opened(**{**reported("user-0"), "matter": None})
        # Nothing but a word says that it is the same matter, so two say it.
        said = {"to": first["id"], "relation": "duplicate"}
        noted = await office.desk("dana").post(f"/v1/cases/{third['id']}/links", said)
        assert noted.status_code == 200, noted.text
        await carried_out(office, third["id"], first["id"])
        linked = await cleo.post(f"/v1/cases/{second['id']}/links", {"to": first["id"]})
        merged = await cleo.post(f"/v1/cases/{third['id']}/merges", {"into": first["id"], "reasons": "The same."})
        assert (linked.status_code, merged.status_code) == (200, 200), merged.text
        await carried_out(office, second["id"], first["id"])
        await carried_out(office, third["id"], first["id"])
        line = (await cleo.get(f"/v1/cases/{first['id']}/timeline")).json()["data"]
        told = {one["type"]: one["data"].get("asked_by") for one in line if one["type"] in ("case_linked", "case_joined")}
        assert told == {"case_linked": "per_cleo", "case_joined": "per_cleo"}

    async def test_nobody_outside_can_say_that_a_case_was_joined(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        said = {"type": "join", "merge_id": "mrg_1", "of": case["id"], "reason": "by_hand"}
        answer = await desk.post(f"/v1/cases/{case['id']}/commands", said)
        assert answer.json()["code"] == "system_only"


NOBODYS = "case_0198c5a0-77aa-7000-8000-00000000beef"
NAMING: dict[str, tuple[str, dict[str, Any]]] = {
    "merge": ("into", {"reasons": "Both about the same."}),
    "link": ("to", {"relation": "related"}),
}
"""What people send to one case that names another one, and the field in which it does."""


def fields_that_name_a_case(schema: dict[str, Any]) -> set[str]:
    """Of a JSON object, those in which an id of a case is said."""
    return {name for name, said in schema.get("properties", {}).items() if r"^case_" in str(said)}


def test_the_commands_that_name_another_case_are_those_that_are_tried_here() -> None:
    models = COMMANDS.json_schema()["$defs"]
    by_type = {name: models[ref.rsplit("/", 1)[-1]] for name, ref in COMMANDS.json_schema()["discriminator"]["mapping"].items()}
    named = {command: fields_that_name_a_case(said) for command, said in by_type.items() if fields_that_name_a_case(said)}
    of_people = {command: fields for command, fields in named.items() if command not in SYSTEM_COMMANDS}
    assert of_people == {command: {field} for command, (field, _) in NAMING.items()}
    for command, fields in of_people.items():
        assert {NAMES_OTHERS[command]} == fields, "record looks up whether its sender may know the case"


def test_no_other_request_names_a_case_beside_its_address(office: Office) -> None:
    found = set()
    spec = office.app.openapi()
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] != "path" and "^case_" in str(p["schema"])}
            found |= {(method, path, name) for name in named}
    bodies = {name for name, said in spec["components"]["schemas"].items() if fields_that_name_a_case(said)}
    assert found == set()
    # Mail that waits is placed by people who look after everybody's, and read as they read (services/unplaced.py).
    placing = {"PlaceRequest", "ReportRequest"}
    # Of a bulk: those that a conflict closes to its sender are left out like those that are not there (test_readers).
    # An erasure is asked for a case that the asker finds: to whom it is closed it is not there (services/erasures.py).
    assert {name for name in bodies if not name.endswith(("Body", "Command"))} <= {"BulkSelection", "ErasureRequest", *placing}


class TestNamingAnother:
    """Whoever names a case has to know of it; else it is as one that nobody has, at every door."""

    async def sender(self, office: Office, who: str) -> Desk:
        closed = office.tenants.conflicts(office.tenant_id, ("programme-9",))
        all_of_them: dict[str, dict[str, Any]] = {
            "lead": {"roles": ("lead",), "conflicts": closed},
            "ops": {"roles": ("ops",), "conflicts": closed},
            "close": {"queues": ("mediation", "elsewhere"), "conflicts": closed},
            "stranger": {"queues": ("elsewhere",)},
        }
        more = all_of_them[who]
        person = Person(id="per_eve", name="Eve", **{"roles": ("mediator",), **more})
        await office.tenants.put_person(office.tenant_id, person)
        return office.desk(await office.key(person_id=person.id))

    async def two(self, office: Office) -> tuple[str, str]:
        """One that is closed to them, and a younger one that they own."""
        theirs = await office.desk().in_review()
        sides = [{"side": "claimant", "ref": "user-5"}, {"side": "respondent", "ref": "programme-5"}]
        own = await office.desk().in_review(parties=sides)
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("UPDATE cases SET queue = 'elsewhere' WHERE id = $1", own["id"])
        return theirs["id"], own["id"]

    @pytest.mark.parametrize("command", list(NAMING))
    @pytest.mark.parametrize("who", ["lead", "ops", "close", "stranger"])
    async def test_is_answered_as_for_a_case_that_nobody_has(self, office: Office, who: str, command: str) -> None:
        eve = await self.sender(office, who)
        closed, own = await self.two(office)
        if who in ("close", "stranger"):
            assert (await eve.post(f"/v1/cases/{own}/take")).status_code == 200
        field, more = NAMING[command]
        said = [await eve.command(own, command, **{field: other, **more}) for other in (closed, NOBODYS)]
        assert [answer.status_code for answer in said] == [422, 422], said[0].text
        there, nowhere = ({**a.json(), "instance": "", "request_id": "", "command_id": ""} for a in said)
        assert there["code"] == "other_case_unknown"
        assert str(there).replace(closed, NOBODYS) == str(nowhere)
        told = await office.views.case(office.tenant_id, closed)
        assert told is not None
        assert told.case is not None
        assert (told.case.links, told.case.joined) == ((), ())

    async def test_whoever_took_access_to_the_other_one_writes_nothing_into_it(self, office: Office) -> None:
        eve = await self.sender(office, "stranger")
        closed, own = await self.two(office)
        assert (await eve.post(f"/v1/cases/{own}/take")).status_code == 200
        assert (await eve.post(f"/v1/cases/{closed}/access", {"reason": "Is it the same matter?"})).status_code == 201
        for command, (field, more) in NAMING.items():
            answer = await eve.command(own, command, **{field: closed, **more})
            assert (answer.status_code, answer.json()["code"]) == (403, "access_reads_only"), command

    async def test_a_platform_key_for_the_team_does_not_open_it_either(self, office: Office) -> None:
        await self.sender(office, "lead")
        closed, own = await self.two(office)
        answer = await office.desk().command(own, "link", "per_eve", to=closed)
        assert answer.json()["code"] == "other_case_unknown"

    @pytest.mark.parametrize(("who", "code"), [("lead", "conflict_of_interest"), ("stranger", "access_needed")])
    async def test_nor_does_temporals_door_open_the_case_itself(self, office: Office, who: str, code: str) -> None:
        await self.sender(office, who)
        closed, own = await self.two(office)
        said = {
            "note": {"id": "cmd_t1", "type": "note", "by": "per_eve", "text": "Let me see."},
            "link": {"id": "cmd_t2", "type": "link", "by": "per_eve", "to": closed},
        }
        if who == "stranger":
            async with office.database.tenant(office.tenant_id) as conn:
                await conn.execute(
                    "UPDATE cases SET owner = 'per_eve', state = jsonb_set(state, '{owner}', '\"per_eve\"') WHERE id = $1", own
                )
        recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
        answers = [
            (
                await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case, arrivals=(Arrival(command=one),)))
            ).answers[0]
            for case, one in ((closed, said["note"]), (own, said["link"]))
        ]
        assert [answer.code for answer in answers if answer] == [code, "other_case_unknown"]

    async def test_a_link_with_a_case_that_was_closed_to_them_is_taken_back_by_somebody_else(self, office: Office) -> None:
        cleo = office.desk("cleo")
        closed, own = await self.two(office)
        made = await cleo.post(f"/v1/cases/{own}/links", {"to": closed})
        await carried_out(office, own, closed)
        (link,) = (await cleo.get(f"/v1/cases/{own}")).json()["case_links"]
        eve = await self.sender(office, "lead")
        said = [await eve.command(own, "unlink", link_id=one) for one in (link["id"], "lnk_nobodys")]
        there, nowhere = ({**a.json(), "instance": "", "request_id": "", "command_id": ""} for a in said)
        assert (made.status_code, there["code"]) == (200, "link_unknown")
        assert str(there).replace(link["id"], "lnk_nobodys") == str(nowhere)
        assert (await cleo.command(own, "unlink", link_id=link["id"])).status_code == 200
