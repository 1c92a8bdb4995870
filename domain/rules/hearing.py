"""Heard before decided: nobody loses by a ruling who was not told of the matter, or had no time to say something to it.

A pack names the sides that it hears (``hear``) and when they were (``heard_when``). ``asked``: they answered what the team asked
them, or let the time for it go by (:mod:`domain.rules.evidence` notes it). ``told``: they said something since they were told
(a message, an offer or the answer to one, evidence, the reasons of an appeal) and not that more follows, or the clock that waited
for them ran out, and no time to answer that they were given is running. Whoever reports has said with the report what they have
to say. What is taken up again begins anew, and so does, in both, an appeal for whoever did not lodge it: what they answered in
the first instance is no answer to the reasons of the appeal.

Of several principals on a side each is heard for themselves, and so is who came after the opening, or who stays when others
have left: no word but their own, or that of whoever represents them, stands for them, and no time counts against them that began
before they were there. For a child no word stands of whoever represents them without being chosen by them, but for the answer to
what the team has asked.

Somebody who could not be reached loses no time by it, and wins none: their clock runs out as everybody's, and the matter is
decided on file. Urgent protection does not wait: that is what interim measures are for.

Whoever reports has not said anything to the charge that they did so in bad faith. What hits the claimant (a sanction, a warning)
waits until they were asked since the report, and answered or let the time for it go by; where the claimant is heard at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.evidence import ClausePut, EvidenceRequest
from domain.model.sanctions import NotHeard
from domain.model.terms import ClockTerms
from domain.rules import charge, protocols
from domain.rules.charge import accused_anew
from domain.rules.evidence_due import EVIDENCE_DUE

HEARING_STEP = "both_sides_heard"
"""The step of a procedure that says that the sides were heard: it is done when it is true."""
WORDS = (
    f.MessageSent, f.OfferMade, f.OfferAccepted, f.OfferDeclined, f.ProposalAnswered, f.EvidenceSubmitted, f.ReturnContested,
)  # fmt: skip


class Unheard(NamedTuple):
    """Why a side counts as not heard."""

    side: Side
    missing: Literal["nobody", "telling", "answer", "time", "charge"]
    """Nobody is known there; they were not told; they have not said anything and nothing runs that waits for it; they still have
    time; they were asked nothing since they reported it."""
    until: datetime | None = None
    """When their time is over; None: nothing runs, or it stands still."""
    party: str | None = None
    """Who has not been heard, where others on the side were."""

    def refusal(self) -> NotHeard:
        """The refusal of whatever would go against them."""
        said = {
            "nobody": "is not known: say who it is first (`add_party`), so that they are told and can answer.",
            "telling": "has not been told of the case; tell them first.",
            "answer": "has to be asked first; rule when they have answered or their time is over.",
            "charge": "has to be asked first: a report is no answer to a charge against whoever made it.",
            "time": "still has time to answer" + (f", until {self.until.isoformat()}." if self.until else "; it stands still."),
        }[self.missing]
        until = self.until.isoformat() if self.until else None
        who = f"The {self.side.value}" if self.party is None else f"One of those who stand on the side of the {self.side.value}"
        detail = f"{who} {said} Urgent protection goes by interim measures."
        own = {"party": self.party} if self.party is not None else {}
        return NotHeard(detail, side=self.side.value, missing=self.missing, until=until, **own)


def said_all(fact: f.Fact) -> bool:
    """Whether somebody has said something by it, and not that more follows."""
    return isinstance(fact, WORDS) and not (isinstance(fact, f.MessageSent | f.EvidenceSubmitted) and fact.more_follows)


def told_at(case: Case, side: Side) -> datetime | None:
    """Since when a side knows of the case; None while nobody who speaks for it does."""
    if not _speakers(case, side) or (side is Side.RESPONDENT and not case.is_disclosed):
        return None
    return (case.disclosed_at if side is Side.RESPONDENT else None) or case.opened_at


def check(case: Case, sides: Iterable[Side], at: datetime) -> None:
    """Refuses what goes against these sides while one that the pack hears has not been heard."""
    losers = set(sides)
    for side in Side:
        found = unheard(case, side, at) if side in losers else None
        if found is not None:
            raise found.refusal()


def check_each(case: Case, several: Iterable[f.OpenedParty], at: datetime) -> None:
    """Refuses what takes something from each of these, while one on a side that the pack hears has not been heard in person since
    what was decided is in question."""
    for party in several:
        if party.side not in case.terms.hear or (party.side is Side.CLAIMANT and case.of_office is not None):
            continue
        waits = _still_has_time(case, party.side)
        if waits is not None or party.id not in case.heard_since:
            raise (waits or Unheard(party.side, "answer"))._replace(party=party.id).refusal()


def check_charge(case: Case, hit: Iterable[f.OpenedParty]) -> None:
    """Refuses what hits a claimant while nothing was asked of them that they have answered, or let the time go by for. Of several
    it is whoever is hit: nobody puts bad faith to somebody in order to hold it against another."""
    if Side.CLAIMANT not in case.terms.hear:
        return
    several = case.principals(Side.CLAIMANT)
    unasked = next((p.id for p in hit if p.side is Side.CLAIMANT and p.id not in case.questioned), None)
    if unasked is not None:
        raise Unheard(Side.CLAIMANT, "charge", party=unasked if len(several) > 1 else None).refusal()


def check_penalty(case: Case, penalised: Iterable[Side]) -> None:
    """Refuses to sanction or warn somebody who could not answer, in kinds that hear that side on nothing else.

    They said something since they were told, or were asked and let the time go by; whoever reported was asked since. Each of
    several for themselves.
    """
    sides = set(penalised)
    for side in (one for one in Side if one in sides):
        if told_at(case, side) is None:
            raise Unheard(side, "telling").refusal()
        answered = {*case.questioned, *(case.spoke if side is Side.RESPONDENT else ())}
        several = case.principals(side)
        unasked = next((p.id for p in several if p.id not in answered), None)
        if unasked is not None:
            missing: Literal["charge", "answer"] = "charge" if side is Side.CLAIMANT else "answer"
            raise Unheard(side, missing, party=unasked if len(several) > 1 else None).refusal()


def unheard(case: Case, side: Side, at: datetime | None = None) -> Unheard | None:
    """Why a side has not been heard, at an instant, or when something last happened; None when it was, or when the pack does not
    ask for it."""
    if side not in case.terms.hear or (side is Side.CLAIMANT and case.of_office is not None):
        # Whoever took the report back is asked nothing; the platform that took their place has said what it knows.
        return None
    if case.terms.heard_when == "asked":
        put_down = any(one.side is side and not one.denied for one in case.by_protocol)
        until = protocols.comment_over_at(case, side) if put_down else None
        if side in case.heard or (until is not None and (at or case.updated_at) >= until):
            return _unheard_party(case, side)
        # Asked, and not heard yet: their time runs; or what was put down of a talk with them is theirs to comment on.
        return _still_has_time(case, side) or (Unheard(side, "time", until) if put_down else Unheard(side, "answer"))
    if not case.side_parties(side):
        # Where people are protected, somebody whom nobody knows may have done it. Elsewhere nobody loses who is not there.
        return Unheard(side, "nobody") if case.terms.withdrawal == "closes" else None
    if told_at(case, side) is None:
        return Unheard(side, "telling")
    if (waits := _still_has_time(case, side)) is not None:
        return waits
    return _unheard_party(case, side) if side in case.heard else Unheard(side, "answer")


def _still_has_time(case: Case, side: Side) -> Unheard | None:
    running = list(_running(case, side))
    until = max((at for at in running if at is not None), default=None) if all(running) else None
    return Unheard(side, "time", until) if running else None


def _unheard_party(case: Case, side: Side) -> Unheard | None:
    """The first of those who are heard for themselves and were not."""
    return next((Unheard(side, "answer", party=p.id) for p in _each(case, side) if p.id not in case.heard_parties), None)


def _each(case: Case, side: Side) -> tuple[f.OpenedParty, ...]:
    """Principals who are heard for themselves: where several are, or were, on a side, or one came after the opening."""
    several = case.principals(side)
    there = [p for p in case.side_parties(side) if p.role == "principal"]
    return several if len(there) > 1 or any(p.since is not None for p in several) else ()


def all_heard(case: Case, at: datetime) -> Unheard | None:
    """The first side that the pack hears and that has not been heard; None when all were."""
    return next((found for side in Side if (found := unheard(case, side, at)) is not None), None)


def heard_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[Side, ...]:
    """The sides that have been heard after a fact."""
    fact, known = rec.fact, before.heard if before is not None else ()
    if anew := accused_anew(before, fact, after):
        return tuple(side for side in after.heard if side not in anew)
    match fact:
        case f.AppealLodged(cross=False) if after.terms.heard_when == "asked":
            # What they were asked before was about something else than the reasons of the appeal.
            return tuple(side for side in after.heard if side is fact.side)
        case _ if after.terms.heard_when != "told":
            return _by_comment(after, rec)
        case f.CaseOpened():
            return (Side.CLAIMANT,)
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged(cross=False):
            return (fact.side,)
        case f.AppealLodged():
            return _with(known, fact.side)
        case f.EvidenceLapsed():
            return _with(known, fact.of) if _by_the_side(before, fact) else known
        case f.LevelPassed():
            clock = after.terms.clock(fact.clock)
            level = after.terms.level(fact.clock, fact.level)
            over = clock is not None and level is not None and level.default == "proceed_on_file"
            return _with(known, Side(clock.waits_for)) if over and clock is not None else known
        case f.PastMessageKept(sender="claimant" | "respondent"):
            return _with(known, Side(fact.sender))
        case _:
            pass
    if said_all(fact):
        party = after.party(rec.actor.id)
        return _with(known, party.side) if party is not None and party.speaks and _heard_through(after, party, fact) else known
    return known


def heard_parties_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The principals who have been heard for themselves after a fact; nobody on a side whose only principal it named."""
    known = before.heard_parties if before is not None else ()
    if before is not None and isinstance(rec.fact, f.PartyAdded):
        # Until now the word of the one was that of the side.
        alone = [p.id for side in before.heard if not _each(before, side) for p in before.principals(side)]
        known = (*known, *(one for one in alone if one not in known))
    if isinstance(rec.fact, f.CaseReopened | f.RulingAnnulled):
        return ()
    if isinstance(rec.fact, f.AppealLodged) and not rec.fact.cross:
        told = after.terms.heard_when == "told"
        known = () if told else tuple(p.id for p in after.principals(rec.fact.side) if p.id in known)
    if anew := accused_anew(before, rec.fact, after):
        known = _without(after, known, anew)
    back = _taken_back(after, rec) if after.terms.heard_when == "asked" else ()
    known = tuple(one for one in known if one not in back)
    own = {p.id for side in Side for p in _each(after, side)}
    spoke = (one for one in _heard_by(before, rec, after) if one in own)
    return tuple(one for one in dict.fromkeys((*known, *spoke)) if one in own)


