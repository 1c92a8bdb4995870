"""What each viewer may see of a case. The only place that decides visibility: API, console, notices and webhooks all use it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from domain.base import Instant, Kept, Money, Outcome, Phase, Priority, Side
from domain.model import facts as f
from domain.model.case import Case, Caucus
from domain.model.commands import Remedy
from domain.model.disclosure import Words
from domain.model.evidence import AnswerableView
from domain.model.legal_hold import LegalHold, Withheld
from domain.model.links import CaseLink
from domain.model.parties import UnconfirmedChange
from domain.model.people import OpenedParty
from domain.model.policy_exceptions import ExceptionView
from domain.model.prose import Prose
from domain.model.ruling import Ruling
from domain.model.safeguards import Credit, ReportView
from domain.model.sanctions import Sanction
from domain.model.settlement import MadeOffer, OpenOffer, Proposal, Returning, Settlement
from domain.notices.plan import deadlines_of_the_sides, own_deadline
from domain.rules import address_proof, charge, complaints, confirmation, told_by_two, told_category, told_codes
from domain.rules.agreement import would_grant
from domain.rules.appointments_told import words_go
from domain.rules.audiences import audience_of, seen_phase
from domain.rules.authorities import reported_in_secret
from domain.rules.confided import kept_from
from domain.rules.confidence import awaited_by_phase, awaited_of, put_there_by_one, reader_of, withheld_until_confirmed, words_of
from domain.rules.departures import steps_of
from domain.rules.disclosure import before_they_came, seen_of_before
from domain.rules.interim import reasons_stay_inside
from domain.rules.last_word import answerable
from domain.rules.links import merged_as
from domain.rules.money import Payable, payable
from domain.rules.parties import told_alone
from domain.rules.permission import refusal_of
from domain.rules.remedy import told_remedies
from domain.rules.rights import rights_of, standing
from domain.rules.ruling_told import told_route
from domain.rules.under_age import beside_a_child, without_guardian
from domain.rules.visibility import knows, shared
from domain.views.actions import Action, actions, may_see
from domain.views.appointments import AppointmentView, appointments_seen
from domain.views.chargeback import ChargebackView, ProviderDisputeView, disputes_seen, seen
from domain.views.evidence import RequestView, asked_of, open_requests, settled_requests
from domain.views.urgency import AlarmView, alarm_of
from domain.views.withdrawal import PARTY_ROLES, WithdrawalView, withdrawal_seen


class Due(Kept):
    """A deadline that the viewer may know."""

    clock: str
    level: str
    due_at: Instant
    action: Literal["warn", "escalate", "default"]
    by_default: str | None = None


class RulingView(Kept):
    """A ruling as told."""

    id: str
    outcome: str
    decision: str
    reasons: Prose | None = None
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    conditions: tuple[str, ...] = ()
    complaint_route: str | None = None
    reply: Prose | None = None
    elsewhere: bool = False
    decider: str | None = None
    issued_at: Instant | None = None
    sanction: f.SanctionDrafted | None = None
    """For the team: what the ladder said, what was counted, and why the ruling departs from it."""


class StepView(Kept):
    """A step of the procedure, and what became of it."""

    step: str
    state: Literal["open", "done", "skipped"]
    by: str | None = None
    at: Instant | None = None
    evidence: tuple[str, ...] = ()


class SanctionView(Kept):
    """A sanction of this case that was not taken back."""

    id: str
    party: str
    category: str
    sanction: str
    imposed_at: Instant
    ends_at: Instant | None = None
    """When a ban is over by itself."""
    lifted_at: Instant | None = None
    """When it was."""
    counts_until: Instant | None = None
    """Until when it counts the next time; None: it does not."""


class CaseView(Kept):
    """A case as one viewer may see it."""

    id: str
    kind: str
    category: str
    seq: int
    phase: Phase
    phase_label: str
    status: Literal["open", "closed"]
    outcome: Outcome | None = None
    close_reason: str | None = None
    opened_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    amount: Money | None = None
    waiting_on: str
    words: Words = "shared"
    """Who reads what a party says without saying to whom: both sides, or the desk (and the own side) alone."""
    your_side: Side | None = None
    disclosed_at: Instant | None = None
    """Since when the respondent knows of the case; None: they do not. Not for witnesses and insurers."""
    told: Prose | None = None
    """What the respondent was told of what is held against them, in the team's words; for them and the team."""
    accused_of: tuple[str, ...] = ()
    """What was put to the respondent, by clause or category: for them and the team. They are hit by nothing else."""
    caucus: tuple[Caucus, ...] = ()
    """The talks between the desk and one side, as far as they are the viewer's own; to the team both."""
    deadlines: tuple[Due, ...] = ()
    offer: OpenOffer | None = None
    offers: tuple[MadeOffer, ...] = ()
    """All offers of the settlement, oldest first, with what became of them."""
    proposals: tuple[Proposal, ...] = ()
    """What was proposed to both sides, oldest first. Of the answers to it a side sees its own."""
    appointments: tuple[AppointmentView, ...] = ()
    """Hearings and calls to which the viewer's side is invited; to the team all."""
    settlement: Settlement | None = None
    """The newest agreement of the sides, with its terms in words."""
    returning: Returning | None = None
    """Goods that go back before the money does."""
    grant: Remedy | None = None
    """What granting the claim gives as the case stands; for the respondent, while they can grant it."""
    next_word_by: Instant | None = None
    """By when somebody is to write to whoever reported it, also when there is nothing new; None: no clock says so."""
    requests: tuple[RequestView, ...] = ()
    settled_requests: tuple[RequestView, ...] = ()
    answerable: tuple[AnswerableView, ...] = ()
    """What came in against the viewer's side and waits for their word, as far as they can read it themselves; for parties."""
    ruling: RulingView | None = None
    rights: tuple[f.AppealRight, ...] = ()
    sanctions: tuple[SanctionView, ...] = ()
    actions: tuple[Action, ...] = ()
    withdrawal: WithdrawalView | None = None
    """The reporter wants to take the report back; not for the other side."""
    of_office: Instant | None = None
    """Since when the platform is the claimant, because the report was taken back and the case goes on; not for the other side."""
    merged_into: str | None = None
    """The case in which the matter goes on; not for the other side."""
    merged_as: str | None = None
    """Who the viewer is there."""
    priority: Priority | None = None
    """For the platform and the team."""
    keep_until: Instant | None = None
    """Until when a closed case is to be kept, as the pack says; for the platform and the team. A legal hold takes it away."""
    # only for people of the team
    owner: str | None = None
    queue: str | None = None
    round: int | None = None
    escalations: int | None = None
    alarm: AlarmView | None = None
    """Who was called because a target was missed, and who has it in hand; None: nobody was called, or it is done."""
    hands: tuple[str, ...] | None = None
    guardian_missing: tuple[str, ...] | None = None
    """Parties under age whose own matter it is and whom nobody represents who could settle for them."""
    unconfirmed: tuple[UnconfirmedChange, ...] | None = None
    """What one of the team has changed about whose own matter it is: a lead or ops who did not, or the platform, sends the same
    command, and nobody agrees on anything before."""
    legal_holds: tuple[LegalHold, ...] | None = None
    withheld: tuple[Withheld, ...] | None = None
    """What destroys and is not carried out because of them."""
    credits: tuple[Credit, ...] | None = None
    authority_reports: tuple[ReportView, ...] | None = None
    exceptions: tuple[ExceptionView, ...] | None = None
    procedure: tuple[StepView, ...] | None = None
    root_cause: str | None = None
    campaign: str | None = None
    joined: tuple[str, ...] | None = None
    case_links: tuple[CaseLink, ...] | None = None
    pack: str | None = None
    pack_version: str | None = None
    chargeback: ChargebackView | None = None
    provider_disputes: tuple[ProviderDisputeView, ...] | None = None
    """How its disputes stand with their payment providers; for the team."""
    parties: tuple[dict[str, Any], ...] = ()
    address_unproven: bool = False
    """Whoever reads has not shown yet that the address of the report is theirs: they read what they wrote, and bind nobody."""
    payable: Payable | None = None
    """What may still be paid; for the team and the platform. A party is not told of parts and earlier cases that count."""


