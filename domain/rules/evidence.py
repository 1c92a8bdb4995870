"""The rules of evidence: what may be asked of whom by when, what closes a request, and what becomes of an unanswered one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from domain.base import Instant, Phase, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.evidence import (
    AskIdentity,
    Confidentiality,
    EvidenceRequest,
    EvidenceTypeUnknown,
    FileUnknown,
    IdentityAskedBefore,
    PartyNotAsked,
    RequestEvidence,
    RequestUnknown,
    SubmitEvidence,
)
from domain.model.people import Actor
from domain.model.procedure import IdentityNotAsked
from domain.model.refusals import InstantRefused, Refusal
from domain.model.ruling import NoRight
from domain.model.terms import ClockTerms
from domain.model.withdrawal import OfOffice
from domain.rules import charge
from domain.rules.audiences import UNTOLD, Audience
from domain.rules.clocks import woken
from domain.rules.confided import answers_alone, asked_alone, known_across
from domain.rules.confidence import evidence_for, talked
from domain.rules.departures import asks_no_identity
from domain.rules.disclosure import along, check_says_what, check_tells_of_what
from domain.rules.evidence_due import EVIDENCE_DUE, identity_asked, identity_open
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.sanctions import heard
from domain.rules.time_to_answer import time_asked_for
from domain.rules.topic import Known, NoticeData, Topic, inside, words_by, words_of

LONGEST_ASKED_FOR = timedelta(days=90)
"""The ruling waits for what was asked: nobody makes a party wait longer than a quarter of a year for somebody else's papers."""


def request(case: Case, command: RequestEvidence, context: DecisionContext, at: datetime) -> Facts:
    """Somebody is asked, by the clock of their side or by a date of its own."""
    _known_type(case, command.evidence_type)
    charge.check_known(case.terms, command.ground)
    party = case.party(command.party) if command.party is not None else None
    _owes(case, command.of, party)
    if command.of is Side.RESPONDENT and not case.is_disclosed:
        check_says_what(command.what, beside_clause=charge.names_clause(case, _for_all(case, command)))
    if command.party is not None and (party is None or party.side is not command.of):
        raise PartyNotAsked(
            f"Nobody on the side of the {command.of.value} has this id.", party=command.party, of=command.of.value
        )
    due_at = command.due_at or _beside_identity(case, command.of, context, at)
    if command.due_at is not None and command.due_at <= at:
        raise InstantRefused("This instant is past.", because="past")
    if command.due_at is not None and command.due_at > at + LONGEST_ASKED_FOR:
        raise InstantRefused(f"That is more than {LONGEST_ASKED_FOR.days} days away.", because="too_far")
    requested = f.EvidenceRequested(
        request_id=derived_id("req", command.id),
        of=command.of,
        what=command.what,
        party=command.party,
        evidence_type=command.evidence_type,
        ground=command.ground,
        due_at=due_at,
    )
    if requested.due_at is None and asked_alone(case, requested) is not None:
        requested = requested.model_copy(update={"due_at": time_asked_for(case, requested.of, at, context.calendars)})
    # To ask somebody is to tell them.
    telling = along(case, "asked", _for_all(case, command)) if command.of is Side.RESPONDENT else ()
    if telling:
        check_tells_of_what(case, command.of, command.party)
    return (*telling, requested)


def _for_all(case: Case, command: RequestEvidence) -> str | None:
    """The clause that a question puts to all of the side: what one of several is asked in person tells the others nothing."""
    others = [p for p in case.principals(command.of) if p.id != command.party]
    return command.ground if command.party is None or not others else None


def submit(case: Case, command: SubmitEvidence, context: DecisionContext, at: datetime) -> Facts:
    """Evidence is on file, and what it answers is asked no more."""
    _known_type(case, command.evidence_type)
    held = {file.id: file for file in context.files or ()}
    if missing := [file for file in command.files if file not in held]:
        raise FileUnknown("Upload each file to this case first, as whoever hands it in.", files=missing)
    answers = _answers(case, command)
    seen_by = _seen_by(case, command, context, answers)
    submitted = f.EvidenceSubmitted(
        evidence_id=derived_id("evd", command.id),
        side=context.actor.side if context.actor else None,
        text=command.text,
        # What only the deciders may see must not be shown to everybody by whoever reads this field alone.
        confidential=seen_by != "shared",
        confidentiality=seen_by,
        # What is not all yet closes nothing: their time runs on.
        answers=() if command.more_follows else answers,
        evidence_type=command.evidence_type,
        files=tuple(held[file] for file in dict.fromkeys(command.files)),
        more_follows=command.more_follows,
    )
    return (submitted,)


