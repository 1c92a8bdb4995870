"""What should run in Temporal and does not is started again from the record: by whoever runs Ombud, and by a search that never
ends, so that nobody has to notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.errors import not_found
from storage.postgres.pool import Database
from storage.record.revival import (
    BATCH,
    CaseToRevive,
    SweepPlace,
    batch_to_revive,
    cases_to_revive,
    claim_sweep,
    known_commands,
    named_cases,
    note_poke,
    still_begun,
    went_on,
)
from workflows.handles import Named, RefusedByTemporal
from workflows.runs import TASK_TRIES, RunState, Told, delivery_id

RESTART_AFTER = 6
"""A case that was woken so often without a move, over a minute and a half, and is at rest all the same, begins anew."""
PINNED_AT_ONCE = 1000
"""Runs that are let go at once; whoever pinned more asks again."""
LISTS_LAG_FOR = timedelta(seconds=30)
"""What was ended so shortly before the last look may have been missing in Temporal's lists; clocks may be apart by as much."""


class RevivalDoors(Protocol):
    """The workflows of cases and notices."""

    async def deliver(self, case: Named, notice_id: str) -> bool:
        """Have a notice delivered; False when somebody is at it."""

    async def revive(self, case: Named) -> bool:
        """Start a case's workflow unless it runs; True when it was started."""


class SweepDoors(RevivalDoors, Protocol):
    """The same, with a look at what runs. All raise :class:`workflows.handles.NotReached`."""

    async def runs(self, workflow_ids: Collection[str]) -> Mapping[str, bool]:
        """Which of these ran, and whether one still does."""

    async def ended_since(self, tenant_id: str, since: datetime) -> Mapping[str, Sequence[str]]:
        """Cases of which runs were ended from outside since then, with these runs."""

    async def began_before(self, instant: datetime) -> Sequence[str]:
        """What still runs and began before an instant."""

    async def end(self, workflow_id: str, why: str) -> None:
        """Terminate a run."""

    async def pinned(self, at_most: int) -> Sequence[str]:
        """Runs that were pinned to a build whose workers are away."""

    async def unpin(self, workflow_id: str) -> None:
        """Let a run go on with the current build."""

    async def told(self, case: Named, run_id: str | None = None) -> Sequence[Told]:
        """What was told to a run by Temporal's own door."""

    async def tell(self, case: Named, told: Told) -> None:
        """Tell the case what was told to an earlier run."""

    async def state(self, case: Named) -> RunState:
        """How its newest run stands."""

    async def poke(self, case: Named, command_id: str | None = None) -> None:
        """Wake a case."""

    async def restart(self, case: Named) -> None:
        """End its run and begin anew from the record."""


async def revive(database: Database, doors: RevivalDoors, tenants: Iterable[str], case_id: str | None) -> dict[str, int]:
    """Start what does not run, of one case or of all of these tenants: how many were looked at, were started, and ran already.

    Harmless for those that run. Raises ``not_found`` for a case that nobody has.
    """
    counts = {"checked": 0, "started": 0, "running": 0}
    for tenant_id in tenants:
        async for case in cases_to_revive(database, tenant_id, case_id):
            counts["checked"] += 1
            # A notice whose Delivery workflow was lost gets a new one; one that has its own keeps it.
            for notice_id in case.handed_over:
                await doors.deliver(_named(case), notice_id)
            counts["started" if await doors.revive(_named(case)) else "running"] += 1
    if case_id and not counts["checked"]:
        raise not_found()
    return counts


async def restart_stuck(database: Database, doors: SweepDoors, tenants: Iterable[str]) -> dict[str, int]:
    """End and begin anew every run whose workflow task fails again and again, and let what was pinned to a build that is away go
    on with the current one: how many were looked at, restarted, unpinned, and refused.

    For after a release that mends them; what was told to them meanwhile is told again.
    """
    counts = {"checked": 0, "restarted": 0, "unpinned": 0, "refused": 0}
    chosen = list(tenants)
    for run in await _pinned(doors, chosen):
        try:
            await doors.unpin(run)
            counts["unpinned"] += 1
        except RefusedByTemporal:
            counts["refused"] += 1
    for tenant_id in chosen:
        async for case in cases_to_revive(database, tenant_id):
            counts["checked"] += 1
            try:
                if (await doors.state(_named(case))).failing >= TASK_TRIES:
                    await doors.restart(_named(case))
                    counts["restarted"] += 1
            except RefusedByTemporal:
                counts["refused"] += 1
    return counts


