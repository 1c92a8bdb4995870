"""What a decision takes from a side: by its outcome, by what it orders, and compared with what was decided before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.base import Side
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import RemedyNotAllowed
from domain.model.sanctions import SanctionDrafted
from domain.model.terms import OutcomeTerms
from domain.rules.prior_decision import side_of
from domain.rules.rights import is_less, money_to, promised

GIVES: Final = frozenset({
    "refund", "payout", "replacement", "correction", "release", "disclose", "erase", "provisional_credit", "restore",
})  # fmt: skip
"""Remedies that are good for whoever they are for."""
TAKES: Final = (
    "educational_notice", "warn", "restrict", "no_contact", "payout_freeze", "cancel_bookings", "remove", "suspend", "ban",
)  # fmt: skip
"""Remedies that hit whoever they are for, mildest first."""


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


def losers(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """The sides to which a ruling takes something that nobody may take from them unheard."""
    hit = {side for side in Side if outcome.sanctions is side or burdens(case, remedies, side)}
    lost = {side_of(case, loser) for loser in outcome.lost_by}
    return frozenset(hit if outcome.hear_if_hit else hit | lost)


def worse(
    case: Case, side: Side, outcome: OutcomeTerms, remedies: tuple[Remedy, ...], sanction: SanctionDrafted | None = None
) -> bool:
    """Whether a side would stand worse by a new decision than by those that are in force."""
    last = next((ruling for ruling in reversed(case.rulings) if ruling.decision != "remit"), None)
    if last is None:
        return False
    lost_before = _loses(case, case.terms.outcome(last.outcome), side)
    loses, had = _loses(case, outcome, side), promised(case)
    return (
        (loses and not lost_before)
        or is_less(money_to(remedies, side), money_to(had, side))
        or (loses and not outcome.hear_if_hit and is_less(money_to(had, side.other), money_to(remedies, side.other)))
        or _hit_harder(case, had, remedies, side)
        or (outcome.sanctions is side and _sanctioned_harder(case, last.sanction, sanction))
    )


def check_only_appellant(
    case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...], sanction: SanctionDrafted | None
) -> None:
    """Refuses a decision by which whoever appealed alone would come out with less than they had (no reformatio in peius).

    So too when the matter is decided afresh because of their appeal. A cross-appeal opens both ways.
    """
    last = case.rulings[-1] if case.rulings else None
    alone = case.appellants
    if not alone and last is not None and last.decision == "remit" and last.annulled_at is None:
        alone = last.reply_to
    if case.terms.worse_on_appeal or len(alone) != 1:
        return
    if worse(case, alone[0], outcome, remedies, sanction):
        raise RemedyNotAllowed(
            f"Only the {alone[0].value} appealed, and may not come out of it with less than before.",
            because="worse_for_the_only_appellant",
            side=alone[0].value,
        )


def _loses(case: Case, outcome: OutcomeTerms | None, side: Side) -> bool:
    return outcome is not None and side in {side_of(case, loser) for loser in outcome.lost_by}


def _hit_harder(case: Case, had: Iterable[Remedy], remedies: Iterable[Remedy], side: Side) -> bool:
    """Something hits the side that is harsher than all that hit it before, or is known to the pack alone and is new."""
    before, now = (set(burdens(case, some, side)) for some in (had, remedies))
    harshest = max((TAKES.index(name) for name in before if name in TAKES), default=-1)
    return any(name not in TAKES or TAKES.index(name) > harshest for name in now - before)


def _sanctioned_harder(case: Case, before: SanctionDrafted | None, now: SanctionDrafted | None) -> bool:
    terms = case.terms.sanctions
    if now is None or terms is None:
        return False
    return before is None or terms.rank(now.sanction) > terms.rank(before.sanction)