def lapse(case: Case, clock: ClockTerms, instance: int) -> Facts:
    """The time is over: of a request with a date of its own that one lapses, else all that the side's clock is about."""
    side = Side(clock.waits_for)
    own = clock.name in EVIDENCE_DUE
    by_request = own or any(start.startswith("evidence_requested") for start in clock.all_starts)
    # A clock that waits for what they have to say to the matter is about no request: those have clocks of their own.
    asked = [q for q in case.requests if by_request and q.of is side and (q.due_at is not None) is own]
    over = (q for q in asked if not own or q.number == instance)
    return (f.EvidenceLapsed(of=side, requests=tuple(q.id for q in over)),)


def _owes(case: Case, side: Side, party: OpenedParty | None) -> None:
    """Whoever took the report back is not asked, so that their silence costs nobody anything; a witness of theirs may be."""
    if case.of_office is not None and side is Side.CLAIMANT and (party is None or party.speaks):
        raise OfOffice("Whoever reported it took it back and owes nothing: write to them, and they may answer.")


def _known_type(case: Case, name: str | None) -> None:
    known = case.terms.evidence_types
    if name is not None and known and name not in known:
        raise EvidenceTypeUnknown(f"Evidence of a {case.kind} is one of: {', '.join(known)}.", type=name, allowed=list(known))


def _answers(case: Case, command: SubmitEvidence) -> tuple[str, ...]:
    party = case.party(command.by)
    theirs = {q.id: q for q in case.requests if party is not None and _may_answer(party, q)}
    if command.answers is None:
        return tuple(q.id for q in theirs.values() if party is not None and _meant(party, q, command.evidence_type))
    if unknown := [answer for answer in command.answers if answer not in theirs]:
        raise RequestUnknown("No such request is open for you: it was answered, has lapsed, or is another's.", requests=unknown)
    return tuple(dict.fromkeys(command.answers))


def _may_answer(party: OpenedParty, asked: EvidenceRequest) -> bool:
    """Whoever speaks for the side answers for everybody on it; a witness or insurer for themselves alone."""
    return asked.party == party.id or (party.stands_for_side and asked.of is party.side)


def _meant(party: OpenedParty, asked: EvidenceRequest, evidence_type: str | None) -> bool:
    """Whether it is answered without being named."""
    other_type = None not in (asked.evidence_type, evidence_type) and asked.evidence_type != evidence_type
    return asked.party in (None, party.id) and not other_type


def dropped(case: Case, at: Instant) -> Change:
    """Nothing is asked of anybody any more."""
    return _settled(case, (r.id for r in case.requests), "lapsed", at)


def dropped_of(case: Case, side: Side, at: Instant) -> Change:
    """Nothing is asked of one side any more."""
    return _settled(case, (r.id for r in case.requests if r.of is side), "lapsed", at)


def lapsed(case: Case, ids: Iterable[str], at: Instant) -> Change:
    """These requests wait for nobody any more."""
    return _settled(case, ids, "lapsed", at)


def _settled(case: Case, ids: Iterable[str], state: Literal["answered", "lapsed"], at: Instant) -> Change:
    over, now = set(ids), {"state": state, "settled_at": at}
    gone = tuple(r.model_copy(update=now) for r in case.requests if r.id in over)
    return {
        "requests": tuple(r for r in case.requests if r.id not in over),
        "settled_requests": (*case.settled_requests, *gone),
    }


def _evidence_requested(case: Case, rec: f.Recording, fact: f.EvidenceRequested) -> Change:
    before = sum(1 for r in (*case.requests, *case.settled_requests) if r.of is fact.of)
    asked = EvidenceRequest(
        id=fact.request_id,
        of=fact.of,
        asked_at=rec.at,
        party=fact.party,
        evidence_type=fact.evidence_type,
        ground=fact.ground,
        due_at=fact.due_at,
        what=fact.what,
        number=before + 1,
    )
    return {"requests": (*case.requests, asked), **talked(case, fact, rec.at)}


