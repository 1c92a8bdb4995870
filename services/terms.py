"""Why a case stands under the terms under which it stands: for the team."""

from __future__ import annotations

from domain.model.facts import Recording
from domain.views.terms import TermsSaid, explain_terms
from services.callers import TEAM, Caller
from services.cases import Seen
from services.errors import not_found
from services.parts import Parts

_FACTS_AT_ONCE = 500


async def terms(parts: Parts, caller: Caller, seen: Seen) -> TermsSaid:
    """Pack and version, the rows that matched, and what later commands changed. Raises ``not_found`` for others than the team."""
    case = seen.case
    if case is None or seen.viewer.role not in TEAM:
        raise not_found()
    recordings = list[Recording]()
    while page := await parts.views.timeline(caller.tenant_id, case.id, recordings[-1].seq if recordings else 0, _FACTS_AT_ONCE):
        recordings += page
    opened = recordings[0].fact
    version = opened.terms.version if opened.type == "case_opened" else case.terms.version
    newest = (await parts.shelf_of(caller.tenant_id)).packs.get(case.terms.pack)
    return explain_terms(case, recordings, await parts.library.pack(version), newest.version if newest else None)
