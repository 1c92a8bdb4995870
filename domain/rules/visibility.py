"""What each audience may know of a fact. Views, notices and the instants that parties see all ask here, so that they never
disagree.

Closed by default: a fact of which no topic says who may know it is known to the team alone. A test holds that each type is
decided on, with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.model import facts as f
from domain.model.case import Case
from domain.rules.audiences import Audience
from domain.rules.topic import Known
from domain.rules.topics import TOPICS, merged

KNOWN: Mapping[str, Known] = merged(topic.known_to for topic in TOPICS)
"""By type of fact: who outside the team may know that it happened, how much of it third parties may, and why."""


def knows(case: Case, fact: f.Fact, audience: Audience) -> bool:
    """Whether this audience may know that a fact happened."""
    if audience == "staff":
        return True
    known = KNOWN.get(fact.type)
    if known is None or (audience == "respondent" and not case.is_disclosed):
        return False
    return audience in known.by if isinstance(known.by, frozenset) else known.by(case, fact, audience)


def shared(fact: f.Fact) -> bool:
    """Whether it is for everybody in the case, and not only for the two sides: what witnesses, insurers and authorities see."""
    return _third_parties(fact) == "all"


def is_news(fact: f.Fact) -> bool:
    """Whether witnesses, insurers and authorities may hear how the case stands after it, if not what it says."""
    return _third_parties(fact) != "nothing"


def _third_parties(fact: f.Fact) -> str:
    known = KNOWN.get(fact.type)
    if known is None:
        return "nothing"
    return known.third_parties(fact) if callable(known.third_parties) else known.third_parties