def _evidence_submitted(case: Case, rec: f.Recording, fact: f.EvidenceSubmitted) -> Change:
    return {
        **_settled(case, fact.answers, "answered", rec.at),
        "handed_in": (*case.handed_in, fact.evidence_id),
        **({"own_papers": (*case.own_papers, fact.evidence_id)} if _own_paper(rec, fact) else {}),
        # A witness's word does not stand for the side's own.
        **heard(case, {fact.side} if fact.side is not None and _answers_it(case, rec, fact) else set()),
        **woken(case, rec, fact),
        **talked(case, fact, rec.at),
    }


def _own_paper(rec: f.Recording, fact: f.EvidenceSubmitted) -> bool:
    """Whether somebody of the team wrote it, and put nothing to it that came from elsewhere."""
    return fact.side is None and not fact.files and rec.actor.role not in ("platform", "system")


def _answers_it(case: Case, rec: f.Recording, fact: f.EvidenceSubmitted) -> bool:
    return bool(charge.about_it(case, fact.answers)) and _speaks(case, rec.actor.id)


def _evidence_lapsed(case: Case, rec: f.Recording, fact: f.EvidenceLapsed) -> Change:
    about = charge.about_it(case, fact.requests)
    theirs = any(r.id in about and (r.party is None or _speaks(case, r.party)) for r in case.requests)
    return {**_settled(case, fact.requests, "lapsed", rec.at), **heard(case, {fact.of} if theirs else set())}


def came_late(case: Case, from_outside: bool) -> set[str]:
    """That something came while a draft waits of which nobody outside knows: whoever made it, and who agrees to it, reads it."""
    return {"came_since_draft"} if from_outside and case.phase in UNTOLD else set()


