"""The vocabulary of one language: what its people call the codes of kinds, outcomes, remedies and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.base import plain, plain_line

_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Words:
    """Names and whole sentences by code. The sentences with something in them are in the templates of the same locale."""

    locale: str
    weekdays: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    kinds: Mapping[str, str]
    reviews: Mapping[str, str]
    """What the phase "review" is called, by kind."""
    remedies: Mapping[str, str]
    outcomes: Mapping[str, Mapping[str, str]]
    """Sentences by side; the empty side is for everybody."""
    decisions: Mapping[str, str]
    rights: Mapping[str, str]
    automation: Mapping[tuple[bool, str], str]
    """How far machines had a part in it: whether they found it, and how it was decided."""
    sources: Mapping[str, str]
    """Where what was decided about came to light, as whole sentences."""
    redress: Mapping[str, str]
    routes: Mapping[str, str]
    """Where a decision can be complained about, as whole sentences."""
    reasons: Mapping[str, str]
    endings: Mapping[str, str]
    clocks: Mapping[str, str]
    troubles: Mapping[str, str]
    approvals: Mapping[str, str]
    """Why a second person has to agree, as whole sentences."""


def written_out(code: object) -> str:
    """A code in plain words, for codes that have no name of their own."""
    return one_line(str(code)[:200].replace("_", " ").replace(":", " "))[:80].strip()


def one_line(text: str) -> str:
    """The text without line breaks and what cannot be seen, words one space apart."""
    return plain_line("".join(c if c.isprintable() or c in _JOINERS else " " for c in plain(text)))


def capital(sentence: str) -> str:
    """With a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
