"""The vocabulary of one language: what its people call the codes of kinds, outcomes, remedies and reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.base import plain, plain_line
from domain.currencies import in_words

_JOINERS = "\u200c\u200d"


OF_DATA = frozenset({"erase", "disclose", "correction", "hand_over", "limit_use", "stop_use", "opt_out"})
"""Remedies that concern somebody's data."""
OF_PEOPLE = frozenset({
    "suspend", "ban", "no_contact", "suspend_account", "close_account", "temporary_ban", "long_ban", "permanent_ban", "warn",
    "warning", "final_warning", "payout_freeze",
})  # fmt: skip
"""Remedies that are imposed on somebody."""


@dataclass(frozen=True, slots=True)
class Words:
    """Names and whole sentences by code. The sentences with something in them are in the templates of the same locale."""

    locale: str
    weekdays: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    date: str
    zones: Mapping[str, str]
    """What its people call a zone's abbreviation, where they do not use the international one."""
    separators: tuple[str, str]
    """Of thousands and of decimals."""
    the_platform: str
    """The company, where its name is not known."""
    matter: Mapping[str, str]
    """What the case is called in a sentence, by side; the empty side is for whoever did not bring it."""
    review: str
    """What the phase "review" is called where its kind has no name for it."""
    labels_of_pack: bool
    """Whether a pack's own label of a phase is said: packs are written in one language."""
    remedy: str
    remedy_of: str
    """A remedy of money: its name, the amount, whom it goes to and when."""
    to: Mapping[str, str]
    own_share: str
    share_of_another: str
    once_back: str
    may_appeal: str
    no_appeal: str
    hearing: str
    """What an appointment is called whose form nobody knows."""
    hearings: Mapping[str, str]
    kinds: Mapping[str, str]
    notice: str
    """What a case is called that is decided first upon a notice, in a kind that hears appeals."""
    reviews: Mapping[str, str]
    """What the phase "review" is called, by kind."""
    remedies: Mapping[str, str]
    whose: Mapping[str, str]
    """Whose data it is, by who it is to the reader; ``{name}`` is the reader's own."""
    on_whom: Mapping[str, str]
    """The same of what is imposed."""
    outcomes: Mapping[str, Mapping[str, str]]
    """Sentences by side; the empty side is for everybody."""
    decisions: Mapping[str, str]
    rights: Mapping[str, str]
    automation: Mapping[tuple[bool, str], str]
    """How far machines had a part in it: whether they found it, and how it was decided."""
    sources: Mapping[str, str]
    """Where what was decided about came to light, as whole sentences."""
    redress: Mapping[str, str]
    misuse: Mapping[str, str]
    """What misuse is called, by its clause."""
    erased: str
    """What stands in the place of a text that was erased before the letter went."""
    translated: Mapping[str, str]
    """What stands above a translation of a text that stands above that, by who or what made it."""
    routes: Mapping[str, str]
    """Where a decision can be complained about, as whole sentences."""
    data_rights: Mapping[str, str]
    """What can be asked for over one's own data, by category, as it stands after a colon."""
    charges: Mapping[str, str]
    """What somebody is accused of, by clause or category, as it stands after "it is about"."""
    reasons: Mapping[str, str]
    endings: Mapping[str, str]
    clocks: Mapping[str, str]
    troubles: Mapping[str, str]
    approvals: Mapping[str, str]
    """Why a second person has to agree, as whole sentences."""
    agreement: tuple[tuple[str, str], ...]
    """The lines of a settlement's document (``domain/rules/agreement_terms``): a pattern of each, and how it is said here. What
    is recorded is English; a reader gets it in their language."""
    parts: Mapping[str, str]
    """What is filled into those lines, as it is recorded and as it is said here."""

    def agreed(self, line: str) -> str:
        """A line of a settlement's document; one of no known form stays as it was recorded."""
        for pattern, said in self.agreement:
            if found := re.fullmatch(pattern, line):
                return said.format(**{name: self._part(name, part or "") for name, part in found.groupdict().items()})
        return line

    def _part(self, name: str, part: str) -> str:
        if name != "remedies":
            return self.parts.get(part, part)
        called = (re.fullmatch(r"(?P<name>.+?)(?: of (?P<amount>[\d,.]+ [A-Z]{3}))?", one) for one in part.split("; "))
        return "; ".join(self._remedy(one) for one in called if one)

    def _remedy(self, found: re.Match[str]) -> str:
        name = self.remedies.get(found["name"].lower().replace(" ", "_"), found["name"])
        money = (found["amount"] or "").translate(self._digits)
        return self.remedy_of.format(name=name, amount=money, whom="", when="") if money else name

    @property
    def _digits(self) -> dict[int, str]:
        return str.maketrans(dict(zip(",.", self.separators, strict=True)))

    def amount(self, minor_units: int, currency: str) -> str:
        """As it is written there: ``1,250.00 EUR``, ``1.250,00 EUR``."""
        return in_words(minor_units, currency).translate(self._digits)


def written_out(code: object) -> str:
    """A code in plain words, for codes that have no name of their own."""
    return one_line(str(code)[:200].replace("_", " ").replace(":", " "))[:80].strip()


def one_line(text: str) -> str:
    """The text without line breaks and what cannot be seen, words one space apart."""
    return plain_line("".join(c if c.isprintable() or c in _JOINERS else " " for c in plain(text)))


def capital(sentence: str) -> str:
    """With a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