def _speaks(case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return party is not None and party.stands_for_side


def _ask_identity(case: Case, command: AskIdentity, context: DecisionContext, at: datetime) -> Facts:
    """Asked once, the limit of the law waits for the answer; asked again it takes a reason, and no limit waits.

    Who cannot be identified is asked without delay for what is needed, and no more than that (Regulation (EU) 2016/679, articles
    12(3), (6) and 5(1)(c); EDPB guidelines 01/2022, paragraphs 65 to 78): a month that begins anew with each question never ends.
    """
    _owes(case, Side.CLAIMANT, None)
    again = identity_asked(case)
    if again and command.reasons is None:
        said = "They were asked before: say in `reasons` what is still in doubt. The limit of the law does not wait again."
        raise IdentityAskedBefore(said, because="reasons")
    request_id = derived_id("req", command.id)
    asked = f.EvidenceRequested(request_id=request_id, of=Side.CLAIMANT, what=command.what)
    return (asked, f.IdentityAsked(request_id=request_id, again=again, reasons=command.reasons if again else None))


def _refusal_of_asking(case: Case, actor: Actor) -> Refusal | None:
    if asks_no_identity(case):
        said = "Nobody has to show who they are to ask for this: ask for what carrying it out takes, no more (request_evidence)."
        return IdentityNotAsked(said, category=case.category)
    if not identity_open(case):
        return None
    said = "They were asked, and their time to answer runs: write to them, where something is unclear."
    return IdentityAskedBefore(said, because="unanswered")


def _beside_identity(case: Case, side: Side, context: DecisionContext, at: datetime) -> datetime | None:
    """The date of what is asked beside a proof of identity: its own, so that it gives no more time for the proof, for which a
    limit of the law waits."""
    if side is not Side.CLAIMANT or not identity_open(case):
        return None
    return time_asked_for(case, side, at, context.calendars)


def _identity_asked(case: Case, rec: f.Recording, fact: f.IdentityAsked) -> Change:
    return {"identity_requests": (*case.identity_requests, fact.request_id)}


def _sees(case: Case, fact: f.EvidenceSubmitted, audience: Audience) -> bool:
    # What only the deciders see, whoever handed it in sees all the same: views ask who did.
    own = audience == (fact.side.value if fact.side else "platform")
    return fact.seen_by == "shared" or (fact.seen_by == "own_side" and own)


def _refusal_of_late_evidence(case: Case, actor: Actor) -> Refusal | None:
    """Once the ruling was told, evidence is for the appeal that it may lead to: of a side that has one."""
    if case.phase is not Phase.APPEALABLE or any(right.side is actor.side and right.allowed for right in case.rights):
        return None
    return NoRight("The matter is decided, and this side has no right to appeal.", because="no_appeal_of_this_side")


def _said_of_request(case: Case, fact: f.EvidenceRequested, audience: Audience) -> NoticeData:
    asked: dict[str, Any] = {"of": fact.of.value}
    if fact.evidence_type is not None:
        asked["evidence_type"] = fact.evidence_type
    if fact.due_at is not None:
        asked |= {"due_at": fact.due_at.isoformat(), "due_clock": f"{fact.of.value}_evidence"}
    if audience == fact.of.value and (about := charge.named_to(case, fact)) is not None:
        asked["about"] = about
    return NoticeData(asked, {"what": fact.what})


def _seen_by(case: Case, command: SubmitEvidence, context: DecisionContext, answers: tuple[str, ...]) -> Confidentiality:
    """Who sees it. An answer to what one of several was asked in person is, where words go to the desk, theirs and the team's."""
    left_open = command.to is None and command.confidentiality is None and not command.confidential
    of_party = context.actor is not None and context.actor.side is not None
    found = evidence_for(case, command, context.actor)
    return "deciders" if left_open and of_party and found == "own_side" and answers_alone(case, answers) else found


def _said_of_lapse(case: Case, fact: f.EvidenceLapsed, audience: Audience) -> NoticeData:
    return NoticeData({"of": fact.of.value})


def _said_of_evidence(case: Case, fact: f.EvidenceSubmitted, audience: Audience) -> NoticeData:
    texts = {} if fact.confidential else {"text": fact.text}
    more = {"more_follows": True} if fact.more_follows else {}
    return NoticeData({"side": fact.side.value if fact.side else "platform", **more}, texts)


def _requested_of(before: Case | None, fact: f.EvidenceRequested, after: Case) -> set[str]:
    """A question is a word of the team to the side; to one of several, whom it is put to in person, it is none to the others:
    whoever reported something beside them hears from us, too (directive 2012/29/EU, article 6)."""
    whole = fact.party is None or all(p.id == fact.party for p in after.principals(fact.of))
    return {f"evidence_requested:{fact.of.value}", *({f"told:{fact.of.value}"} if whole else ())}


TOPIC = Topic(
    rules={"request_evidence": request, "submit_evidence": submit, "ask_identity": _ask_identity},
    refuses={"submit_evidence": _refusal_of_late_evidence, "ask_identity": _refusal_of_asking},
    changes={
        "evidence_requested": _evidence_requested,
        "evidence_submitted": _evidence_submitted,
        "evidence_lapsed": _evidence_lapsed,
        "identity_asked": _identity_asked,
    },
    means={
        "evidence_requested": _requested_of,
        "evidence_lapsed": lambda before, fact, after: {f"evidence_lapsed:{fact.of.value}"},
        "evidence_submitted": lambda before, fact, after: {
            f"evidence_submitted:{fact.side.value if fact.side else 'platform'}",
            *came_late(after, True),
        },
    },
    words=words_by(f.EvidenceRequested, "of")
    | words_of("told", *Side)
    | words_by(f.EvidenceLapsed, "of")
    | words_by(f.EvidenceSubmitted, "side")
    | {"evidence_submitted:platform", "came_since_draft"},
    known_to={
        "evidence_requested": Known(
            lambda case, fact, audience: audience in (fact.of.value, "platform"),
            "nothing",
            "What is asked of a side is between it and the team; the platform may have to help.",
        ),
        "evidence_submitted": Known(
            _sees,
            lambda fact: "all" if fact.seen_by == "shared" else "nothing",
            "As whoever handed it in said who sees it.",
        ),
        "evidence_lapsed": Known(
            lambda case, fact, audience: (
                audience in (fact.of.value, "platform") or (case.terms.words == "shared" and known_across(case, fact))
            ),
            "nothing",
            "Both sides see that the matter goes on without it, where they see each other's words and not one was asked alone."
            " No third party was asked.",
        ),
        "identity_asked": inside("The claimant sees the request that came with it."),
    },
    said={"evidence_requested": _said_of_request, "evidence_lapsed": _said_of_lapse, "evidence_submitted": _said_of_evidence},
)
