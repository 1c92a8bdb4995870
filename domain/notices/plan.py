"""Who is told what: one notice for each recipient and event of a transition, with nothing in it that the recipient may not
know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.base import Instant, Kept, Outcome, Phase, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.prose import Prose
from domain.model.terms import APPOINTMENT, OFFER_EXPIRY, PROPOSAL_EXPIRY, SANCTION, Audience, ClockTerms
from domain.notices.always import ALWAYS, LAST
from domain.notices.data import confided, said, texts
from domain.rules import complaints, data_rights, last_word, manual_work, meeting, prior_decision, protocols, told_codes
from domain.rules.address_proof import is_unproven
from domain.rules.audiences import UNTOLD, seen_phase
from domain.rules.audiences import Audience as Viewer
from domain.rules.confided import clock_of_others, kept_from
from domain.rules.confidence import awaited_by, client_of, withheld_until_confirmed, words_of
from domain.rules.credit import over_now
from domain.rules.evidence_due import EVIDENCE_DUE
from domain.rules.fairness import keeps_own_appeal, who_is_hit
from domain.rules.parties import told_alone, told_of_leaving
from domain.rules.reference import Notices
from domain.rules.remedy import remedy_data
from domain.rules.shares import told_share
from domain.rules.told_by_two import unsaid
from domain.rules.under_age import asked_in_confidence, without_guardian
from domain.rules.visibility import is_news, knows


class NoticeDraft(Kept):
    """A notice as the rules order it: codes, amounts and instants, with references to the texts it quotes."""

    event: str
    """The trigger that caused it (``ruling_issued``, ``evidence_requested:claimant``)."""
    recipient: str
    """A party's id, a person's id, ``role:leads`` / ``role:ops`` (everybody with the role), or ``platform`` (webhook
    endpoints).
    """
    audience: Viewer
    data: dict[str, Any]
    texts: dict[str, Prose] = {}


Planned = tuple[tuple[int, NoticeDraft], ...]


_UNDECIDED = (Outcome.DECLINED, Outcome.EXPIRED)
_RECEIPTS = frozenset(
    {"withdrawal_requested", "offer_accepted", "proposal_ended", "appointment_confirmed", "appointment_cancelled"}
)
"""What is told to whoever did it, too: they have to know that it arrived, and what it does not do; and both sides of an agreement
have in writing what they agreed on, whoever said yes last."""
_OF_STRANGERS = frozenset({"case_withdrawn", "case_closed"})
"""What the address on record is told although it was done in its name: maybe somebody else typed it in."""
_TOLD_ALONG = frozenset({
    "ruling_issued", "case_closed", "case_reopened", "case_withdrawn", "case_remitted", "appeal_withdrawn",
})  # fmt: skip
"""What somebody is told who came with a merge: how the matter goes, and nothing that passes between the sides."""
_OF_NOBODY = frozenset({SANCTION.name, OFFER_EXPIRY.name, PROPOSAL_EXPIRY.name, APPOINTMENT.name})
_OF_THE_SIDE = ("due_at", "due_clock", "by_default", "right", "credit")

Moment = tuple[f.Recording, frozenset[str]]
"""A fact in its place, with what it meant when it happened."""


def plan(after: Case, moments: Iterable[Moment], notices: Notices) -> Planned:
    """The notices of one transition. The pack says which event tells whom, weightiest first.

    A party gets one notice for a transition, of its weightiest event; the team and the endpoints each event, or measure, once.
    """
    if not notices:
        return ()
    notices = {**ALWAYS, **notices, **{event: told for event, told in LAST.items() if event not in notices}}
    happened: dict[str, list[f.Recording]] = {}
    mentions: list[tuple[int, NoticeDraft]] = []
    for recording, events in moments:
        mentions += _mentioned(after, recording)
        for event in sorted(events):
            of_event = happened.setdefault(event, [])
            of_event += [recording] if not of_event or isinstance(recording.fact, f.InterimImposed) else []
    planned: dict[tuple[str, str], tuple[int, NoticeDraft]] = {}
    for event, audiences in notices.items():
        for number, recording in enumerate(happened.get(event, ())):
            for draft in _drafts(after, recording, event, audiences):
                name = "" if draft.audience in ("claimant", "respondent") else f"{event}{number}"
                planned.setdefault((draft.recipient, name), (recording.seq, draft))
    return (*planned.values(), *mentions)


def events_of_platform(notices: Notices) -> frozenset[str]:
    """The events that a pack tells the platform's endpoints."""
    every = {**LAST, **ALWAYS, **notices}
    return frozenset(event for event, audiences in every.items() if "platform" in _each(audiences))


