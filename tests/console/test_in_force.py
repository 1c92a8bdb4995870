"""What a case page says of the moment: what is owed, imposed and late, in the same words everywhere on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from console.kit.happenings import LEVELS, happened
from console.kit.render import Zones, zone_of
from console.pages import case as case_page
from console.pages.in_force import _DOUBTS, lateness
from domain.rules.provider_news import STOPPED_BY, UNDONE
from domain.views.case import Due
from domain.views.urgency import ClockStanding
from tests.support.browsing import Lobby, taken
from tests.support.lamp import LAMP

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("payments")]


async def test_what_a_side_was_asked_for_stands_among_the_clocks_with_its_end(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    soon = (datetime.now(UTC) + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M")
    await ada.open(f"/cases/{case_id}/do/request_evidence")
    assert "A date sooner than the time that the pack gives" in ada.words
    await ada.send(f"/cases/{case_id}/do/request_evidence", of="respondent", what="The packing slip.", due_at=soon)
    await ada.follow()
    case = (await lobby.office.desk().get(f"/v1/cases/{case_id}")).json()
    (asked,) = case["requests"]
    until = datetime.fromisoformat(asked["due_at"])
    words = Zones(zone_of("UTC"), zone_of("UTC"), datetime.now(UTC))
    (owed,) = re.findall(r'<div class="owed">(.*?)</div></div>|<div class="owed">(.*?)</p></div>', ada.html, re.DOTALL)[:1]
    assert "the respondent" in "".join(owed)
    assert re.search(r"until \w+ .*\d\d:\d\d", "".join(owed))
    assert until > datetime.now(UTC) + timedelta(hours=3), words
    done = re.search(r"Evidence was asked for\. The respondent has until [^.]+\. Nobody has less time", ada.words)
    assert done, ada.words[:600]


async def test_a_side_that_has_written_has_said_something(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    await ada.open(f"/cases/{case_id}")
    assert "Has not said anything yet" not in ada.words
    silent = (await lobby.office.desk().opened(**{**LAMP, "matter": "order-2", "external_id": "H-2"}))["id"]
    await ada.open(f"/cases/{silent}")
    assert "Has not said anything yet" in ada.words


@pytest.mark.parametrize("type_", sorted(case_page._SAYS))
def test_every_word_of_a_side_counts_as_one(type_: str) -> None:
    assert case_page._SAYS[type_] in ("sender", "side")


def test_what_is_ahead_of_a_late_clock_says_that_it_is_late_and_since_when() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    zones = Zones(zone_of("UTC"), zone_of("UTC"), now)
    standings = [
        ClockStanding(clock="ruling", state="late", waits_for="staff", due_at=now - timedelta(days=4)),
        ClockStanding(clock="answer", state="on_track", waits_for="staff", due_at=now + timedelta(days=4)),
    ]
    late = lateness(standings)
    for action in ("warn", "escalate"):
        due = Due(clock="ruling", level="breach", due_at=now + timedelta(days=1), action=action)
        line = case_page._due(due, late, zones)
        assert line.words == f"Ruling is late since {zones.words(now - timedelta(days=4))}"
        assert "is due" not in line.words
    ahead = case_page._due(Due(clock="answer", level="breach", due_at=now + timedelta(days=4), action="escalate"), late, zones)
    assert ahead.words == "Answer is due"


@pytest.mark.parametrize("type_", ["level_reached", "level_passed"])
@pytest.mark.parametrize("level", sorted(LEVELS))
def test_levels_are_told_in_words(type_: str, level: str) -> None:
    _, words = happened(type_, {"clock": "ruling", "level": level}, "Ombud", {})
    assert words.startswith(f"Ruling: {LEVELS[level]}")
    assert not re.search(r"\b(warn|breach|passed|reached)\b", words)


def test_why_a_phase_began_is_told_in_words() -> None:
    assert happened("phase_entered", {"phase": "review", "reason": "retracted"}, "Ada", {"review": "Claim"})[1] == (
        "Claim began: the ruling was taken back"
    )


async def test_a_temporary_measure_in_force_says_what_it_is_and_on_whom_until_when_and_by_whom(lobby: Lobby) -> None:
    for name in ("ada",):
        await lobby.office.works(name, "safety")
    desk = lobby.office.desk()
    report = {
        "kind": "safety_incident", "category": "bite", "statement": "The sitter's dog bit me in the hand.", "subject": "A bite",
        "matter": "stay-1", "external_id": "S-1", "amount": None,
    }  # fmt: skip
    case = await desk.opened(**{**LAMP, **report})
    ada = lobby.office.desk("ada")
    await ada.command(case["id"], "take")
    answer = await ada.command(case["id"], "impose_interim", measure="suspend", reasons="Until we know how the dog is kept.")
    assert answer.status_code == 200, answer.text
    browser = await lobby.signed_in("ada")
    await browser.open(f"/cases/{case['id']}")
    assert re.search(
        r"In force on Lumen &amp; Oak: suspend, ordered by Ada \w+ [\d:]+ ?\. It ends by itself .+ unless somebody keeps it",
        browser.words,
    ), browser.words[:900]
    assert "Until we know how the dog is kept." in browser.words
    assert f'href="/cases/{case["id"]}/do/review_interim"' in browser.html


def test_whatever_makes_a_payment_one_to_look_at_first_is_said_in_words() -> None:
    assert set(_DOUBTS) == STOPPED_BY | UNDONE