def view(case: Case, viewer: f.Actor, *, with_actions: bool = True) -> CaseView:
    """The case as this viewer may see it. The viewer must have something to do with it (:func:`may_see`).

    What the viewer may do is half of the work (every command of the phase is tried): lists leave it out.
    """
    audience = audience_of(viewer)
    phase = seen_phase(case, audience)
    staff = audience == "staff"
    stranger = address_proof.is_unproven(case, viewer)
    told = standing(case) if phase in (Phase.APPEALABLE, Phase.CLOSED) else next(reversed(case.rulings), None)
    shown = case.ruling if staff and case.ruling else told
    names = ("id", "kind", "outcome", "opened_at", "closed_at", "amount")
    # A code that one person writes is a text like any other.
    unsaid = not staff and reported_in_secret(case)
    return CaseView(
        **{name: getattr(case, name) for name in names},
        category=told_category.told(case, case.category, reader_of(case, viewer)),
        close_reason=case.close_reason if staff else None if unsaid else told_codes.told_end(case),
        # To a party the number of facts would tell that something happened inside.
        seq=case.seq if staff else 0,
        updated_at=_updated_at(case, viewer),
        phase=phase,
        phase_label=case.terms.labels.get(phase, phase.value),
        status="open" if case.open else "closed",
        waiting_on=_awaited(case, viewer),
        words=words_of(case, phase),
        your_side=viewer.side if viewer.role in PARTY_ROLES else None,
        ruling=_ruling(case, shown, viewer) if shown and not stranger else None,
        actions=actions(case, viewer) if with_actions else (),
        parties=_parties(case, viewer),
        merged_into=case.merged_into if viewer.role != "respondent" else None,
        merged_as=merged_as(case, viewer.id),
        requests=open_requests(case, viewer) if not stranger else (),
        settled_requests=settled_requests(case, viewer) if not stranger else (),
        address_unproven=stranger,
        **(_of_the_sides(case, viewer) if _speaks(case, viewer) else _of_their_own_appeal(case, viewer)),
        **({"priority": case.priority} if audience == "platform" else {}),
        keep_until=case.keep_until if audience in ("staff", "platform") else None,
        **(_internal(case) if staff else {}),
        payable=payable(case) if audience in ("staff", "platform") else None,
    )


