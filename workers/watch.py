"""Looks, for ever, for what keeps cases from moving, and says it in metrics and in the log: see docs/how-to/alerts.md."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.namespace import current_build, missing_attributes
from runtime.pollers import HEARD_WITHIN, Queue, pollers
from runtime.settings import Settings
from services.held_up import held_up
from storage.outside.backlog import Backlog, StuckCase, backlog
from storage.postgres.pool import AWAY, Database
from workers.metrics import Counters
from workflows.handles import FOLLOWED, NEEDED, SEARCH_ATTRIBUTES, Named, NotReached
from workflows.runs import TASK_TRIES, PendingActivity, RunState

LOOKED_AT = 20
"""Stuck cases whose runs are looked at, to say what they wait for."""
PATIENCE = timedelta(seconds=10)

_AWAY: tuple[type[Exception], ...] = (NotReached, RPCError, *AWAY)

log = structlog.stdlib.get_logger("ombud.watch")


class Runs(Protocol):
    """A look at the runs of cases; :class:`workflows.runs.CaseRuns` is one."""

    async def state(self, case: Named) -> RunState:
        """How its newest run stands. Raises :class:`workflows.handles.NotReached`."""

    async def pending(self, workflow_id: str) -> Sequence[PendingActivity]:
        """What the newest run with this id waits for. Raises the same."""

    async def paused(self, at_most: int) -> Sequence[str]:
        """Runs in which somebody paused an activity. Raises the same."""

    async def pinned(self, at_most: int) -> Sequence[str]:
        """Runs that somebody pinned to a build, and that no worker takes up. Raises the same."""


class FollowingLists:
    """Whether Temporal's lists follow the cases: where that is wanted, and the namespace is known to know by what.

    A search attribute that it does not know would fail the workflow task, again and again: a namespace that a new release finds
    as the last one left it must not stop the cases.
    """

    def __init__(self, wanted: bool) -> None:
        self._wanted, self._known = wanted, False

    def follow(self) -> bool:
        """Whether they do, as far as it was looked at."""
        return self._wanted and self._known

    def missing(self, names: Collection[str]) -> None:
        """These are missing in the namespace."""
        self._known = FOLLOWED.keys().isdisjoint(names)


class Watch:
    """What a worker says of all cases together. Every worker says the same."""

    def __init__(
        self,
        database: Database,
        runs: Runs,
        client: Client,
        settings: Settings,
        counters: Counters,
        lists: FollowingLists,
        *,
        heard_within: timedelta = HEARD_WITHIN,
    ) -> None:
        """``heard_within``: who asked Temporal for work no longer ago than this counts as a worker that runs."""
        self._database, self._runs, self._client, self._counters, self._lists = database, runs, client, counters, lists
        versioned = bool(settings.worker_deployment_name and settings.worker_build_id)
        self._deployment = settings.worker_deployment_name if versioned else None
        self._heard_within, self._cases_queue = heard_within, Queue(settings.task_queue, "workflow")

    async def look(self) -> None:
        """Look once; a part that cannot be looked at is logged, and keeps what it said last."""
        for part in (self._cases, self._activities, self._attributes, self._version):
            await self._looked(part)

    async def look_at_attributes(self) -> None:
        """Look at the namespace alone, before the first case is taken; what cannot be looked at is logged."""
        await self._looked(self._attributes)

    async def _looked(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except _AWAY as away:
            log.warning("not looked at", part=part.__name__.strip("_"), error=f"{type(away).__name__}: {away}"[:200])
        except Exception:
            # Looking must outlive whatever a driver raises: nobody else says that the fleet is stuck.
            log.exception("watching failed; trying again")

    async def _cases(self) -> None:
        found = await backlog(self._database)
        said(self._counters, found, await self._failing(found.named))

    async def _failing(self, stuck: Sequence[StuckCase]) -> int:
        states = [await self._runs.state(Named(c.tenant_id, c.case_id, c.kind, c.opened_at)) for c in stuck[:LOOKED_AT]]
        return sum(state.failing >= TASK_TRIES for state in states)

    async def _activities(self) -> None:
        found = await held_up(self._database, self._runs)
        self._counters.activities_paused.set(len(found.paused))
        self._counters.activities_failing.set(len(found.failing))
        if found.paused:
            some = [f"{one.activity} of {one.workflow_id}" for one in found.paused[:5]]
            log.error("activities are paused and not tried", count=len(found.paused), some=some)
        if found.pinned:
            log.error("runs are pinned to a build whose workers are away", count=len(found.pinned), some=found.pinned[:5])

    async def _attributes(self) -> None:
        missing = await missing_attributes(self._client, SEARCH_ATTRIBUTES, PATIENCE)
        self._lists.missing(missing)
        needed = sorted(NEEDED.keys() & missing)
        self._counters.attributes_missing.set(len(needed))
        if needed:
            log.error("no case can be started: the namespace lacks search attributes", missing=needed)
        elif missing:
            log.warning("Temporal's lists do not follow the cases: the namespace lacks search attributes", missing=missing)

    async def _version(self) -> None:
        if self._deployment is None:
            return
        build = await current_build(self._client, self._deployment, PATIENCE)
        self._counters.version_current.set(build is not None)
        if build is None:
            log.error("every case waits: no version of the deployment is current", deployment=self._deployment)
            return
        at_work = await pollers(self._client, self._cases_queue, PATIENCE, self._heard_within)
        runs = any(one.build == build for one in at_work)
        self._counters.version_runs.set(runs)
        if not runs:
            log.error("every case waits: no worker of the current version runs", deployment=self._deployment, current=build)


def said(counters: Counters, found: Backlog, failing: int) -> None:
    """Put what was found into the metrics, and into the log when somebody has to do something."""
    counters.stuck.set(found.stuck)
    counters.failing.set(failing)
    counters.waits_for.set(found.waits_for.total_seconds())
    if found.stuck:
        cases = [case.case_id for case in found.named[:5]]
        log.error("cases do not move although they are woken", count=found.stuck, failing=failing, some=cases)


async def keep_watching(watch: Watch, every_for: timedelta) -> None:
    """Look again and again."""
    while True:
        await watch.look()
        await asyncio.sleep(every_for.total_seconds())
