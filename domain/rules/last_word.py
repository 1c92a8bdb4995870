"""Whatever comes in, a side can answer before it loses by it: nobody has the last word by saying it late, or by another door.

Kept is what a side has neither been shown nor said anything since: every text that came from outside the team by whatever
command (a message, the words of an offer, the reasons of an appeal or of a wish to withdraw, evidence, a report that was joined,
what a machine noticed), said openly or not, and what was put down of a hearing. It speaks against the other side; what a witness
or an insurer says also against the side that they stand on, as nobody there has said it; what the platform says and what the
team itself hands in, against both; what was said at a hearing, against each side: one person puts
down who was there, and what they said; and, of several on a side,
what one of them says against the others, for a ruling that hits the one and not the other.

Shown is what that side may see when it is said, and what somebody of the team wrote or asked that side since (the gist). Once it
is shown, a word of the side answers it, and so does the time that the pack gives it. A ruling against the side waits for that,
unless whoever rules names what it relies on (``relies_on``) and this is none of it: trifles delay nobody for ever.

The adversarial principle: European Convention on Human Rights, article 6(1) (also of what the deciders got themselves: Krčmář and
others v. the Czech Republic, 35376/97); UNCITRAL's Technical Notes on Online Dispute
Resolution.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import AnswerableView, Unanswered
from domain.model.people import OpenedParty
from domain.model.procedure import EvidenceUnknown
from domain.model.prose import text_of
from domain.model.remedy import Remedy
from domain.model.sanctions import NotHeard
from domain.model.withdrawal import NotSeen
from domain.rules import losses, money, protocols, stating
from domain.rules.audiences import UNTOLD, Audience, seen_phase
from domain.rules.case_import_changes import since
from domain.rules.hearing import said_all, spoken_for
from domain.rules.rule import Change
from domain.rules.time_to_answer import over_at, shortest_for

_BY_NUMBER = re.compile(r"(?:message|signal):(?P<seq>[0-9]{1,9})")


def unanswered_after(before: Case | None, rec: f.Recording, after: Case, seen: Collection[str]) -> tuple[Unanswered, ...]:
    """What each side has not answered of what the other handed in, after a fact that the audiences ``seen`` know of."""
    known = before.unanswered if before is not None else ()
    if not after.terms.late:
        return known
    fact, speakers = rec.fact, _speakers(after, rec)
    if speakers is not None:
        side, mine = speakers
        left = (one for one in known if one.shown_at is None or not _answered(after, one, side, mine, rec))
        known = tuple(protocols.commented(one, fact, mine) for one in left)
        known = (*known, *_again(after, rec, mine, known))
    if isinstance(fact, f.PartyAdded) and fact.instead_of is not None:
        known = tuple(_of_successor(one, fact, since(rec)) for one in known)
    if before is not None and isinstance(fact, f.EvidenceLapsed):
        began = _time_began(before, fact)
        known = tuple(one for one in known if one.against is not fact.of or one.shown_at is None or one.shown_at > began)
    for side in _shown_to(fact):
        known = tuple(
            one.model_copy(update={"shown_at": rec.at}) if one.against is side and one.shown_at is None else one for one in known
        )
    if isinstance(fact, f.AmountStated) and fact.amount != fact.before:
        known = (*(one for one in known if not one.of_amount), *_raised(after, rec, seen))
    return (*known, *_came_in(after, rec, seen))


def put_by(rec: f.Recording) -> str | None:
    """By what name that which a fact brings against a side waits for an answer; None: it brings nothing."""
    return f"amount:{rec.seq}" if isinstance(rec.fact, f.AmountStated) else piece_of(rec)


def _raised(case: Case, rec: f.Recording, seen: Collection[str]) -> Iterable[Unanswered]:
    """That it is about more than was reported, where an amount was: the respondent has answered to what was reported alone."""
    if money.reported(case) is None or not stating.more_than_reported(case) or Side.RESPONDENT not in case.terms.hear:
        return
    read = Side.RESPONDENT.value in seen
    yield Unanswered(id=put_by(rec) or "", against=Side.RESPONDENT, shown_at=since(rec) if read else None, read=read)


def _again(case: Case, rec: f.Recording, mine: Collection[str], known: Collection[Unanswered]) -> Iterable[Unanswered]:
    """What was put down of a hearing, for whom a side has said that they were there, and now that they were not."""
    fact = rec.fact
    if not isinstance(fact, f.ProtocolCommented) or not protocols.contradicts(case, fact) or fact.side not in case.terms.hear:
        return
    waits = {one.party for one in known if one.appointment == fact.appointment_id}
    for one in (one for one in mine if one not in waits):
        since_then: dict[str, Any] = {"shown_at": since(rec), "read": True, "appointment": fact.appointment_id}
        yield Unanswered(id=f"message:{rec.seq}", against=fact.side, party=one, **since_then)


def contested_after(before: Case | None, rec: f.Recording, after: Case) -> Change:
    """That a draft rests on what a side that loses by it was not there to say, as it has said since, for the first time."""
    fact, draft = rec.fact, after.ruling
    if draft is None or before is None or after.phase not in UNTOLD or not isinstance(fact, f.ProtocolCommented):
        return {}
    found = next((one for one in after.appointments if one.id == fact.appointment_id), None)
    missed = fact.was_there is not False or found is None or fact.side in found.missed_by or fact.side not in _losing(after)
    said = [one.was_there for one in found.comments if one.side is fact.side] if found is not None else []
    if missed or said.count(False) > len(after.principals(fact.side)):
        return {}
    return {"ruling": draft.model_copy(update={"contested": True})}


def _speakers(case: Case, rec: f.Recording) -> tuple[Side, tuple[str, ...]] | None:
    """The side, and the principals on it, whose word a fact is; None for what is no word of a side."""
    if isinstance(rec.fact, f.PastMessageKept):
        # Nothing says who of several it was.
        return (side, tuple(p.id for p in case.principals(side))) if (side := _side_of_past(rec.fact)) is not None else None
    party = case.party(rec.actor.id)
    word = said_all(rec.fact) or isinstance(rec.fact, f.AppealLodged | f.ProtocolCommented)
    if party is None or not party.stands_for_side or not word:
        return None
    return party.side, spoken_for(case, party)


def _side_of_past(fact: f.PastMessageKept) -> Side | None:
    return Side(fact.sender) if fact.sender in ("claimant", "respondent") else None


def _answered(case: Case, one: Unanswered, side: Side, mine: tuple[str, ...], rec: f.Recording) -> bool:
    return one.against is side and (one.party is None or one.party in mine) and protocols.answers(case, one, rec)


def _of_successor(one: Unanswered, fact: f.PartyAdded, at: datetime) -> Unanswered:
    """What somebody had not answered who is out of the case, for whoever has their place: with all the time, from now on."""
    if one.party is None or one.party != fact.instead_of:
        return one
    shown_at = at if one.shown_at is not None else None
    return one.model_copy(update={"party": fact.party.id, "shown_at": shown_at, "was_there": False, "until": None})


def _time_began(case: Case, fact: f.EvidenceLapsed) -> datetime:
    """Since when the time ran that a side let go by: it answers what they had been shown until then."""
    asked = [one.asked_at for one in case.requests if one.id in fact.requests]
    return min(asked, default=case.phase_entered_at)


def _came_in(case: Case, rec: f.Recording, seen: Collection[str]) -> Iterable[Unanswered]:
    """What a fact brings, for each who could lose by it."""
    found, fact, party = piece_of(rec), rec.fact, case.party(rec.actor.id)
    if found is None:
        return
    side = _side_of_past(fact) if isinstance(fact, f.PastMessageKept) else _side(case, rec)
    if isinstance(fact, f.CaseJoined):
        against = {Side.RESPONDENT}
    elif isinstance(fact, f.AppointmentHeld):
        came, named = protocols.came(case, fact), fact.appointment_id
        against = {*Side} - {*came}
        # One person puts down that they came, and what they said: each of them can say that it was otherwise.
        theirs = (p for one in Side if one in came and one in case.terms.hear for p in protocols.were_there(case, fact, one))
        there: dict[str, Any] = {"shown_at": since(rec), "read": True, "was_there": True, "appointment": named}
        until = protocols.until_after
        yield from (Unanswered(id=found, against=p.side, party=p.id, until=until(case, rec, fact, p), **there) for p in theirs)
    elif side is None:
        of_the_desk = isinstance(fact, f.EvidenceSubmitted | f.PastMessageKept)
        against = {*Side} if rec.actor.role in _OUTSIDE_BOTH or of_the_desk else set()
    else:
        # A witness, an insurer, whoever speaks by the word of one: who could lose by it has not said it, on whichever side.
        against = {side.other} if party is None or party.stands_for_side else {*Side}
    for one in (one for one in Side if one in against and one in case.terms.hear):
        read = one.value in seen
        held = fact.appointment_id if isinstance(fact, f.AppointmentHeld) else None
        yield Unanswered(id=found, against=one, shown_at=since(rec) if read else None, read=read, appointment=held)
    if isinstance(fact, f.AppointmentHeld):
        yield from (Unanswered(id=found, against=p.side, party=p.id, appointment=fact.appointment_id) for p in _apart(case, fact))
    if party is None or not party.speaks or party.side is not Side.RESPONDENT or party.side not in case.terms.hear:
        return
    # Of several who are accused each could save themselves by what they say of another.
    mine = spoken_for(case, party) or (party.id,)
    beside = _read_beside(fact, party.side.value in seen)
    for other in (p for p in case.principals(party.side) if p.id not in mine):
        shown_at = rec.at if beside else None
        yield Unanswered(id=found, against=party.side, shown_at=shown_at, party=other.id, by=mine[0], read=beside)


def _apart(case: Case, fact: f.AppointmentHeld) -> Iterable[OpenedParty]:
    """Who stands beside one of several accused who was alone with the team: they have not said it, and do not read it."""
    side = Side.RESPONDENT
    if side not in case.terms.hear or side not in protocols.came(case, fact):
        return ()
    there = protocols.were_there(case, fact, side)
    return tuple(p for p in case.principals(side) if p not in there)


def _read_beside(fact: f.Fact, seen: bool) -> bool:
    """Whether the others on the side of whoever said it read it."""
    return fact.seen_by != "deciders" if isinstance(fact, f.EvidenceSubmitted) else seen


def piece_of(rec: f.Recording) -> str | None:
    """By what name a ruling rests on what a fact brings; None: it brings no words from outside the team.

    Closed by default: whatever carries a text of somebody outside can be lost by, unless it stands in :data:`NO_PIECES`.
    """
    fact = rec.fact
    match fact:
        case f.EvidenceSubmitted(evidence_id=evidence_id):
            return evidence_id
        case f.CaseJoined(of=of, statement=statement):
            return of if statement is not None else None
        case f.SignalReceived(text=text):
            return f"signal:{rec.seq}" if text is not None else None
        case f.PastMessageKept(sender=sender):
            return f"message:{rec.seq}" if sender != "staff" else None
        case f.AppointmentHeld(protocol=protocol):
            # Whoever of the team puts it down: they are the words of whoever was there.
            return f"message:{rec.seq}" if protocol is not None else None
        case _:
            pass
    if fact.type in NO_PIECES or rec.actor.role not in _OUTSIDE or not any(text_of(fact)):
        return None
    return f"message:{rec.seq}"


_OUTSIDE_BOTH = frozenset({"platform", "system"})
_OUTSIDE = frozenset({"claimant", "respondent", "platform"})
NO_PIECES: Mapping[str, str] = {
    "case_opened": "Whoever it is against is heard on the report itself before anything can go against them.",
    "decision_taken_over": "What was decided elsewhere is what the appeal is about.",
}
"""By fact: why a text from outside the team is nothing that a side has yet to answer."""


def came_since_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """What came since the draft that waits, after a fact. Nobody who says something then knows that it comes so late."""
    if after.phase not in UNTOLD or before is None or before.phase not in UNTOLD:
        return ()
    word, side = word_of(rec), _side(after, rec)
    return (*before.came_since, word) if word is not None and side is not None and side in _losing(after) else before.came_since


def _losing(case: Case) -> Collection[Side]:
    """Who loses by the draft that waits."""
    draft = case.ruling
    outcome = case.terms.outcome(draft.outcome) if draft is not None else None
    if draft is None or outcome is None or draft.decision == "remit":
        return ()
    return draft.reply_to if draft.decision == "uphold" else losses.losers(case, outcome, draft.remedies)


def words_at_after(before: Case | None, rec: f.Recording) -> tuple[int, ...]:
    """The numbers of the facts that brought words from outside the team, after a fact: its own text, where it has one."""
    known = before.words_at if before is not None else ()
    outside = rec.actor.role in _OUTSIDE or isinstance(rec.fact, f.SignalReceived | f.PastMessageKept | f.AppointmentHeld)
    return (*known, rec.seq) if outside and any(text_of(rec.fact)) else known


def came_in_after(before: Case | None, rec: f.Recording, after: Case) -> Change:
    """Who brought something last, and since when there is a ruling or an agreement that it could speak against, after a fact."""
    known = dict(before.came_in) if before is not None else {}
    if piece_of(rec) is not None or isinstance(rec.fact, f.SignalReceived):
        side = _side(after, rec)
        if side is not None:
            known[side.value] = rec.seq
        if rec.actor.role in (*_OUTSIDE, "system") and isinstance(
            rec.fact, f.EvidenceSubmitted | f.CaseJoined | f.SignalReceived
        ):
            known["evidence"] = rec.seq
    change: Change = {"came_in": known}
    if before is None:
        return change
    if answered := _answered_of(before, rec):
        change["answered_since"] = tuple(dict.fromkeys((*before.answered_since, *answered)))
    news = known.get("evidence", 0) > before.came_in.get("evidence", 0) and _side(after, rec) is not Side.RESPONDENT
    if after.decided_before_by and news:
        # What only answers a report that is made again is nothing for which it could be decided otherwise.
        change["heard_on_news"] = True
    ruled = len(after.rulings) > len(before.rulings)
    agreed = after.settlement is not None and (before.settlement is None or after.settlement.at != before.settlement.at)
    if ruled:
        change.update({"claims_news": False, "relied_on": ()})
    return {**change, "told_seq": after.seq} if ruled or agreed else change


def _answered_of(case: Case, rec: f.Recording) -> list[str]:
    """The clauses that were put to whoever reported it since it was called otherwise, and that they answer: told, then spoken.

    A word about anything else answers nothing, a proof of who somebody is neither; nor does it that they let the time go by.
    """
    since = case.called_at or case.opened_at
    if not case.filed_as or rec.actor.role != "claimant" or not isinstance(rec.fact, f.EvidenceSubmitted):
        return []
    answered = (one for one in case.requests if one.id in rec.fact.answers and one.of is Side.CLAIMANT)
    return [one.ground for one in answered if one.ground is not None and one.asked_at >= since]


def check_seen(case: Case, seen: Iterable[str]) -> None:
    """Refuses to agree to a draft that whoever made it could not measure by what has come since, unless it was read."""
    unread = [one for one in case.came_since if one not in seen]
    if unread:
        raise NotSeen("Something came since it was drafted: read it and name it in 'seen', or return the ruling.", since=unread)


def word_of(rec: f.Recording) -> str | None:
    """What somebody outside the team said or handed in, by the name that commands call it by; None for anything else, and for why
    somebody takes something back: that is read with the wish itself."""
    wish = isinstance(rec.fact, f.WithdrawalExplained | f.CaseWithdrawn)
    return piece_of(rec) if rec.actor.role in _OUTSIDE and not wish else None


def _side(case: Case, rec: f.Recording) -> Side | None:
    party = case.party(rec.actor.id)
    if party is None:
        return Side.CLAIMANT if case.of_office is not None and rec.actor.role == "platform" else None
    return party.side


def _shown_to(fact: f.Fact) -> Iterable[Side]:
    """To whom the team has said what there is, as far as they may know."""
    match fact:
        case f.EvidenceRequested():
            return (fact.of,)
        case f.CaseDisclosed():
            return (Side.RESPONDENT,)
        case f.MessageSent(sender="staff"):
            return tuple(side for side in Side if fact.to in ("all", side.value))
        case _:
            return ()


def check(
    case: Case, losers: Iterable[Side], named: Collection[str] | None, at: datetime, remedies: Collection[Remedy] = ()
) -> None:
    """Refuses a ruling against a side that could not answer what it relies on: what is ``named``, or all of it. ``remedies``
    say whom of several on a side it hits."""
    if named is not None and (unknown := [piece for piece in named if not _is_piece(case, piece)]):
        raise EvidenceUnknown(
            "This case has no such evidence, nor a word by this number: name what the ruling rests on as the timeline does, or "
            "'[]' for nothing that came in since.",
            evidence=unknown,
        )
    for side in losers:
        hit = hit_on(case, side, remedies)
        ends = {
            one.id: _over_at(case, one)
            for one in case.unanswered
            if one.against is side
            and (money.above_reported(case, remedies) if one.of_amount else _counts(one, named))
            and (one.party is None or one.party in hit)
        }
        waits = {piece: end for piece, end in ends.items() if end is None or end > at}
        if not waits:
            continue
        until = None if None in waits.values() else max(end for end in waits.values() if end is not None)
        there = [one for one in case.unanswered if one.against is side and one.id in waits]
        still = "has time to answer it that stands still" if all(one.shown_at for one in there) else _UNSHOWN
        said = f"has until {until.isoformat()} to answer it" if until is not None else still
        put_down = any(_put_down(one) or one.of_amount for one in there)
        more = any(one.of_amount for one in there)
        what = "This is more than was reported" if more else "Something has come in since"
        raise NotHeard(
            f"{what}, and the {side.value} {said}" + ("." if put_down else "; or say what the ruling relies on."),
            side=side.value,
            missing="evidence",
            evidence=list(waits),
            until=until.isoformat() if until is not None else None,
        )


_UNSHOWN = "has not been shown it: ask them about it"


def _counts(one: Unanswered, named: Collection[str] | None) -> bool:
    """Whether a ruling that names what it relies on waits for an answer to it."""
    return named is None or one.id in named or _put_down(one)


def _put_down(one: Unanswered) -> bool:
    """Whether it is what one person put down of a hearing: above whatever a ruling names it stands, as no trifle."""
    return one.was_there or one.appointment is not None


def answerable(case: Case, party: OpenedParty) -> tuple[AnswerableView, ...]:
    """What this party can still answer before it is held against them, of what they can read themselves: nobody loses a right by
    a time of which they were told nothing. Nothing of what was said to the desk alone, not that there is something either.

    Convention on Human Rights, article 6(1); Directive 2013/11/EU, article 9(1)(a).
    """
    if not case.open or seen_phase(case, party.side.value) not in _ANSWERED_IN or not party.speaks:
        return ()
    mine = spoken_for(case, party) or (party.id,)
    return tuple(
        AnswerableView(id=one.id, until=until)
        for one in case.unanswered
        if one.read and one.against is party.side and (one.party is None or one.party in mine)
        if (until := _over_at(case, one)) is not None
    )


_ANSWERED_IN = frozenset({Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW, Phase.APPEAL})
"""Phases in which it is still to be decided."""


def _is_piece(case: Case, piece: str) -> bool:
    """Whether a ruling can rest on it: evidence, another report, what somebody wrote or a machine noticed."""
    if piece in case.handed_in or piece in case.joined:
        return True
    by_number = _BY_NUMBER.fullmatch(piece)
    return by_number is not None and int(by_number["seq"]) in case.words_at


def hit_on(case: Case, side: Side, remedies: Collection[Remedy]) -> Collection[str]:
    """Whom of several on a side a ruling hits, each for themselves, whatever it does to others: all, where it names nobody."""
    of_side = [one.party for one in remedies if one.to is side]
    named = {party for party in of_side if party is not None}
    return {p.id for p in case.principals(side)} if not of_side or None in of_side else named


def promised(case: Case, audience: Audience) -> bool:
    """Whether this side is told that the ruling it lost rests on nothing which it could not answer first."""
    ruling = case.rulings[-1]
    outcome = case.terms.outcome(ruling.outcome)
    if (
        not case.terms.late
        or ruling.decision == "remit"
        or ruling.elsewhere
        or outcome is None
        or audience not in case.terms.hear
    ):
        return False
    lost = ruling.reply_to if ruling.decision == "uphold" else losses.losers(case, outcome, ruling.remedies)
    return Side(audience) in lost


def _over_at(case: Case, one: Unanswered) -> datetime | None:
    """When the time to answer it is over; None: it has not begun, or stands still."""
    if one.shown_at is None:
        return None
    end = one.until if one.was_there else None
    if end is None:
        whole = one.shown_at + shortest_for(case.terms, one.against)
        end = whole if one.until is None else max(whole, one.until)
    return over_at(case, one.shown_at, end)
