"""Taking a report or an appeal back, without anybody losing their protection by it.

A pack says what a claimant's withdrawal does: it ends the case (``closes``), it asks the team (``asks``), or it is not possible
(``never``). Somebody who is threatened withdraws: where a report protects people, a person looks first, and ends the case or
goes on with it *of office*. The other side learns neither of the request nor of who is the claimant now.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Withdraw
from domain.model.people import Actor
from domain.model.refusals import NotAllowed, Refusal
from domain.model.withdrawal import (
    AcceptWithdrawal,
    ContinueOfOffice,
    NamesMeasures,
    NotSeen,
    NotWithdrawable,
    NoWithdrawal,
    OpenWithdrawal,
    OthersReported,
    WithdrawalPending,
)
from domain.rules import appeals, confirmation, interim, losses, measures, parties, proposals, sanctions, under_age
from domain.rules import ruling as r
from domain.rules.appointment_times import refusal_of_deciding
from domain.rules.audiences import Audience
from domain.rules.confided import with_their_own
from domain.rules.evidence import dropped_of, lapsed
from domain.rules.fairness import keeps_own_appeal
from domain.rules.last_word import word_of
from domain.rules.remedy import remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.settlement import offer_over
from domain.rules.topic import Known, NoticeData, Topic, everybody, inside, words_by

GIVEN_UP = "given_up_on_appeal"
"""Why a case is withdrawn: the claimant gives the claim up while the other side appeals, and keeps nothing of the ruling."""


def withdraw(case: Case, command: Withdraw, context: DecisionContext, at: datetime) -> Facts:
    """An appellant takes the appeal back; a claimant the report, at once or when the team has looked.

    Nobody ends the matter of somebody under age by their word alone, nor they: the team looks first, in every kind.
    """
    side = context.side()
    if command.revoke:
        return _revoked(case, context)
    _check_may_end(case, context)
    if _own_remit(case, context.known()):
        return appeals.remit_taken_back(case, side)
    if _of_a_child_alone(case, context):
        # That the child has such a wish they do not learn by a refusal; what was said since its own is read all the same.
        return _requested(command, party=case.withdrawal.party if case.withdrawal is not None else None)
    if case.withdrawal is not None and (side not in case.appellants or _appeal_is_looked_at(case, context, side)):
        raise WithdrawalPending("The team has such a wish already, and answers it first.", request=case.withdrawal.id)
    if side in case.appellants:
        others = () if _came_along(case, context) else parties.others_wanted(case, context, _end_of_appeal(case, side), (side,))
        if others or not _appeal_is_looked_at(case, context, side):
            return others or appeals.taken_back(case, side, context)
        return _requested(command, appeal=side)
    alone = parties.one_of_several(case, context)
    asks = case.terms.withdrawal != "closes" if alone is not None else _mode(case) == "asks"
    young = context.actor is not None and under_age.of_minor(case, context.actor)
    if asks or young or confirmation.waits_on(case, Side.CLAIMANT):
        return _requested(command, party=alone)
    if alone is not None:
        return parties.left_alone(case, alone)
    if appeals.remitted_alone(case, side):
        return appeals.remit_taken_back(case, side)
    reason = GIVEN_UP if case.appellants else None
    closed = f.CaseClosed(outcome=Outcome.WITHDRAWN, reason=reason, reasons=command.reasons)
    return (f.CaseWithdrawn(reasons=command.reasons), *sanctions.void_all(case), *r.undo_all(case, command.id), closed)


def _of_a_child_alone(case: Case, context: DecisionContext) -> bool:
    """Whether a child has such a wish, for the desk alone, or may have ended theirs, and whoever represents it comes with one."""
    asked, actor = case.withdrawal, context.known()
    if case.terms.words == "desk" and asked is not None and asked.appeal is None and asked.by == actor.id:
        return under_age.beside_a_child(case, actor.id)
    child = case.party(asked.by) if asked is not None and asked.appeal is None else None
    hidden = child is not None and child.minor and child.role == "principal" and case.terms.words == "desk"
    return hidden and child is not None and actor.id != child.id and actor.side is child.side


def _came_along(case: Case, context: DecisionContext) -> bool:
    """Whether it is somebody who reported the same, and takes an appeal back that is their own alone."""
    party = case.party(context.known().id)
    return party is not None and party.role == "co_claimant"


def _check_may_end(case: Case, context: DecisionContext) -> None:
    """Refuses what ends somebody's matter, or asks that it end, to whoever speaks for them by the word of one of the team: else
    one person would seat the wish and grant it."""
    party = case.party(context.actor.id) if context.actor is not None else None
    refusal = under_age.refusal_of_binding(case, context.known()) if party is not None and party.stated_by is not None else None
    if refusal is not None:
        raise refusal


def _requested(command: Withdraw, party: str | None = None, appeal: Side | None = None) -> Facts:
    request_id = derived_id("wdr", command.id)
    asked = f.WithdrawalRequested(request_id=request_id, party=party, appeal=appeal)
    return (asked, *((f.WithdrawalExplained(request_id=request_id, reasons=command.reasons),) if command.reasons else ()))


def _appeal_is_looked_at(case: Case, context: DecisionContext, side: Side) -> bool:
    """Whether the team looks first where a side takes its appeal back.

    Where people are protected it does at whoever reported, who can be pressed to it as to taking the report back, and wherever a
    measure would end with the appeal; somebody under age is looked after in every kind. No measure ends while the other side
    appeals as well, so nothing waits then: not even for what the team may have to answer there, of which they are not to learn.
    """
    if context.actor is not None and context.actor.role == "platform":
        return False
    ends = bool(case.interim) and side.other not in case.appellants
    guarded = case.terms.withdrawal != "closes" and (side is Side.CLAIMANT or ends)
    return guarded or any(p.minor for p in case.principals(side)) or confirmation.waits_on(case, side)


def _end_of_appeal(case: Case, side: Side) -> str:
    """By what name each of several on a side agrees to the end of its appeal."""
    return f"appeal:{case.round}:{side.value}"


def _revoked(case: Case, context: DecisionContext) -> Facts:
    """Whoever asked for it, or whose report it is, wants it no more. Whoever else is on the side has no part in that."""
    asked, actor = case.withdrawal, context.known()
    asked = under_age.stands_to(case, actor.id) or asked
    if asked is None:
        raise NoWithdrawal("Nobody wants to take this report back.")
    if actor.id not in (asked.by, *_concerned(case)):
        raise NoWithdrawal("You have asked for nothing that you could take back.")
    return (f.WithdrawalOvertaken(request_id=asked.id, because="revoked", appeal=asked.appeal, party=asked.party),)


def _concerned(case: Case) -> tuple[str, ...]:
    """Whose report or appeal it is that somebody wants to take back: the one, or each whose part it may be."""
    part = _part(case)
    side = case.withdrawal.side if case.withdrawal is not None else Side.CLAIMANT
    return (part,) if part is not None else tuple(p.id for p in case.principals(side))


def _part(case: Case) -> str | None:
    """Whose part alone would end, as the case stands now; None: nobody else is a claimant, and the whole report would end."""
    asked, several = case.withdrawal, case.principals(Side.CLAIMANT)
    if asked is None or asked.appeal is not None or len(several) < 2:
        # An appeal is the whole side's, and all of it have agreed.
        return None
    if asked.party is not None:
        return asked.party
    # The only one when they asked: others have come since.
    by = case.party(asked.by)
    mine = by.represents if by is not None and by.role == "representative" else asked.by
    return mine if mine in {p.id for p in several} else several[0].id


def accept(case: Case, command: AcceptWithdrawal, context: DecisionContext, at: datetime) -> Facts:
    """The case ends as withdrawn. What the reporter wrote stays with the team: the other side must not read of a threat."""
    _check_seen(case, command)
    if case.withdrawal is not None and case.withdrawal.appeal is not None:
        return _accepted_of_appeal(case, command, case.withdrawal.appeal, context, at)
    part = _part(case)
    if part is not None:
        return _accepted_of_one(case, command, part)
    if _others(case):
        raise OthersReported("Others have reported the same matter and did not take it back: go on of office, or rule.")
    accepted = f.WithdrawalAccepted(request_id=_request_id(case), reasons=command.reasons)
    if appeals.remitted_alone(case, Side.CLAIMANT):
        # What was decided first stands again, with all that it brought about.
        over = measures.interim_over(case, command, *measures.named(case, command, measures.interim_names(case)), context, at)
        return (accepted, *over, *appeals.remit_taken_back(case, Side.CLAIMANT))
    ends, stays = measures.named(case, command, measures.to_be_named(case))
    left = [e.remedy for e in measures.left_of_ruling(case) if e.id in stays]
    undone = (*sanctions.void_all(case, stays=left), *r.undo_all(case, command.id, stays=stays))
    over = measures.interim_over(case, command, ends, stays, context, at)
    reason = GIVEN_UP if case.appellants else None
    return (accepted, *over, f.CaseWithdrawn(), *undone, f.CaseClosed(outcome=Outcome.WITHDRAWN, reason=reason))


def _accepted_of_appeal(case: Case, command: AcceptWithdrawal, side: Side, context: DecisionContext, at: datetime) -> Facts:
    """The appeal is over and the ruling stands, with what is said of each measure; or the other's goes on, with all."""
    accepted = f.WithdrawalAccepted(request_id=_request_id(case), reasons=command.reasons, appeal=side)
    if any(one is not side for one in case.appellants):
        if command.ends or command.stays or command.until is not None:
            raise OthersReported("The other side appeals as well, and every measure stays: lift one by itself (review_interim).")
        return (accepted, *appeals.taken_back(case, side))
    over = measures.interim_over(case, command, *measures.named(case, command, measures.interim_names(case)), context, at)
    return (accepted, *over, *appeals.taken_back(case, side))


