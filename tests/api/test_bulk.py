"""Commands for many cases: exactly the selected ones, one result each by the case's own rules, and nothing that decides."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema_rs
import pytest

from services.bulk import IN_BULK
from storage.team.bulk import Order, PostgresBulk, TooMany
from storage.views.cases import CaseFilter
from tests.support.office import ClosedDoor, Desk, Office, party, some_cases

ASSIGN = {"type": "assign", "owner": "per_ben", "reason": "ada_on_leave"}
CLOSE = {"type": "close", "reason": "programme_ended", "reasons": "The programme was discontinued."}
EVERY = {"all": True}


async def bulk(desk: Desk, command: dict[str, Any], status: int = 200, **more: Any) -> dict[str, Any]:
    answer = await desk.post("/v1/bulk", {"command": command, "selection": EVERY, **more})
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def sent(office: Office, cases: dict[str, str], command: str) -> set[str]:
    """Names of the cases that a command of a bulk is in the inbox of."""
    return {
        name
        for name, case_id in cases.items()
        for one in await office.views.commands(office.tenant_id, case_id)
        if one.type == command and one.id.startswith("cmd_bulk-")
    }


@pytest.mark.postgres
class TestSelection:
    @pytest.mark.parametrize(
        ("selection", "names"),
        [
            (EVERY, {"settlement", "waiting", "adas", "fraud"}),
            ({"kind": "fraud_report"}, {"fraud"}),
            ({"queue": "mediation"}, {"settlement", "waiting", "adas"}),
            ({"phase": "review", "kind": "bounty_dispute"}, {"waiting", "adas"}),
            ({"owner": "per_ada"}, {"adas"}),
            ({"category": "stolen_payment"}, {"fraud"}),
            ({"priority": "urgent"}, set()),
        ],
        ids=["all", "kind", "queue", "phase", "owner", "category", "nothing"],
    )
    async def test_exactly_the_selected_cases_with_a_result_each(
        self, office: Office, selection: dict[str, Any], names: set[str]
    ) -> None:
        cases = await some_cases(office)
        told = await bulk(office.desk("cleo"), {"type": "assign", "owner": "per_ada"}, selection=selection)
        assert told["cases"] == len(names)
        assert sorted(one["case"] for one in told["results"]) == sorted(cases[name] for name in names)
        assert await sent(office, cases, "assign") == names
        assert (told["id"] is None) == (not names)

    async def test_cases_that_are_named_and_those_of_them_that_do_not_fit(self, office: Office) -> None:
        cases = await some_cases(office)
        unknown = "case_00000000-0000-0000"
        selection = {"case_ids": [cases["waiting"], cases["closed"], unknown, cases["fraud"]], "kind": "bounty_dispute"}
        told = await bulk(office.desk("cleo"), ASSIGN, selection=selection)
        assert [one["case"] for one in told["results"]] == [cases["waiting"]]
        assert told["left_out"] == [cases["closed"], unknown, cases["fraud"]]

    @pytest.mark.parametrize(
        ("selection", "field", "code"),
        [
            (None, "selection", "missing"),
            ({}, "selection", "selection_unclear"),
            ({"all": False}, "selection", "selection_unclear"),
            ({"all": True, "queue": "mediation"}, "selection", "selection_unclear"),
            ({"case_ids": []}, "selection.case_ids", "too_short"),
            ({"status": "closed"}, "selection.status", "extra_forbidden"),
        ],
        ids=["left out", "empty", "not all", "all and some", "no cases", "unknown filter"],
    )
    async def test_it_is_said_on_purpose(self, office: Office, selection: dict[str, Any] | None, field: str, code: str) -> None:
        body = {"command": ASSIGN} if selection is None else {"command": ASSIGN, "selection": selection}
        answer = await office.desk("dana").post("/v1/bulk", body)
        assert answer.status_code == 422
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]

    async def test_a_dry_run_only_names_them(self, office: Office) -> None:
        cases = await some_cases(office)
        told = await bulk(office.desk("dana"), CLOSE, selection={"queue": "mediation"}, dry_run=True)
        assert (told["dry_run"], told["cases"], told["id"], told["results"]) == (True, 3, None, [])
        assert told["selected"] == sorted(cases[name] for name in ("settlement", "waiting", "adas"))
        assert await sent(office, cases, "close") == set()

    async def test_no_more_than_the_limit(self, office: Office) -> None:
        await some_cases(office)
        many = PostgresBulk(office.database, office.vault)
        order = Order("assign", None, "key:many", "per_dana", more={"owner": None}, limit=3)
        with pytest.raises(TooMany, match="More than 3 open cases fit"):
            await many.preview(office.tenant_id, order)
        with pytest.raises(TooMany):
            await many.place(office.tenant_id, order, "key_1")
        less = Order("assign", None, "key:many", "per_dana", which=CaseFilter(queue="mediation"), limit=3)
        assert len((await many.place(office.tenant_id, less, "key_1")).members) == 3

    async def test_above_a_thousand_nothing_is_sent(self, office: Office) -> None:
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute(
                """
                INSERT INTO cases (tenant, id, kind, category, queue, priority, source, open_command_id, opened_by, report_hash,
                    pack, pack_version)
                SELECT $1, 'case_many-' || to_char(n, 'FM00000'), 'bounty_dispute', 'general', 'many', 'normal', 'api', 'cmd_x',
                    'system', '', 'p', 'v'
                FROM generate_series(1, 1001) AS n
                """,
                office.tenant_id,
            )
        dana = office.desk("dana", doors=ClosedDoor())
        for dry_run in (True, False):
            body = {"command": CLOSE, "selection": {"queue": "many"}, "dry_run": dry_run}
            answer = await dana.post("/v1/bulk", body)
            assert (answer.status_code, answer.json()["code"]) == (422, "bulk_too_large")
        async with office.database.tenant(office.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM commands WHERE tenant = $1", office.tenant_id) == 0
            await conn.execute("UPDATE cases SET queue = 'one' WHERE tenant = $1 AND id = 'case_many-00001'", office.tenant_id)
        told = await bulk(dana, CLOSE, 202, selection={"queue": "many"})
        assert (told["cases"], told["counts"], len(told["results"])) == (1000, {"pending": 1000}, 1000)


@pytest.mark.postgres
class TestEachCase:
    async def test_some_take_it_and_some_refuse_with_the_reason(self, office: Office) -> None:
        """Three of them stand still already."""
        cases, cleo = await some_cases(office), office.desk("cleo")
        told = await bulk(cleo, {"type": "pause", "reason": "holiday"}, selection={"kind": "bounty_dispute"})
        assert told["counts"] == {"accepted": 3}
        again = await bulk(cleo, {"type": "pause", "reason": "holiday"})
        assert again["counts"] == {"refused": 3, "accepted": 1}
        assert [one["status"] for one in again["results"]] == ["refused"] * 3 + ["accepted"]
        assert {one["code"] for one in again["results"]} == {"already_held", None}
        assert all(one["detail"] for one in again["results"] if one["code"])
        assert again["results"][-1]["case"] == cases["fraud"]

    async def test_a_mediator_orders_for_their_own_cases_and_no_other(self, office: Office) -> None:
        cases, ada = await some_cases(office), office.desk("ada")
        later = {"type": "snooze", "until": "2027-03-01T09:00:00Z", "reason": "waits_for_a_party"}
        told = await bulk(ada, later)
        assert [(one["case"], one["status"]) for one in told["results"]] == [(cases["adas"], "accepted")]
        assert (await ada.get(f"/v1/bulk/{told['id']}")).json() == told
        again, every = {"type": "resume", "clock": "team", "reason": "news"}, list(cases.values())
        named = await bulk(ada, again, selection={"case_ids": every})
        assert [one["case"] for one in named["results"]] == [cases["adas"]]
        assert len(named["left_out"]) == len(cases) - 1
        of_ben = await ada.post("/v1/bulk", {"command": later, "selection": {"owner": "per_ben"}})
        assert of_ben.json()["results"] == []

    async def test_a_lead_who_may_not_is_refused_by_each_case(self, office: Office) -> None:
        await some_cases(office)
        told = await bulk(office.desk("cleo"), CLOSE)
        assert told["counts"] == {"refused": 4}
        assert {one["code"] for one in told["results"]} == {"not_allowed"}
        closed = await bulk(office.desk("dana"), CLOSE)
        # The claim of a stolen payment is decided, and put away by nobody.
        assert closed["counts"] == {"accepted": 3, "refused": 1}
        assert [one["code"] for one in closed["results"] if one["code"]] == ["claim_undecided"]

    async def test_evidence_is_asked_for_where_a_lead_is_the_owner(self, office: Office) -> None:
        cases, cleo = await some_cases(office), office.desk("cleo")
        assert (await cleo.post(f"/v1/cases/{cases['waiting']}/take")).status_code == 200
        ask = {"type": "request_evidence", "of": "claimant", "what": "Which version did you test?"}
        told = await bulk(cleo, ask, selection={"phase": "review", "kind": "bounty_dispute"})
        assert {(one["case"], one["code"]) for one in told["results"]} == {
            (cases["waiting"], None), (cases["adas"], "not_your_case"),
        }  # fmt: skip

    async def test_its_text_is_sealed_for_each_case_with_the_teams_key(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        await bulk(dana, CLOSE)
        text = CLOSE["reasons"]
        async with office.database.tenant(office.tenant_id) as conn:
            bodies = await conn.fetch(
                "SELECT case_id, body FROM commands WHERE tenant = $1 AND type = 'close' ORDER BY case_id", office.tenant_id
            )
            ids = [row["body"]["reasons"]["content_id"] for row in bodies]
            assert await office.vault.reveal(conn, office.tenant_id, ids) == dict.fromkeys(ids, text)
            assert len(set(ids)) == 4
            assert text not in str(await conn.fetch("SELECT * FROM commands WHERE tenant = $1", office.tenant_id))
        async with office.database.deed(office.tenant_id) as conn:
            assert await office.vault.erase(conn, office.tenant_id, cases["fraud"], "staff")
        async with office.database.tenant(office.tenant_id) as conn:
            left = await office.vault.reveal(conn, office.tenant_id, ids)
        assert [row["case_id"] for row in bodies if left[row["body"]["reasons"]["content_id"]] is None] == [cases["fraud"]]

    async def test_the_parties_read_it(self, office: Office) -> None:
        cases = await some_cases(office)
        await bulk(office.desk("dana"), CLOSE)
        entries = (await office.desk().get(f"/v1/cases/{cases['adas']}/timeline")).json()["data"]
        assert CLOSE["reasons"] in str(entries)

    async def test_with_nobody_to_judge_it_waits_on_disk_and_is_read_later(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana", doors=ClosedDoor())
        answer = await dana.post("/v1/bulk", {"command": {"type": "pause", "reason": "holiday"}, "selection": EVERY})
        told = answer.json()
        assert (answer.status_code, told["counts"]) == (202, {"pending": 4})
        assert answer.headers["Location"] == told["links"]["self"] == f"/v1/bulk/{told['id']}"
        assert (await office.desk("ada").command(cases["fraud"], "note", text="Wake up.")).status_code == 200
        later = (await dana.get(told["links"]["self"])).json()
        assert later["counts"] == {"pending": 3, "accepted": 1}
        assert {**later, "counts": None, "results": None} == {**told, "counts": None, "results": None}


@pytest.mark.postgres
class TestOnce:
    async def test_the_same_key_is_one_bulk(self, office: Office) -> None:
        cases, dana, key = await some_cases(office), office.desk("dana"), {"Idempotency-Key": "bulk-1"}
        body = {"command": CLOSE, "selection": EVERY}
        answers = await asyncio.gather(*(dana.post("/v1/bulk", body, headers=key) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert await sent(office, cases, "close") == {"settlement", "waiting", "adas", "fraud"}
        other = await dana.post("/v1/bulk", {**body, "selection": {"queue": "mediation"}}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize("command", [CLOSE, ASSIGN], ids=["with a text", "without"])
    async def test_two_at_the_same_moment_are_one(self, office: Office, command: dict[str, Any]) -> None:
        await some_cases(office)
        many = PostgresBulk(office.database, office.vault)
        more = {name: value for name, value in command.items() if name != "type"}
        order = Order(command["type"], None, "key:twice", "per_dana", more=more)
        placed = await asyncio.gather(*(many.place(office.tenant_id, order, "key_1") for _ in range(6)))
        assert all(one == placed[0] for one in placed)
        assert len(placed[0].members) == 4

    async def test_a_bulk_whose_answer_was_lost_finds_itself(self, office: Office) -> None:
        """The process died between the disk and the answer; before the caller asks again, another case comes in."""
        await some_cases(office)
        dana, key, body = office.desk("dana"), {"Idempotency-Key": "bulk-2"}, {"command": ASSIGN, "selection": EVERY}
        first = (await dana.post("/v1/bulk", body, headers=key)).json()
        await office.desk().opened()
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("DELETE FROM idempotency WHERE tenant = $1", office.tenant_id)
        assert (await dana.post("/v1/bulk", body, headers=key)).json() == first
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("DELETE FROM idempotency WHERE tenant = $1", office.tenant_id)
        another = (await dana.post("/v1/bulk", {**body, "command": {"type": "pause", "reason": "x"}}, headers=key)).json()
        assert (another["id"] != first["id"], another["cases"]) == (True, 5), "what is something else never gets this answer"

    async def test_a_command_that_was_slipped_in_behind_is_none_of_it(self, office: Office) -> None:
        cases, dana = await some_cases(office), office.desk("dana")
        told = await bulk(dana, ASSIGN)
        slipped = {"type": "note", "text": "Me too.", "id": f"cmd_{told['id'].replace('_', '-')}-5"}
        assert (await dana.post(f"/v1/cases/{cases['fraud']}/commands", slipped)).status_code == 200
        assert (await dana.get(f"/v1/bulk/{told['id']}")).json()["cases"] == 4


@pytest.mark.postgres
class TestForbidden:
    async def test_rulings_are_never_sent_in_bulk(self, office: Office) -> None:
        cases = await some_cases(office)
        rule = {"type": "rule", "outcome": "invalid", "ground": "scope", "reasons": "Out of scope."}
        for command in (rule, {"type": "approve"}, {"type": "escalate"}, {"type": "admit"}):
            answer = await office.desk("cleo").post("/v1/bulk", {"command": command, "selection": EVERY})
            assert (answer.status_code, answer.json()["code"]) == (403, "bulk_forbidden")
            assert answer.json()["fields"]["in_bulk"] == list(IN_BULK)
            assert await sent(office, cases, command["type"]) == set()

    @pytest.mark.parametrize(
        ("command", "field"),
        [
            ({}, "command"),
            ({"type": "promote"}, "command"),
            ({"type": ["assign"]}, "command"),
            ({"type": "assign", "owner": "ada"}, "command.owner"),
            ({"type": "close", "reason": "x", "reasons": " "}, "command.reasons"),
            ({"type": "close", "reason": "x", "reasons": {"content_id": "cnt_1", "digest": "", "length": 1}}, "command.reasons"),
            ({**ASSIGN, "id": "cmd_mine1"}, "command.id"),
            ({**ASSIGN, "by": "per_dana"}, "command.by"),
            ({"type": "retarget", "reason": "x"}, "command"),
        ],
    )
    async def test_what_is_no_command_is_named(self, office: Office, command: dict[str, Any], field: str) -> None:
        answer = await office.desk("dana").post("/v1/bulk", {"command": command, "selection": EVERY})
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.postgres
class TestWho:
    @pytest.mark.parametrize("who", ["ada", "platform"])
    async def test_nobody_but_leads_and_ops(self, office: Office, who: str) -> None:
        cases = await some_cases(office)
        for more in ({}, {"dry_run": True}):
            answer = await office.desk(who).post("/v1/bulk", {"command": ASSIGN, "selection": EVERY, **more})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert await sent(office, cases, "assign") == set()

    async def test_a_party_a_stranger_to_the_house_and_the_system(self, office: Office) -> None:
        case, desk, body = await office.desk().opened(), office.desk(), {"command": ASSIGN, "selection": EVERY}
        told = await bulk(office.desk("dana"), ASSIGN)
        as_party = {"Ombud-Act-As": party(case, "claimant")}
        for answer, code in (
            (await desk.post("/v1/bulk", body, headers=as_party), "not_allowed"),
            (await desk.get(f"/v1/bulk/{told['id']}", headers=as_party), "not_allowed"),
            (await office.desk("ada").get(f"/v1/bulk/{told['id']}"), "not_allowed"),
            (await desk.post("/v1/bulk", {**body, "by": "per_nobody"}), "actor_unknown"),
            (await desk.post("/v1/bulk", {**body, "by": "system"}), "actor_unknown"),
            (await office.desk("ada").post("/v1/bulk", {**body, "by": "per_dana"}), "by_forbidden"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, code)

    async def test_a_platforms_key_sends_it_for_a_lead_and_reads_it(self, office: Office) -> None:
        await some_cases(office)
        told = await bulk(office.desk(), ASSIGN, by="per_cleo")
        assert (told["by"], told["counts"]) == ("per_cleo", {"accepted": 4})
        assert (await office.desk().get(f"/v1/bulk/{told['id']}")).json() == told

    async def test_another_tenant_is_not_touched_and_reads_nothing(self, office: Office, stranger: Office) -> None:
        mine, theirs = await some_cases(office), await some_cases(stranger)
        told = await bulk(office.desk("dana"), CLOSE)
        assert await sent(stranger, theirs, "close") == set()
        foreign = await bulk(office.desk("dana"), ASSIGN, selection={"case_ids": [theirs["fraud"], mine["closed"]]})
        assert (foreign["cases"], foreign["left_out"]) == (0, [theirs["fraud"], mine["closed"]])
        for bulk_id in (told["id"], "bulk_none", "bulk_" + "0" * 32):
            answer = await stranger.desk("dana").get(f"/v1/bulk/{bulk_id}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.postgres
async def test_an_answer_is_as_described(office: Office) -> None:
    await some_cases(office)
    description = (await office.desk(None).get("/v1/openapi.json")).json()
    told = await bulk(office.desk("cleo"), CLOSE)
    whole = {"components": description["components"]}
    jsonschema_rs.validator_for({"$ref": "#/components/schemas/BulkAction", **whole}).validate(told)
    takes = jsonschema_rs.validator_for({"$ref": "#/components/schemas/BulkRequest", **whole})
    assert takes.is_valid({"command": CLOSE, "selection": EVERY})
    assert not takes.is_valid({"command": {"type": "approve"}, "selection": EVERY})
    assert not takes.is_valid({"command": {**CLOSE, "by": "per_dana"}, "selection": EVERY})
