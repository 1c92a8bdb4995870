"""A request over data that the team calls by another right than before: whoever asked is told, with the limit, and may object.

Whoever asks is told of the action taken on the request that they made (Regulation (EU) 2016/679, article 12(1) to (4)), in the
open (article 5(1)(a)): who wanted to see their data, and is answered as if they wanted them erased, hears so before the answer.
"""

from __future__ import annotations

from typing import Any

from domain.model import facts as f
from domain.model.case import Case
from domain.model.terms import ClockTerms, Terms
from domain.rules import told_category
from domain.rules.audiences import Audience
from domain.rules.remedy import asks_for_data
from domain.rules.rule import Facts
from domain.rules.topic import NoticeData, Topic, known_to


def of(terms: Terms) -> tuple[str, ...]:
    """The rights that can be asked for in cases of a kind, by their categories; none where nobody asks for data."""
    if not asks_for_data(terms):
        return ()
    return tuple(dict.fromkeys(category for one in terms.remedies for category in one.only_for))


def renamed(case: Case, category: str | None) -> Facts:
    """What whoever asked is told where the team calls the request otherwise: it was a right, or is one now."""
    rights = of(case.terms)
    if category is None or category == case.category or {category, case.category}.isdisjoint(rights):
        return ()
    return (f.RightRenamed(before=case.category, now=category),)


def _limit(case: Case) -> dict[str, Any]:
    """Until when the law wants an answer, or that the limit waits for whoever asked."""
    ends = {clock.name: _ends(clock) for clock in case.terms.clocks if clock.statutory and clock.is_the_teams}
    running = [clock for clock in case.clocks if clock.name in ends and clock.stopped_at is None]
    if any(clock.waiting for clock in running):
        return {"limit_waits": True}
    # What fires again once it has run out is a reminder of the team's.
    over = {clock.name for clock in running for one in clock.fired if one.level in ends[clock.name] and not one.before_more_time}
    rows = (row for row in case.timetable if row.level in ends.get(row.clock, ()) and row.clock not in over)
    until = min((row.due_at for row in rows), default=None)
    return {"limit_at": until.isoformat()} if until is not None else {}


def said_of_notice(case: Case, viewer: str) -> dict[str, Any]:
    """What whoever asked reads in the letter that it has arrived: until when the law wants our answer (11 CCR 7021(a))."""
    if viewer != "claimant" or case.updated_at != case.opened_at or case.category not in of(case.terms):
        return {}
    return _limit(case)


def _ends(clock: ClockTerms) -> frozenset[str]:
    return frozenset(level.name for level in clock.levels if level.is_end)


def _said(case: Case, fact: f.RightRenamed, audience: Audience) -> NoticeData:
    rights = of(case.terms)
    reader: Any = "staff" if audience == "staff" else audience
    said = {"asked_for_before": fact.before, "asked_for": fact.now}
    codes = {name: told_category.told(case, word, reader) for name, word in said.items() if word in rights}
    return NoticeData({**codes, **_limit(case)})


TOPIC = Topic(
    known_to={"right_renamed": known_to("claimant", "platform", because="It is their request, and what it is answered as.")},
    said={"right_renamed": _said},
)