def heard_since_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The principals who have been heard since what was decided is in question, after a fact: since the appeal that is decided,
    or after which it is decided afresh, or since it was taken up again. Who lodged an appeal has said why."""
    known = before.heard_since if before is not None else ()
    match rec.fact:
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged():
            known = (*(known if rec.fact.cross else ()), *_meant(after, rec.actor.id, rec.fact.side))
        case _ if anew := accused_anew(before, rec.fact, after):
            known = _without(after, known, anew)
        case _:
            pass
    return tuple(dict.fromkeys((*known, *_heard_by(before, rec, after))))


def questioned_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The principals who have answered a question of the team, or let the time for it go by, after a fact.

    What is taken up again begins anew, and so does an appeal for whoever did not lodge it. To prove who one is answers nothing.
    """
    known = before.questioned if before is not None else ()
    if anew := accused_anew(before, rec.fact, after):
        return _without(after, known, anew)
    match rec.fact:
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged(cross=False):
            own = {p.id for p in after.principals(rec.fact.side)}
            return tuple(one for one in known if one in own)
        case f.EvidenceLapsed(requests=asked) | f.EvidenceSubmitted(answers=asked) if _puts_it(before, asked, after):
            return tuple(dict.fromkeys((*known, *_answering(before, rec, after))))
        case _:
            return known