def _accepted_of_one(case: Case, command: AcceptWithdrawal, part: str) -> Facts:
    """One of several leaves. Nothing ends for the others, who are protected by the same measures."""
    if command.ends or command.stays or command.until is not None:
        raise OthersReported("Others go on with it, and every measure stays: lift one by itself (review_interim).")
    accepted = f.WithdrawalAccepted(request_id=_request_id(case), reasons=command.reasons, party=part)
    return (accepted, *parties.left_alone(case, part))


def _check_seen(case: Case, command: AcceptWithdrawal) -> None:
    """Refuses to take somebody by a word that they may have gone back on since, unless what they said was read."""
    said = case.withdrawal.said if case.withdrawal is not None else ()
    unread = [one for one in said if one not in command.seen]
    if unread or (said and command.reasons is None):
        raise NotSeen(
            "They have said something since: read it, name it in 'seen', and give reasons; or go on of office.", since=unread
        )


def refusal_of_ending(case: Case, actor: Actor) -> Refusal | None:
    """Why nobody of the team ends a case undecided: somebody waits for an answer, or it goes on of office, which one decided and
    another one would undo."""
    if case.withdrawal is not None:
        said = "Somebody wants to take the report back: answer that first (accept_withdrawal, continue_of_office)."
        return WithdrawalPending(said, request=case.withdrawal.id)
    if case.of_office is not None:
        return NotWithdrawable("A case that goes on of office is ended by a ruling.", because="of_office")
    return None


