"""What the page of a ruling says, as the body of its command: all that is missing is named at once, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from console.kit import forms
from console.kit.render import Amounts
from console.kit.visit import Form
from console.pages import giving, statement_form
from domain.model.terms import OutcomeTerms, Terms
from services.errors import FieldError, Refused

BY_HAND = frozenset({"outcome", "remedies"})
"""Fields that are not made from the model: the outcome's cards, and what each outcome gives."""
CHANGES_NOTHING = frozenset({"uphold", "remit"})
"""Decisions on an appeal by which the outcome stays what it is, so that none is asked for."""
_OF_THE_OUTCOME = (
    "sanction", "sanction_reason", "sanction_reasons", "statement", "label_paid_by", "complaint_route", "conditions",
    "less_because",
)  # fmt: skip
"""Fields that say something of an outcome, and nothing where it stays."""
_OF_MISUSE = ("sanction", "sanction_reason", "sanction_reasons", "statement")
_ASKED: Mapping[str, str] = {
    "outcome": "Choose an outcome.",
    "decision": "Choose what becomes of the ruling.",
    "ground": "Choose the ground it rests on.",
    "reasons": "Write the reasons: both sides read them.",
    "complaint_route": "Choose where it can be complained about.",
    "remedies": "Tick what is done: whoever asked is told it.",
    "conditions": "Tick the conditions on which it is given.",
    "reply": "Write the reply: whoever asked is told it.",
}


def body(
    terms: Terms, command: str, form: Form, zone: ZoneInfo, amounts: Amounts, *, without: Iterable[str] = ()
) -> dict[str, Any]:
    """What the form says, of the chosen outcome alone. Raises ``malformed`` with everything that cannot be read and everything
    that is missing, but for fields that may be missing yet (``without``)."""
    errors: list[FieldError] = []
    found: dict[str, Any] = {}
    try:
        found = forms.read([field for field in forms.fields_of(command) if field.name not in BY_HAND], form, zone, amounts)
    except Refused as refused:
        errors += refused.errors
    if "relies_on_none" in form:
        found["relies_on"] = []
    decision = form.text("decision") if command == "decide_appeal" else ""
    outcome = None
    if decision in CHANGES_NOTHING:
        # Whoever loses an appeal is told where else they can go, also where nothing changes.
        told: tuple[str, ...] = terms.appeal_needs if decision == "uphold" else ()
        if decision == "uphold" and found.get("misuse"):
            # Misuse is found beside what is upheld, with a sanction and a statement of its own.
            told = (*told, *_OF_MISUSE)
        for name in _OF_THE_OUTCOME:
            if name not in told:
                found.pop(name, None)
    elif said := form.text("outcome"):
        found["outcome"] = said
        outcome = terms.outcome(said)
    if outcome is not None:
        chosen = giving.remedies(terms, outcome, form, amounts, errors)
        if chosen:
            found["remedies"] = chosen
    errors += statement_form.completed(found, terms, outcome, decision)
    named = {error.field for error in errors}
    wanted = [name for name in _wanted(terms, command, decision, outcome) if name not in named and name not in set(without)]
    if "complaint_route" in wanted and len(terms.complaint_routes) == 1:
        # There is nothing to choose.
        found.setdefault("complaint_route", terms.complaint_routes[0])
    errors += [FieldError(name, "missing", _ASKED[name]) for name in wanted if not found.get(name)]
    if errors:
        raise Refused("malformed", errors=errors)
    return found


def _wanted(terms: Terms, command: str, decision: str, outcome: OutcomeTerms | None) -> Iterator[str]:
    if command == "decide_appeal":
        yield "decision"
    if command == "rule" or decision == "overturn":
        yield "outcome"
    if command == "rule" and terms.grounds:
        yield "ground"
    yield "reasons"
    if outcome is not None:
        yield from (need for need in outcome.needs if need != "ground" or not terms.grounds)
    if command == "decide_appeal" and decision != "remit":
        yield from (need for need in terms.appeal_needs if outcome is None or need not in outcome.needs)


def written(draft: Mapping[str, Any], terms: Terms, command: str, zone: ZoneInfo, amounts: Amounts) -> dict[str, list[str]]:
    """The values with which the form says again what a draft said."""
    values = forms.written([field for field in forms.fields_of(command) if field.name not in BY_HAND], draft, zone, amounts)
    if draft.get("relies_on") == []:
        values["relies_on_none"] = ["yes"]
    outcome = terms.outcome(str(draft.get("outcome")))
    if outcome is not None and draft.get("decision") not in CHANGES_NOTHING:
        values["outcome"] = [outcome.name]
        values |= giving.written(draft.get("remedies") or (), terms, outcome, amounts)
    return values
