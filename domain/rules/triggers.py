"""What a fact means to clocks and notices, in the words in which packs name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from domain.base import Side
from domain.model.case import Case
from domain.model.facts import Fact
from domain.rules.credit import of_error
from domain.rules.topic import Mean, words_of
from domain.rules.topics import TOPICS, merged

FACTS: frozenset[str] = frozenset(fact.model_fields["type"].default for fact in get_args(get_args(Fact)[0]))
"""Every type of fact: the words that stand alone."""
_SETTLED = words_of("requests_settled", *Side) | {"requests_settled"}
WORDS: frozenset[str] = FACTS.union(_SETTLED, *(topic.words for topic in TOPICS))
"""Every word by which a pack can name what happens. What is not among them never happens: a clock would wait for it for ever."""
MEANS: Mapping[str, Mean] = merged(topic.means for topic in TOPICS)


def triggers(before: Case | None, fact: Fact, after: Case) -> frozenset[str]:
    """What a fact means to clocks and notices: its type, what its topic adds (a qualifier, a side), and what it completes."""
    meant = MEANS[fact.type](before, fact, after) if fact.type in MEANS else ()
    return frozenset({fact.type, *meant, *_completed(before, after), *_came_late(before, after), *of_error(fact, after)})


def _came_late(before: Case | None, after: Case) -> set[str]:
    """Whatever text it was: whoever made a draft that waits is told that somebody who loses by it said something since."""
    return {"came_since_draft"} if before is not None and len(after.came_since) > len(before.came_since) else set()


def _completed(before: Case | None, after: Case) -> set[str]:
    """Whatever fact it was: nothing is asked of a side any more, or of nobody."""
    if before is None or not before.requests:
        return set()
    gone = {r.of for r in before.requests} - {r.of for r in after.requests}
    settled = {f"requests_settled:{side.value}" for side in gone}
    return settled if after.requests else {*settled, "requests_settled"}