def _updated_at(case: Case, viewer: f.Actor) -> Instant:
    """When something last happened that this viewer may know of."""
    audience = audience_of(viewer)
    if audience == "staff":
        return case.updated_at
    if _speaks(case, viewer) and not _reads_less(case, viewer):
        return case.seen_at.get(audience, case.opened_at)
    # What was asked of them is theirs alone.
    own = (request.asked_at for request in (*open_requests(case, viewer), *settled_requests(case, viewer)))
    settled = (request.settled_at for request in settled_requests(case, viewer) if request.settled_at)
    return max((case.seen_at.get("third_parties", case.opened_at), *own, *settled))


def _awaited(case: Case, viewer: f.Actor) -> str:
    audience = audience_of(viewer)
    if not _speaks(case, viewer):
        return awaited_by_phase(seen_phase(case, audience))
    return awaited_of(case, audience, viewer.id)


def _parties(case: Case, viewer: f.Actor) -> tuple[dict[str, Any], ...]:
    """Everybody; whoever came with a merge is known to the team and the platform only, and to themselves."""
    outside = viewer.role in PARTY_ROLES
    shown = (p for p in case.parties if not outside or p.id == viewer.id or _knows_of(case, viewer, p))
    # That somebody is a child, left, or has not shown who they are is for those who look after the case.
    more = () if outside else ("minor", "left", "unproven")
    return tuple(
        {"id": p.id, "side": p.side.value, "role": p.role, **{name: True for name in more if getattr(p, name)}} for p in shown
    )