async def _pinned(doors: SweepDoors, tenants: Sequence[str]) -> Sequence[str]:
    """Runs that are pinned to a build which is away: cases of these tenants, and deliveries, whose ids name no tenant. None where
    the server lists no such: it does not keep the others from being begun anew."""
    try:
        found = await doors.pinned(PINNED_AT_ONCE)
    except RefusedByTemporal:
        return ()
    mine = tuple(f"case/{tenant_id}/" for tenant_id in tenants)
    return [run for run in found if run.startswith((*mine, delivery_id("")))]


async def begin_anew(database: Database, doors: SweepDoors, tenants: Iterable[str], before: datetime) -> dict[str, int]:
    """End every run that began before an instant, and begin it anew from the record: how many cases, how many deliveries (which
    the sweep begins anew), and how many times Temporal refused.

    For before histories become unreadable, as their master key is taken away. What was told to a case meanwhile is told again.
    """
    counts, running = {"restarted": 0, "deliveries": 0, "refused": 0}, await doors.began_before(before)
    for tenant_id in tenants:
        prefix = f"case/{tenant_id}/"
        mine = [run.removeprefix(prefix) for run in running if run.startswith(prefix)]
        for first in range(0, len(mine), BATCH):
            for case in await named_cases(database, tenant_id, mine[first : first + BATCH]):
                try:
                    await doors.restart(_named(case))
                    counts["restarted"] += 1
                except RefusedByTemporal:
                    counts["refused"] += 1
        async for case in cases_to_revive(database, tenant_id):
            for run in {delivery_id(one) for one in case.handed_over}.intersection(running):
                try:
                    await doors.end(run, "its history is read no more")
                    counts["deliveries"] += 1
                except RefusedByTemporal:
                    counts["refused"] += 1
    return counts


@dataclass
class Swept:
    """What one look came to."""

    looked_at: int = 0
    started: int = 0
    """Cases that should have run and did not."""
    delivered: int = 0
    """Notices whose delivery had ended without an end."""
    told: int = 0
    """Words that a run had been told, and that ended with it before they were recorded."""
    woken: int = 0
    """Cases with an effect that was begun and that nobody carries out."""
    restarted: int = 0
    """Runs at rest although something of their case waited."""
    refused: int = 0
    """Times that Temporal would not have it."""
    stuck: int = 0
    """Cases whose workflow task fails again and again."""

    def counts(self) -> Mapping[str, int]:
        """By name."""
        return dict(vars(self))


