"""Whoever must not decide leaves no half of a decision behind.

What takes two persons is agreed to by two who may decide. Whoever has recused themselves, stays out because of what they are to
the case, has come to be in conflict with a party or works here no more is no first person of any of it: what they had said waits
for nobody, and the next one who says it is the first. What two have agreed on before stands, as a ruling does that was told.

Directive 2013/11/EU, article 6(2); European Convention on Human Rights, article 6(1).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from domain.model.case import Case
from domain.rules.fairness import partial
from domain.rules.rule import Change

_Without = Callable[[Any, Collection[str]], Any]
"""What is left of a field without what these people have said."""


def _said_by(name: str) -> _Without:
    return lambda said, people: None if said is not None and getattr(said, name) in people else said


def _each(by: str, still: Callable[[Any], bool] = lambda _: True) -> _Without:
    return lambda several, people: tuple(one for one in several if not (still(one) and getattr(one, by) in people))


FIRST_WORDS: Mapping[str, _Without] = {
    "telling": _said_by("by"),
    "lowering": _said_by("by"),
    "removal": _said_by("by"),
    "credit_proposed": _said_by("by"),
    "no_request": _said_by("by"),
    "exceptions": _each("asked_by", lambda one: one.state == "asked"),
    # What one has said of the amount counts towards two; the amount itself stays what it is.
    "said_by": _each("by"),
    # Who says that a child is none has changed nothing yet.
    "seated": _each("by", lambda one: one.change == "adult"),
    # A step that one leaves out, another one rules without: that is the word of two.
    "steps": _each("by", lambda one: one.how == "skipped"),
}
"""By field of the state: what waits there for a second person, or counts as one of two. Two things stay, and are said again
(:func:`domain.rules.confirmation.said_again`, :func:`domain.rules.authorities.approve`): who the parties are by the word of one,
because it holds already, and a report to an authority, because nobody may be warned meanwhile."""


def authors(case: Case) -> frozenset[str]:
    """Whose word waits for a second one, or is one of two."""
    said = (case.telling, case.lowering, case.removal, case.credit_proposed, case.no_request, *case.said_by, *case.seated)
    asked = (one.asked_by for one in case.exceptions if one.state == "asked")
    skipped = (one.by for one in case.steps if one.how == "skipped")
    stated = (party.stated_by for party in case.parties if party.stated_by is not None and not party.left)
    reported = (report.proposed_by for report in case.reports if not report.made)
    noted = (link.by for link in case.links if link.relation == "duplicate" and link.by is not None)
    return frozenset((*(one.by for one in said if one is not None), *asked, *skipped, *stated, *reported, *noted))


def lapsed(case: Case) -> Change:
    """What is left of first words once whoever must not decide has none."""
    people = partial(case)
    if not people:
        return {}
    left = {field: without(getattr(case, field), people) for field, without in FIRST_WORDS.items()}
    return {field: value for field, value in left.items() if value != getattr(case, field)}


def as_judged(case: Case, cannot: Collection[str], speaker: str) -> Case:
    """The case without the first words of people of whom it is known only now that they must not decide it."""
    gone = tuple(one for one in cannot if one != speaker and one not in case.recused)
    if not gone:
        return case
    then = case.model_copy(update={"recused": (*case.recused, *gone)})
    return then.model_copy(update=lapsed(then))
