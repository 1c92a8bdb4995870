"""Cases that have to do with each other, through the API: who may read what, and which answers are given."""

from __future__ import annotations

from typing import Any

import pytest

from activities.carry_out import CarryOutActivities
from activities.messages import EffectRef, RecordInput
from storage.outside.cross_case import PostgresCrossCaseTasks
from storage.outside.effects import PostgresEffects
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


async def carried_out(office: Office, case_id: str, other: str) -> None:
    """What a worker does about the errands of a case."""
    recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
    effects, cross_case_tasks = (
        PostgresEffects(office.database, office.vault),
        PostgresCrossCaseTasks(office.database, office.vault),
    )
    carry = CarryOutActivities(effects, None, cross_case_tasks=cross_case_tasks)  # type: ignore[arg-type]  # no remedy is carried out here
    held = await office.views.case(office.tenant_id, case_id)
    assert held is not None
    assert held.case is not None
    for task in held.case.running:
        ref = EffectRef(tenant_id=office.tenant_id, case_id=case_id, effect_id=task)
        with pytest.raises(Exception, match="asked to wait"):
            await carry.carry_out(ref)
        await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=other))
        await carry.carry_out(ref)
    await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case_id))


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

    async def test_nobody_outside_can_say_that_a_case_was_joined(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        said = {"type": "join", "merge_id": "mrg_1", "of": case["id"], "reason": "by_hand"}
        answer = await desk.post(f"/v1/cases/{case['id']}/commands", said)
        assert answer.json()["code"] == "system_only"
