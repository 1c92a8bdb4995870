"""Remedies, wherever they come from: what has to be said of one, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from domain.base import Money, Phase, Side
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import AmountMissing, RemedyNotAllowed, Ruling
from domain.model.terms import OutcomeTerms, Terms
from domain.rules.audiences import Audience

CREDIT = "provisional_credit"
MONEY_REMEDIES = frozenset({"refund", "payout", "correction", CREDIT})
"""Remedies that mean nothing without an amount."""


GIVES: Final = frozenset({
    "refund", "payout", "replacement", "correction", "release", "disclose", "erase", "provisional_credit", "restore",
    "hand_over", "limit_use", "stop_use", "opt_out", "human_review",
})  # fmt: skip
"""Remedies that are good for whoever they are for."""
TAKES: Final = (
    "educational_notice", "warn", "restrict", "no_contact", "payout_freeze", "demonetise", "cancel_bookings", "remove",
    "suspend_service", "suspend", "suspend_account", "close_service", "close_account", "ban",
)  # fmt: skip
"""Remedies that hit whoever they are for, mildest first."""


OF_DATA: Final = frozenset({
    "disclose", "erase", "correction", "hand_over", "limit_use", "stop_use", "opt_out", "human_review",
})  # fmt: skip
"""What is done with somebody's own data at their request. A correction is one where no payment bounds it."""


_GONE_FOR_GOOD: Final = frozenset({"disclose", "hand_over", "erase", "correction"})


def given_or_destroyed(terms: Terms, remedies: Iterable[Remedy]) -> bool:
    """Whether data leave the house, are changed or are gone by any of these: no command takes that back."""
    return any(remedy.type in _GONE_FOR_GOOD or remedy.type in terms.destructive for remedy in remedies)


def asks_for_data(terms: Terms) -> bool:
    """Whether somebody asks for what is kept of them in cases of this kind."""
    return any({"disclose", "hand_over", "erase"} & {*outcome.remedies} for outcome in terms.outcomes)


def burdens(case: Case, remedies: Iterable[Remedy], side: Side) -> tuple[str, ...]:
    """What hits a side. Of a remedy that only the pack knows, one against the respondent is taken to."""
    measures = {measure.name for measure in case.terms.interim}
    kinds = {kind.name for kind in case.terms.sanctions.kinds} if case.terms.sanctions is not None else set()
    return tuple(
        remedy.type
        for remedy in remedies
        if remedy.to is side
        and remedy.amount is None
        and remedy.type not in GIVES
        and (remedy.type in (*TAKES, *measures, *kinds) or side is Side.RESPONDENT)
    )


def is_money(terms: Terms, remedy: str) -> bool:
    """Whether a remedy means nothing without an amount: as the pack says of it, else by its name. A correction is of what was
    paid where the pack bounds it by a payment; elsewhere of what is written of somebody (GDPR, article 16)."""
    said = terms.remedy(remedy)
    if said.money is not None:
        return said.money
    return remedy in MONEY_REMEDIES and (remedy != "correction" or said.bounded_by is not None)


def goes_to(terms: Terms, remedy: str) -> Side | None:
    """Who alone gets a remedy; None: either side.

    What is done with somebody's data goes to whoever asked, and to nobody by a slip of the hand, as no command brings it back:
    these are rights of the one whom the data is about (Regulation (EU) 2016/679, articles 15 to 17). A pack may name the other.
    """
    said = terms.remedy(remedy).to
    return Side.CLAIMANT if said is None and remedy in OF_DATA and not is_money(terms, remedy) else said


def check_amount(terms: Terms, remedy: str, amount: Money | None) -> None:
    """Refuses a remedy of money without an amount above zero."""
    if is_money(terms, remedy) and (amount is None or amount.amount == 0):
        raise AmountMissing(f"'{remedy}' needs an amount above zero, in minor units, with its currency.", remedy=remedy)


def takes_amount(terms: Terms, outcome: OutcomeTerms, remedy: str) -> bool:
    """Whether an amount can be said of a remedy: one of money, one that a payment bounds; and where the outcome comes with an
    amount and none of its remedies is such a one, any of them."""
    money = [name for name in outcome.remedies if is_money(terms, name) or terms.remedy(name).bounded_by is not None]
    return remedy in (money or (outcome.remedies if outcome.needs_amount else ()))


def check_comes_with(case: Case, outcome: OutcomeTerms, remedy: str, beside: Iterable[Remedy] = ()) -> None:
    """Refuses a remedy that its outcome does not come with, or that does not answer what was asked."""
    if remedy not in outcome.remedies:
        may = ", ".join(outcome.remedies) or "no remedy"
        raise RemedyNotAllowed(f"'{outcome.name}' comes with {may}.", remedy=remedy, allowed=list(outcome.remedies))
    _check_category(case, remedy, [one.type for one in beside])


