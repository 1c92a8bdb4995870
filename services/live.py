"""What is new while somebody looks, told to open pages: in which cases something happened, and who else is there.

One look at the database every other second serves all open pages of a tenant in this process. A page is told only of cases that
its viewer may see, and not what happened: it reads that itself, by the way that checks everything. Who is there is courtesy:
nobody is kept from anything by it, and what two people send at once is settled by the lease and by the version that each read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.callers import Caller, reader
from services.cases import Seen
from services.need_to_know import closed_among
from services.parts import Parts
from storage.team.live import Doing, Moment

LOOK_EVERY = 2.0
"""Seconds from one look to the next: how old news can be."""
BEAT = 15.0
"""So often an open page says that its person is still there, and its session is looked up."""


class Looks(Protocol):
    """:class:`storage.team.live.PostgresLive`, as far as looking goes."""

    async def moment(self, tenant_id: str) -> Moment: ...


@dataclass(frozen=True)
class News:
    """What came up since a page last asked."""

    cases: frozenset[str] = frozenset()
    """In these something happened."""
    people: frozenset[str] = frozenset()
    """At these somebody came, went, or began to write."""


class Follower:
    """A page that is open, and waits for news."""

    def __init__(self) -> None:
        self._cases: set[str] = set()
        self._people: set[str] = set()
        self._told = asyncio.Event()
        self.over = False
        """Whether nothing more comes: the process is told to stop, or the database is away."""

    def tell(self, news: News) -> None:
        """Let it know."""
        self._cases |= news.cases
        self._people |= news.people
        self._told.set()

    def end(self) -> None:
        """Let it go."""
        self.over = True
        self._told.set()

    async def news(self, within: float) -> News:
        """What has come up; after so many seconds, that nothing has."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._told.wait()
        found = News(frozenset(self._cases), frozenset(self._people))
        self._cases.clear()
        self._people.clear()
        if not self.over:
            self._told.clear()
        return found


class Watch:
    """Looks for all open pages of this process, tenant by tenant, as long as a page of the tenant is open."""

    def __init__(self, looks: Looks, every: float = LOOK_EVERY) -> None:
        self._looks, self._every = looks, every
        self._followers: dict[str, set[Follower]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended = False

    @asynccontextmanager
    async def following(self, tenant_id: str) -> AsyncIterator[Follower]:
        """Somebody who is told, until the end of the block."""
        follower = Follower()
        if self._ended:
            follower.end()
        self._followers.setdefault(tenant_id, set()).add(follower)
        if tenant_id not in self._tasks and not self._ended:
            self._tasks[tenant_id] = asyncio.create_task(self._looking(tenant_id))
        try:
            yield follower
        finally:
            self._followers[tenant_id].discard(follower)
            if not self._followers[tenant_id] and (task := self._tasks.pop(tenant_id, None)):
                task.cancel()

    def end(self) -> None:
        """Let every page go: the process stops."""
        self._ended = True
        for tenant_id in self._followers:
            self._let_go(tenant_id)
        for task in self._tasks.values():
            task.cancel()

    async def _looking(self, tenant_id: str) -> None:
        try:
            before = await self._looks.moment(tenant_id)
            while True:
                await asyncio.sleep(self._every)
                now = await self._looks.moment(tenant_id)
                if news := _between(before, now):
                    for follower in self._followers[tenant_id]:
                        follower.tell(news)
                before = now
        finally:
            # Whatever ended it, a page that hears nothing must not believe that there is nothing.
            if self._tasks.get(tenant_id) is asyncio.current_task():
                del self._tasks[tenant_id]
                self._let_go(tenant_id)

    def _let_go(self, tenant_id: str) -> None:
        for follower in self._followers.get(tenant_id, ()):
            follower.end()


def _between(before: Moment, now: Moment) -> News | None:
    cases = frozenset(case for case, turn in now.turns.items() if before.turns.get(case) != turn)
    people = frozenset(case for case in {*before.there, *now.there} if before.there.get(case) != now.there.get(case))
    return News(cases, people) if cases or people else None


async def open_among(parts: Parts, caller: Caller, case_ids: frozenset[str]) -> frozenset[str]:
    """Those of the cases that the caller may see."""
    return case_ids - await closed_among(parts, caller, await reader(parts, caller), case_ids) if case_ids else case_ids


async def new_since(parts: Parts, caller: Caller, at: datetime) -> bool:
    """Whether something happened after this instant in a case that the caller may see."""
    return bool(await open_among(parts, caller, await parts.live.moved_since(caller.tenant_id, at)))


async def enter(parts: Parts, caller: Caller, seen: Seen, doing: Doing) -> None:
    """Note that the caller is at the case for the next moments."""
    await parts.live.enter(caller.tenant_id, seen.id, caller.holder, doing)


async def leave(parts: Parts, caller: Caller, seen: Seen, doing: Doing) -> None:
    """Note that they have closed their page."""
    await parts.live.leave(caller.tenant_id, seen.id, caller.holder, doing)


async def others(parts: Parts, caller: Caller, seen: Seen) -> Sequence[tuple[str, Doing]]:
    """Who else is at the case now, each with the most that they do there."""
    there = await parts.live.at(caller.tenant_id, seen.id)
    # "writing" comes after "reading", and counts for more.
    return tuple({person: doing for person, doing in sorted(there) if person != caller.holder}.items())
