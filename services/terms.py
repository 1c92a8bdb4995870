"""Why a case stands under the terms under which it stands: for the team."""

from __future__ import annotations

from domain.model.facts import CaseOpened, Recording
from domain.views.terms import TermsSaid, explain_terms
from services.callers import TEAM, Caller
from services.cases import Seen
from services.errors import not_found
from services.need_to_know import cases_named, closed_among, without
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
    if isinstance(opened, CaseOpened):
        # A case that was split off says from which.
        trace = list(opened.routing.trace)
        closed = await closed_among(parts, caller, seen.viewer, cases_named(trace))
        routing = opened.routing.model_copy(update={"trace": tuple(without(trace, closed))})
        recordings[0] = recordings[0].model_copy(update={"fact": opened.model_copy(update={"routing": routing})})
    version = opened.terms.version if opened.type == "case_opened" else case.terms.version
    newest = (await parts.shelf_of(caller.tenant_id)).packs.get(case.terms.pack)
    return explain_terms(case, recordings, await parts.library.pack(version), newest.version if newest else None)
