"""Who reads what is written in a form: said above the words that are written, for every field of every form that takes words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from console.kit import forms
from console.pages.case import Shown
from domain.base import Side

Reads = Literal[
    "team", "sides", "claimant", "invited", "asked", "own_side", "clock", "whose", "sender_chose", "hit", "hit_instead", "gone",
    "respondent", "network", "other_case", "original",
]  # fmt: skip

READS: Final[Mapping[tuple[str, str], Reads]] = {
    ("accept_withdrawal", "reasons"): "whose",
    ("annul", "reasons"): "sides",
    ("ask_identity", "what"): "claimant",
    ("ask_identity", "reasons"): "team",
    ("cancel_appointment", "reasons"): "team",
    ("cancel_appointment", "told_why"): "invited",
    ("close", "reasons"): "sides",
    ("complete_step", "reasons"): "team",
    ("continue_of_office", "reasons"): "whose",
    ("credit_provisionally", "reasons"): "claimant",
    ("decide_return", "reasons"): "sides",
    ("decline", "reasons"): "sides",
    ("disclose", "text"): "respondent",
    ("disclose", "reasons"): "team",
    ("draft_chargeback_evidence", "text"): "network",
    ("extend", "reasons"): "clock",
    ("hand_over", "reasons"): "team",
    ("impose_interim", "reasons"): "hit",
    ("impose_interim", "told"): "hit_instead",
    ("lift_hold", "reasons"): "team",
    ("link", "note"): "team",
    ("merge", "reasons"): "claimant",
    ("message", "text"): "sender_chose",
    ("move_appointment", "reasons"): "invited",
    ("name_root_cause", "insight"): "team",
    ("note", "text"): "team",
    ("offer", "text"): "sides",
    ("place_hold", "reasons"): "team",
    ("propose_appointment", "about"): "invited",
    ("record_appointment", "protocol"): "invited",
    ("recuse", "reasons"): "team",
    ("remove_party", "reasons"): "own_side",
    ("remove_party", "told"): "gone",
    ("reopen", "reasons"): "sides",
    ("replace_party", "reasons"): "own_side",
    ("report_manual_work", "text"): "team",
    ("ask_exception", "reasons"): "team",
    ("refuse_exception", "reasons"): "team",
    ("report_to_authority", "reasons"): "team",
    ("request_evidence", "what"): "asked",
    ("return_report", "reasons"): "team",
    ("return_ruling", "reasons"): "team",
    ("review_interim", "reasons"): "hit",
    ("review_interim", "told"): "hit_instead",
    ("signal", "text"): "team",
    ("skip_step", "reasons"): "team",
    ("split", "statement"): "other_case",
    ("split", "reasons"): "team",
    ("state_amount", "reasons"): "sides",
    ("submit_evidence", "text"): "sender_chose",
    ("translate", "text"): "original",
    ("translate", "translator"): "original",
}
"""By command and field: who reads it, of the forms that somebody of the team sends. The ruling has a page of its own."""
_STANDING: Final[Mapping[Reads, str]] = {
    "team": "For the team alone: no party reads it.",
    "invited": "Whoever is invited to it reads it, word for word.",
    "asked": "Whoever is asked reads it, word for word; the other side does not.",
    "own_side": "Whoever stays on their side may read it, word for word; the other side does not.",
    "clock": "Whoever's time it is may read it, word for word; both sides, where the law gives more of it. "
    "Of the team's own time no party does.",
    "whose": "Whoever reported or appealed reads it, word for word; the other side does not.",
    "sender_chose": "Whoever is chosen here reads it, word for word.",
    "gone": "Whoever is put out reads it, word for word, in their last letter.",
    "network": "The bank and the card network read it, once it is sent to them.",
    "other_case": "It is the report of the new case: whoever is a party there reads it, word for word, as any report.",
    "original": "Whoever reads the original reads it beside that, and nobody else.",
}


def hinted(found: Shown, command: str, fields: Sequence[forms.Field]) -> tuple[forms.Field, ...]:
    """The fields, each that takes words naming who reads them, in this case as it stands."""

    def one(field: forms.Field) -> forms.Field:
        reads = READS.get((command, field.name))
        if reads is None:
            return field
        return replace(field, hint=" ".join(filter(None, (said(found, command, reads), field.hint))))

    return tuple(one(field) for field in fields)


def said(found: Shown, command: str, reads: Reads) -> str:
    """Who reads it, by name where the case knows names."""
    if reads in _STANDING:
        return _STANDING[reads]
    case = found.seen.case
    assert case is not None, "it was opened"
    claimant, respondent = (found.of(side) or f"the {side.value}" for side in (Side.CLAIMANT, Side.RESPONDENT))
    if reads in ("hit", "hit_instead"):
        return _of_a_measure(found, command, reads)
    if reads == "respondent":
        return f"{_first(respondent)} reads it, word for word."
    if reads == "claimant":
        return f"{_first(claimant)} reads it, word for word; {respondent} does not."
    if not case.is_disclosed:
        return f"{_first(claimant)} reads it, word for word; {respondent} does not know of the case."
    return f"{_first(claimant)} and {respondent} read it, word for word."


def _of_a_measure(found: Shown, command: str, reads: Reads) -> str:
    """Why a measure is imposed, kept or lifted: whoever it hits reads that, unless something else is said to them."""
    case = found.seen.case
    assert case is not None, "it was opened"
    alike = "Kept or lifted, it is the same: " if command == "review_interim" else ""
    untold = "" if case.is_disclosed else " Whoever does not know of the case never reads it."
    instead = command == "review_interim" and any(one.told is not None for one in case.interim)
    if reads == "hit_instead":
        if instead:
            return "Whoever it hits reads this, word for word. Left empty: they are told no reasons, as when it was imposed."
        return f"Whoever it hits reads this, word for word. Left empty: they may read the reasons above, word for word.{untold}"
    if instead:
        return _first(f"{alike}for the team alone, because whoever it hits was told something else when it was imposed.")
    return _first(f"{alike}whoever the measure hits reads it, word for word, unless something is said to them instead.{untold}")


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