def put_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[ClausePut, ...]:
    """The clauses that were put to principals by name, after a fact: each of several answers for themselves.

    What is taken up again begins anew, and so does an appeal for whoever did not lodge it.
    """
    known, asked_by = before.put if before is not None else (), before.requests if before is not None else ()
    match rec.fact:
        case f.CaseReopened() | f.RulingAnnulled():
            return ()
        case f.AppealLodged(cross=False):
            own = {p.id for p in after.principals(rec.fact.side)}
            return tuple(one for one in known if one.party in own)
        case f.EvidenceLapsed(requests=ids):
            new = [(r, one) for r in asked_by if r.id in ids for one in _asked_of(after, r)]
        case f.EvidenceSubmitted(answers=ids) if (party := after.party(rec.actor.id)) is not None and party.speaks:
            words = {*spoken_for(after, party)}
            new = [(r, one) for r in asked_by if r.id in ids for one in _asked_of(after, r) if one in words]
        case _:
            return known
    put = (ClausePut(party=one, clause=r.ground) for r, one in new if r.ground is not None)
    return tuple(dict.fromkeys((*known, *put)))


def _asked_of(case: Case, request: EvidenceRequest) -> Iterable[str]:
    """The principals to whom a question is put: all of the side who were there, or whom one of it stands for."""
    if request.party is None:
        return _there(case, request.of, request.asked_at)
    party = case.party(request.party)
    return spoken_for(case, party) if party is not None else ()


