"""What is said after something was done: in the case itself, or on the next page, with what can still be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from uuid_utils import uuid7

from console.kit.done import DONE
from console.kit.visit import Visit
from console.kit.words import UNDO, in_words
from console.pages.party_changes import what_changed
from domain.base import Phase
from domain.model.case import Case
from domain.views.case import view
from services import cases, references, timelines
from services.errors import Refused
from services.timelines import Entry

_WHY = {
    "pressing": "It is the most pressing in your queues that you may take.",
    "fits": "It is the most pressing of those as urgent that fit your languages and skills.",
}
"""Why it is this case that was taken next."""
_A_MOMENT = timedelta(minutes=10)
"""So long what somebody has done is said above the page that they come to."""


@dataclass(frozen=True)
class SentBefore:
    """A decision that somebody sent in another case a moment ago, before they went on to this page."""

    id: str
    title: str
    words: str
    told_at: datetime | None
    second: bool
    """A second person looks at it first."""
    back: bool
    """It can be taken back."""
    seq: int
    command_id: str


async def sent_before(visit: Visit) -> SentBefore | None:
    """The decision that was sent just before, as the address names it; None: none was."""
    case_id, command_id = (visit.request.query_params.get(name, "") for name in ("before", "sent"))
    if not case_id or not command_id:
        return None
    try:
        seen = await cases.find(visit.parts, visit.caller, case_id)
    except Refused:
        return None
    entries = _by(await timelines.first_entries(visit.parts, visit.caller, seen), command_id, visit)
    entry = next((entry for entry in entries if entry.type == "ruling_drafted"), None)
    if seen.case is None or entry is None:
        return None
    said = view(seen.case, seen.viewer)
    told = (await references.references_of(visit.parts, visit.caller, seen)).get(seen.id)
    known = told.references if told is not None else None
    title = (known.subject or known.matter if known else None) or in_words(said.kind)
    return SentBefore(
        id=case_id,
        title=f"{known.external_id}, {title}" if known and known.external_id else title,
        words=DONE["rule" if entry.data.get("decision") == "rule" else "decide_appeal"],
        told_at=next((due.due_at for due in said.deadlines if due.by_default == "issue_ruling"), None),
        second=seen.case.phase is Phase.APPROVAL,
        back=any(action.command == "retract" and action.allowed for action in said.actions),
        seq=said.seq,
        command_id=f"cmd_{uuid7()}",
    )


def done(visit: Visit, entries: Sequence[Entry], case: Case | None = None) -> dict[str, Any]:
    """What is said of what was just done: nothing of what did not happen, or happened long ago."""
    said, by = (visit.request.query_params.get(name, "") for name in ("done", "by"))
    own = _by(entries, by, visit) if by else []
    happened = bool(own)
    waits = "waits" in visit.request.query_params and not happened
    known = said in DONE and (happened or waits)
    why = visit.request.query_params.get("because", "") if said == "take" else ""
    undo = UNDO.get(said) if happened else None
    return {"done": said if known else None, "waits": waits, "done_words": _words(said, own, case, why), "undo": undo}


def _words(said: str, own: Sequence[Entry], case: Case | None, why: str) -> str:
    facts = {entry.type: entry.data for entry in own}
    waits = case is not None and (bool(case.seated) or any(p.stated_by is not None and not p.left for p in case.parties))
    return what_changed(facts, waits=waits) or " ".join(filter(None, (DONE.get(said, ""), _WHY.get(why))))


def _by(entries: Sequence[Entry], command_id: str, visit: Visit) -> list[Entry]:
    """What a command of the caller's brought about a moment ago; empty: nothing, it was another one's, or it is long past."""
    own = (entry for entry in entries if entry.command_id == command_id and entry.actor_id == visit.caller.holder)
    return [entry for entry in own if visit.zones.now - entry.at < _A_MOMENT]
