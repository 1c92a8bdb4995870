"""Erasing by plain forms: one of operations asks, another agrees, and the case's page says what is gone."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest

from storage.tenants import Person
from tests.support.browsing import Lobby
from tests.support.office import party
from tests.support.outside import by_link

pytestmark = pytest.mark.postgres


async def test_one_asks_another_agrees_and_the_pages_go_on(lobby: Lobby) -> None:
    office = lobby.office
    desk = office.desk()
    case = await desk.opened(statement="They never sent it, says zq0canary0qz.", external_id="kim-7")
    await desk.command(case["id"], "withdraw", party(case, "claimant"))
    await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
    dana, omar = await lobby.signed_in("dana"), await lobby.signed_in("omar")
    await dana.open("/menu")
    assert "Erasing" in dana.words
    await dana.open("/erasing")
    assert "Nothing was asked for." in dana.words
    await dana.open(f"/cases/{case['id']}")
    assert "/do/translate?of=1" in dana.html
    await dana.open("/erasing")
    await dana.send("/erasing", case=case["id"], party=party(case, "claimant"), reason="", though_open="")
    assert "Choose why" in dana.words
    await dana.send("/erasing", case=case["id"], party=party(case, "claimant"), reason="request", though_open="")
    await dana.open("/erasing")
    assert "waits for another person" in dana.words
    assert "Agree and erase" not in dana.words
    (erasure,) = (await office.desk("dana").get("/v1/erasures")).json()["data"]
    await omar.open("/erasing")
    assert "Agree and erase" in omar.words
    assert "1 case meant" in omar.words
    assert "kim-7" in omar.words
    await omar.send(f"/erasing/{erasure['id']}/approve")
    assert "Look at what is meant and tick that you did" in omar.words
    (waits,) = (await office.desk("dana").get("/v1/erasures")).json()["data"]
    assert waits["state"] == "waiting", "one press erases nothing"
    await omar.send(f"/erasing/{erasure['id']}/approve", sure="yes")
    await omar.open("/erasing")
    assert "erased" in omar.words
    for page in ("", "/history"):
        await dana.open(f"/cases/{case['id']}{page}")
        assert dana.page is not None
        assert dana.page.status_code == 200
        assert "zq0canary0qz" not in dana.html
        assert "kim-7" not in dana.html
    await dana.open(f"/cases/{case['id']}")
    today = f"{datetime.now(UTC):%a %-d %b %Y}"
    assert f"The words were erased on {today}" in dana.words
    assert "because they asked for it" in dana.words
    assert "/do/translate?of=1" not in dana.html, "what is gone is translated by nobody"
    await dana.open("/inbox?view=all&status=closed")
    assert dana.page is not None
    assert dana.page.status_code == 200


async def test_parties_are_told_when_and_each_why_of_their_own_words_alone(lobby: Lobby) -> None:
    """Whatever is gone says so in its place: what was reported, a file and its name, in pages, the API and the export."""
    office = lobby.office
    case = await office.desk().opened(statement="They never sent it, says zq0canary0qz.")
    kim = party(case, "claimant")
    headers = {"Ombud-Act-As": kim, "Content-Type": "text/plain"}
    sent = await office.desk().http.post(f"/v1/cases/{case['id']}/files?name=proof.txt", headers=headers, content=b"A file.")
    file = sent.json()["id"]
    await office.desk().command(case["id"], "submit_evidence", kim, text="See the file.", files=[file])
    await office.desk().command(case["id"], "offer", kim, remedy="payout", text="For the half of it.",
                                amount={"amount": 500, "currency": "USD"})  # fmt: skip
    hers, theirs = await by_link(lobby, case, "claimant"), await by_link(lobby, case, "respondent")
    await office.desk().command(case["id"], "withdraw", kim)
    said = {"case": case["id"], "party": kim, "reason": "request"}
    asked = (await office.desk("dana").post("/v1/erasures", said)).json()
    await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
    office.keys["omar"] = await office.key(person_id="per_omar", scopes=("cases:read", "cases:write", "admin"))
    assert (await office.desk("omar").post(f"/v1/erasures/{asked['id']}/approve")).json()["state"] == "done"
    # Her link went with the erasure; the other side's is theirs.
    await theirs.open("/my")
    assert theirs.words.count("These words were erased on") == 3
    assert "A file that was erased on" in theirs.words
    assert "because you asked" not in theirs.words, "that somebody asked to be forgotten is theirs to tell"
    await hers.open("/my")
    assert hers.page is not None
    assert hers.page.status_code == 403
    exported = await theirs.open("/my/export")
    with zipfile.ZipFile(io.BytesIO(exported.content)) as packed:
        told = packed.read("index.html").decode()
    # The report with what it is called, the offer, and what was handed in, as it happened and as it is.
    assert (told.count("These words were erased on"), told.count("A file that was erased on")) == (5, 1)
    dana = await lobby.signed_in("dana")
    await dana.open(f"/cases/{case['id']}")
    assert dana.words.count("because they asked for it") >= 3
    assert "A file that was erased on" in dana.words
    await dana.open(f"/cases/{case['id']}/files/{file}/look")
    assert "It was erased on" in dana.words
    desk, other = office.desk("dana"), {"Ombud-Act-As": party(case, "respondent")}
    whole = (await desk.get(f"/v1/cases/{case['id']}")).json()
    assert [(one["of"], one["reason"]) for one in whole["erased"] if one["of"] != "platform"] == [(kim, "request")]
    for answered, reason in (
        (await desk.get(f"/v1/cases/{case['id']}/evidence"), "request"),
        (await office.desk().get(f"/v1/cases/{case['id']}/evidence", headers=other), None),
    ):
        (piece,) = answered.json()["data"]
        assert (piece["text"], piece["erased"]["reason"], piece["files"][0]["erased"]["reason"]) == (None, reason, reason)
    for who, more, reason in (("dana", {}, "request"), (None, other, None)):
        entries = (await office.desk(who or "platform").get(f"/v1/cases/{case['id']}/timeline", headers=more)).json()["data"]
        (opened,) = [entry for entry in entries if entry["type"] == "case_opened"]
        assert opened["data"]["statement"] is None
        assert opened["erased"]["statement"]["reason"] == reason


async def test_it_is_for_operations(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    await ada.open("/erasing")
    assert ada.page is not None
    assert ada.page.status_code == 403


async def test_all_that_is_held_about_a_person_is_one_download(lobby: Lobby) -> None:
    case = await lobby.office.desk().opened(statement="They never sent it, says zq0canary0qz.")
    dana = await lobby.signed_in("dana")
    await dana.open("/erasing")
    await dana.send("/erasing/export", case=case["id"], party=party(case, "claimant"))
    assert dana.page is not None
    with zipfile.ZipFile(io.BytesIO(dana.page.content)) as packed:
        assert "zq0canary0qz" in packed.read("index.html").decode()
    await dana.open("/erasing")
    await dana.send("/erasing/export", case=case["id"], party="pty_nobody")
    assert "no such party" in dana.words
