"""What a changed pack would have done to past cases: their stored commands, decided again. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from domain.worktime.calendars import Calendar
from policies.pack import Pack
from policies.shelf import Shelf
from policies.simulate import Simulated, past_of, simulate
from storage.policies.library import PostgresLibrary
from storage.record.past_cases import PastCase, PostgresPastCases


async def simulated(
    past: PostgresPastCases,
    library: PostgresLibrary,
    tenant_id: str,
    shelf: Shelf,
    pack: Pack,
    since: datetime | None,
    limit: int,
) -> list[Simulated]:
    """What would have differed under the pack in each of the newest ``limit`` cases of its kind, opened at ``since`` or later.

    A case that cannot be told again says why: its report is erased, or a command of it cannot be read any more.
    """
    cases = await past.cases(tenant_id, kind=pack.kind, since=since, limit=limit)
    calendars = await library.calendars({reference for case in cases for reference in case.calendars})
    changed = replace(shelf, packs={**shelf.packs, pack.kind: pack})
    return [_told_again(changed, case, calendars) for case in cases]


def _told_again(shelf: Shelf, told: PastCase, calendars: Mapping[str, Calendar]) -> Simulated:
    if told.report is None:
        return Simulated(case=told.case_id, kind=told.kind, status="not_simulated", code="report_erased")
    try:
        past = past_of(told.case_id, told.kind, told.commands, told.report, told.updated_at, told.sanctions)
    except ValidationError:
        return Simulated(case=told.case_id, kind=told.kind, status="not_simulated", code="command_unreadable")
    return simulate(shelf, past, calendars)
