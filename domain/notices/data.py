"""What a notice says of the fact that caused it: codes, amounts, instants, and references to the texts it quotes; nothing that
its recipient may not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.model import facts as f
from domain.model.case import Case
from domain.model.prose import Prose
from domain.rules.audiences import Audience
from domain.rules.confided import answered_alone
from domain.rules.confidence import awaited_of
from domain.rules.topic import NoticeData, Say
from domain.rules.topics import TOPICS, merged

SAID: Mapping[str, Say] = merged(topic.said for topic in TOPICS)
"""By type of fact; of one without an entry a notice says only that it happened and how the case stands."""


def said(case: Case, fact: f.Fact, audience: Audience) -> dict[str, Any]:
    """The codes and amounts of the fact itself, as far as this audience may know them."""
    own = {"your_side": audience} if audience in ("claimant", "respondent") else {}
    return {**own, **_of_topic(case, fact, audience).codes}


def texts(case: Case, fact: f.Fact, audience: Audience) -> dict[str, Prose]:
    """References to the texts that a notice of this fact quotes."""
    if audience == "platform":
        # The platform fetches texts through the API, where every reading is a request of a known key.
        return {}
    return {name: text for name, text in _of_topic(case, fact, audience).texts.items() if text is not None}


def _of_topic(case: Case, fact: f.Fact, audience: Audience) -> NoticeData:
    return SAID[fact.type](case, fact, audience) if fact.type in SAID else NoticeData()


def confided(case: Case, fact: f.Fact, party_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a letter to one of several on a side says, where something is between the team and one of them: whoever is asked alone
    answers to the team alone; the others do not learn that something is asked, nor by when."""
    if isinstance(fact, f.EvidenceRequested) and answered_alone(case, fact):
        return {**data, "words": "confided"}
    party = case.party(party_id)
    speaks = party is not None and party.speaks
    return {**data, "waiting_on": awaited_of(case, party.side.value, party_id)} if party is not None and speaks else data
