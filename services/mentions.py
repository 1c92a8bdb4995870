"""Notes of the team that name somebody: theirs to find again, in the cases that they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.callers import Caller
from services.cases import Listing, Seen, page_of_cases
from services.pages import Page
from services.parts import Parts
from services.timelines import Entry, entries_of

SHOWN = 50
KEPT_FOR = timedelta(days=90)
"""Older ones are read in their cases."""
NEW_FOR = timedelta(days=7)
"""So long one is counted in the menu."""


@dataclass(frozen=True)
class Mention:
    """A note that names somebody, in its case."""

    seen: Seen
    note: Entry


async def mentions(parts: Parts, caller: Caller, since: timedelta = KEPT_FOR) -> Sequence[Mention]:
    """The notes that name the caller, the newest first. One in a case that they may not see is not among them: whoever needs it
    reads the case with a reason."""
    if not caller.is_somebody:
        return ()
    found = await parts.views.mentions(caller.tenant_id, caller.holder, datetime.now(UTC) - since, SHOWN)
    ids = tuple(dict.fromkeys(case_id for case_id, _ in found))
    if not ids:
        return ()
    seen = {one.id: one for one in (await page_of_cases(parts, caller, Listing(ids=ids), Page(SHOWN))).items}
    told = []
    for case_id, recording in found:
        if case_id in seen:
            told += [Mention(seen[case_id], note) for note in await entries_of(parts, caller, seen[case_id], [recording])]
    return told
