"""Two worlds that differ only in what a viewer may not know have the same lists, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

HIDDEN = ("nothing", "taken", "noted", "waits for approval", "in grace")
"""What the team did of which nobody outside hears."""
_RULING = {"outcome": "upheld", "ground": "scope", "reasons": "In scope."}
_SHOWN = ("phase", "phase_label", "status", "waiting_on", "outcome", "available_actions")


async def live(office: Office, hidden: str) -> str:
    """A case in review, and what the team does in it."""
    case = await office.desk().in_review(heard=True)
    path, ada = f"/v1/cases/{case['id']}", office.desk("ada")
    answers = []
    if hidden != "nothing":
        answers.append(await ada.post(f"{path}/take"))
    if hidden == "noted":
        answers.append(await ada.post(f"{path}/notes", {"text": "Looks forged."}))
    if hidden in ("waits for approval", "in grace"):
        money = {"amount": 900_000 if hidden == "waits for approval" else 500, "currency": "USD"}
        answers.append(await ada.post(f"{path}/rulings", {**_RULING, "remedies": [{"type": "payout", "amount": money}]}))
    assert [answer.status_code for answer in answers] == [200] * len(answers), answers[-1].text
    return str(case["id"])


async def pages(office: Office, ids: list[str], which: dict[str, Any], limit: int) -> list[Any]:
    """All pages of a list, its cases by their numbers."""
    desk, cursor, found = office.desk(), None, []
    while True:
        asked = {**which, "limit": limit, "expand[]": "available_actions", **({"cursor": cursor} if cursor else {})}
        answer = (await desk.get("/v1/cases", params=asked)).json()
        shown = [(ids.index(case["id"]), *(case[name] for name in _SHOWN)) for case in answer["data"]]
        found.append((shown, answer["has_more"], answer["next_cursor"] is not None))
        cursor = answer["next_cursor"]
        if cursor is None:
            return found


class TestTwoWorlds:
    @settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
    @given(
        lives=st.lists(st.tuples(st.sampled_from(HIDDEN), st.sampled_from(HIDDEN)), min_size=1, max_size=3),
        limit=st.integers(1, 3),
    )
    async def test_lists_are_equal_page_by_page(
        self, office: Office, stranger: Office, lives: list[tuple[str, str]], limit: int
    ) -> None:
        # What earlier examples opened stays: the lists only grow longer, the same in both worlds.
        ids = [self.__dict__.setdefault(name, []) for name in ("here", "there")]
        for here, there in lives:
            ids[0].append(await live(office, here))
            ids[1].append(await live(stranger, there))
        for which in (
            {},
            {"phase": "review"},
            {"phase": "approval"},
            {"phase": "ruled"},
            {"phase": "appeal"},
            {"status": "open"},
        ):
            assert await pages(office, ids[0], which, limit) == await pages(stranger, ids[1], which, limit), which
        assert sum(len(shown) for shown, *_ in await pages(office, ids[0], {"phase": "review"}, limit)) == len(ids[0])


async def test_a_cursor_is_good_for_its_own_list_and_viewer_alone(office: Office) -> None:
    platform, other = office.desk(), office.desk(await office.key(scopes=("cases:read", "act_as")))
    cases = [await platform.in_review() for _ in range(3)]
    cursor = (await platform.get("/v1/cases", params={"phase": "review", "limit": 1})).json()["next_cursor"]
    assert all(case["id"] not in cursor for case in cases)
    asked = {"phase": "review", "cursor": cursor}
    assert (await platform.get("/v1/cases", params={**asked, "limit": 2})).status_code == 200
    as_party = {"Ombud-Act-As": party(cases[0], "claimant")}
    for answer in (
        await platform.get("/v1/cases", params={"cursor": cursor}),
        await platform.get("/v1/cases", params={**asked, "phase": "settlement"}),
        await platform.get("/v1/cases", params=asked, headers=as_party),
        await platform.get("/v1/cases", params={**asked, "cursor": cursor[:-2] + "AA"}),
        await platform.get(f"/v1/cases/{cases[0]['id']}/timeline", params={"cursor": cursor}),
        await other.get("/v1/cases", params=asked),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")
