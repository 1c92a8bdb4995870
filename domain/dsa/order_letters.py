"""Letters about an order of an authority, to be copied and sent by a person: Ombud sends none of them itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from domain.dsa.orders import Because, Element, Order, OrderWords, held_back, missing

Letter = Literal["receipt", "effect", "person"]
_LACKS: Mapping[Element, str] = {
    Element.AUTHORITY: "who issued it",
    Element.LEGAL_BASIS: "a reference to its legal basis",
    Element.REASONS: "a statement of reasons",
    Element.WHERE: "where exactly the content is",
    Element.WHOM: "about whom information is sought",
    Element.SCOPE: "its territorial scope",
    Element.REDRESS: "the redress that we and the person concerned have",
    Element.LANGUAGE: "a language that we declared, or a translation into one",
}
_WHY: Mapping[Because, str] = {
    "not_specified": "The order does not say what we need to carry it out.",
    "outside_scope": "What is ordered goes beyond the territory of the order, or beyond our service.",
    "not_held": "We have not collected this information to provide our service, or it is not within our control.",
    "gone": "What the order is about was not there any more.",
    "challenged": "Redress against the order is under way.",
    "other": "",
}


def letters(order: Order, provider: str, now: datetime) -> dict[Letter, str]:
    """What can be said now, by whom it is for. None to the person while they are not to be told, none of what was erased."""
    words = order.words
    if words is None:
        return {}
    found: dict[Letter, str] = {"receipt": _receipt(order, words, provider)}
    if order.effect is not None:
        found["effect"] = _effect(order, words, provider)
    if not held_back(order, now) and order.effect != "not_given":
        found["person"] = _person(order, words, provider)
    return found


def _receipt(order: Order, words: OrderWords, provider: str) -> str:
    lacks = [f"- {_LACKS[element]} (article {source})" for element, source in missing(order)]
    asked = ("It does not say, or we did not find in it:", *lacks, "Please send us this, so that we can carry it out.")
    body = asked if lacks else ("We shall tell you of the effect given to it without undue delay.",)
    return _written(f"Your order{_number(words)}", f"We received your order on {_day(order.received_at)}.", *body, provider)


def _effect(order: Order, words: OrderWords, provider: str) -> str:
    return _written(f"Effect given to your order{_number(words)}", _received(order), *_outcome(order, words), provider)


def _person(order: Order, words: OrderWords, provider: str) -> str:
    what = "act against content of yours" if order.article == 9 else "give information about you"
    reasons = words.reasons or ("The authority does not state its reasons." if order.reasons_withheld else "None were stated.")
    said = [
        f"On {_day(order.received_at)} we received an order of {words.authority or 'an authority'} to {what}.",
        *(("It is about:", words.where) if order.article == 9 and words.where else ()),
        *(_outcome(order, words) if order.effect is not None else ("We shall give effect to it.",)),
        "Its reasons:", reasons,
        *(("Its legal basis:", words.legal_basis) if words.legal_basis else ()),
        *(("Where it holds:", words.scope or "The order does not say.") if order.article == 9 else ()),
        "What you can do against it:", words.redress or "The order does not say. You can go to a court.",
    ]  # fmt: skip
    return _written("An order of an authority", *said, provider)


def _outcome(order: Order, words: OrderWords) -> tuple[str, ...]:
    when = f" on {_moment(order.effect_at)}" if order.effect_at is not None else ""
    does = {"given": f"Effect was given to it{when}.", "in_part": f"Effect was given to a part of it{when}."}
    first = does.get(order.effect or "", "No effect was given to it.")
    why = _WHY[order.because] if order.because is not None else ""
    return tuple(line for line in (first, why, words.answer) if line)


def _received(order: Order) -> str:
    return f"We received it on {_day(order.received_at)}."


def _number(words: OrderWords) -> str:
    return f" {words.reference}" if words.reference else ""


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _moment(at: datetime | None) -> str:
    return f"{_day(at)}, {at:%H:%M} UTC" if at is not None else ""


def _written(heading: str, *lines: str) -> str:
    return "\n\n".join((heading, *lines)) + "\n"
