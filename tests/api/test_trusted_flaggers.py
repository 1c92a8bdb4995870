"""Trusted flaggers: administrators note who has the status; their notices come first and are counted; nobody takes it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.browsing import Lobby
from tests.support.office import Office

pytestmark = pytest.mark.postgres
SAID = {"name": "Hotline Example", "ref": "hotline", "authority": "Bundesnetzagentur", "area": "Forged documents"}


async def noted(office: Office, **changes: Any) -> dict[str, Any]:
    answer = await office.desk("dana").post("/v1/trusted-flaggers", {**SAID, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def a_notice(office: Office, ref: str = "hotline", **changes: Any) -> dict[str, Any]:
    report = {
        "kind": "moderation_appeal", "category": "illegal_content",
        "statement": "The post offers forged driving licences, which it is a crime to sell.",
        "attributes": {"content_url": "https://example.com/posts/77", "good_faith": True, "area": "forged  documents"},
        "parties": [
            {"side": "claimant", "ref": ref, "name": "Hotline Example", "email": "notices@hotline.example"},
            {"side": "respondent", "ref": "author"},
        ], **changes,
    }  # fmt: skip
    answer = await office.desk().post("/v1/cases", report)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def figures(office: Office) -> dict[str, Any]:
    (one,) = (await office.desk("ada").get("/v1/trusted-flaggers")).json()["data"]
    found: dict[str, Any] = one["figures"]
    return found


async def test_their_notices_come_first_while_they_have_the_status(office: Office) -> None:
    assert (await a_notice(office))["priority"] == "normal"
    one = await noted(office)
    assert (one["state"], one["made_by"]) == ("in_force", "per_dana")
    assert (await a_notice(office))["priority"] == "high"
    assert (await a_notice(office, "somebody"))["priority"] == "normal"
    for change, state, priority in (
        ("suspend", "suspended", "normal"),
        ("resume", "in_force", "high"),
        ("end", "over", "normal"),
    ):
        answer = await office.desk("dana").http.patch(f"/v1/trusted-flaggers/{one['id']}", json={"change": change})
        assert answer.json()["state"] == state, answer.text
        assert (await a_notice(office))["priority"] == priority
    assert (await figures(office))["notices"] == 2


async def test_nobody_says_it_of_themselves_and_no_other_report_of_theirs_is_one(office: Office) -> None:
    await noted(office)
    own = await a_notice(office, "somebody", attributes={
        "content_url": "https://example.com/posts/77", "good_faith": True, "trusted_flagger": True})  # fmt: skip
    assert own["priority"] == "normal"
    await a_notice(office, kind="fraud_report", category="general")
    assert (await figures(office))["notices"] == 0


@pytest.mark.parametrize(
    ("noted_as", "said", "priority"),
    [
        ("Forged documents", "Copyright", "normal"),
        ("Forged documents", None, "normal"),
        ("Forged documents", True, "normal"),
        ("Forged documents; Counterfeit medicines", "counterfeit medicines", "high"),
        ("Forged documents; Counterfeit medicines", "Forged documents; Counterfeit medicines", "high"),
        ("Forged documents;", "", "normal"),
        ("", None, "high"),
    ],
)
async def test_their_notices_come_first_within_their_area(office: Office, noted_as: str, said: Any, priority: str) -> None:
    """Regulation (EU) 2022/2065, article 22(1). What lies beside it is theirs and counts all the same."""
    await noted(office, area=noted_as)
    named = {} if said is None else {"area": said}
    told = {"content_url": "https://example.com/posts/77", "good_faith": True, **named}
    assert (await a_notice(office, attributes=told))["priority"] == priority
    assert (await figures(office))["notices"] == 1


@pytest.mark.parametrize("category", ["hate", "general", "ilegal_content"])
async def test_so_do_those_that_they_call_otherwise(office: Office, category: str) -> None:
    """Article 22(1) asks who sends a notice and within which area, and for no category of the platform's."""
    await noted(office)
    assert (await a_notice(office, category=category, priority="low"))["priority"] == "high"
    beside = {"content_url": "https://example.com/posts/77", "good_faith": True, "area": "copyright"}
    assert (await a_notice(office, category=category, attributes=beside))["priority"] == "normal"
    assert (await figures(office))["notices"] == 2


async def test_the_same_report_sent_again_is_counted_once(office: Office) -> None:
    await noted(office)
    first = await a_notice(office, external_id="N-1")
    again = await office.desk().post("/v1/cases", {
        "kind": "moderation_appeal", "category": "illegal_content", "external_id": "N-1",
        "statement": "The post offers forged driving licences, which it is a crime to sell.",
        "attributes": {"content_url": "https://example.com/posts/77", "good_faith": True, "area": "forged  documents"},
        "parties": [
            {"side": "claimant", "ref": "hotline", "name": "Hotline Example", "email": "notices@hotline.example"},
            {"side": "respondent", "ref": "author"},
        ],
    })  # fmt: skip
    assert again.json()["id"] == first["id"]
    assert (await figures(office))["notices"] == 1