def _puts_it(before: Case | None, asked: Collection[str], after: Case) -> bool:
    """Whether one of these requests was about the matter as it is called now."""
    return before is not None and bool({*charge.about_it(before, asked)} - {*after.identity_requests})


def _without(case: Case, known: Iterable[str], sides: Collection[Side]) -> tuple[str, ...]:
    of = {p.id for p in case.parties if p.side in sides}
    return tuple(one for one in known if one not in of)


def spoke_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The principals who have said something to the matter, after a fact: whoever reported it, and whoever spoke since."""
    known, fact = before.spoke if before is not None else (), rec.fact
    if isinstance(fact, f.CaseOpened):
        return tuple(p.id for p in after.principals(Side.CLAIMANT)[:1])
    party = after.party(rec.actor.id)
    if party is None or not party.speaks or not isinstance(fact, (*WORDS, f.AppealLodged, f.PartyAgreed, f.ClaimConceded)):
        return known
    return tuple(dict.fromkeys((*known, *_heard_through(after, party, fact))))


def spoke_since_after(before: Case | None, rec: f.Recording, after: Case) -> tuple[str, ...]:
    """The same without what was said by the report itself: a report that merely stands is no word that somebody could miss."""
    if before is None or isinstance(rec.fact, f.CaseOpened):
        return ()
    return spoke_after(before.model_copy(update={"spoke": before.spoke_since}), rec, after)


def _answering(before: Case | None, rec: f.Recording, after: Case) -> Iterable[str]:
    if isinstance(rec.fact, f.EvidenceLapsed):
        return _let_it_go_by(before, rec.fact) if before is not None else ()
    party = after.party(rec.actor.id)
    return spoken_for(after, party) if party is not None and party.speaks else ()


def _heard_by(before: Case | None, rec: f.Recording, after: Case) -> Iterable[str]:
    """The principals who were heard by a fact."""
    fact, told = rec.fact, after.terms.heard_when == "told"
    match fact:
        case f.EvidenceLapsed() if before is not None:
            return _let_it_go_by(before, fact)
        case f.LevelPassed() | f.PastMessageKept() if before is not None:
            # Of what was taken over from elsewhere nothing says who of several it was.
            new = set(after.heard) - set(before.heard)
            return [p.id for side in new for p in after.principals(side)]
        case f.CaseOpened():
            # Whoever handed the report in stands first; whom they named beside themselves has not said anything yet.
            return [p.id for p in after.principals(Side.CLAIMANT)[:1]]
        case f.AppealLodged() if told:
            return _meant(after, rec.actor.id, fact.side)
        case f.EvidenceSubmitted() if not told and (before is None or not charge.about_it(before, fact.answers)):
            return ()
        case f.EvidenceSubmitted(more_follows=False):
            pass
        case f.ProtocolCommented() if protocols.hears(after, rec):
            pass
        case _ if not (told and said_all(fact)):
            return ()
        case _:
            pass
    party = after.party(rec.actor.id)
    return _heard_through(after, party, fact) if party is not None and party.speaks else ()


def _heard_through(case: Case, party: f.OpenedParty, fact: f.Fact) -> tuple[str, ...]:
    """The principals who are heard by what a party says: whom it speaks for. A child is by what they say themselves, or somebody
    whom they have chosen; by others only where the team asked, and that is the answer.

    A child has the opportunity to be heard, directly or through a representative (UN Convention on the Rights of the Child,
    article 12(2)): it is the child's, and a parent who says unasked what happened has not given it to them.
    """
    whose = spoken_for(case, party)
    answers = isinstance(fact, f.EvidenceSubmitted) and bool({*fact.answers} - {*case.identity_requests})
    if party.role == "principal" or party.chosen_by_minor or answers:
        return whose
    young = {p.id for p in case.principals(party.side) if p.minor}
    return tuple(one for one in whose if one not in young)


def _by_comment(case: Case, rec: f.Recording) -> tuple[Side, ...]:
    party = case.party(rec.actor.id)
    if party is not None and protocols.hears(case, rec):
        return _with(case.heard, party.side)
    taken_back = bool(_taken_back(case, rec)) and party is not None and not _each(case, party.side)
    return tuple(side for side in case.heard if not (taken_back and party is not None and side is party.side))


def _taken_back(case: Case, rec: f.Recording) -> tuple[str, ...]:
    """Whom nothing hears but that they were at a hearing, of whom it is said now that they were not."""
    party = case.party(rec.actor.id)
    if party is None or not party.speaks or not protocols.contradicts(case, rec.fact):
        return ()
    return tuple(one for one in spoken_for(case, party) if one not in case.questioned)


def _meant(case: Case, actor_id: str, side: Side) -> Iterable[str]:
    """For whom somebody spoke; for the whole side where it was nobody of it."""
    party = case.party(actor_id)
    return [p.id for p in case.principals(side)] if party is None else spoken_for(case, party)


def spoken_for(case: Case, party: f.OpenedParty) -> tuple[str, ...]:
    """The principals whose word that of a party is: their own, or of whom they represent; nobody's for a witness, nor for whoever
    speaks by the word of one alone (:mod:`domain.rules.confirmation`)."""
    if party.role == "principal":
        return (party.id,)
    if party.role != "representative" or party.stated_by is not None:
        return ()
    return (party.represents,) if party.represents is not None else tuple(p.id for p in case.principals(party.side))


def _let_it_go_by(case: Case, fact: f.EvidenceLapsed) -> Iterable[str]:
    """Whose time went by: of whom it was asked, or all who were there when it began."""
    found: list[str] = []
    for asked in case.requests:
        party = case.party(asked.party) if asked.party is not None else None
        if asked.id in charge.about_it(case, fact.requests):
            found += _there(case, fact.of, asked.asked_at) if asked.party is None else spoken_for(case, party) if party else ()
    if not fact.requests:
        clocks = ((clock, case.terms.clock(clock.name)) for clock in case.clocks if clock.stopped_at is None)
        began = [c.started_at for c, known in clocks if known is not None and _waits(known, fact.of) and not _by_request(known)]
        found += _there(case, fact.of, min(began)) if began else ()
    return found


def _there(case: Case, side: Side, at: datetime) -> list[str]:
    return [p.id for p in case.principals(side) if p.since is None or p.since <= at]


def _by_the_side(before: Case | None, fact: f.EvidenceLapsed) -> bool:
    """Whether the time that went by was the side's own: of a witness who was asked alone it was not."""
    if before is None or not fact.requests:
        return True
    speakers = {party.id for party in _speakers(before, fact.of)}
    return any(asked.party is None or asked.party in speakers for asked in before.requests if asked.id in fact.requests)


