"""What open pages are told: that something moved, once, whoever looks; and that it is over when nobody looks any more."""

from __future__ import annotations

import asyncio

import pytest

from services.live import News, Watch
from storage.team.live import Moment

SOON = 0.005


class Looking:
    """A database that says what it is told to say."""

    def __init__(self) -> None:
        self.now = Moment({}, {})
        self.asked: list[str] = []
        self.away = False
        self._looked = asyncio.Condition()

    async def moment(self, tenant_id: str) -> Moment:
        """As it stands now."""
        async with self._looked:
            self.asked.append(tenant_id)
            self._looked.notify_all()
        if self.away:
            raise ConnectionError
        return self.now

    async def again(self) -> None:
        """Wait until it was looked at twice more: once it may have been in the middle."""
        before = len(self.asked)
        async with self._looked:
            await self._looked.wait_for(lambda: len(self.asked) >= before + 2)


@pytest.fixture
def looking() -> Looking:
    """What the watch looks at."""
    return Looking()


async def test_tells_every_page_once_of_what_moved(looking: Looking) -> None:
    watch = Watch(looking, SOON)
    looking.now = Moment({"case_a": 1}, {})
    async with watch.following("t") as one, watch.following("t") as other:
        await looking.again()
        looking.now = Moment({"case_a": 2, "case_b": 1}, {})
        assert (await one.news(5)).cases == {"case_a", "case_b"}
        assert (await other.news(5)).cases == {"case_a", "case_b"}
        await looking.again()
        assert await one.news(SOON) == News(), "what was told is not told again"
        looking.now = Moment({}, {})
        await looking.again()
        assert await one.news(SOON) == News(), "a case that rests is no news"


async def test_tells_who_comes_who_goes_and_who_begins_to_write(looking: Looking) -> None:
    watch = Watch(looking, SOON)
    async with watch.following("t") as page:
        for there in ({"case_a": frozenset({("per_ada", "reading")})}, {"case_a": frozenset({("per_ada", "writing")})}, {}):
            await looking.again()
            looking.now = Moment({}, there)  # type: ignore[arg-type]  # the words of `Doing`
            assert await page.news(5) == News(people=frozenset({"case_a"}))


async def test_one_look_serves_all_pages_of_a_tenant_and_nobody_looks_for_nobody(looking: Looking) -> None:
    watch = Watch(looking, SOON)
    async with watch.following("t"), watch.following("t"), watch.following("t"):
        await looking.again()
        tasks = [task for task in asyncio.all_tasks() if "_looking" in repr(task.get_coro())]
        assert len(tasks) == 1
    await asyncio.sleep(SOON)
    asked = len(looking.asked)
    await asyncio.sleep(SOON * 5)
    assert len(looking.asked) == asked


async def test_pages_are_let_go_when_the_database_is_away_and_looked_for_anew_when_they_come_again(looking: Looking) -> None:
    watch = Watch(looking, SOON)
    async with watch.following("t") as page:
        await looking.again()
        looking.away = True
        await page.news(5)
        assert page.over
    looking.away = False
    async with watch.following("t") as page:
        await looking.again()
        assert not page.over


async def test_at_the_end_every_page_is_let_go_at_once_and_so_is_one_that_comes_late(looking: Looking) -> None:
    watch = Watch(looking, SOON)
    async with watch.following("t") as page:
        watch.end()
        async with asyncio.timeout(1):
            await page.news(60)
        assert page.over
    async with watch.following("t") as late:
        assert late.over
