"""What a fact does to a case. Total: every fact that was ever recorded can be applied, none is refused, none reads text or a
clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.base import Instant
from domain.model import facts as f
from domain.model import provider_news
from domain.model.case import FORM, Case
from domain.model.chargeback import Chargeback
from domain.rules import first_words
from domain.rules.audiences import OUTSIDE
from domain.rules.case_import_changes import since
from domain.rules.confided import of_one_alone
from domain.rules.hearing import (
    heard_after,
    heard_parties_after,
    heard_since_after,
    put_after,
    questioned_after,
    spoke_after,
    spoke_since_after,
)
from domain.rules.last_word import came_in_after, came_since_after, contested_after, unanswered_after, words_at_after
from domain.rules.parties import agreed_after
from domain.rules.protocols import by_protocol_after
from domain.rules.rule import Change
from domain.rules.timetable import advance, stamp
from domain.rules.topic import Apply
from domain.rules.topics import TOPICS, merged
from domain.rules.visibility import is_news, knows, shared
from domain.rules.withdrawal import said_since

CHANGES: Mapping[str, Apply] = merged(topic.changes for topic in TOPICS)
"""By type of fact; one without an entry is only noted."""


def evolve(case: Case | None, recording: f.Recording, *, case_id: str = "") -> Case:
    """The case after a recording. The first one must be the opening fact; anything else without a case is a broken record.

    Raises ValueError for a record that does not begin with ``case_opened``.
    """
    fact = recording.fact
    if isinstance(fact, f.CaseOpened):
        changed = _opened(case_id or (case.id if case else ""), recording, fact)
    elif case is None:
        raise ValueError(f"the record of {case_id} begins with {fact.type}, not with case_opened")
    else:
        change: Change = CHANGES[fact.type](case, recording, fact) if fact.type in CHANGES else {}
        changed = case.model_copy(update={**change, "seq": recording.seq, "updated_at": recording.at})
    clocks = advance(case, fact, changed, since(recording), recording.recorded_at)
    seen: dict[str, Instant] = {audience: recording.at for audience in OUTSIDE if knows(changed, fact, audience)}
    # A side learns nothing as a side of what is between one person on it and the desk, nor when it was.
    seen.pop(of_one_alone(changed, fact) or "", None)
    # What is only news to third parties shows to them when the case stands elsewhere since.
    shows = shared(fact) or (is_news(fact) and case is not None and case.phase is not changed.phase)
    if shows and ("claimant" in seen or "respondent" in seen):
        seen["third_parties"] = recording.at
    update: Change = {"clocks": clocks, "seen_at": {**changed.seen_at, **seen}, "heard": heard_after(case, recording, changed)}
    update["came_since"] = came_since_after(case, recording, changed)
    update.update(contested_after(case, recording, changed))
    update["words_at"] = words_at_after(case, recording)
    update.update(came_in_after(case, recording, changed))
    update["unanswered"] = unanswered_after(case, recording, changed, seen)
    update["put"] = put_after(case, recording, changed)
    update["questioned"] = questioned_after(case, recording, changed)
    update["withdrawal"] = said_since(changed, recording)
    update["spoke"] = spoke_after(case, recording, changed)
    update["agreed"] = agreed_after(recording, changed)
    update["heard_since"] = heard_since_after(case, recording, changed)
    update["spoke_since"] = spoke_since_after(case, recording, changed)
    update["by_protocol"] = by_protocol_after(case, recording, changed)
    update["heard_parties"] = heard_parties_after(case, recording, changed)
    then = changed.model_copy(update=update)
    then = then.model_copy(update=first_words.lapsed(then))
    return then if recording.timetable is None else stamp(then, recording.timetable, recording.zone_data)


def fold(case_id: str, recordings: Iterable[f.Recording]) -> Case:
    """The case that a record says. Raises ValueError when there is no opening fact."""
    case: Case | None = None
    for recording in recordings:
        case = evolve(case, recording, case_id=case_id)
    if case is None:
        raise ValueError(f"the record of {case_id} is empty")
    return case


def _opened(case_id: str, rec: f.Recording, fact: f.CaseOpened) -> Case:
    return Case(
        id=case_id,
        form=FORM,
        seq=rec.seq,
        opened_at=since(rec),
        updated_at=rec.at,
        phase_entered_at=since(rec),
        kind=fact.kind,
        source=fact.source,
        category=fact.category,
        filed_as=fact.filed_as,
        limits_since=fact.limits_since,
        category_listed=fact.routing.category_listed,
        gate=fact.routing.reason if fact.routing.decision == "triage" else None,
        priority=fact.priority,
        terms=fact.terms,
        parties=fact.parties,
        statement=fact.statement,
        subject=fact.subject,
        amount=fact.amount,
        synthetic=fact.synthetic,
        chargeback=Chargeback(due_at=fact.outside_due_at, since=rec.at) if fact.outside_due_at else None,
        provider_disputes=(provider_news.folded(None, fact.provider),) if fact.provider is not None else (),
        queue=fact.terms.queue,
    )
