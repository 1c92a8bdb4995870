"""What an outcome gives, and the fields that a ruling has for it: each remedy of money has an amount of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.kit.render import Amounts
from console.kit.visit import Form
from console.kit.words import in_words
from domain.base import Side
from domain.model.terms import OutcomeTerms, Terms
from domain.views.ruling_needs import Gives, gives
from services.errors import FieldError


@dataclass(frozen=True)
class Given:
    """A remedy that can go with an outcome, by the names of its fields."""

    remedy: str
    outcome: str
    alone: bool
    """The outcome is nothing without it: it has no box to tick."""
    amount: str | None
    """The field of its amount; None: it takes none."""
    amount_needed: bool
    bounded: bool
    """The payment bounds it."""
    asks_whom: bool
    """It can concern either side."""
    whom: str
    """The side that is taken unless somebody says otherwise; empty: somebody has to say."""

    @property
    def tick(self) -> str:
        """The field of its box."""
        return f"remedy.{self.outcome}"

    @property
    def currency(self) -> str:
        """The field of its currency."""
        return (self.amount or "").replace("amount.", "currency.", 1)

    @property
    def to(self) -> str:
        """The field of the side that it concerns."""
        return f"to.{self.outcome}.{self.remedy}"


def given(terms: Terms, outcome: OutcomeTerms) -> tuple[Given, ...]:
    """What can go with an outcome, in the pack's order."""
    return tuple(_given(one, outcome) for one in gives(terms, outcome))


def _given(one: Gives, outcome: OutcomeTerms) -> Given:
    # What comes with a sanction goes the same way; money goes to the claimant.
    whom = one.to or outcome.sanctions or (Side.CLAIMANT if one.takes_amount else None)
    where = f"amount.{outcome.name}" if one.alone else f"amount.{outcome.name}.{one.remedy}"
    return Given(
        remedy=one.remedy,
        outcome=outcome.name,
        alone=one.alone,
        amount=where if one.takes_amount else None,
        amount_needed=one.needs_amount,
        bounded=one.bounded,
        asks_whom=one.to is None,
        whom=whom.value if whom is not None else "",
    )


def remedies(terms: Terms, outcome: OutcomeTerms, form: Form, amounts: Amounts, errors: list[FieldError]) -> list[dict[str, Any]]:
    """The remedies that were chosen. What is wrong with them is added to the errors, all of it at once."""
    found = []
    offered = given(terms, outcome)
    for one in offered:
        said = form.text(one.amount).strip() if one.amount else ""
        if one.alone or one.remedy in form.all(one.tick):
            found.append(_remedy(one, form, amounts, errors))
        elif said:
            words = f"Tick “{in_words(one.remedy)}”, or take its amount out: one does not go without the other."
            errors.append(FieldError(one.amount or one.tick, "not_ticked", words))
    if chosen_none(offered, form) and nothing_of(outcome.name) not in form:
        # Whoever forgets a box would tell the winner that they won, and give them nothing.
        words = f"Tick what “{in_words(outcome.name)}” gives, or say that it gives nothing: nothing else is carried out."
        errors.append(FieldError(nothing_of(outcome.name), "not_ticked", words))
    with_amount = [one for one in offered if one.amount]
    if outcome.needs_amount and with_amount and not any(form.text(one.amount or "").strip() for one in with_amount):
        place = with_amount[0].amount or ""
        if not any(error.field == place for error in errors):
            errors.append(FieldError(place, "amount_missing", f"“{in_words(outcome.name)}” comes with an amount: write it."))
    return found


def nothing_of(outcome: str) -> str:
    """The field of the box that says that an outcome gives nothing of what it could."""
    return f"nothing.{outcome}"


def chosen_none(offered: Sequence[Given], form: Form) -> bool:
    """Whether there is something to tick, and nothing is ticked."""
    boxes = [one for one in offered if not one.alone]
    return bool(boxes) and not any(one.remedy in form.all(one.tick) for one in boxes)


def _remedy(one: Given, form: Form, amounts: Amounts, errors: list[FieldError]) -> dict[str, Any]:
    """One of them. Whom it concerns is never assumed where nobody said: what is meant for the respondent must never befall the
    claimant."""
    remedy: dict[str, Any] = {"type": one.remedy}
    said = form.text(one.to) if one.asks_whom else one.whom
    whom = said if said in [side.value for side in Side] else one.whom
    if whom:
        remedy["to"] = whom
    else:
        errors.append(FieldError(one.to, "text_empty", f"Say whom “{in_words(one.remedy)}” concerns."))
    if one.amount is not None and (amount := _amount(one, one.amount, form, amounts, errors)) is not None:
        remedy["amount"] = amount
    if f"after_return.{one.outcome}" in form:
        remedy["after_return"] = True
    return remedy


def _amount(one: Given, name: str, form: Form, amounts: Amounts, errors: list[FieldError]) -> dict[str, Any] | None:
    said, currency = form.text(name).strip(), form.text(one.currency).strip().upper()
    if not said:
        if one.amount_needed:
            errors.append(FieldError(name, "amount_missing", f"Write the amount of “{in_words(one.remedy)}”."))
        return None
    try:
        amount = amounts.read(said, currency)
    except ValueError as error:
        errors.append(FieldError(name, "amount_not_exact", str(error)))
        return None
    if amount == 0:
        errors.append(FieldError(name, "amount_missing", f"Write an amount above zero for “{in_words(one.remedy)}”."))
    return {"amount": amount, "currency": currency}


def written(found: Sequence[dict[str, Any]], terms: Terms, outcome: OutcomeTerms, amounts: Amounts) -> dict[str, list[str]]:
    """The values with which the form says these remedies."""
    values: dict[str, list[str]] = {}
    offered = given(terms, outcome)
    if any(not one.alone for one in offered) and not any(remedy.get("type") for remedy in found):
        values[nothing_of(outcome.name)] = ["yes"]
    for one in offered:
        remedy = next((remedy for remedy in found if remedy.get("type") == one.remedy), None)
        if remedy is None:
            continue
        if not one.alone:
            values.setdefault(one.tick, []).append(one.remedy)
        if one.asks_whom and remedy.get("to"):
            values[one.to] = [str(remedy["to"])]
        if one.amount and (amount := remedy.get("amount")):
            shown = amounts.write(amount["amount"], amount["currency"]).partition(" ")[0].replace(",", "")
            values[one.amount], values[one.currency] = [shown], [amount["currency"]]
        if remedy.get("after_return"):
            values[f"after_return.{one.outcome}"] = ["yes"]
    return values
