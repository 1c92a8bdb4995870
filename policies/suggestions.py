"""Words that somebody may have meant: "did you mean …?" for whoever writes the rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

from domain.base import Phase, Priority
from domain.model.clock_terms import ClockTerms
from domain.model.usual_clocks import USUAL
from domain.rules.triggers import WORDS

_CLOSE = 0.6
"""How alike two words are, from 0 to 1, before one is offered for the other."""
_FAR = 0.45
"""The same where nothing is as near: still better than nothing for whoever guessed a word."""
_MANY = 12
_LONGEST = 80
"""Nobody misspells more than that, and to compare it would take for ever."""
_TRADE: Mapping[str, str] = {
    **dict.fromkeys(
        ("seller", "shop", "merchant", "vendor", "host", "provider", "accused", "programme", "program", "company", "defendant",
         "sitter", "trader", "driver", "uploader"), "respondent"),
    **dict.fromkeys(
        ("buyer", "customer", "guest", "reporter", "consumer", "payer", "researcher", "complainant", "plaintiff", "owner",
         "notifier", "appellant", "user"), "claimant"),
    **dict.fromkeys(("mediator", "agent", "team", "desk", "investigator", "support", "moderator"), "staff"),
}  # fmt: skip
"""What trades call the sides and the team."""
_PHASES: Mapping[str, str] = {
    **dict.fromkeys(("mediation", "investigation", "working", "hearing", "inquiry", "claim"), "review"),
    **dict.fromkeys(("triage", "new", "report"), "intake"),
    **dict.fromkeys(("negotiation", "talks", "agreement"), "settlement"),
    **dict.fromkeys(("decision", "decided", "grace"), "ruled"),
    **dict.fromkeys(("done", "over", "ended", "archived"), "closed"),
}
"""What packs often call the phases."""
_DEEDS: Mapping[str, str] = dict.fromkeys(("notified", "informed", "served"), "told:respondent")
"""What people call something that has a word of its own here."""
_USUAL = ("case_opened", "phase_entered:review", "message_sent:claimant", "evidence_requested:respondent", "ruling_issued")
_OF_TARGETS = "urgent"
"""Stands in the pattern of what targets and ladders are for, and in no other."""
_QUOTED = re.compile(r"'([^']+)'")


def did_you_mean(word: object, known: Iterable[str], among: str = "") -> str:
    """What to add to a problem with a word: the nearest of those that there are, else all of them where they are few."""
    names = sorted(set(known))
    near = get_close_matches(str(word)[:_LONGEST], names, 1, _CLOSE)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; {among or 'there are'} {', '.join(names)}" if among and 0 < len(names) <= _MANY else ""


def nearest_trigger(trigger: str, labels: Mapping[Phase, str]) -> str:
    """What to add to a trigger that nothing is called: what can stand behind its colon, else the nearest word of all.

    People write a phase as their pack calls it (``labels``), and a side as their trade does.
    """
    word, _, after = trigger.partition(":")
    ends = sorted(known.partition(":")[2] for known in WORDS if known.startswith(f"{word}:"))
    if not ends and word in WORDS:
        return f"; did you mean '{word}'? Nothing stands behind it"
    if not ends:
        return _nearest_of_all(word, after)
    if (meant := _meant(after, ends, labels)) is not None:
        return f"; did you mean '{word}:{meant}'?"
    listed = f"one of {', '.join(ends)}" if len(ends) > 1 else f"only '{ends[0]}'"
    # What is to happen behind the colon may be known by a word of its own (a signal by no name but that of all signals).
    by_itself = word in WORDS and len(ends) == 1
    alone = f"; did you mean '{word}'? Behind a colon" if by_itself else "; behind the colon"
    return f"{alone} stands {listed}"


def _meant(after: str, ends: Collection[str], labels: Mapping[Phase, str]) -> str | None:
    """The word behind a colon that somebody may have meant, of those that can stand there."""
    near = get_close_matches(after[:_LONGEST], sorted(ends), 1, _CLOSE)
    if near:
        return near[0]
    called = {name: phase.value for phase, label in labels.items() for name in re.findall(r"[a-z]+", label.lower())}
    found = get_close_matches(after[:_LONGEST].lower(), sorted(called), 1, _CLOSE)
    meant = called[found[0]] if found else _PHASES.get(after.lower(), _TRADE.get(after.lower()))
    return meant if meant in ends else None


def _nearest_of_all(word: str, after: str) -> str:
    """The nearest of all words before the colon, with what stood behind it where that fits."""
    if word in _DEEDS:
        return f"; did you mean '{_DEEDS[word]}'?"
    whole = sorted({known.partition(":")[0] for known in WORDS})
    stem = re.sub(r"(ed|ing|s)$", "", word)
    near = get_close_matches(word[:_LONGEST], whole, 1, _CLOSE) or [known for known in whole if len(stem) > 3 and stem in known]
    if not near:
        near = get_close_matches(word[:_LONGEST], whole, 1, _FAR)
    if not near:
        return f"; what can happen is listed under 'Triggers' in the reference of packs, for example {', '.join(_USUAL)}"
    both = f"{near[0]}:{after}"
    return f"; did you mean '{both if both in WORDS else near[0]}'?"


def of_form(error: Any, model: type[BaseModel]) -> str:
    """What pydantic says of one mistake in a pack, in words for whoever wrote it. ``model`` is what was read."""
    kind, said = error["type"], error["input"]
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])[:_LONGEST]
        return f"there is no field '{name}' here{did_you_mean(name, _fields_at(model, error['loc'][:-1]), 'there are')}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch" and isinstance(said, str) and _OF_TARGETS in str(error.get("ctx", {}).get("pattern")):
        return f"'{said[:_LONGEST]}' is not written as it is to be here{_near_target(said)}"
    if isinstance(said, Mapping) and isinstance(said.get("like"), str) and said["like"] not in USUAL:
        return message + did_you_mean(said["like"], USUAL)
    if kind in ("literal_error", "enum") and isinstance(said, str):
        expected = _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))
        near = did_you_mean(said, expected)
        return f"there is no '{said}' here{near}" if near else f"{message}, not '{said[:_LONGEST]}'"
    return message


def _near_target(said: str) -> str:
    """What to add to a name that has no form: a priority that was meant, else what names are made of."""
    priorities = [priority.value for priority in Priority]
    category, slash, priority = said.rpartition("/")
    near = get_close_matches(priority[:_LONGEST], priorities, 1, _CLOSE)
    if near:
        return f"; did you mean '{category}{slash}{near[0]}'?"
    return "; say a priority, a category or both: 'urgent', 'injury/', 'injury/urgent'"


def _fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the row that stands at a place of a pack."""
    found: Any = model
    for part in place:
        inner = _field(found, part)
        found = inner if inner is not None else found
    names: set[str] = set()
    for row in _models(found):
        names |= set(row.model_fields)
        if row.model_config.get("extra") == "allow":
            names |= set(ClockTerms.model_fields) | {"like"}
    return names


def _field(annotation: Any, part: int | str) -> Any:
    for row in _models(annotation):
        if part in row.model_fields:
            return row.model_fields[str(part)].annotation
    return None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that stand in an annotation: ``tuple[Row, ...]`` has one, ``Row | None`` has one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