def _check_category(case: Case, remedy: str, beside: Iterable[str]) -> None:
    """Refuses a remedy that does not answer what was asked: whoever asks to see their data is not answered by its erasure, nor
    whoever asks for its erasure by its being put aside. ``beside`` are all the remedies of the same ruling.
    """
    said = case.terms.remedy(remedy)
    if not said.only_for or case.category in said.only_for:
        return
    answers = [one.name for one in case.terms.remedies if case.category in one.only_for]
    if case.category in said.beside_for:
        if not {*answers}.isdisjoint(beside):
            return
        enough = " or ".join(answers)
        detail = f"A request of the category '{case.category}' is not answered by '{remedy}' alone; it comes beside {enough}."
        raise RemedyNotAllowed(detail, remedy=remedy, because="answers_nothing_alone", allowed=answers)
    detail = f"A request of the category '{case.category}' is not answered by '{remedy}'; it answers {', '.join(said.only_for)}."
    raise RemedyNotAllowed(detail, remedy=remedy, because="category", allowed=list(said.only_for))


def asked_otherwise(case: Case, remedy: str) -> bool:
    """Whether a remedy destroys, and the right that was reported is another one, which it does not answer: the team has called
    the request otherwise since."""
    said = case.terms.remedy(remedy)
    if not (remedy == "erase" or remedy in case.terms.destructive) or not said.only_for:
        return False
    rights = {category for one in case.terms.remedies for category in one.only_for}
    reported = next((one for one in (*case.filed_as, case.category) if one in rights), case.category)
    return reported not in (*said.only_for, *said.beside_for)


def filed_before(case: Case, category: str) -> tuple[str, ...]:
    """What a part of a case was called before it was split off and called ``category``: as the whole. A right that it asks for
    and that destroys nothing counts as what was reported: called an erasure later, it was not asked for."""
    names = (*case.filed_as, case.category)
    rights = {name for one in case.terms.remedies for name in one.only_for}
    destroys = any(
        category in (*one.only_for, *one.beside_for)
        for one in case.terms.remedies
        if one.name == "erase" or one.name in case.terms.destructive
    )
    before = names[:-1] if names[-1] == category else names
    return (category, *before) if category in rights and before and not destroys else before


def check_asked(case: Case, remedy: str, ground: str | None) -> None:
    """Refuses to destroy what somebody asked for something else about, until they were asked whether they want it, by the clause
    it would rest on, and have answered.

    What is erased is not given back: a request to see data that is answered by their erasure is a loss that the person did not
    ask for (Regulation (EU) 2016/679, articles 4(12), 5(1)(f) and 17(1)).
    """
    if ground not in case.answered_since and asked_otherwise(case, remedy):
        raise RemedyNotAllowed(
            f"Whoever asked has not asked for '{remedy}': the request came under another right, and the team has called it "
            f"otherwise. Ask them by 'request_evidence' with the ground '{ground}'; once they have answered that themselves, a "
            "second person looks.",
            remedy=remedy,
            because="right_not_asked",
        )


def why_approval(case: Case, remedies: Iterable[Remedy]) -> str | None:
    """Why a second person looks at it: it destroys by another right than the one that was reported."""
    destroys = case.terms.has(Phase.APPROVAL) and any(asked_otherwise(case, remedy.type) for remedy in remedies)
    return "right_not_asked" if destroys else None


def check_named(case: Case, remedies: Iterable[Remedy]) -> None:
    """Refuses a remedy that names somebody whose own matter it is not.

    Whoever is hit by a ruling was told of the matter, could answer in their own person, gets the letter and may appeal; a witness
    or whoever speaks for somebody does none of that. Nor is money theirs: it goes to who paid.
    """
    for remedy in remedies:
        if remedy.party is None or remedy.party in {p.id for p in case.principals(remedy.to)}:
            continue
        raise RemedyNotAllowed(
            f"'{remedy.type}' names somebody who is no principal on the side of the {remedy.to.value}: nobody decides about them "
            "here. What a witness or representative did is reported in a case of their own, where they are told and heard.",
            remedy=remedy.type,
            because="not_a_principal",
            party=remedy.party,
        )


def told_remedies(case: Case, remedies: Iterable[Remedy], audience: Audience) -> tuple[Remedy, ...]:
    """The remedies of a ruling as this audience may know them: a sanction is told to the side that it hits, not to the other."""
    terms = case.terms.sanctions
    if terms is None or audience in ("staff", "platform"):
        return tuple(remedies)
    return tuple(remedy for remedy in remedies if terms.kind(remedy.type) is None or remedy.to.value == audience)


def remedy_data(value: Any) -> dict[str, Any]:
    """A remedy, or an offer of one, in the words of a notice: its type, its amount in minor units, and for whom it is."""
    found: dict[str, Any] = {"type": value.remedy if hasattr(value, "remedy") else value.type}
    if value.amount is not None:
        found |= {"amount": value.amount.amount, "currency": value.amount.currency}
    if getattr(value, "after_return", False):
        found["after_return"] = True
    if getattr(value, "party", None) is not None:
        found["party"] = value.party
    if hasattr(value, "to"):
        found["to"] = value.to.value if isinstance(value.to, Side) else value.to
    return found


def undone_by(case: Case, ruling: Ruling, audience: Audience) -> dict[str, Any]:
    """For the team and the platform: what of earlier rulings is undone, by a command or by hand."""
    reversals = [e for e in case.effects if e.because == ruling.id and e.reverses is not None]
    if audience in ("claimant", "respondent") or not reversals:
        return {}
    return {
        "undone": [remedy_data(e.remedy) for e in reversals if e.state != "needs_hands"],
        "undone_by_hand": [remedy_data(e.remedy) for e in reversals if e.state == "needs_hands"],
    }
