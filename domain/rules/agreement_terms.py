"""The document of a settlement: its terms in words, the same for both sides, kept with the fact by which they are agreed.

And what it takes to undo it: a named ground, and two of the team.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.base import Phase
from domain.currencies import in_words
from domain.model import facts as f
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.settlement import Settlement
from domain.model.terms import Payer
from domain.rules.money import in_its_place
from domain.rules.remedy import CREDIT, remedy_data
from domain.rules.rule import Facts

AGREEMENT_FAILS = frozenset({
    "asked_by_claimant", "asked_by_respondent", "asked_by_both", "not_performed", "mistake", "fraud", "duress", "not_authorised",
})  # fmt: skip
"""Why what the sides have agreed on is taken up again: one of them wants it, or it does not hold (vices of consent: Principles of
European Contract Law, articles 4:103 to 4:108; non-performance: article 9:301)."""
AT_ONCE = "It is carried out at once, and the case is closed."
LOOKED_AT = "Somebody of the team looks at it first, and nothing is paid or sent before that. The case is closed."
_LABEL = {
    "claimant": "The claimant pays for sending them.",
    "respondent": "The respondent pays for sending them.",
    "platform": "The platform pays for sending them.",
}


def why_approval(case: Case) -> str | None:
    """Why a second person has to agree to a ruling: it takes the place of what both sides had agreed on, and bound them."""
    agreed = case.settlement
    if agreed is None or not agreed.reopened or not case.terms.has(Phase.APPROVAL):
        return None
    # Once two have put a ruling in its place, that one is decided on as any other.
    return None if _replaced(case, agreed) else "settled_before"


def in_question(case: Case) -> Settlement | None:
    """The agreement that was taken up again and of which nobody has decided yet whether it holds; None: there is none."""
    agreed = case.settlement
    return agreed if agreed is not None and agreed.reopened and case.open and not _replaced(case, agreed) else None


def said_of_question(case: Case) -> dict[str, Any]:
    """What the letter of a case that is taken up again says of an agreement that the letter before said would be carried out:
    what waits until it is decided whether the agreement holds, and whether anything was carried out already and stays till then.
    """
    agreed = in_question(case)
    if agreed is None:
        return {}
    own = [one for one in case.effects if one.because == agreed.id and one.reverses is None]
    waits = [remedy_data(one.remedy) for one in own if one.state == "needs_hands"]
    done = {"carried": True} if any(one.state == "done" for one in own) else {}
    return {"in_question": True, **({"remedies": waits} if waits else {}), **done}


def _replaced(case: Case, agreed: Settlement) -> bool:
    return any(ruling.issued_at is not None and ruling.issued_at > agreed.at for ruling in case.rulings)


def in_full(
    case: Case, remedies: Iterable[Remedy], undone: Iterable[Remedy], *, goods_first: bool, label: Payer | None
) -> tuple[str, ...]:
    """Who gets what and when, what ends, and what may still be done. It says nothing that one side may not know.

    Neither a draft nor a sanction nor a credit is spoken of: only what both were told stands in it.
    """
    lines = [f"{_called(remedy)}, for the {remedy.to.value}." for remedy in remedies]
    if goods_first:
        sent = f" {_LABEL[label]}" if label is not None else ""
        lines += [
            f"First the claimant sends the goods back.{sent} Until when is shown in the case.",
            "It is carried out once the goods are back, and the case is closed then. If they are not sent in time, it is not.",
        ]
    else:
        lines.append(AT_ONCE)
    gone = [_called(remedy) for remedy in undone if remedy.type != CREDIT]
    if gone:
        lines.append(f"It takes the place of what was decided before. Undone again: {'; '.join(gone)}.")
    lines.append("With it ends what was pending between the sides: questions, other offers, and an appeal if one was lodged.")
    if case.terms.sanctions is not None:
        lines.append("A sanction is the platform's, and no agreement of the sides lifts one.")
    lines.append(_afterwards(case))
    return tuple(lines)


def held_back(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, with terms that promise nothing at once where money by them, or goods in its place, wait for somebody's hands,
    whatever holds them."""
    held = {x.effect_id for x in facts if isinstance(x, f.EffectReported) and x.result == "needs_hands"}
    orders = (x for x in facts if isinstance(x, f.EffectOrdered) and x.reverses is None and x.effect_id in held)
    waits = any(x.remedy.amount is not None or in_its_place(x.remedy) for x in orders)
    return tuple(_held(fact) for fact in facts) if waits else facts


def _held(fact: f.Fact) -> f.Fact:
    if not isinstance(fact, f.OfferAccepted | f.ClaimConceded | f.ProposalEnded):
        return fact
    return fact.model_copy(update={"terms": tuple(LOOKED_AT if line == AT_ONCE else line for line in fact.terms)})


def _called(remedy: Remedy) -> str:
    name = remedy.type.replace("_", " ")
    name = name[:1].upper() + name[1:]
    return name if remedy.amount is None else f"{name} of {in_words(remedy.amount.amount, remedy.amount.currency)}"


def _afterwards(case: Case) -> str:
    days = case.terms.reopen_for.days
    again = f" Within {days} days of the closing the team can take the case up again, for a reason that it gives." if days else ""
    return f"It binds both sides, and neither can appeal against it.{again}"