def ended_by_the_desk(case: Case, command: NamesMeasures, context: DecisionContext, at: datetime) -> Facts:
    """What goes before the end of a case that somebody of the team ends undecided. In a kind that protects people every measure
    in force is named: nobody's protection ends by the way. Raises a Refusal for one that is not."""
    named = command.ends or command.stays
    return measures.measures_named(case, command, context, at) if named or case.terms.withdrawal != "closes" else ()


def continue_of_office(case: Case, command: ContinueOfOffice, context: DecisionContext, at: datetime) -> Facts:
    """The platform takes the claimant's place, or the others go on without the one; the case stays where it is."""
    appeal = case.withdrawal.appeal if case.withdrawal is not None else None
    return (f.ContinuedOfOffice(request_id=_request_id(case), reasons=command.reasons, party=_part(case), appeal=appeal),)


def _request_id(case: Case) -> str:
    assert case.withdrawal is not None, "it is refused without one"
    return case.withdrawal.id


def _mode(case: Case) -> Literal["closes", "asks", "never"]:
    """What a withdrawal of the report does as the case stands: it ends nothing for others who have reported the same, and takes
    from nobody what a ruling gave them that was set aside, before somebody has told them so.
    """
    looked_at = _others(case) or losses.set_aside_from(case, Side.CLAIMANT)
    return "asks" if case.terms.withdrawal == "closes" and looked_at else case.terms.withdrawal