def _knows_of(case: Case, viewer: f.Actor, party: OpenedParty) -> bool:
    """Whether a party knows that another is one: not of who came with a merge, or came to the other side before it was told."""
    came_unseen = party.since is not None and party.side is not viewer.side and not case.is_disclosed
    return party.role != "co_claimant" and not came_unseen


def _speaks(case: Case, viewer: f.Actor) -> bool:
    """Everybody but a witness or insurer, who sees what is shared and not what passes between the sides, or an unproven one."""
    party = case.party(viewer.id)
    return party is None or (party.speaks and not party.unproven)


def _reads_less(case: Case, viewer: f.Actor) -> bool:
    """Whether somebody is on a side and yet does not read all of its talk with the desk: neither how much was said, nor when."""
    return viewer.role in PARTY_ROLES and (beside_a_child(case, viewer.id) or put_there_by_one(case, viewer.id))


def _of_the_sides(case: Case, viewer: f.Actor) -> dict[str, Any]:
    side = viewer.side if viewer.role in PARTY_ROLES else None
    machine = viewer.role == "platform"
    party = case.party(viewer.id)
    came = party.since if party is not None and party.sees_seq else None
    talks = [talk for talk in case.caucus if not machine and (side is None or talk.side is side)]
    return {
        "deadlines": _deadlines(case, viewer),
        "answerable": answerable(case, party) if party is not None and side is not None else (),
        "disclosed_at": (case.disclosed_at or case.opened_at) if case.is_disclosed else None,
        "told": case.disclosed.text if case.disclosed is not None and side is not Side.CLAIMANT and not machine else None,
        "accused_of": charge.told_of(case, party) if audience_of(viewer) == "staff" or party is not None else (),
        "caucus": () if _reads_less(case, viewer) else tuple(talk for talk in talks if came is None or talk.last_at >= came),
        "offer": case.offer,
        "offers": case.offers if came is None else tuple(o for o in case.offers if (o.became_at or came) >= came),
        "proposals": tuple(_answered_by(p, viewer) for p in case.proposals if came is None or (p.became_at or came) >= came),
        "appointments": appointments_seen(case, viewer) if came is None else (),
        "settlement": case.settlement,
        "returning": case.returning,
        "grant": would_grant(case) if side is Side.RESPONDENT and refusal_of(case, viewer, "concede") is None else None,
        "next_word_by": _next_word_by(case) if side is Side.CLAIMANT and not _beside_others(case, viewer.id) else None,
        **withdrawal_seen(case, viewer),
        "rights": case.rights if side is None else rights_of(case, case.rights, side.value),
        "sanctions": tuple(_sanction(s) for s in case.sanctions if s.voided_at is None and (side is None or s.side is side)),
    }


def _beside_others(case: Case, party_id: str) -> bool:
    """Whether the team may have told something to somebody else on their side alone: the date would say when."""
    return beside_a_child(case, party_id) or (case.terms.words == "desk" and len(case.principals(Side.CLAIMANT)) > 1)


def _next_word_by(case: Case) -> Instant | None:
    """The day that was promised. It stays once it is past: when the next of the team is called is the team's alone."""
    kept = {clock.name for clock in case.terms.clocks if "told:claimant" in clock.restarts}
    running = (clock for clock in case.clocks if clock.name in kept and clock.stopped_at is None)
    past = [one.due_at for clock in running for one in clock.fired if one.level == "breach" and not one.before_more_time]
    due = [row.due_at for row in case.timetable if row.clock in kept and row.level == "breach"]
    return min((*past, *due), default=None)


