"""What a decision takes from a side: by its outcome, by what it orders, and compared with what was decided before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.facts import OpenedParty
from domain.model.remedy import Remedy
from domain.model.ruling import DecideAppeal, RemedyNotAllowed, Rule, Ruling
from domain.model.sanctions import SanctionDrafted
from domain.model.terms import OutcomeTerms
from domain.rules import hearing
from domain.rules.prior_decision import side_of
from domain.rules.remedy import GIVES, TAKES, burdens
from domain.rules.rights import is_less, money_to, promised, standing
from domain.rules.shares import of_one

_ON_CONTENT: Final = frozenset({"remove", "restrict"})
"""Measures against what somebody has published, and not against them."""
_WORSE: Final = "worse_for_the_only_appellant"
_FINAL: Final = "final_before"


def penalised(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """The sides that a ruling would sanction or warn, beyond what hits them already, though the kind hears them on nothing else.

    Not an author whose words the matter is about, where the statement of reasons says why: the law asks for that after the act
    (Digital Services Act, article 17), and a right to complain follows (article 20). Whoever merely reported those words, or is
    on the other side of the appeal, publishes nothing here, and is heard first.
    """
    if not case.terms.hear_penalties:
        return frozenset()
    stated = case.terms.statement is not None and outcome.name in case.terms.statement.outcomes
    exempt = {*case.terms.hear, *((case.author,) if stated and case.author is not None else ())}
    return frozenset(side for side in Side if side not in exempt and _penalised(case, outcome, remedies, side))


def _penalised(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...], side: Side) -> bool:
    if outcome.sanctions is side:
        return True
    several = case.principals(side)
    mine = [tuple(of_one(case, p, some) for some in (promised(case), remedies)) for p in several if len(several) > 1]
    for before, after in mine or [(promised(case), remedies)]:
        had, now = ([name for name in burdens(case, some, side) if name not in _ON_CONTENT] for some in (before, after))
        if any(now.count(name) > had.count(name) for name in now):
            return True
    return False


def losers(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """The sides to which a ruling takes something that nobody may take from them unheard."""
    return hit(case, outcome, remedies) | (frozenset() if outcome.hear_if_hit else losers_named(case, outcome))


def losers_named(case: Case, outcome: OutcomeTerms) -> frozenset[Side]:
    """The sides that the pack names as losing by an outcome, whatever it comes with."""
    return frozenset(side_of(case, loser) for loser in outcome.lost_by)


def hit(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """The sides that a ruling hits: by a sanction, which whoever took the report back does not get, or by a burdensome remedy."""
    spared = Side.CLAIMANT if case.of_office is not None else None
    sanctioned = outcome.sanctions if outcome.sanctions is not spared else None
    return frozenset(side for side in Side if sanctioned is side or burdens(case, remedies, side))


def persons_hit(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> tuple[OpenedParty, ...]:
    """The principals whom a ruling hits, of the sides that the kind hears on it: whom it names, else all of the side."""
    heard = {*case.terms.hear} | (penalised(case, outcome, remedies) & {Side.CLAIMANT})
    return tuple(p for p in each_hit(case, outcome, remedies) if p.side in heard)


def each_hit(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> tuple[OpenedParty, ...]:
    """The principals whom a ruling hits: of a side whom a remedy names, else all of it."""
    sides = (side for side in Side if side in hit(case, outcome, remedies))
    return tuple(p for side in sides for p in case.principals(side) if _is_hit(case, outcome, remedies, p))


def _is_hit(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...], party: OpenedParty) -> bool:
    others = {p.id for p in case.principals(party.side)} - {party.id}
    theirs = tuple(remedy for remedy in remedies if remedy.party not in others)
    return party.side in hit(case, outcome, theirs)


def lost_on_appeal(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """Those who would come out of an appeal with less than before: told of it and heard first."""
    if case.terms.heard_when == "asked":
        return losers(case, outcome, remedies)
    # As in the first instance: what such an outcome gives the other side is not taken from whoever is named as its loser.
    named = not outcome.hear_if_hit
    return frozenset(side for side in Side if worse(case, side, outcome, remedies, named=named))


def worse(
    case: Case,
    side: Side,
    outcome: OutcomeTerms,
    remedies: tuple[Remedy, ...],
    sanction: SanctionDrafted | None = None,
    said: Rule | DecideAppeal | None = None,
    named: bool = True,
) -> bool:
    """Whether a side would stand worse by a new decision than by those that are in force, or were until they were set aside.

    Less is: what loses where nothing was lost, or where the other side lost too and does no more; less money or goods, the same
    only once something was sent back, a cost or a condition more, a measure more or a harsher one, a harsher sanction. Without
    ``named`` it is none to be named as loser.
    """
    last = standing(case)
    if last is None:
        return False
    stands = next((ruling for ruling in reversed(case.rulings) if ruling.decision not in ("remit", "uphold")), last)
    before = case.terms.outcome(last.outcome)
    lost_before = _loses(case, before, side)
    loses_alone_now = _loses(case, before, side.other) and not _loses(case, outcome, side.other)
    loses, had = _loses(case, outcome, side), _sent_back(case, last.remedies if last.annulled_at is not None else promised(case))
    now = _sent_back(case, remedies)
    return (
        (named and loses and (not lost_before or loses_alone_now))
        or _gets_less(now, had, side)
        or (loses and not outcome.hear_if_hit and is_less(money_to(had, side.other), money_to(now, side.other)))
        or _hit_harder(_beside_sanction(case, had, stands, side), burdens(case, now, side))
        or (outcome.sanctions is side and _sanctioned_harder(case, stands.sanction, sanction))
        or (said is not None and _costs_more(case, side, outcome, said, stands, any(x.after_return for x in had)))
    )


def worse_themselves(case: Case, remedies: tuple[Remedy, ...], side: Side | None = None) -> tuple[OpenedParty, ...]:
    """Of several on a side those who would have less by a new decision than by those that are in force, or were until they were
    set aside: their share of the money, or a measure more or a harsher one; whatever the side has as a whole."""
    last = standing(case)
    if last is None:
        return ()
    stands = next((ruling for ruling in reversed(case.rulings) if ruling.decision not in ("remit", "uphold")), last)
    had, now = _sent_back(case, last.remedies if last.annulled_at is not None else promised(case)), _sent_back(case, remedies)
    found = []
    for party in (p for one in Side if side in (None, one) for p in case.principals(one) if len(case.principals(one)) > 1):
        before, then = of_one(case, party, had), of_one(case, party, now)
        hit_before, hit_then = _beside_sanction(case, before, stands, party.side), burdens(case, then, party.side)
        if _gets_less(then, before, party.side) or _hit_harder(hit_before, hit_then):
            found.append(party)
    return tuple(found)


def check_each(case: Case, remedies: tuple[Remedy, ...], at: datetime) -> None:
    """Refuses a decision by which one of several would stand worse who has not been heard since what was decided is in question.

    What another one of their side said or appealed is nobody's word but theirs; and whoever left it to another one to appeal
    comes out of it with no less than they had, as that one does. European Convention on Human Rights, article 6(1) and (3)(a).
    """
    worse_off = worse_themselves(case, remedies)
    alone = _alone(case)
    beside = next((p for p in worse_off if p.side is alone), None)
    if beside is not None and not (case.claims_news and case.terms.has(Phase.APPROVAL)):
        raise _worse_off(beside.side, beside.id)
    hearing.check_each(case, worse_off, at)


def check_only_appellant(case: Case, outcome: OutcomeTerms, said: Rule | DecideAppeal, sanction: SanctionDrafted | None) -> None:
    """Refuses a decision by which whoever appealed alone would come out with less than they had (no reformatio in peius).

    So too when the matter is decided afresh after their appeal: remitted, set aside, or taken up again for nothing that is new.
    A cross-appeal opens both ways. Where it was taken up again for something new of which nothing was in the file, a second
    person looks: :func:`why_approval`.
    """
    alone = _alone(case)
    second = case.claims_news and case.terms.has(Phase.APPROVAL)
    if alone is not None and not second and worse(case, alone, outcome, said.remedies, sanction, said):
        raise _worse_off(alone)
    if isinstance(said, Rule) and not case.terms.has(Phase.APPROVAL):
        if _heard_again_for_nothing(case, outcome, said):
            raise RemedyNotAllowed(
                "It was decided before. Somebody else decides it otherwise, and on something that was handed in since.",
                because=_FINAL,
            )
        for side in case.relied_on:
            if _anybody_worse(case, side, outcome, said, sanction):
                raise RemedyNotAllowed(
                    f"It was final, nothing new came in, and the {side.value} would have less. Decide it as before, or let "
                    "a lead or ops set the ruling aside.",
                    because=_FINAL,
                    side=side.value,
                )


def why_approval(case: Case, said: Rule | DecideAppeal, sanction: SanctionDrafted | None) -> str | None:
    """Why a second person has to agree: whoever appealed alone, or could rely on what was final, would have less, and what is new
    stood nowhere in the file; or whoever decided first decides otherwise now, to somebody's harm."""
    outcome, alone = case.terms.outcome(said.outcome or ""), _alone(case)
    if outcome is None or not case.terms.has(Phase.APPROVAL):
        return None
    if case.claims_news and alone is not None and _anybody_worse(case, alone, outcome, said, sanction):
        return _WORSE
    if _heard_again_for_nothing(case, outcome, said):
        return _FINAL
    first = case.final is not None and any(said.by in (ruling.decider, ruling.approved_by) for ruling in case.rulings)
    sides = tuple(Side) if first else case.relied_on
    return _FINAL if any(_anybody_worse(case, side, outcome, said, sanction) for side in sides) else None