class Sweep:
    """Goes through the cases of all tenants, a batch of each at a time, and takes up what nobody is at. Safe at any moment."""

    def __init__(self, database: Database, doors: SweepDoors, every_for: timedelta, only: str | None = None) -> None:
        """``every_for``: the least time between two looks at a tenant, whoever looks; ``only``: at this tenant alone."""
        self._database, self._doors, self._every_for, self._only = database, doors, every_for, only

    async def look(self) -> Swept:
        """Go on in every tenant in which nobody else has gone on lately. Raises ``NotReached`` while Temporal does not answer."""
        swept = Swept()
        for tenant_id in [self._only] if self._only is not None else await self._database.tenant_ids():
            place = await claim_sweep(self._database, tenant_id, self._every_for)
            if place is not None:
                await self._go_on(tenant_id, place, swept)
        return swept

    async def _go_on(self, tenant_id: str, place: SweepPlace, swept: Swept) -> None:
        await self._ended(tenant_id, place.ended_until - LISTS_LAG_FOR, swept)
        batch = await batch_to_revive(self._database, tenant_id, place.after)
        swept.looked_at += len(batch)
        deliveries = [delivery_id(one) for case in batch for one in case.handed_over]
        runs = await self._doors.runs([*(_named(case).workflow_id for case in batch), *deliveries])
        for case in batch:
            try:
                await self._take_up(case, runs, swept)
            except RefusedByTemporal:
                swept.refused += 1
        after = batch[-1].case_id if len(batch) == BATCH else ""
        await went_on(self._database, tenant_id, after, place.now)

    async def _ended(self, tenant_id: str, since: datetime, swept: Swept) -> None:
        """Whatever was ended from outside lately says how it stands by running once more, also when it was over by the record."""
        ended = await self._doors.ended_since(tenant_id, since)
        for case in await named_cases(self._database, tenant_id, list(ended)):
            try:
                told = [one for run_id in ended[case.case_id] for one in await self._doors.told(_named(case), run_id)]
                anew = (await self._doors.state(_named(case))).ended and await self._doors.revive(_named(case))
                if anew:
                    swept.started += 1
                    await note_poke(self._database, tenant_id, case.case_id)
                await self._tell_again(case, told, swept, anew=anew)
            except RefusedByTemporal:
                swept.refused += 1

    async def _tell_again(self, case: CaseToRevive, told: Sequence[Told], swept: Swept, *, anew: bool) -> None:
        """What Temporal took for runs that then ended, and the record has not, is told to the run of now: it was accepted. What
        holds no command nobody can know again: it is told once, to a run that was begun ``anew`` here."""
        named = [one.command_id for one in told if one.command_id is not None]
        known = await known_commands(self._database, case.tenant_id, case.case_id, named) if named else set()
        for one in told:
            if (anew and one.unread) if one.command_id is None else one.command_id not in known:
                await self._doors.tell(_named(case), one)
                swept.told += 1

    async def _take_up(self, case: CaseToRevive, runs: Mapping[str, bool], swept: Swept) -> None:
        named = _named(case)
        for notice_id in case.handed_over:
            if not runs.get(delivery_id(notice_id)) and await self._doors.deliver(named, notice_id):
                swept.delivered += 1
        if not runs.get(named.workflow_id):
            # One that never ran, or that Temporal forgot, needs no run as long as nothing of it is under way: the relay starts it
            # when something falls due, or somebody speaks.
            lost = named.workflow_id in runs or bool(case.begun)
            if lost and case.needs_run and not case.rests:
                # Asked for while it is the newest run.
                told = await self._doors.told(named)
                if await self._doors.revive(named):
                    swept.started += 1
                    await note_poke(self._database, case.tenant_id, case.case_id)
                    await self._tell_again(case, told, swept, anew=True)
        elif case.begun or case.pokes >= RESTART_AFTER:
            await self._look_closely(case, named, swept)

    async def _look_closely(self, case: CaseToRevive, named: Named, swept: Swept) -> None:
        state = await self._doors.state(named)
        if state.failing >= TASK_TRIES:
            swept.stuck += 1
        elif state.at_rest and not case.restarted and await self._waits_in_vain(case):
            await self._doors.restart(named)
            await note_poke(self._database, case.tenant_id, case.case_id, restarted=True)
            swept.restarted += 1
        elif not case.rests and state.carrying_out < len(case.begun) and state.carrying_out < await self._still_begun(case):
            await note_poke(self._database, case.tenant_id, case.case_id)
            await self._doors.poke(named)
            swept.woken += 1

    async def _waits_in_vain(self, case: CaseToRevive) -> bool:
        """Whether nothing but a new run helps one at rest: it was woken for nothing, or what it began was ended by hand, which it
        takes for done."""
        if case.pokes >= RESTART_AFTER:
            return True
        return bool(case.begun) and bool(case.pokes) and not case.rests and await self._still_begun(case) > 0

    async def _still_begun(self, case: CaseToRevive) -> int:
        return await still_begun(self._database, case.tenant_id, case.case_id)


def _named(case: CaseToRevive) -> Named:
    return Named(case.tenant_id, case.case_id, case.kind, case.opened_at, case.priority)
