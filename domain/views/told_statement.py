"""The statement of reasons of a decision (Regulation (EU) 2022/2065, article 17(3)), as the letter to a side tells it."""

from __future__ import annotations

from typing import Any

from domain.base import Kept
from domain.model import facts as f
from domain.model.case import Case
from domain.model.prose import Prose
from domain.rules import prior_decision
from domain.rules.audiences import audience_of
from domain.rules.ruling_told import said_of_statement


class ToldStatement(Kept):
    """The facts, the clause and why it is broken, and what else has to be said: codes, except for the texts."""

    facts: Prose | None = None
    clause: Prose | None = None
    """The rule or the law that it is against, in the words of the decision."""
    explanation: Prose | None = None
    illegal: bool = False
    """The clause is one of the law; else one of the platform's rules."""
    source: str | None = None
    """How it came to light: ``SOURCE_ARTICLE_16``."""
    detected: bool = False
    """A machine found it."""
    decided: str | None = None
    """How far a machine decided: ``AUTOMATED_DECISION_PARTIALLY``."""
    scope: tuple[str, ...] = ()
    """Countries in which it holds."""
    until: str | None = None
    """The day until which it restricts; None: until it is lifted."""
    redress: tuple[str, ...] = ()
    """Where it can be complained about (articles 20 and 21)."""

    @property
    def texts(self) -> list[str]:
        """The ids of its texts."""
        return [said.content_id for said in (self.facts, self.clause, self.explanation) if said is not None]


def is_notice(case: Case) -> bool:
    """Whether its sides read of it as a notice (article 16), and not as an appeal."""
    return prior_decision.is_notice(case)


def told_statement(case: Case, ruling_id: str, viewer: f.Actor) -> ToldStatement | None:
    """The statement of a ruling that the viewer was told of; None where it has none, it is told to the other
    side alone, or the viewer speaks for no side."""
    ruling = next((one for one in case.rulings if one.id == ruling_id), None)
    party = case.party(viewer.id)
    of_a_side = party is not None and party.speaks
    said = said_of_statement(case, ruling, audience_of(viewer)) if ruling is not None and of_a_side else None
    if said is None:
        return None
    data, texts = said.codes, said.texts
    ends: list[Any] = [value for name, value in data.items() if name.startswith("end_date_")]
    return ToldStatement(
        facts=texts.get("facts"),
        clause=texts.get("clause"),
        explanation=texts.get("explanation"),
        illegal=data.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT",
        source=data.get("source_type"),
        detected=data.get("automated_detection") == "Yes",
        decided=data.get("automated_decision"),
        scope=tuple(data.get("territorial_scope", ())),
        until=next(iter(ends), None),
        redress=tuple(data["redress"]),
    )