def _others(case: Case) -> bool:
    return any(party.role == "co_claimant" for party in case.side_parties(Side.CLAIMANT))


def overtaken(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, and that nobody has to answer a request any more once the matter is told or closed otherwise."""
    open_request = case.withdrawal
    if open_request is None or any(isinstance(fact, f.WithdrawalAccepted | f.ContinuedOfOffice) for fact in facts):
        return facts
    because = _overtaken_by(open_request, facts)
    if because is None:
        return facts
    over = f.WithdrawalOvertaken(
        request_id=open_request.id, because=because, appeal=open_request.appeal, party=open_request.party
    )
    # What fell due comes first, then what follows from it.
    reached = sum(1 for fact in facts if isinstance(fact, f.LevelReached))
    return (*facts[:reached], over, *facts[reached:])


def _overtaken_by(asked: OpenWithdrawal, facts: Facts) -> Literal["ruled", "closed", "annulled"] | None:
    if any(isinstance(fact, f.RulingIssued) for fact in facts):
        return "ruled"
    if any(isinstance(fact, f.CaseClosed) for fact in facts):
        return "closed"
    annulled = asked.appeal is not None and any(isinstance(fact, f.RulingAnnulled) for fact in facts)
    return "annulled" if annulled else None


def _withdrawal_requested(case: Case, rec: f.Recording, fact: f.WithdrawalRequested) -> Change:
    # Whoever else has taken such a wish back since the matter was last told is read before it is granted.
    said = tuple(word for by, word in case.revoked if by != rec.actor.id)
    if case.withdrawal is not None:
        said = tuple(dict.fromkeys((*case.withdrawal.said, *said)))
    wish = OpenWithdrawal(id=fact.request_id, by=rec.actor.id, at=rec.at, party=fact.party, appeal=fact.appeal, said=said)
    return {"withdrawal": wish, **({"unseen_end": None} if under_age.stands_to(case, rec.actor.id) else {})}


def _withdrawal_explained(case: Case, rec: f.Recording, fact: f.WithdrawalExplained) -> Change:
    return {"withdrawal": case.withdrawal.model_copy(update={"reasons": fact.reasons})} if case.withdrawal is not None else {}


def _answered(case: Case, rec: f.Recording, fact: f.WithdrawalAccepted | f.WithdrawalOvertaken | f.ContinuedOfOffice) -> Change:
    again: Change = {}
    if fact.appeal is not None:
        # Whoever wants it again says it again, each of several.
        ended = _end_of_appeal(case, fact.appeal)
        again = {"agreed": tuple(one for one in case.agreed if one.to != ended)}
    if isinstance(fact, f.WithdrawalOvertaken):
        if case.unseen_end is not None and fact.request_id == case.unseen_end.id:
            # It was over before, which they did not know.
            return {"unseen_end": None}
        again = {**again, "revoked": _still_unread(case, rec, fact)}
    return {"withdrawal": None, **again, "unseen_end": under_age.ended_unseen(case, rec, fact)}


def _still_unread(case: Case, rec: f.Recording, fact: f.WithdrawalOvertaken) -> tuple[tuple[str, str], ...]:
    """What is read before another such wish is granted: that somebody took it back, and what was said by who is there no more."""
    asked = case.withdrawal
    if fact.because == "revoked":
        return (*case.revoked, (rec.actor.id, f"revoked:{rec.seq}"))
    if fact.because != "left" or asked is None:
        return ()
    new = [word for word in asked.said if word not in {known for _, known in case.revoked}]
    return (*case.revoked, *((asked.party or asked.by, word) for word in new))


def said_since(case: Case, rec: f.Recording) -> OpenWithdrawal | None:
    """The open request, after a fact: with what was said since by whoever asked, whose report it is or who speaks for them."""
    asked = case.withdrawal
    word = word_of(rec)
    if asked is None or word is None or not _has_a_say(case, asked, rec.actor.id):
        return asked
    return asked.model_copy(update={"said": (*asked.said, word)})


def _has_a_say(case: Case, asked: OpenWithdrawal, actor_id: str) -> bool:
    whose, party = _concerned(case), case.party(actor_id)
    if actor_id in (asked.by, *whose):
        return True
    speaks = party is not None and party.role == "representative" and not party.left and party.side is asked.side
    return speaks and party is not None and (party.represents is None or party.represents in whose)


def _without_one(case: Case, rec: f.Recording, party_id: str) -> Change:
    """One of several goes on no more, and what they reported stays reported, as if their case had been merged into this one.

    They keep their line to the desk and hear how it ends; they are asked nothing, and no sanction hits them.
    """
    own = with_their_own(case, party_id)
    there = tuple(p.model_copy(update={"role": "co_claimant"}) if p.id in own else p for p in case.parties)
    asked = lapsed(case, (one.id for one in case.requests if one.party in own), rec.at)
    return {"withdrawal": None, "parties": there, "agreed": tuple(a for a in case.agreed if a.party not in own), **asked}


def _continued_of_office(case: Case, rec: f.Recording, fact: f.ContinuedOfOffice) -> Change:
    if fact.party is not None:
        return _without_one(case, rec, fact.party)
    if fact.appeal is Side.RESPONDENT:
        return _answered(case, rec, fact)
    # What was asked of whoever reported it is asked no more, and what they offered is not held against them.
    offered = offer_over(case, "lapsed", rec.at) if case.offer is not None and case.offer.side is Side.CLAIMANT else {}
    answered = proposals.without_answer(case, Side.CLAIMANT)
    return {"withdrawal": None, "of_office": rec.at, **dropped_of(case, Side.CLAIMANT, rec.at), **offered, **answered}


def _interim_kept(case: Case, rec: f.Recording, fact: f.InterimKept) -> Change:
    until = {"kept_until": fact.until, "alone": False, "of_found": False}
    return {"interim": tuple(i.model_copy(update=until) if i.id in fact.measure_ids else i for i in case.interim)}


def _case_withdrawn(case: Case, rec: f.Recording, fact: f.CaseWithdrawn) -> Change:
    # What a hold had kept back of a ruling that is set aside with the report is not wanted any more.
    return {"withheld": tuple(one for one in case.withheld if one.id in (case.final or ()))} if case.withheld else {}


def _refusal_of_withdrawing(case: Case, actor: Actor) -> Refusal | None:
    side = actor.side or (Side.CLAIMANT if case.of_office is not None else None)
    if side is not None and side in case.appellants:
        return appeals.refusal_of_taking_back(case, actor, side)
    if case.appellants and not case.terms.has(Phase.SETTLEMENT):
        # What a ruling did to protect others is not the claimant's own to give up.
        return NotAllowed("'withdraw' can be sent by: appellant.", command="withdraw", allowed=["appellant"])
    if _own_remit(case, actor):
        return None
    if case.of_office is not None:
        return NotWithdrawable("A case that goes on of office is ended by whoever decides it.", because="of_office")
    if case.terms.withdrawal == "never":
        return NotWithdrawable(
            "Reports of this kind cannot be taken back: write to the desk what has changed, and it is weighed.",
            because="not_in_kind",
        )
    return None


def _own_remit(case: Case, actor: Actor) -> bool:
    """Whether the matter is decided afresh of office because the platform appealed alone: that it may give up, as it began it.

    Not where it went on of office only since: then whoever reported it had appealed.
    """
    if case.of_office is None or actor.role != "platform" or not appeals.remitted_alone(case, Side.CLAIMANT):
        return False
    sent_back_at = case.rulings[-1].issued_at
    return sent_back_at is not None and case.of_office < sent_back_at


def _refusal_of_answer(case: Case, actor: Actor) -> Refusal | None:
    return NoWithdrawal("Nobody wants to take this report back.") if case.withdrawal is None else None


def _refusal_of_granting(case: Case, actor: Actor) -> Refusal | None:
    # Who is pressed into taking it back may say so in the talk that was agreed on.
    return _refusal_of_answer(case, actor) or refusal_of_deciding(case) or confirmation.refusal_of_granting(case, actor)


def _said_of_end(case: Case, fact: f.CaseWithdrawn, audience: Audience) -> NoticeData:
    """That what was decided before stays as it is; and what stays in force although the case is closed, for whom it hits."""
    stands = {"stands": True} if _stands(case) else {}
    return NoticeData(stands | interim.said_of_kept(case, audience))


def _said_of_kept(case: Case, fact: f.InterimKept, audience: Audience) -> NoticeData:
    measures = [remedy_data(i.remedy) for i in case.interim if i.id in fact.measure_ids]
    return NoticeData({"measures": measures, "to_at": fact.until.isoformat()})


def _said_of_going_on(case: Case, fact: f.ContinuedOfOffice, audience: Audience) -> NoticeData:
    own = {"own_money": True} if audience == "claimant" and keeps_own_appeal(case) else {}
    own |= _of_appeal(fact)
    return NoticeData(own, {"reasons": fact.reasons})


_OfTheWish = f.WithdrawalRequested | f.WithdrawalAccepted | f.WithdrawalOvertaken | f.ContinuedOfOffice


def _who_knows(case: Case, fact: _OfTheWish, audience: Audience) -> bool:
    return audience in ("platform", (fact.appeal or Side.CLAIMANT).value)


def _said_of_request(case: Case, fact: f.WithdrawalRequested, audience: Audience) -> NoticeData:
    asked = case.withdrawal
    lost = {"set_aside": True} if fact.appeal is None and losses.set_aside_from(case, Side.CLAIMANT) else {}
    lost |= _of_appeal(fact)
    return NoticeData(lost, {"reasons": asked.reasons if asked is not None and audience == "staff" else None})


def _stands(case: Case) -> bool:
    """Whether something was decided before the case was taken up again, and stays."""
    return bool(case.rulings) and (case.final is not None or bool(measures.left_of_ruling(case)))


def _said_of_acceptance(case: Case, fact: f.WithdrawalAccepted, audience: Audience) -> NoticeData:
    on = {"goes_on": True} if fact.appeal is not None and case.phase is Phase.APPEAL else {}
    return NoticeData({"stands": _stands(case), **_of_appeal(fact), **on}, {"reasons": fact.reasons})


def _of_appeal(fact: _OfTheWish) -> dict[str, bool]:
    return {"of_appeal": True} if fact.appeal is not None else {}


_OF_WHOSE_IT_IS = Known(
    _who_knows,
    "nothing",
    "Whoever reported or appealed, and the platform; the other side must not learn that pressure works, nor on whom.",
)


TOPIC = Topic(
    rules={"withdraw": withdraw, "accept_withdrawal": accept, "continue_of_office": continue_of_office},
    changes={
        "withdrawal_requested": _withdrawal_requested,
        "withdrawal_explained": _withdrawal_explained,
        "withdrawal_accepted": _answered,
        "withdrawal_overtaken": _answered,
        "continued_of_office": _continued_of_office,
        "interim_kept": _interim_kept,
        "case_withdrawn": _case_withdrawn,
    },
    refuses={
        "withdraw": _refusal_of_withdrawing,
        "accept_withdrawal": _refusal_of_granting,
        "continue_of_office": _refusal_of_answer,
    },
    means={
        "withdrawal_accepted": lambda before, fact, after: {"withdrawal_answered"},
        "withdrawal_overtaken": lambda before, fact, after: {"withdrawal_answered", f"withdrawal_overtaken:{fact.because}"},
        "continued_of_office": lambda before, fact, after: {"withdrawal_answered"},
    },
    words=words_by(f.WithdrawalOvertaken, "because") | {"withdrawal_answered"},
    known_to={
        "withdrawal_requested": _OF_WHOSE_IT_IS,
        "withdrawal_explained": inside("Somebody on the reporter's own side may be who presses them: a guardian, a partner."),
        "withdrawal_accepted": _OF_WHOSE_IT_IS,
        "withdrawal_overtaken": _OF_WHOSE_IT_IS,
        "continued_of_office": _OF_WHOSE_IT_IS,
        "interim_kept": interim.OF_WHOM_IT_HITS,
        "case_withdrawn": everybody("How the matter ends."),
    },
    said={
        "withdrawal_requested": _said_of_request,
        "withdrawal_accepted": _said_of_acceptance,
        "withdrawal_overtaken": lambda case, fact, audience: NoticeData(_of_appeal(fact)),
        "continued_of_office": _said_of_going_on,
        "interim_kept": _said_of_kept,
        "case_withdrawn": _said_of_end,
    },
)