def _anybody_worse(
    case: Case, side: Side, outcome: OutcomeTerms, said: Rule | DecideAppeal, sanction: SanctionDrafted | None
) -> bool:
    """Whether a side would stand worse, or one of several on it."""
    return worse(case, side, outcome, said.remedies, sanction, said) or bool(worse_themselves(case, said.remedies, side))


def _heard_again_for_nothing(case: Case, outcome: OutcomeTerms, said: Rule | DecideAppeal) -> bool:
    """Whether a matter that was decided goes against the respondent, or hits somebody, by a new report: on nothing that anybody
    but the respondent handed in, or by whoever decided it first.

    What was final is undone by a new report no more easily than by taking it up again: European Convention on Human Rights,
    protocol No 7, article 4(2); Brumărescu v Romania (28342/95), paragraph 61.
    """
    if not case.decided_before_by or (case.heard_on_news and said.by not in case.decided_before_by):
        return False
    return Side.RESPONDENT in losers_named(case, outcome) or bool(hit(case, outcome, said.remedies))


def deciders_of(case: Case) -> tuple[str, ...]:
    """Who decided a case, or approved that, in whatever round."""
    several = (one for ruling in case.rulings for one in (ruling.decider, ruling.approved_by) if one is not None)
    return tuple(dict.fromkeys(several))


