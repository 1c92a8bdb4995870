"""What a topic says about its commands and facts: everything about them lies in ``rules/<topic>.py``, in one :class:`Topic`.

A new topic is ``model/<topic>.py`` (its commands, facts, state and refusals), ``rules/<topic>.py`` (this), and its line in the
lists that name every topic: :mod:`domain.rules.topics`, :mod:`domain.model.commands` and :mod:`domain.model.facts`. Tests ask for
whatever was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import EnumMeta
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel

from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.rules.audiences import Audience
from domain.rules.rule import Change, DecisionContext, Facts

Rule = Callable[[Case, Any, DecisionContext, datetime], Facts]
"""What follows from a command at the instant it is judged by. Raises a Refusal."""
Apply = Callable[[Case, f.Recording, Any], Change]
"""The fields of the case that a fact changes. Total: it never refuses."""
Refuse = Callable[[Case, Actor], Refusal | None]
"""Why a command cannot be done as the case stands, whatever it says; None when it can. Buttons are disabled by it."""
Mean = Callable[[Case | None, Any, Case], Iterable[str]]
"""What a fact means to clocks and notices beside its type, from the case before and after it."""


class NoticeData(NamedTuple):
    """What a notice says of the fact that caused it, as far as its reader may know: codes and amounts, and texts by reference."""

    codes: Mapping[str, Any] = {}
    texts: Mapping[str, Prose | None] = {}


Say = Callable[[Case, Any, Audience], NoticeData]

ThirdParties = Literal["nothing", "news", "all"]
"""What witnesses, insurers and authorities may know of a fact: nothing; that the case stands otherwise since; all of it."""


class Known(NamedTuple):
    """Who may know that a fact happened, beside the team, who knows all."""

    by: frozenset[Audience] | Callable[[Case, Any, Audience], bool]
    third_parties: ThirdParties | Callable[[Any], ThirdParties]
    because: str
    """Why it was decided so."""


def words_of(word: str, *said: str) -> frozenset[str]:
    """A word of a pack with each of what can stand after its colon."""
    return frozenset(f"{word}:{value}" for value in said)


def words_by(fact: type[BaseModel], field: str) -> frozenset[str]:
    """The type of a fact with each value that one of its fields can have: ``offer_made:claimant``, ``offer_made:respondent``."""
    annotation = fact.model_fields[field].annotation
    parts = [part for part in get_args(annotation) or (annotation,) if part is not type(None)]
    values = [value for part in parts for value in (part if isinstance(part, EnumMeta) else (part,))]
    return words_of(fact.model_fields["type"].default, *(str(value) for value in values))


def known_to(*by: Audience, third_parties: ThirdParties = "nothing", because: str) -> Known:
    """These audiences may know."""
    return Known(frozenset(by), third_parties, because)


def inside(because: str) -> Known:
    """Nobody outside the team may know."""
    return Known(frozenset(), "nothing", because)


def everybody(because: str, third_parties: ThirdParties = "all") -> Known:
    """Both sides and the platform may know."""
    return Known(frozenset({"claimant", "respondent", "platform"}), third_parties, because)


class Topic(NamedTuple):
    """All that is to be said about the commands and facts of one topic."""

    rules: Mapping[str, Rule] = {}
    """By command: what follows from it."""
    changes: Mapping[str, Apply] = {}
    """By fact: what it does to a case. A fact without an entry is only noted."""
    refuses: Mapping[str, Refuse] = {}
    """By command: what must hold beside the row of the table."""
    means: Mapping[str, Mean] = {}
    """By fact: further words by which packs name it."""
    words: frozenset[str] = frozenset()
    """Every word that ``means`` can come to beside the types of facts: what a pack may name, and nothing else."""
    known_to: Mapping[str, Known] = {}
    """By fact: who may know of it. Left out: the team alone."""
    said: Mapping[str, Say] = {}
    """By fact: what a notice says of it."""