def _mentioned(case: Case, recording: f.Recording) -> list[tuple[int, NoticeDraft]]:
    """Whoever a note mentions is told, whatever the pack says; nobody is told of their own note."""
    fact = recording.fact
    if not isinstance(fact, f.NoteAdded):
        return []
    data = {**_case_data(case, "staff"), "seq": recording.seq}
    said = texts(case, fact, "staff")
    people = (person for person in fact.mentions if person != recording.actor.id)
    return [
        (recording.seq, NoticeDraft(event="mentioned", recipient=person, audience="staff", data=data, texts=said))
        for person in people
    ]


def glass_broken(case: Case, access_id: str, person: Actor, until_at: Instant, reasons: Prose) -> NoticeDraft:
    """What operations is told when somebody takes access to a case that they have no business in otherwise."""
    data = {**_case_data(case, "staff"), "reader": person.id, "open_until": until_at.isoformat()}
    event = f"glass_broken:{access_id}"
    return NoticeDraft(event=event, recipient="role:ops", audience="staff", data=data, texts={"reasons": reasons})


def _drafts(case: Case, recording: f.Recording, event: str, audiences: tuple[Audience, ...]) -> list[NoticeDraft]:
    fact = recording.fact
    if isinstance(fact, f.LevelReached):
        audiences = _told_by(case, fact)
    drafts: list[NoticeDraft] = _to_third_parties(case, recording, event) if "third_parties" in audiences else []
    drafts += _last_letter(case, recording, fact, event) if isinstance(fact, f.PartyLeft) else []
    drafts += _of_protection(case, recording) if event == "interim_ended:lapsed" else []
    # A measure stays with whoever was replaced or removed: they hear of it as somebody who knows of no case.
    drafts += [one for one in _of_measure_alone(case, recording, event) if case.is_disclosed and _has_left(case, one.recipient)]
    for audience in _each(audiences):
        viewer = _viewer(audience)
        if viewer == "respondent" and not case.is_disclosed:
            drafts += _of_measure_alone(case, recording, event)
            continue
        if not knows(case, fact, viewer) or (viewer == "respondent" and _never_before(case)):
            continue
        for recipient in _recipients(case, audience, fact):
            if viewer in _SIDES and (kept_from(case, recording, recipient) or _reminded_for_nothing(case, fact, recipient)):
                continue
            if _own_deed(case, recording, recipient) or any(recipient == draft.recipient for draft in drafts):
                continue
            own = said(case, fact, viewer)
            own = own if viewer == "staff" else told_codes.told_of(case, recording, own)
            data = {**_case_data(case, viewer, recipient), **(_told(case, recording, own) if viewer in _SIDES else own)}
            if isinstance(fact, f.PartyAdded | f.PartyAgreed) and recipient == getattr(fact.party, "id", fact.party):
                data["yourself"] = True
            if _came_along(case, recipient):
                # The appeal is one of their own, and so is the time for it.
                hidden = ("credit",) if case.phase is Phase.APPEALABLE else _OF_THE_SIDE
                data = {name: value for name, value in data.items() if name not in hidden}
            if (until := _answer_until(case, recording, recipient)) is not None:
                data["answer_until"] = until.isoformat()
            data = told_share(case, recipient, confided(case, fact, recipient, data) if viewer in _SIDES else data)
            if viewer == "staff":
                # To a party the number of facts would tell that something happened inside.
                data["seq"] = recording.seq
            drafts.append(
                NoticeDraft(event=event, recipient=recipient, audience=viewer, data=data, texts=_texts(case, recording, viewer))
            )
    return drafts


def _reminded_for_nothing(case: Case, fact: f.Fact, recipient: str) -> bool:
    if not isinstance(fact, f.AppointmentReminded) or fact.what != "unanswered":
        return False
    return meeting.has_answered(case, fact.appointment_id, recipient)


