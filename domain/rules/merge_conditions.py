"""What a case may be merged into: one about the same people and the same matter, in which nothing ends unanswered.

Whoever may not merge it links the two instead, as each refusal says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.base import Side
from domain.model.address_proof import AddressUnproven
from domain.model.case import Case
from domain.model.disclosure import NotDisclosed, TippingOff
from domain.model.links import MatterDiffers, MergeUnconfirmed, OtherCase, RulingBegun, SidesMixed
from domain.model.parties import PartyUnfit
from domain.model.people import OpenedParty
from domain.rules import authorities, confirmation
from domain.rules.address_proof import reported_unproven
from domain.rules.fairness import another_credential, partial
from domain.rules.remedy import asks_for_data
from domain.rules.rule import DecisionContext


def check(case: Case, other: OtherCase, context: DecisionContext) -> None:
    """Refuses a merge by which somebody in one of the two cases would lose, or learn, something."""
    _may_join(case, other)
    _check_matter(case, other)
    _check_second_person(case, other, context)


def _may_join(case: Case, other: OtherCase) -> None:
    """Refuses what somebody in one of the two cases would lose, or learn, by the merge."""
    if reported_unproven((*case.parties, *other.parties)):
        said = "Whoever reported one of the two has not shown that the address is theirs: link the two, and wait until they have."
        raise AddressUnproven(said, case=other.id)
    if mixed(case.parties, other):
        said = "Somebody of this case stands on the other side there; link the two instead. Whoever is accused is heard in a case"
        raise SidesMixed(f"{said} in which they are not the claimant.", case=other.id)
    if (missing := _not_there(case, other)) is not None:
        said = f"{missing} is no party of the other case, and this matter would be lost there: link the two, or add them there."
        raise SidesMixed(said, case=other.id)
    if unheard_there(case.terms.decided_matter, case.parties, other):
        said = "A ruling is drafted or told there, and would bind whoever reported this case unheard; link the two instead."
        raise RulingBegun(said, case=other.id)
    if not case.is_disclosed and other.is_disclosed and authorities.reported_in_secret(case):
        said = "The respondent knows of the other case, and must not learn what is reported here; link the two instead."
        raise TippingOff(said, because="known_there")
    if case.is_disclosed and not other.is_disclosed:
        # That their case goes on in another one would tell them that there is another one.
        raise NotDisclosed("The respondent knows of this case and not of the other one: disclose that one first.", case=other.id)


def _check_matter(case: Case, other: OtherCase) -> None:
    """Refuses to end a matter in a case about another one.

    Whoever has a claim of their own keeps it: where the pack joins only what the same claimant reports, others have cases and
    money of their own. A request for data is answered to whoever made it, each of its kind: Regulation (EU) 2016/679, article
    12(3) and (4). Everyone has an effective remedy: European Convention on Human Rights, article 13.
    """
    own = case.terms.joins == "same_claimant_and_matter"
    data = asks_for_data(case.terms)
    mine, theirs = _claimants(case.parties), _claimants(other.parties)
    if (own and not mine & theirs) or (data and not mine <= theirs):
        said = "Whoever reported this case has a claim of their own, which would end by it; link the two instead."
        raise SidesMixed(said, case=other.id)
    if data and other.category not in (None, case.category):
        raise MatterDiffers("Each request for data is answered by itself; link the two instead.", case=other.id)
    asked, there = case.amount, other.amount
    if own and asked is not None and there is not None and (asked.currency != there.currency or asked.amount > there.amount):
        said = "More is asked for here than there, or in other money, and nobody would decide that; link the two instead."
        raise MatterDiffers(said, case=other.id)


def _claimants(parties: Iterable[OpenedParty]) -> set[str]:
    return {p.ref_digest for p in parties if p.side is Side.CLAIMANT and p.role == "principal" and not p.left}


def _check_second_person(case: Case, other: OtherCase, context: DecisionContext) -> None:
    """Refuses to one person alone to have somebody's report of a danger go on in the case of another, where it is not theirs to
    say how it goes on; whoever reported both speaks for both. And to say that two bookings or orders are one, or, where a claim
    or somebody's protection would end by it, that two that name none are.
    """
    danger = case.terms.withdrawal != "closes"
    protects = danger and not _claimants(case.parties) <= _claimants(other.parties)
    doubtful = other.another_matter or (other.matter_unnamed and (danger or case.terms.joins == "same_claimant_and_matter"))
    if not (protects or doubtful):
        return
    actor = context.known()
    noted = [x for x in case.links if x.other == other.id and x.relation == "duplicate" and x.by is not None]
    first = next((x for x in noted if confirmation.may_be_second(x.by, actor) and x.by not in partial(case)), None)
    if first is None:
        raise MergeUnconfirmed(
            "That is not one person's word: the two name different matters, or none, or this is somebody else's report of a "
            "danger. One of the team notes that they are one matter (link with 'duplicate'), and a lead or ops who did not, nor "
            "reports to who did, merges them. Or leave it at the link.",
            case=other.id,
        )
    another_credential(first.credential, context)


def _not_there(case: Case, other: OtherCase) -> str | None:
    """Who of this case would be lost by the merge: whom it is against, or, where that is nobody, whoever reported it.

    Only whoever reported goes along. A matter against somebody else would end unanswered in a case that says nothing of them.
    """
    against, reported = ({p.ref_digest for p in case.principals(side) if not p.left} for side in (Side.RESPONDENT, Side.CLAIMANT))
    there = {p.ref_digest for p in other.parties if p.side is Side.RESPONDENT and not p.left}
    if against - there:
        return "Somebody whom this case is against"
    known = {p.ref_digest for p in other.parties if p.side is Side.CLAIMANT and not p.left}
    return None if against or reported & known else "Whoever reported this case"


def unheard_there(decided_matter: str | None, parties: Sequence[OpenedParty], other: OtherCase) -> bool:
    """Whether a report would go into a case that is decided without it.

    Whoever is a party there already says it there, but for kinds in which what comes after a decision may be another danger.
    """
    there = {p.ref_digest for p in other.parties if p.side is Side.CLAIMANT and not p.left}
    return other.decided and (decided_matter == "person" or any(p.ref_digest not in there for p in reporters(parties)))


def mixed(parties: Sequence[OpenedParty], other: OtherCase) -> bool:
    """Whether somebody who would come along stands on the other side there, or somebody who is accused by them is there on the
    side of whoever reported: of what is reported of them they would read, and nobody would answer it."""
    against, asking = ([p for p in other.parties if p.side is side] for side in (Side.RESPONDENT, Side.CLAIMANT))
    accused = [p for p in parties if p.side is Side.RESPONDENT and p.role == "principal" and not p.left]
    pairs = ((reporters(parties), against), (accused, asking))
    return any(p.is_same_person(one) for mine, theirs in pairs for p in mine for one in theirs)


def reporters(parties: Sequence[OpenedParty]) -> tuple[OpenedParty, ...]:
    """Whoever reported a case, with the role that they get where it goes on."""
    mine = (p for p in parties if p.side is Side.CLAIMANT and (p.speaks or p.role == "co_claimant"))
    return tuple(p.model_copy(update={"role": "co_claimant"}) for p in mine)


def check_not_accused_here(party: OpenedParty, known: Iterable[OpenedParty]) -> None:
    """Refuses to make a respondent of somebody of the claimant's side (``known``: as whom they are here): they would read what is
    held against them before they are told of it, and answer for both sides."""
    here = (p for p in known if p.side is Side.CLAIMANT and not p.left and (p.speaks or p.role == "co_claimant"))
    if party.side is not Side.RESPONDENT or party.role != "principal" or not any(here):
        return
    raise PartyUnfit(
        "They are here on the side of the claimant. Whoever is accused is the respondent of a case in which they are not the "
        "claimant: report it as a case of its own, with whoever accuses them as its claimant, and link the two (related). What "
        "concerns the others alone can go along with split. Until that case is disclosed they learn nothing of it.",
        because="claimant_here",
    )
