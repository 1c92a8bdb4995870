"""A case in the archive is read, listed, found, handed out and answered as any other: nobody has to know where it lies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.leaks import SAME, Asker, operations
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

_SENT = "UPDATE notices SET state = 'sent', sent_at = now() WHERE tenant = $1 AND case_id = $2 AND state = 'pending'"
OTHER_EACH_TIME = ("/readers", "/personal-data", "/work")
"""What tells who has read it, or when it was asked."""


async def quiet(office: Office, case_id: str) -> None:
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute(_SENT, office.tenant_id, case_id)


async def archived(office: Office, case_id: str) -> bool:
    async with office.database.tenant(office.tenant_id) as conn:
        return bool(await conn.fetchval("SELECT archived FROM cases WHERE tenant = $1 AND id = $2", office.tenant_id, case_id))


async def a_closed_case(office: Office, **changes: Any) -> dict[str, Any]:
    """A case with words of both sides and of the team, taken back by who reported it."""
    desk = office.desk()
    case = await desk.in_review(heard=True, external_id="R-4711", matter="flaw-9", **changes)
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take")).is_success
    for command, fields in (("message", {"text": "What happened then?"}), ("note", {"text": "Looks thin."})):
        assert (await office.desk("ada").command(case["id"], command, **fields)).is_success
    assert (await desk.command(case["id"], "withdraw", party(case, "claimant"))).is_success
    await quiet(office, case["id"])
    return case


async def put_away(office: Office, case_id: str) -> None:
    assert (await office.archive.put_away(office.tenant_id, case_id))[0] is None


def _told(text: str) -> str:
    """An answer without the instants at which it was given."""
    return re.sub(r'"(as_of|now|exported_at|age_s|signature|etag)": ?[^,}]*', "", text)


async def test_every_read_of_it_answers_as_before(office: Office) -> None:
    case = await a_closed_case(office)
    asker = Asker(office)
    headers = {"Authorization": f"Bearer {office.keys['ada']}", **SAME}
    reads = [
        one for one in operations(asker.description)
        if one.method == "GET" and set(one.kinds.values()) == {"case"} and not one.path.endswith(OTHER_EACH_TIME)
    ]  # fmt: skip
    assert len(reads) >= 10
    for one in reads:
        address = one.path.replace("{case_id}", case["id"])
        before = await asker.http.get(address, headers=headers)
        await put_away(office, case["id"])
        after = await asker.http.get(address, headers=headers)
        assert (after.status_code, _told(after.text)) == (before.status_code, _told(before.text)), address
        assert not await archived(office, case["id"]), address
    await asker.http.aclose()


async def test_lists_tell_of_it_and_leave_it_where_it_is(office: Office) -> None:
    case, desk = await a_closed_case(office), office.desk()
    asked = ("/v1/cases?status=closed", "/v1/cases?external_id=R-4711", "/v1/cases?matter=flaw-9", "/v1/cases?party_ref=user-1")
    before = [_told((await desk.get(one)).text) for one in asked]
    assert all(case["id"] in one for one in before)
    await put_away(office, case["id"])
    assert [_told((await desk.get(one)).text) for one in asked] == before
    assert await archived(office, case["id"])


async def test_the_same_report_is_known_and_the_case_is_taken_up_again(office: Office) -> None:
    case, desk = await a_closed_case(office), office.desk()
    await put_away(office, case["id"])
    again = await desk.post("/v1/cases", {"kind": "bounty_dispute", **_like(case), "external_id": "R-4711"})
    assert again.status_code in (200, 409), again.text
    reopened = await office.desk("dana").command(case["id"], "reopen", reason="new_evidence")
    assert reopened.status_code == 200, reopened.text
    assert reopened.json()["case"]["status"] == "open"
    assert (await office.parts().audit.verify(office.tenant_id)).intact


def _like(case: dict[str, Any]) -> dict[str, Any]:
    sides = [{"side": one["side"], "ref": f"u-{one['side']}", "name": "Kim"} for one in case["parties"]]
    return {"statement": "Again.", "parties": sides}


async def test_who_answers_a_letter_years_later_is_heard(office: Office) -> None:
    case = await a_closed_case(office)
    async with office.database.tenant(office.tenant_id) as conn:
        letter = await conn.fetchval(
            "UPDATE notices SET channel = 'email' WHERE id = (SELECT id FROM notices WHERE tenant = $1 AND case_id = $2 "
            "AND recipient LIKE 'pty\\_%' LIMIT 1) RETURNING id",
            office.tenant_id, case["id"],
        )  # fmt: skip
    await put_away(office, case["id"])
    found = await office.parts().answered.notice(office.tenant_id, letter)
    assert found is not None
    assert found.case_id == case["id"]
    assert not await archived(office, case["id"])


async def test_who_asks_for_what_is_held_about_them_gets_it_from_there_too(office: Office) -> None:
    case = await a_closed_case(office)
    path = f"/v1/cases/{case['id']}/parties/{party(case, 'claimant')}/personal-data"
    before = await office.desk("dana").get(path)
    assert before.status_code == 200, before.text
    await quiet(office, case["id"])
    await put_away(office, case["id"])
    after = await office.desk("dana").get(path)
    assert after.status_code == 200
    assert abs(len(after.content) - len(before.content)) < 200
    assert not await archived(office, case["id"])


async def test_a_tenant_sets_after_how_long(office: Office) -> None:
    desk = office.desk("dana")
    assert (await desk.get("/v1/tenant")).json()["archive_after_days"] is None
    for days, status in ((90, 422), (400, 200)):
        assert (await desk.http.patch("/v1/tenant", json={"archive_after_days": days})).status_code == status
    found = await office.archive.after_for(office.tenant_id)
    assert found is not None
    assert found.days == 400