def _of_their_own_appeal(case: Case, viewer: f.Actor) -> dict[str, Any]:
    """Until when whoever came with a merge can appeal by themselves; nothing else that is between the sides."""
    party = case.party(viewer.id)
    if party is None or party.role != "co_claimant" or case.phase not in (Phase.APPEALABLE, Phase.CLOSED):
        return {}
    windows = {x.name for x in case.terms.clocks if x.during is Phase.APPEALABLE or complaints.is_window(x)}
    return {
        "rights": rights_of(case, case.rights, party.side.value),
        "deadlines": tuple(due for due in _deadlines(case, viewer) if due.clock in windows),
    }


def _answered_by(proposal: Proposal, viewer: f.Actor) -> Proposal:
    """A proposal with the answers that this viewer may know: the team all, a side its own, the platform none."""
    if audience_of(viewer) == "staff":
        return proposal
    own = (viewer.side,) if viewer.role in PARTY_ROLES else ()
    return proposal.model_copy(
        update={name: tuple(s for s in getattr(proposal, name) if s in own) for name in ("accepted_by", "declined_by")}
    )


def _sanction(one: Sanction) -> SanctionView:
    return SanctionView(**{name: getattr(one, name) for name in SanctionView.model_fields})


def _internal(case: Case) -> dict[str, Any]:
    names = (
        "priority", "owner", "queue", "round", "escalations", "legal_holds", "withheld", "root_cause", "campaign", "joined",
        "credits",
    )  # fmt: skip
    taken = {
        done.step: StepView(step=done.step, state=done.how, by=done.by, at=done.at, evidence=done.evidence) for done in case.steps
    }
    steps = tuple(taken.get(step, StepView(step=step, state="open")) for step in steps_of(case, also=taken))
    pack = {"pack": case.terms.pack, "pack_version": case.terms.version}
    reports = tuple(ReportView(**r.model_dump(exclude={"reasons"})) for r in case.reports)
    risk = {
        "authority_reports": reports,
        "exceptions": tuple(ExceptionView(**{n: getattr(e, n) for n in ExceptionView.model_fields}) for e in case.exceptions),
        "credits": case.credits,
        "chargeback": seen(case),
        "provider_disputes": disputes_seen(case),
    }
    own = {"hands": case.manual_work, "procedure": steps, "case_links": case.links, **risk, **pack}
    waits = {"guardian_missing": without_guardian(case), "unconfirmed": confirmation.as_seen(case), "alarm": alarm_of(case)}
    return {name: getattr(case, name) for name in names} | own | waits


def _deadlines(case: Case, viewer: f.Actor) -> tuple[Due, ...]:
    audience = audience_of(viewer)
    if audience == "platform":
        return tuple(
            Due(clock=row.clock, level=row.level, due_at=row.due_at, action="default", by_default=default)
            for row, default in deadlines_of_the_sides(case)
        )
    if audience != "staff":
        if (own := own_deadline(case, audience, viewer.id)) is None:
            return ()
        row, default = own
        return (Due(clock=row.clock, level=row.level, due_at=row.due_at, action="default", by_default=default),)
    found = []
    for row in case.timetable:
        level = case.terms.level(row.clock, row.level)
        if level is not None:
            due = Due(clock=row.clock, level=row.level, due_at=row.due_at, action=level.action, by_default=level.default)
            found.append(due)
    return tuple(found)


def _ruling(case: Case, ruling: Ruling, viewer: f.Actor) -> RulingView:
    names = (
        "id",
        "outcome",
        "decision",
        "reasons",
        "ground",
        "issued_at",
        "conditions",
        "elsewhere",
    )
    fields: dict[str, Any] = {name: getattr(ruling, name) for name in names}
    audience = audience_of(viewer)
    fields["complaint_route"] = told_route(case, ruling, audience)
    fields["remedies"] = told_remedies(case, ruling.remedies, audience)
    if audience == "staff":
        fields |= {"decider": ruling.decider, "sanction": ruling.sanction}
    reply = ruling.reply if audience == "staff" or viewer.role == "platform" or viewer.side in ruling.reply_to else None
    return RulingView(**fields, reply=reply)


