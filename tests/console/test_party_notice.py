"""A notice of illegal content by anybody: what article 16(2) of the Digital Services Act wants is asked for before it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from console.party import notice
from domain.base import Phase, Priority, Side
from tests.support.browsing import Browser, Lobby
from tests.support.outside import by_link

pytestmark = pytest.mark.postgres
WHY = "The post offers forged driving licences, which it is a crime to sell."
PLACE = "https://example.com/posts/77"


async def the_page(lobby: Lobby, kind: str = "moderation_appeal") -> str:
    key = await lobby.office.key(scopes=("*", "admin"), person_id="per_dana")
    made = await lobby.office.desk(key).post("/v1/intake-sources", {"provider": "form", "kind": kind, "page": True})
    assert made.status_code == 201, made.text
    return f"/report/{made.json()['id']}"


async def sent(lobby: Lobby, path: str, what: dict[str, str], you: dict[str, str]) -> Browser:
    browser = lobby.browser()
    await browser.open(path)
    await browser.turn(path, **{"statement": WHY, "url": PLACE, **what})
    await browser.turn(path, **you)
    await browser.turn(path, mark=lobby.begun(path))
    return browser


async def the_case(lobby: Lobby) -> Any:
    (listed,) = (await lobby.office.desk().get("/v1/cases")).json()["data"]
    row = await lobby.office.views.case(lobby.office.tenant_id, listed["id"])
    assert row is not None
    assert row.case is not None
    return row.case


async def test_becomes_a_case_that_waits_for_its_author_alone(lobby: Lobby) -> None:
    path = await the_page(lobby)
    you = {"name": "Nora Field", "email": "Nora@example.org", "good_faith": "yes"}
    browser = await sent(lobby, path, {"url": f"{PLACE}\r\nhttps://example.com/posts/78 {PLACE}"}, you)
    assert "A letter with this number" in browser.words
    case = await the_case(lobby)
    assert (case.kind, case.category, case.phase) == ("moderation_appeal", "illegal_content", Phase.INTAKE)
    said = (await lobby.office.desk().get(f"/v1/cases/{case.id}/timeline")).json()
    (opened,) = (entry["data"] for entry in said["data"] if entry["type"] == "case_opened")
    assert opened["statement"] == f"{WHY}\n\nWhere exactly it is:\n{PLACE}\nhttps://example.com/posts/78"


async def test_asks_for_each_thing_that_is_missing_before_it_is_sent(lobby: Lobby) -> None:
    path = await the_page(lobby)
    browser = lobby.browser()
    await browser.open(path)
    assert "Step 1 of 3" in browser.words
    page = await browser.turn(path, statement="Bad.", url="")
    assert page.status_code == 422
    assert "at least 10 characters" in browser.words
    assert "Say where exactly it is" in browser.words
    page = await browser.turn(path, statement=WHY, url="somewhere")
    assert page.status_code == 422
    assert "“somewhere” is no whole address" in browser.words
    page = await browser.turn(path, url=" ".join(f"{PLACE}{n}" for n in range(notice.MOST + 1)))
    assert "takes 20 addresses, and you have 21" in browser.words
    await browser.turn(path, url=PLACE)
    page = await browser.turn(path, name=" ", email="")
    assert page.status_code == 422
    for why in ("Write your name.", "Write your whole e-mail address", "Confirm that you believe in good faith"):
        assert why in browser.words
    page = await browser.turn(path, name="Nora Field", email="nora@example.org", good_faith="yes")
    assert page.status_code == 200
    assert WHY in browser.words
    assert PLACE in browser.words
    assert (await lobby.office.desk().get("/v1/cases")).json()["data"] == []


async def test_of_the_abuse_of_a_child_needs_no_name_and_two_of_them_are_two_cases(lobby: Lobby) -> None:
    path = await the_page(lobby)
    for _ in range(2):
        browser = await sent(lobby, path, {"abuse": "yes"}, {"good_faith": "yes"})
        assert "You left no address" in browser.words
    cases = (await lobby.office.desk().get("/v1/cases")).json()["data"]
    assert len(cases) == 2
    row = await lobby.office.views.case(lobby.office.tenant_id, cases[0]["id"])
    assert row is not None
    assert row.case is not None
    (somebody,) = row.case.principals(Side.CLAIMANT)
    assert (somebody.unproven, somebody.address_digest, row.case.phase) == (True, None, Phase.INTAKE)


@pytest.mark.parametrize(("speak", "tick"), [("en", "life or safety is in danger"), ("de", "Sicherheit ist in Gefahr")])
async def test_says_by_a_tick_that_a_life_is_in_danger_and_is_urgent(lobby: Lobby, speak: str, tick: str) -> None:
    path = await the_page(lobby)
    browser = lobby.browser()
    await browser.open(path)
    await browser.turn(path, statement=WHY, url=PLACE, speak=speak)
    assert tick in browser.words
    await sent(lobby, path, {"danger": "yes"}, {"name": "Nora Field", "email": "nora@example.org", "good_faith": "yes"})
    case = await the_case(lobby)
    assert (case.priority, case.terms.danger, case.phase) == (Priority.URGENT, "life", Phase.INTAKE)


@pytest.mark.parametrize(
    ("language", "who", "shared", "named"),
    [
        ("en", "Who you are: those people alone.", "The other side", "Notice of illegal content"),
        ("de", "Wer Sie sind: nur diese Leute.", "Die andere Seite", "Meldung eines rechtswidrigen Inhalts"),
    ],
)
async def test_says_of_who_reads_it_one_thing_and_is_called_a_notice(
    lobby: Lobby, language: str, who: str, shared: str, named: str
) -> None:
    path = await the_page(lobby)
    browser = lobby.browser()
    await browser.open(path)
    await browser.turn(path, statement=WHY, url=PLACE, speak=language)
    assert who in browser.words
    await browser.turn(path, statement=WHY, url=PLACE)
    await browser.turn(path, name="Nora Field", email="nora@example.org", good_faith="yes")
    assert who in browser.words
    assert shared not in browser.words
    await browser.turn(path, mark=lobby.begun(path))
    (case,) = (await lobby.office.desk().get("/v1/cases")).json()["data"]
    hers = await by_link(lobby, (await lobby.office.desk().get(f"/v1/cases/{case['id']}")).json(), "claimant")
    assert named in hers.words


async def test_is_asked_in_german_too(lobby: Lobby) -> None:
    path = await the_page(lobby)
    browser = lobby.browser()
    await browser.open(path)
    await browser.turn(path, statement=WHY, url=PLACE, speak="de")
    assert "Warum halten Sie es für rechtswidrig" in browser.words
    assert browser.form(path).fields["url"] == PLACE


async def test_other_forms_take_no_place_and_no_word_of_good_faith(lobby: Lobby) -> None:
    path = await the_page(lobby, "safety_incident")
    browser = lobby.browser()
    await browser.open(path)
    assert 'name="url"' not in browser.html.replace('type="hidden" name="url" value=""', "")
    await browser.turn(path, category="assault", url=PLACE, abuse="yes", good_faith="yes")
    assert PLACE not in browser.html