def set_aside_from(case: Case, side: Side) -> bool:
    """Whether a side has less than it had by a ruling that was set aside, and nobody has decided afresh."""
    last = standing(case)
    if last is None or last.annulled_at is None:
        return False
    return _gets_less(_sent_back(case, promised(case)), _sent_back(case, last.remedies), side)


def _alone(case: Case) -> Side | None:
    """The side that appealed alone and keeps what it had; None where both appealed, nobody did, or the pack says otherwise."""
    sides = case.appellants or ((case.appealed_alone,) if case.appealed_alone is not None else ())
    return sides[0] if len(sides) == 1 and not case.terms.worse_on_appeal else None


def _worse_off(side: Side, beside: str | None = None) -> RemedyNotAllowed:
    who = f"the {side.value} appealed, and may" if beside is None else f"the {side.value} appealed, and each of that side may"
    own = {"party": beside} if beside is not None else {}
    return RemedyNotAllowed(f"Only {who} not come out of it with less than before.", because=_WORSE, side=side.value, **own)


def _sent_back(case: Case, remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """The remedies; what waits for goods that are back already waits for nothing."""
    return tuple(x.model_copy(update={"after_return": False}) if case.goods_back else x for x in remedies)


def _gets_less(now: tuple[Remedy, ...], had: tuple[Remedy, ...], side: Side) -> bool:
    """Less money, or goods for no more money; and so for what has to wait for nothing."""
    at_once, before = (tuple(x for x in some if not x.after_return) for some in (now, had))
    return any(
        is_less(money_to(then, side), money_to(first, side))
        or (_goods(first, side) - _goods(then, side) and not is_less(money_to(first, side), money_to(then, side)))
        for first, then in ((had, now), (before, at_once))
    )


def _goods(remedies: Iterable[Remedy], side: Side) -> set[str]:
    return {x.type for x in remedies if x.to is side and x.amount is None and x.type in GIVES}


def _beside_sanction(case: Case, had: tuple[Remedy, ...], stands: Ruling, side: Side) -> tuple[str, ...]:
    """What hit a side beside the sanction, which is measured by itself."""
    found = list(burdens(case, had, side))
    if stands.sanction is not None and stands.sanction.sanction in found:
        found.remove(stands.sanction.sanction)
    return tuple(found)


def _costs_more(case: Case, side: Side, outcome: OutcomeTerms, said: Rule | DecideAppeal, stands: Ruling, returned: bool) -> bool:
    """A condition on what they are given that was none before, or the label of what goes back, which another one paid."""
    bound = case.author or Side.CLAIMANT
    if side is bound and outcome.name == stands.outcome and set(said.conditions) - set(stands.conditions):
        return True
    if case.goods_back or not returned or not any(x.after_return for x in said.remedies):
        return False
    known = case.terms.outcome(stands.outcome)
    before = stands.label_paid_by or (known.label_paid_by if known else None)
    return side.value == (said.label_paid_by or outcome.label_paid_by) and before != side.value


def _loses(case: Case, outcome: OutcomeTerms | None, side: Side) -> bool:
    return outcome is not None and side in losers_named(case, outcome)


def _hit_harder(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Something hits the side beside what did before, unless it takes the place of something at least as harsh."""
    left, rest = list(before), []
    for name in now:
        if name in left:
            left.remove(name)
        else:
            rest.append(name)
    if any(name not in TAKES for name in rest):
        return True
    replaced = sorted((TAKES.index(name) for name in left if name in TAKES), reverse=True)
    new = sorted((TAKES.index(name) for name in rest), reverse=True)
    return any(n >= len(replaced) or rank > replaced[n] for n, rank in enumerate(new))


def _sanctioned_harder(case: Case, before: SanctionDrafted | None, now: SanctionDrafted | None) -> bool:
    terms = case.terms.sanctions
    if now is None or terms is None:
        return False
    return before is None or terms.rank(now.sanction) > terms.rank(before.sanction)
