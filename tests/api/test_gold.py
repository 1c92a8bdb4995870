"""Whoever decides a gold case does not see that it is one; ops does."""

from __future__ import annotations

import json

import pytest

from tests.support.office import Office

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(("who", "sees"), [("ada", False), ("cleo", False), ("dana", True)])
async def test_nothing_that_the_decider_reads_gives_it_away(office: Office, who: str, sees: bool) -> None:
    case = await office.desk().in_review(synthetic=True)
    desk, place = office.desk(who), f"/v1/cases/{case['id']}"
    pages = [place, f"{place}/timeline", f"{place}/clocks", f"{place}/terms", f"{place}/actions", "/v1/cases"]
    answers = [await desk.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * len(pages)
    assert ("synthetic" in json.dumps([answer.json() for answer in answers])) is sees