def _with(known: tuple[Side, ...], side: Side) -> tuple[Side, ...]:
    return tuple(one for one in Side if one in known or one is side)


def _speakers(case: Case, side: Side) -> list[f.OpenedParty]:
    return [party for party in case.side_parties(side) if party.stands_for_side]


def _running(case: Case, side: Side) -> Iterable[datetime | None]:
    """When each time to answer that runs for a side is over; None for one that stands still."""
    speakers = {party.id for party in _speakers(case, side)}
    ends = {row.clock: row.due_at for row in case.timetable if _is_end(case, row)}
    for clock in case.clocks:
        definition = case.terms.clock(clock.name)
        if clock.stopped_at is None and definition is not None and _waits(definition, side):
            ended = any(_is_end_level(definition, fired.level) for fired in clock.fired)
            asked = [r for r in case.requests if r.of is side and r.due_at is None]
            if not ended and (not _by_request(definition) or any(r.party is None or r.party in speakers for r in asked)):
                yield ends.get(clock.name)
    numbers = {r.number for r in case.requests if r.of is side and r.due_at is not None and r.party in (None, *speakers)}
    own = {row.instance: row.due_at for row in case.timetable if row.clock in EVIDENCE_DUE and _is_own(case, row, side)}
    for number in sorted(numbers):
        yield own.get(number)


def _by_request(clock: ClockTerms) -> bool:
    return all(trigger.startswith("evidence_requested") for trigger in clock.all_starts)


def _waits(clock: ClockTerms, side: Side) -> bool:
    return clock.waits_for == side.value and any(level.default == "proceed_on_file" for level in clock.levels)


def _is_end(case: Case, row: f.DueLevel) -> bool:
    definition = case.terms.clock(row.clock)
    return definition is not None and row.clock not in EVIDENCE_DUE and _is_end_level(definition, row.level)


def _is_own(case: Case, row: f.DueLevel, side: Side) -> bool:
    definition = case.terms.clock(row.clock)
    return definition is not None and definition.waits_for == side.value and _is_end_level(definition, row.level)


def _is_end_level(clock: ClockTerms, name: str) -> bool:
    level = clock.level(name)
    return level is not None and level.default == "proceed_on_file"