def sees_report(case: Case, viewer: f.Actor) -> bool:
    """Whether the viewer reads the statement and the files of the report in the words of whoever reported it."""
    if case.terms.report == "shared" or viewer.role not in PARTY_ROLES:
        return True
    party = case.party(viewer.id)
    if party is None or not party.speaks:
        return False
    return party.side is Side.CLAIMANT or (case.disclosed is not None and case.disclosed.with_statement)


def unsaid(case: Case, recording: f.Recording, viewer: f.Actor) -> frozenset[str]:
    """Fields of a fact that this viewer does not read although they may know that it happened."""
    fact = recording.fact
    if viewer.role not in PARTY_ROLES:
        return frozenset()
    if isinstance(fact, f.CaseOpened):
        unread = frozenset() if sees_report(case, viewer) else frozenset({"statement", "subject", "attachments"})
        return unread | {"provider"} if fact.provider is not None else unread
    if isinstance(fact, f.CaseDisclosed) and viewer.side is not Side.RESPONDENT:
        return frozenset({"text"})
    if isinstance(fact, f.InterimImposed) and fact.told is not None and viewer.side is fact.remedy.to:
        return frozenset({"reasons"})
    if isinstance(fact, f.AppointmentMoved) and viewer.side is not None and not words_go(case, fact, viewer.side.value):
        return frozenset({"reasons"})
    inside = isinstance(fact, f.InterimReviewed | f.InterimEnded) and reasons_stay_inside(case, fact)
    measure = isinstance(fact, f.InterimImposed | f.InterimReviewed | f.InterimEnded)
    # Why somebody of whom they knew nothing was held off was written for the desk.
    if unread := told_by_two.unsaid(case, recording):
        return unread
    early = viewer.side is Side.RESPONDENT and recording.seq < case.disclosed_seq
    return frozenset({"reasons"}) if inside or (measure and early) else frozenset()


_OUTSIDE = frozenset({"claimant", "respondent", "platform"})
_NOT_THEIR_DEED = frozenset({"paid_elsewhere_noticed", "effect_withheld", "case_retargeted"})
"""What follows from somebody's deed and tells of another case, of a hold, or how the team works: the team's alone."""


def visible(case: Case, recording: f.Recording, viewer: f.Actor) -> bool:
    """Whether a viewer may see that something happened (design: each party's view)."""
    if viewer.role in PARTY_ROLES and not may_see(case, viewer):
        return False
    if recording.actor.id == viewer.id:
        return viewer.role not in _OUTSIDE or recording.fact.type not in _NOT_THEIR_DEED
    if viewer.side is Side.RESPONDENT and not seen_of_before(case, recording):
        return False
    if not address_proof.shows(case, viewer, recording.fact):
        return False
    if before_they_came(case, recording, viewer.id):
        return False
    fact = recording.fact
    if isinstance(fact, f.CaseJoined) and any(p.id == viewer.id for p in fact.parties):
        return True
    if viewer.role in PARTY_ROLES and kept_from(case, recording, viewer.id):
        return False
    if withheld_until_confirmed(case, fact, viewer.id):
        return False
    alone = told_alone(case, fact) if viewer.role in PARTY_ROLES else None
    if alone is not None:
        return viewer.id in alone
    if not _speaks(case, viewer) and not shared(fact) and not asked_of(fact, viewer):
        return False
    return knows(case, fact, audience_of(viewer))


def files_seen(case: Case, recordings: Iterable[f.Recording], viewer: f.Actor) -> frozenset[str]:
    """Ids of the files that came with evidence this viewer may see."""
    seen = (recording.fact for recording in recordings if visible(case, recording, viewer))
    return frozenset(file.id for fact in seen if isinstance(fact, f.EvidenceSubmitted) for file in fact.files)