def _answer_until(case: Case, recording: f.Recording, recipient: str) -> Instant | None:
    """Until when whoever a letter goes to can answer what this fact brought against them, before it is held against them."""
    party = case.party(recipient)
    if party is None or not isinstance(recording.fact, f.EvidenceSubmitted | f.AppointmentHeld | f.AmountStated):
        return None
    found = last_word.put_by(recording)
    against = next((one.until for one in last_word.answerable(case, party) if one.id == found), None)
    if against is not None or not isinstance(recording.fact, f.AppointmentHeld) or party.side in case.heard or not party.speaks:
        return against
    # Whoever was there is heard by it only then.
    return protocols.comment_over_at(case, party.side)


def _texts(case: Case, recording: f.Recording, viewer: Viewer) -> dict[str, Prose]:
    """The texts that a notice quotes; to the parties nothing that one person wrote while somebody was reported in secret."""
    return (
        _told(case, recording, texts(case, recording.fact, viewer)) if viewer in _SIDES else texts(case, recording.fact, viewer)
    )


def _told(case: Case, recording: f.Recording, said: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a notice says to a party, what they may read: by whatever name the notice calls it."""
    unread = unsaid(case, recording)
    if not unread:
        return dict(said)
    hidden = [getattr(recording.fact, name, None) for name in unread]
    return {name: value for name, value in said.items() if name not in unread and not (value is not None and value in hidden)}


def _of_measure_alone(case: Case, recording: f.Recording, event: str) -> list[NoticeDraft]:
    """What somebody hears who was not told of the case: that a measure hits them, and what they were to be told of it.

    They notice the measure anyway, and must be able to ask that somebody look at it again. Nothing says that there is a case.
    """
    fact = recording.fact
    ended = isinstance(fact, f.CaseWithdrawn | f.RulingIssued) or (isinstance(fact, f.CaseClosed) and fact.outcome in _UNDECIDED)
    kept = [one for one in case.interim if one.kept_until is not None and not one.alone] if ended else []
    if kept:
        # It outlives what they do not know of: they hear until when.
        ids, event = tuple(one.id for one in kept), "interim_kept"
    elif isinstance(fact, f.ManualWorkReported):
        ids = manual_work.failed_measure(case, fact)
    elif isinstance(fact, f.InterimImposed | f.InterimEnded | f.InterimReviewed):
        ids = (fact.measure_id,) if isinstance(fact, f.InterimImposed) else fact.measure_ids
    else:
        return []
    hit = (e.remedy for e in case.effects if e.because in ids and e.reverses is None and e.remedy.to is Side.RESPONDENT)
    measures = [remedy_data(remedy) for remedy in hit]
    if not measures:
        return []
    data: dict[str, Any] = {"kind": case.kind, "measure_alone": True, "measures": measures, "your_side": "respondent"}
    told: dict[str, Prose] = {}
    until = next((one.kept_until for one in kept if one.kept_until is not None), None)
    if until is not None:
        data["due_at"] = until.isoformat()
    if isinstance(fact, f.InterimImposed):
        data["measure_id"] = fact.measure_id
    if isinstance(fact, f.InterimImposed | f.InterimReviewed | f.InterimEnded) and fact.told is not None:
        told = _told(case, recording, {"told": fact.told})
    if isinstance(fact, f.InterimReviewed):
        data["goes_on"] = True
    if isinstance(fact, f.ManualWorkReported) and any(e.id == fact.effect_id and e.reverses is not None for e in case.effects):
        data["undoes"] = True
    if isinstance(fact, f.InterimImposed | f.InterimReviewed):
        ends_at = next((row.due_at for row in case.timetable if _lifts(case, row)), None)
        ends_at = fact.until if isinstance(fact, f.InterimImposed) and fact.until is not None else ends_at
        data |= {"due_at": ends_at.isoformat()} if ends_at is not None else {}
    hit_by = who_is_hit(case, ids)
    people = (p.id for p in case.side_parties(Side.RESPONDENT) if p.id in hit_by and p.id != recording.actor.id)
    return [NoticeDraft(event=event, recipient=one, audience="respondent", data=data, texts=told) for one in people]


def _of_protection(case: Case, recording: f.Recording) -> list[NoticeDraft]:
    """What the other side hears where a measure lapsed that hit one, in kinds that protect people: they are protected no longer,
    and may have to do something about it."""
    fact = recording.fact
    if not isinstance(fact, f.InterimEnded) or case.terms.withdrawal != "asks":
        return []
    ended = [e.remedy for e in case.effects if e.because in fact.measure_ids and e.reverses is None]
    drafts: list[NoticeDraft] = []
    for side in Side:
        if side in {remedy.to for remedy in ended} or (side is Side.RESPONDENT and not case.is_disclosed):
            continue
        data = {**_case_data(case, side.value), "measures": [remedy_data(remedy) for remedy in ended]}
        there = (p.id for p in case.side_parties(side) if p.speaks and not withheld_until_confirmed(case, fact, p.id))
        drafts += [NoticeDraft(event="protection_lapsed", recipient=one, audience=side.value, data=data) for one in there]
    return drafts


def _last_letter(case: Case, recording: f.Recording, fact: f.PartyLeft, event: str) -> list[NoticeDraft]:
    """What somebody hears who was put out of a case that was their own matter: why, and nothing of how it goes on."""
    said, party = told_of_leaving(case, fact), case.party(fact.party)
    if said is None or party is None:
        return []
    texts = {name: text for name, text in _told(case, recording, said.texts).items() if text is not None}
    data = {
        "kind": case.kind,
        "your_side": party.side.value,
        **told_codes.told_of(case, recording, _told(case, recording, said.codes)),
    }
    return [NoticeDraft(event=event, recipient=party.id, audience=party.side.value, data=data, texts=texts)]


def _lifts(case: Case, row: f.DueLevel) -> bool:
    level = case.terms.level(row.clock, row.level)
    return level is not None and level.default == "lift_interim"


def _own_deed(case: Case, recording: f.Recording, recipient: str) -> bool:
    """Nobody is told of what they did themselves, unless they wait to hear that it arrived."""
    receipts = _RECEIPTS | _OF_STRANGERS if is_unproven(case, recording.actor) else _RECEIPTS
    # Times of somebody else, proposed because whoever said yes last was the last: they are asked about them, too.
    others = isinstance(recording.fact, f.AppointmentMoved) and recording.fact.party not in (None, recipient)
    return recipient == recording.actor.id and recording.fact.type not in receipts and not others


def _to_third_parties(case: Case, recording: f.Recording, event: str) -> list[NoticeDraft]:
    """Insurers and authorities hear how the case stands, and nothing of what passes between the sides."""
    fact = recording.fact
    drafts: list[NoticeDraft] = []
    if _never_before(case):
        return drafts
    for party in case.parties:
        viewer: Viewer = "claimant" if party.side is Side.CLAIMANT else "respondent"
        if party.role in ("insurer", "authority") and not party.left and is_news(fact) and knows(case, fact, viewer):
            phase = seen_phase(case, viewer)
            data = {"phase": phase.value, "phase_label": case.terms.labels.get(phase, phase.value), "kind": case.kind}
            data |= {"third_party": party.role, **({"case_outcome": case.outcome.value} if case.outcome else {})}
            if isinstance(fact, f.RulingIssued):
                data["outcome"] = fact.outcome
            drafts.append(NoticeDraft(event=event, recipient=party.id, audience=viewer, data=data))
    return drafts


_SIDES = frozenset({"claimant", "respondent"})


def _viewer(audience: Audience) -> Viewer:
    return audience if audience in ("claimant", "respondent", "platform") else "staff"


def _never_before(case: Case) -> bool:
    """Turned away, or joined to another case, at the gate: the respondent was never told of the report, and is not told that it
    came to nothing."""
    return case.outcome in (Outcome.DECLINED, Outcome.MERGED) and case.closed_at == case.opened_at


def _each(audiences: tuple[Audience, ...]) -> tuple[Audience, ...]:
    """The audiences one by one: ``parties`` and ``all`` are several."""
    parts: dict[str, tuple[Audience, ...]] = {
        "parties": ("claimant", "respondent"),
        "all": ("claimant", "respondent", "platform"),
    }
    told = (audience for a in audiences for audience in parts.get(a, (a,)) if audience != "third_parties")
    return tuple(dict.fromkeys(told))


def _told_by(case: Case, fact: f.LevelReached) -> tuple[Audience, ...]:
    """The level says whom it tells, or the rung that it came to; the pack's table only says that it tells at all."""
    level = case.terms.level(fact.clock, fact.level)
    if level is None or fact.withheld in ("owner_answered", "nobody_there", "acknowledged"):
        return ()
    if fact.withheld is not None:
        # What the machine does not do by itself comes before somebody.
        return ("leads",)
    step = case.terms.rung(fact.step)
    return step.audience if step is not None else level.audience


def _recipients(case: Case, audience: Audience, fact: f.Fact) -> tuple[str, ...]:
    if isinstance(fact, f.LevelReached) and fact.told is not None and _viewer(audience) == "staff":
        # It landed on these, whoever has the role besides.
        return fact.told
    match audience:
        case "claimant" | "respondent" if isinstance(fact, f.PartyLeft) and not _own_matter(case, fact.party):
            return client_of(case, fact)
        case "claimant" | "respondent" if (measures := _measures(case, fact)) and (hit := who_is_hit(case, measures)):
            return tuple(p.id for p in case.side_parties(Side(audience)) if p.id in hit and not p.left)
        case "claimant" if (alone := told_alone(case, fact)) is not None:
            return alone
        case "claimant" | "respondent" if (asked := _asked_alone(case, fact)) is not None:
            hidden = asked_in_confidence(case, Side(audience), asked)
            return (asked, *(() if hidden else _guardians(case, asked)))
        case "claimant" | "respondent":
            along = fact.type in _TOLD_ALONG
            there = (p for p in case.side_parties(Side(audience)) if not p.left)
            there = (p for p in there if not withheld_until_confirmed(case, fact, p.id))
            return tuple(p.id for p in there if p.speaks or (along and p.role == "co_claimant"))
        case "owner":
            return (case.owner,) if case.owner else ("role:leads",)
        case "drafter":
            return (case.ruling.decider,) if case.ruling else ()
        case "platform":
            return ("platform",)
        case _:
            return (f"role:{audience}",)


def _has_left(case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return party is not None and party.left


def _measures(case: Case, fact: f.Fact) -> tuple[str, ...]:
    """The interim measures that a fact is about: told to whom they hit, and not to whoever took their place."""
    match fact:
        case f.InterimImposed(measure_id=measure_id):
            return (measure_id,)
        case f.InterimReviewed(measure_ids=ids) | f.InterimEnded(measure_ids=ids) | f.InterimKept(measure_ids=ids):
            return ids
        case _:
            return ()


def _own_matter(case: Case, party_id: str) -> bool:
    party = case.party(party_id)
    return party is not None and party.role == "principal"


def _guardians(case: Case, party_id: str) -> tuple[str, ...]:
    """Whoever speaks for somebody under age: what goes to the child alone goes to them too."""
    child = case.party(party_id)
    if child is None or not child.minor:
        return ()
    there = (p for p in case.side_parties(child.side) if p.role == "representative" and not p.left)
    return tuple(p.id for p in there if p.represents in (None, child.id))


def _came_along(case: Case, recipient: str) -> bool:
    party = case.party(recipient)
    return party is not None and party.role == "co_claimant"


def _asked_alone(case: Case, fact: f.Fact) -> str | None:
    """The one party that a request for evidence, or the reminder of one with a date of its own, is for."""
    if isinstance(fact, f.EvidenceRequested):
        return fact.party
    if isinstance(fact, f.LevelReached) and fact.clock in EVIDENCE_DUE:
        side = fact.clock.partition("_")[0]
        return next((r.party for r in case.requests if r.of.value == side and r.number == fact.instance), None)
    return None


def _case_data(case: Case, viewer: Viewer, party_id: str | None = None) -> dict[str, Any]:
    """How the case stands, as this viewer may know it, with their own due date and what happens by default."""
    phase = seen_phase(case, viewer)
    data: dict[str, Any] = {"phase": phase.value, "phase_label": case.terms.labels.get(phase, phase.value), "kind": case.kind}
    before, law = prior_decision.said_of_notice(case, viewer), data_rights.said_of_notice(case, viewer)
    data |= {"waiting_on": awaited_by(case, viewer), **before, **law}
    if viewer in ("claimant", "respondent"):
        data["words"] = words_of(case, phase)
        if case.disclosed_at is not None and case.disclosed_at == case.updated_at:
            data["first_told"] = True
        if case.open_no_longer:
            data["lapsed"] = list(case.open_no_longer)
    if viewer in ("claimant", "platform") and not case.is_disclosed:
        data["disclosed"] = False
    if viewer != "respondent":
        data |= {"of_office": True} if case.of_office is not None else {}
        data |= over_now(case) if viewer != "staff" else {}
    data |= {"case_outcome": case.outcome.value} if case.outcome else {}
    if viewer in ("claimant", "respondent") and Side(viewer) in case.terms.hear:
        data["heard_first"] = True
    if viewer == "staff":
        data |= {"priority": case.priority.value, "owner": case.owner, "queue": case.queue}
        if without_guardian(case):
            data["guardian_missing"] = True
    due = own_deadline(case, viewer, party_id)
    if due is not None:
        data |= {"due_at": due[0].due_at.isoformat(), "due_clock": due[0].clock}
        if due[1]:
            data["by_default"] = due[1]
    return data


def own_deadline(case: Case, viewer: Viewer, party_id: str | None = None) -> tuple[f.DueLevel, str | None] | None:
    """The end of the clock that waits for this viewer, with what it does by itself then. What others are asked alone is none."""
    if viewer == "platform":
        return None
    waits = ("staff", "approver") if viewer == "staff" else (viewer, "nobody")
    for row in case.timetable:
        if row.clock in _OF_NOBODY:
            # Nobody has to do anything by then; what a sanction or an expiry means stands with the sanction, with the offer.
            continue
        definition, level = case.terms.clock(row.clock), case.terms.level(row.clock, row.level)
        if definition is None or level is None or definition.waits_for not in waits:
            continue
        if level.default == "take_credit_back":
            # Nobody has to do anything by then; the day stands with the credit.
            continue
        others = party_id is not None and clock_of_others(case, row, party_id)
        if viewer != "staff" and (others or not _may_act_by(case, definition, viewer)):
            continue
        if level.action == "default" or (level.is_end and viewer == "staff"):
            return row, level.default
    return None


def deadlines_of_the_sides(case: Case) -> tuple[tuple[f.DueLevel, str | None], ...]:
    """The ends of all clocks that wait for a side, or for nobody while a side may know of them, with what they do by themselves
    then. The platform sees them, because it sees what both sides see; the team's own stay inside."""
    found = []
    for row in case.timetable:
        definition, level = case.terms.clock(row.clock), case.terms.level(row.clock, row.level)
        if row.clock in _OF_NOBODY or definition is None or level is None or level.action != "default":
            continue
        sides: tuple[Viewer, ...] = ("claimant", "respondent")
        waits = [side for side in sides if definition.waits_for in (side, "nobody") and theirs(case, definition, side)]
        if waits:
            found.append((row, level.default))
    return tuple(found)


def _may_act_by(case: Case, clock: ClockTerms, viewer: Viewer) -> bool:
    """Whether a clock is about this side, and what it leaves time for is theirs to do: not where they gave their place up."""
    gave_up = case.of_office is not None and not keeps_own_appeal(case)
    appeals = clock.during is Phase.APPEALABLE or complaints.is_window(clock)
    lapsed = appeals and viewer == "claimant" and gave_up
    return theirs(case, clock, viewer) and not lapsed


def theirs(case: Case, clock: ClockTerms, viewer: Viewer) -> bool:
    """Whether a clock that waits for nobody in particular is about this side, and not behind a door it does not know of."""
    if clock.during is Phase.APPEALABLE or complaints.is_window(clock):
        # Where the law gives longer to complain than the pack leaves the case open, that is the day to go by.
        longer = clock.during is Phase.APPEALABLE and case.returning is None and complaints.last(case)
        return not longer and any(r.side.value == viewer and r.allowed for r in case.rights)
    if any(level.default == "take_credit_back" for level in clock.levels):
        return viewer == "claimant"
    return clock.during not in UNTOLD
