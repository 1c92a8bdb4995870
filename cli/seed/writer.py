"""Puts made-up cases on record: each through the intake, judged by the same ``record`` that the workers run, in this process.

No workflow is started for them, and none is needed: a case is its record. When its next level falls due, or when somebody sends
it a command, the relay or the API starts its workflow, as after the loss of Temporal's database. So a hundred thousand cases that
rest cost Temporal nothing until something happens in them.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from activities.messages import Arrival, RecordInput
from activities.record import RecordActivities
from cli.seed.exhibits import exhibit
from cli.seed.harbor import SOURCE, TENANT
from cli.seed.plan import HARBOR, Deed, Planned, planned
from domain.model.case import Case
from policies.case_import import routed
from policies.shelf import Shelf
from storage.intake.evidence import PostgresFiles
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.tenants import Tenant
from storage.views.cases import PostgresViews

LANES = 4
"""Cases that are written side by side: while one waits for the disk another is judged."""
BATCH = 200
CREDENTIAL = "operator"
"""By what the cases and what is done in them came: nobody's key, as everything of whoever has the database's password."""


@dataclass
class Made:
    """What a seeding did."""

    cases: int = 0
    known: int = 0
    """They were here before."""
    deeds: int = 0
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """External id, what was asked, and the code: nothing of a sound plan is refused."""
    ways_in: tuple[tuple[str, str], ...] = ()
    """Where the pages of both sides of one case can be tried: the side, and the path under the address of the pages."""


@dataclass(frozen=True)
class Desk:
    """What a seeding writes with."""

    shelf: Shelf
    intake: PostgresIntake
    inbox: PostgresInbox
    recorder: RecordActivities
    files: PostgresFiles
    views: PostgresViews


class Seeder:
    """Writes planned cases of one tenant."""

    def __init__(self, desk: Desk, tenant: Tenant) -> None:
        self._desk, self._tenant = desk, tenant
        self.made = Made()

    async def up_to(self, wanted: int, now: datetime, seed: int, say: Callable[[int], None] = lambda done: None) -> Made:
        """Until there are so many of them; those that are here stay as they are."""
        first = 1
        while first <= wanted:
            # The first ones name each other, so they are all there before anything is done in them.
            last = min(wanted, max(first + BATCH - 1, HARBOR))
            await self._batch(
                planned(first, last, now, seed, self._desk.shelf.calendars["europe-office"]),
                [f"HBR-{n:06d}" for n in range(first, last + 1)],
            )
            first = last + 1
            say(last)
        return self.made

    async def _batch(self, cases: Iterator[Planned], names: Sequence[str]) -> None:
        known = await self._desk.intake.known_among(self._tenant.id, SOURCE, names)
        self.made.known += len(known)
        if len(known) == len(names):
            return
        fresh = [case for case in cases if case.external_id not in known]
        ids = dict(known)

        async def opened(case: Planned) -> None:
            case_id = await self._open(case)
            if case_id is not None:
                ids[case.external_id] = case_id

        async def worked(case: Planned) -> None:
            # Whoever does something in them works for Harbor.
            if self._tenant.id == TENANT and case.deeds and case.external_id in ids:
                await self._work(case, ids[case.external_id], ids)

        await _side_by_side(opened, fresh)
        await _side_by_side(worked, fresh)

    async def _open(self, case: Planned) -> str | None:
        shelf, moving = self._desk.shelf, case.moving
        terms, routing = routed(shelf, moving, self._tenant.time_scale)
        opened = await self._desk.intake.open(
            self._tenant.id, moving.report, terms, routing, calendars=shelf.calendars_of(terms),
            notices=shelf.packs[terms.pack].notices, channel="cli", past=moving, credential=CREDENTIAL,
        )  # fmt: skip
        if await self._judged(case, "open", opened.case_id, opened.command_id):
            self.made.cases += 1
            return opened.case_id
        return None

    async def _judged(self, case: Planned, what: str, case_id: str, command_id: str) -> bool:
        ask = RecordInput(tenant_id=self._tenant.id, case_id=case_id, arrivals=(Arrival(command_id=command_id),))
        (answer,) = (await self._desk.recorder.record(ask)).answers
        if answer is None or answer.status != "accepted":
            self.made.refused.append((case.external_id, what, (answer.code if answer else None) or "unanswered"))
            return False
        return True

    async def _work(self, case: Planned, case_id: str, ids: dict[str, str]) -> None:
        speakers = await self._speakers(case_id)
        for number, deed in enumerate(case.deeds):
            by = speakers.get(deed.by, deed.by)
            command = {"id": f"cmd_{uuid5(NAMESPACE_URL, f'{case_id}/{number}')}", "type": deed.type, "by": by, **deed.said}
            if deed.file is not None:
                command["files"] = [await self._file(case_id, by, deed)]
            if deed.other is not None:
                command["to"] = ids.get(deed.other, case_id)
            receipt = await self._desk.inbox.receive(
                self._tenant.id, case_id, command, channel="cli", credential=f"{CREDENTIAL}:{by}"
            )
            taken = await self._judged(case, deed.type, case_id, receipt.command_id)
            self.made.deeds += taken

    async def _speakers(self, case_id: str) -> dict[str, str]:
        row = await self._desk.views.case(self._tenant.id, case_id)
        case: Case | None = row.case if row else None
        return {party.side.value: party.id for party in case.parties if party.role == "principal"} if case else {}

    async def _file(self, case_id: str, by: str, deed: Deed) -> str:
        name, media_type, data = exhibit(deed.file or "", zlib.crc32(case_id.encode()))
        add = self._desk.files.add
        stored, _ = await add(self._tenant.id, case_id, by, name=name, media_type=media_type, data=data)
        return stored.id


async def _side_by_side(work: Callable[[Planned], Any], cases: Iterable[Planned]) -> None:
    waiting = iter(cases)

    async def lane() -> None:
        for case in waiting:
            await work(case)

    async with asyncio.TaskGroup() as lanes:
        for _ in range(LANES):
            lanes.create_task(lane())