async def test_many_in_vain_are_proposed_to_be_told_to_the_coordinator(office: Office) -> None:
    await noted(office)
    # What a notice lacks is asked for first: their days to answer are moments here.
    async with office.database.deed(office.tenant_id) as conn:
        await conn.execute("UPDATE tenants SET development = true, time_scale = 0.0000001 WHERE id = $1", office.tenant_id)
    for n in range(5):
        assert (await figures(office))["report_proposed"] is False
        case = await a_notice(office, external_id=f"V-{n}", attributes={"good_faith": True})
        asked = {"type": "message", "to": "claimant", "text": "Where is it?"}
        assert (await office.desk("dana").post(f"/v1/cases/{case['id']}/commands", asked)).is_success
        await asyncio.sleep(0.5)
        closed = await office.desk("dana").post(
            f"/v1/cases/{case['id']}/commands",
            {"type": "decline", "reason": "notice_incomplete", "reasons": "It does not say where."},
        )
        assert closed.is_success, closed.text
    found = await figures(office)
    assert (found["notices"], len(found["in_vain"]), found["report_proposed"]) == (5, 5, True)
    assert (await office.desk("ada").get("/v1/trusted-flaggers?year=2001")).json()["data"][0]["figures"]["notices"] == 0


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("cleo", {}, "not_allowed"),
        ("dana", {"name": " "}, "parameter_invalid"),
        ("dana", {"until_at": "2020-01-01T00:00:00Z"}, "parameter_invalid"),
        ("dana", {"ref": "taken"}, "parameter_invalid"),
    ],
)
async def test_what_is_refused(office: Office, who: str, changes: dict[str, Any], code: str) -> None:
    await noted(office, ref="taken")
    assert (await office.desk(who).post("/v1/trusted-flaggers", {**SAID, **changes})).json()["code"] in (code, "scope_missing")


async def test_one_that_there_is_not_is_not_found_and_no_party_reads_any(office: Office) -> None:
    for path in ("/v1/trusted-flaggers/tfl_none", "/v1/trusted-flaggers/tfl_none/form-key"):
        answer = await office.desk("dana").http.request(
            "PATCH" if path.endswith("none") else "POST", path, json={"change": "end"}
        )
        assert answer.status_code == 404, path
    assert (await office.desk().get("/v1/trusted-flaggers")).json()["code"] == "not_allowed"


async def test_by_their_own_address_of_a_form_it_is_known_who_they_are(office: Office) -> None:
    one = await noted(office)
    key = (await office.desk("dana").post(f"/v1/trusted-flaggers/{one['id']}/form-key")).json()["query"]
    lobby = Lobby(office)
    made = await office.desk("dana").post("/v1/intake-sources", {"provider": "form", "kind": "moderation_appeal", "page": True})
    path = f"/report/{made.json()['id']}"
    # Their own are not counted among what one address may send in an hour.
    theirs = (("normal", ""), ("high", "yes"), ("high", "yes"), ("high", "yes"))
    tried = (("", "yes", "normal"), *((key, within, priority) for priority, within in theirs), ("?flagger=00ff", "yes", "normal"))
    for number, (query, within, priority) in enumerate(tried):
        browser = lobby.browser()
        await browser.open(f"{path}{query}")
        said = {"statement": "It offers forged driving licences, a crime.", "url": "https://example.com/posts/9"}
        await browser.turn(path, **{**said, "url": f"https://example.com/{number}"}, within=within)
        await browser.turn(path, name="Hotline", email="notices@hotline.example", good_faith="yes")
        sent = await browser.turn(path, mark=lobby.begun(path))
        assert sent.status_code in (200, 201), browser.words
        listed = (await office.desk().get("/v1/cases?limit=50")).json()["data"]
        assert max(listed, key=lambda case: case["opened_at"])["priority"] == priority, (query, within)


async def test_the_team_reads_on_a_case_from_whom_it_came_and_operations_keep_the_list(office: Office) -> None:
    lobby = Lobby(office)
    ops = await lobby.signed_in("dana")
    await ops.open("/trusted-flaggers")
    assert "There is no trusted flagger." in ops.words
    await ops.send("/trusted-flaggers", **{**SAID, "ref": ""})
    assert "Nothing was noted." in ops.words
    await ops.send("/trusted-flaggers", **SAID)
    await ops.follow()
    assert "Hotline Example" in ops.words
    case = await a_notice(office)
    desk = await lobby.signed_in("dana")
    await desk.open(f"/cases/{case['id']}")
    assert "Trusted flagger: Hotline Example, awarded by Bundesnetzagentur for: Forged documents" in desk.words
    (one,) = (await office.desk("dana").get("/v1/trusted-flaggers")).json()["data"]
    await ops.send(f"/trusted-flaggers/{one['id']}", change="suspend")
    await ops.follow()
    assert "suspended" in ops.words
    lead = await lobby.signed_in("cleo")
    await lead.open("/trusted-flaggers")
    assert "Note one" not in lead.words
