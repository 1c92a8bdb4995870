"""Cases that have to do with each other: merged, linked, split, counted to a campaign.

A case is one record, so nothing here writes into another one: what is to happen there is ordered as a task, which is carried
out like a remedy (once, however often it is tried) and comes to the other case as a command of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from domain.base import Outcome, Phase, Priority, Side, derived_id, most_urgent
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.links import (
    CampaignClosed,
    CampaignNone,
    CampaignTaken,
    CampaignUnknown,
    CaseLink,
    CrossCaseTask,
    KindDiffers,
    KnownCampaign,
    LinkExists,
    LinkUnknown,
    LinkUnsettled,
    MergeBackwards,
    MergedAlready,
    OtherCase,
    OtherCaseClosed,
    OtherCaseUnknown,
    Relation,
    RulingBegun,
    SameCase,
    SplitUnfit,
)
from domain.model.money import MoneyStands
from domain.model.people import Actor, OpenedParty
from domain.model.prose import Prose
from domain.model.refusals import AccessReadsOnly, OwnCase, Refusal
from domain.model.ruling import EffectUnknown
from domain.model.safeguards import ReportPending
from domain.model.withdrawal import MeasuresUnnamed, OfOffice, WithdrawalPending
from domain.rules import annulment, confirmation, data_rights, fairness, legal_hold, measures, merge_conditions, money, remedy
from domain.rules.audiences import UNTOLD
from domain.rules.clocks import released
from domain.rules.merge_conditions import reporters
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside, known_to
from domain.rules.under_age import guardians


def party_there(errand_id: str, party_id: str) -> str:
    """The id that a party of this case gets in the case to which a task takes them."""
    return f"pty_{hashlib.sha256(f'{errand_id}/{party_id}'.encode()).hexdigest()[:32]}"


def merged_as(case: Case, party_id: str) -> str | None:
    """Who a party of a merged case is in the case in which it goes on; None for whoever did not go along."""
    found = (e.id for e in case.cross_case_tasks if e.what == "join" and party_id in e.parties)
    return next((party_there(errand_id, party_id) for errand_id in found), None)


# --- merge


def merge(case: Case, command: c.Merge, context: DecisionContext, at: datetime) -> Facts:
    """Close this case and have it go on in the other one."""
    _no_conflict(case, context)
    other = _other(case.id, command.into, context.other)
    if case.ruling is not None or case.rulings or case.involved:
        raise RulingBegun("Somebody has drafted a ruling in this case, so it is decided here; link the two instead.")
    if case.paid_by_provider:
        raise MoneyStands(
            "The payment provider gave the money back in this case, and that would be lost to view there; link the two instead."
        )
    if money.given(case):
        raise MoneyStands("Money was given in this case, and would be lost to view there; link the two instead.")
    confirmation.check_settled(case)
    if other.kind != case.kind and other.kind not in case.terms.merges_with:
        raise KindDiffers(f"A {case.kind} cannot go on in a {other.kind}; link the two instead.", kind=other.kind)
    if other.synthetic is not case.synthetic:
        raise KindDiffers("A case made for a test and a real one cannot be merged.", kind=other.kind)
    if other.merged_into is not None:
        into = {} if other.goes_on_unseen else {"into": other.merged_into}
        raise MergedAlready("The other case goes on elsewhere; merge into that one.", **into)
    if not other.open:
        raise OtherCaseClosed("The other case is closed; have it reopened, or link the two.", case=other.id)
    if (other.opened_at, other.id) > (case.opened_at, case.id):
        # Two that were merged into each other at once would both be closed. The older one has the older clocks, too.
        raise MergeBackwards("The older case goes on: merge the other one into this one.", case=other.id)
    merge_conditions.check(case, other, context)
    why, by = command.reasons, command.by
    found = merged(command.id, case.parties, case.statement, other, priority=case.priority, by=by, reasons=why)
    return tuple(x.model_copy(update={"recused": case.recused}) if isinstance(x, f.CrossCaseTaskOrdered) else x for x in found)


def _refusal_of_merging(case: Case, actor: Actor) -> Refusal | None:
    """Nothing that protects somebody, and nothing that waits for an answer, ends with a case that is merged.

    A measure is one case's: its date, its review and whoever it hits are of that case. So what is still needed is imposed where
    the matter goes on, and what is lifted here is lifted by a review, with reasons.
    """
    if case.withdrawal is not None:
        return WithdrawalPending("Whoever reported it wants to take it back: answer that first.", request=case.withdrawal.id)
    if case.of_office is not None:
        return OfOffice("This case goes on of office, and whoever reported it took it back: link the two instead.")
    if case.interim:
        return MeasuresUnnamed(
            "Interim measures are in force here and would end with the case: impose in the other case what is still needed, and "
            "lift these with reasons; or link the two instead.",
            measures=[{"id": i.id, "measure": i.remedy.type} for i in case.interim],
        )
    waiting = next((report for report in case.reports if not report.made), None)
    if waiting is None:
        return None
    said = "A report to an authority waits for a second person here: have it decided first."
    return ReportPending(said, authority=waiting.authority, report=waiting.id)


def merged(
    command_id: str,
    parties: Sequence[OpenedParty],
    statement: Prose,
    into: OtherCase,
    *,
    priority: Priority,
    by: str | None = None,
    reasons: Prose | None = None,
) -> Facts:
    """The end of a case that goes on in another one, and the task that takes its reporters there. ``by`` None: intake did it."""
    merge_id = derived_id("mrg", command_id)
    why: Literal["by_hand", "same_matter"] = "by_hand" if by is not None else "same_matter"
    there = {p.ref_digest for p in into.parties}
    come = tuple(p for p in reporters(parties) if p.ref_digest not in there)
    task = f.CrossCaseTaskOrdered(
        errand_id=merge_id, what="join", to=into.id, parties=come, statement=statement, reason=why, asked_by=by, priority=priority
    )
    told = f.CaseMerged(merge_id=merge_id, into=into.id, reason=why, reasons=reasons)
    return (told, task, f.CaseClosed(outcome=Outcome.MERGED, reason=why, reasons=reasons))


def join(case: Case, command: c.Join, context: DecisionContext, at: datetime) -> Facts:
    """Take in whoever reported the same matter. Taken in every phase: the other case is closed already.

    The case is at least as urgent as theirs was; and what was drafted since goes back to whoever decides, as they were not heard.
    """
    known = {p.ref_digest for p in case.parties}
    new = tuple(p for p in command.parties if p.ref_digest not in known)
    joined = f.CaseJoined(
        merge_id=command.merge_id, of=command.of, parties=new, statement=command.statement, reason=command.reason,
        asked_by=command.asked_by, recused=command.recused,
    )  # fmt: skip
    if case.merged_into is None:
        follows = (*_as_urgent(case, command.priority, new), *_draft_goes_back(case, new))
        return (joined, *follows, *_leaves(case, command.recused, new, context))
    # Merged itself in the meantime: whoever came after that follows.
    onward = f.CrossCaseTaskOrdered(
        errand_id=derived_id("mrg", command.id), what="join", to=case.merged_into, parties=new, statement=command.statement,
        reason=command.reason, asked_by=command.asked_by, priority=command.priority, recused=command.recused,
    )  # fmt: skip
    return (joined, onward)


def _as_urgent(case: Case, theirs: Priority | None, new: Sequence[OpenedParty]) -> Facts:
    """The worst counts; every target follows, and none comes later by it."""
    young = case.terms.priority_for_minors if any(p.minor for p in new) else None
    worst = most_urgent(case.priority, theirs, young)
    return (f.CaseRetargeted(priority=worst, reason="joined"),) if case.open and worst is not case.priority else ()


def _leaves(case: Case, recused: Sequence[str], new: Sequence[OpenedParty], context: DecisionContext) -> Facts:
    """Whoever said of the other case that they cannot decide it, or stands close to who comes, does not decide it here."""
    if not case.open:
        return ()
    if case.owner in recused:
        return (f.CaseQueued(queue=case.queue, reason="recused"),)
    return fairness.owner_in_conflict(case, new, context)


def _draft_goes_back(case: Case, new: Sequence[OpenedParty]) -> Facts:
    """The two met: somebody drafted while the report was on its way here."""
    if case.phase not in UNTOLD or not new:
        return ()
    deciding = Phase.REVIEW if case.ruling is None or case.ruling.decision == "rule" else Phase.APPEAL
    return (f.PhaseEntered(phase=deciding, reason="party_added", offer_stays=True),)


# --- link


def link(case: Case, command: c.Link, context: DecisionContext, at: datetime) -> Facts:
    """Note it here, and there."""
    other = _other(case.id, command.to, context.other)
    if any((x.other, x.relation) == (other.id, command.relation) for x in case.links):
        raise LinkExists("The two are linked like this already.", case=other.id, relation=command.relation)
    one = command.relation == "duplicate"
    theirs = fairness.partial(case) if one else ()
    noted = linked(command.id, other.id, command.relation, command.note, command.by, theirs)
    anew = tuple(one for one in other.partial if one not in case.recused) if one else ()
    return (*noted, *annulment.of_one_matter(case, anew), *fairness.goes_along(case, anew, command.id, command.by))


def linked(
    command_id: str,
    other: str,
    relation: Relation,
    note: Prose | None = None,
    by: str | None = None,
    recused: tuple[str, ...] = (),
) -> Facts:
    """A link here, and the task that notes it there, with whoever cannot decide this case."""
    link_id = derived_id("lnk", command_id)
    made = f.CaseLinked(link_id=link_id, other=other, relation=relation, note=note)
    task = f.CrossCaseTaskOrdered(
        errand_id=link_id, what="link", to=other, relation=relation, link_id=link_id, asked_by=by, recused=recused
    )
    return (made, task)


def unlink(case: Case, command: c.Unlink, context: DecisionContext, at: datetime) -> Facts:
    """Take it back here, and there."""
    found = next((x for x in case.links if x.id == command.link_id), None)
    if found is None or found.id in context.closed_links:
        known = [x.id for x in case.links if x.id not in context.closed_links]
        raise LinkUnknown("The case has no such link.", link=command.link_id, links=known)
    if any(e.id == found.id and e.state == "running" for e in case.cross_case_tasks):
        raise LinkUnsettled("The other case has not been told of it yet; try again in a moment.", link=found.id)
    gone = f.CaseUnlinked(link_id=found.id, other=found.other, reason=command.reason)
    task = f.CrossCaseTaskOrdered(
        errand_id=derived_id("unl", command.id), what="unlink", to=found.other, relation=found.relation, link_id=found.id,
        asked_by=command.by,
    )  # fmt: skip
    return (gone, task)


def mirror_link(case: Case, command: c.MirrorLink, context: DecisionContext, at: datetime) -> Facts:
    """What was noted in the other case."""
    if command.gone:
        return (f.CaseUnlinked(link_id=command.link_id, other=command.other, asked_by=command.asked_by),)
    made = f.CaseLinked(
        link_id=command.link_id, other=command.other, relation=command.relation, mirrored=True, asked_by=command.asked_by
    )
    anew = tuple(one for one in command.recused if one not in case.recused)
    out = annulment.of_one_matter(case, anew)
    known = any(x.id == command.link_id for x in case.links)
    follows = fairness.goes_along(case, anew, command.id, command.asked_by, command.link_id)
    # Of a link that is there already it says who else cannot decide the other case.
    return (*(() if known and out else (made,)), *out, *follows)


# --- split


def split(case: Case, command: c.Split, context: DecisionContext, at: datetime) -> Facts:
    """Order a case for a part of the matter."""
    _no_conflict(case, context)
    confirmation.check_settled(case)
    if case.withdrawal is not None:
        raise WithdrawalPending("Whoever reported it wants to take it back: answer that first.", request=case.withdrawal.id)
    present = {p.id for p in case.parties if not p.left}
    unknown = [party_id for party_id in command.parties if party_id not in present]
    if unknown:
        raise SplitUnfit("Name parties of this case.", because="party", parties=unknown)
    chosen = _with_principal(_with_guardians(case, command.parties or present))
    split_id = derived_id("spl", command.id)
    ids = tuple(p.id for p in chosen)
    part = money.check_part(case, command.amount)
    category = _of_part(case, command.category)
    made = f.CaseSplit(split_id=split_id, parties=ids, amount=part, category=category, reasons=command.reasons)
    task = f.CrossCaseTaskOrdered(
        errand_id=split_id, what="split", parties=chosen, statement=command.statement, amount=part, relation="split",
        recused=fairness.stay_out(case), category=category, filed_as=remedy.filed_before(case, category or case.category),
        limits_since=case.limits_since or case.opened_at, measures=measures.taken_along(case, chosen, command, context),
        holds=legal_hold.taken_along(case, split_id),
    )  # fmt: skip
    return (made, task)


def _of_part(case: Case, named: str | None) -> str | None:
    """What a part is called. A request over data asks for several things at times, and each part keeps the right that it asks
    for: to see data is not answered by their erasure (Regulation (EU) 2016/679, articles 12(3) and 15 to 22).
    """
    rights = data_rights.of(case.terms)
    if not rights or named in rights:
        return named
    raise SplitUnfit("Say by `category` which right that part asks for.", because="category", allowed=list(rights))


def _with_guardians(case: Case, chosen: Collection[str]) -> list[OpenedParty]:
    """Those chosen, and whoever represents a child among them: a child is in no part of the matter without them."""
    beside = {one.id for p in case.parties if p.id in chosen and p.minor for one in guardians(case, p)}
    return [p for p in case.parties if p.id in chosen or p.id in beside]


def _with_principal(parties: Sequence[OpenedParty]) -> tuple[OpenedParty, ...]:
    """The parties of a case to be: without its principal, somebody who came with a merge has the matter to themselves again."""
    if any(p.side is Side.CLAIMANT and p.role == "principal" for p in parties):
        return tuple(parties)
    first = next((p for p in parties if p.side is Side.CLAIMANT and p.role == "co_claimant"), None)
    if first is None:
        raise SplitUnfit("A case needs a claimant: name the claimant, or somebody who came with a merge.", because="claimant")
    return tuple(p.model_copy(update={"role": "principal"}) if p is first else p for p in parties)


# --- tasks in other cases


def running(case: Case, errand_id: str) -> CrossCaseTask | None:
    """A task that is under way, or None."""
    return next((e for e in case.cross_case_tasks if e.id == errand_id and e.state == "running"), None)


def reported(case: Case, command: c.ReportEffect, context: DecisionContext, at: datetime) -> Facts:
    """What became of a task in another case. Raises ``effect_unknown``."""
    task = running(case, command.effect_id)
    if task is None or command.result == "reversed":
        raise EffectUnknown("No such effect is running in this case.", effect=command.effect_id)
    came = command.note if task.what == "split" and command.result == "done" else None
    told = f.CrossCaseTaskReported(errand_id=task.id, result=command.result, case=came)
    if came is None:
        return (told,)
    return (told, f.CaseLinked(link_id=task.id, other=came, relation="split"))


# --- campaigns


def join_campaign(case: Case, command: c.JoinCampaign, context: DecisionContext, at: datetime) -> Facts:
    """Count the case to an open campaign."""
    campaign: KnownCampaign | None = context.campaign
    if campaign is None or campaign.id != command.campaign:
        raise CampaignUnknown("There is no such campaign.", campaign=command.campaign)
    if not campaign.open:
        raise CampaignClosed("The campaign is closed.", campaign=campaign.id)
    return (f.CampaignJoined(campaign=campaign.id),)


def leave_campaign(case: Case, command: c.LeaveCampaign, context: DecisionContext, at: datetime) -> Facts:
    """Count the case to no campaign any more."""
    return (f.CampaignLeft(campaign=case.campaign or "", reason=command.reason),)


def heard_again(case: Case) -> str | None:
    """The later case in which the matter of this one is heard again: it is not taken up in both, and nothing is paid in both."""
    return next((link.other for link in case.links if link.relation == "heard_again" and link.mirrored), None)


def _other(case_id: str, named: str, found: OtherCase | None) -> OtherCase:
    if named == case_id:
        raise SameCase("This is the same case.", case=named)
    if found is None or found.id != named:
        raise OtherCaseUnknown("There is no case with this id.", case=named)
    if found.reads_only:
        raise AccessReadsOnly(
            "You took access to read the other case; what is linked or merged is written there too.", case=named
        )
    return found


def _no_conflict(case: Case, context: DecisionContext) -> None:
    """To close or to cut a case is no business of whoever stands close to a party, whatever their role."""
    if context.actor is not None and fairness.in_conflict(case, context.actor):
        raise OwnCase("You stand close to a party of this case; another person has to do this.", because="conflict")


def _case_merged(case: Case, rec: f.Recording, fact: f.CaseMerged) -> Change:
    return {"merged_into": fact.into}


def _case_joined(case: Case, rec: f.Recording, fact: f.CaseJoined) -> Change:
    # A case that was put away wakes: somebody else has reported the same.
    holds = released(case.holds, rec.at, frozenset({"snooze"})) if case.holds else case.holds
    recused = tuple(dict.fromkeys((*case.recused, *fact.recused)))
    return {"joined": (*case.joined, fact.of), "parties": (*case.parties, *fact.parties), "holds": holds, "recused": recused}


def _case_linked(case: Case, rec: f.Recording, fact: f.CaseLinked) -> Change:
    by = fact.asked_by if fact.mirrored else rec.actor.id if rec.actor.role != "system" else None
    new = CaseLink(
        id=fact.link_id, other=fact.other, relation=fact.relation, mirrored=fact.mirrored, note=fact.note,
        by=by, credential=rec.credential if not fact.mirrored else None,
    )  # fmt: skip
    return {} if any(x.id == new.id for x in case.links) else {"links": (*case.links, new)}


def _case_unlinked(case: Case, rec: f.Recording, fact: f.CaseUnlinked) -> Change:
    found = next((x for x in case.links if x.id == fact.link_id), None)
    by = fact.asked_by or (rec.actor.id if rec.actor.role != "system" else None)
    doubted = found is not None and found.relation == "duplicate" and by is not None and by != found.by
    parted = (by,) if doubted and by not in case.unlinked_by else ()
    return {"links": tuple(x for x in case.links if x is not found), "unlinked_by": (*case.unlinked_by, *parted)}


def _errand_ordered(case: Case, rec: f.Recording, fact: f.CrossCaseTaskOrdered) -> Change:
    task = CrossCaseTask(id=fact.errand_id, what=fact.what, to=fact.to, parties=tuple(p.id for p in fact.parties))
    return {"cross_case_tasks": (*case.cross_case_tasks, task)}


def _errand_reported(case: Case, rec: f.Recording, fact: f.CrossCaseTaskReported) -> Change:
    said = {"state": fact.result}
    tasks = tuple(t.model_copy(update=said) if t.id == fact.errand_id else t for t in case.cross_case_tasks)
    left = (*case.manual_work, fact.errand_id) if fact.result == "needs_hands" else case.manual_work
    return {"cross_case_tasks": tasks, "manual_work": left}


def _case_split(case: Case, rec: f.Recording, fact: f.CaseSplit) -> Change:
    return {"split_off": (*case.split_off, fact.amount) if fact.amount is not None else case.split_off}


def _campaign_joined(case: Case, rec: f.Recording, fact: f.CampaignJoined) -> Change:
    return {"campaign": fact.campaign}


def _campaign_left(case: Case, rec: f.Recording, fact: f.CampaignLeft) -> Change:
    return {"campaign": None}


def _refusal_of_unlinking(case: Case, actor: Actor) -> Refusal | None:
    return None if case.links else LinkUnknown("The case has no links.", links=[])


def _refusal_of_campaign(case: Case, actor: Actor) -> Refusal | None:
    if case.campaign is None:
        return None
    return CampaignTaken("It belongs to a campaign already; have it leave that one first.", campaign=case.campaign)


def _refusal_of_leaving(case: Case, actor: Actor) -> Refusal | None:
    return CampaignNone("The case belongs to no campaign.") if case.campaign is None else None


def _reported_again(before: Case | None, fact: f.CaseLinked, after: Case) -> set[str]:
    """That a report came of the matter of this case, and has one of its own: by nobody's hand, so somebody has to look."""
    return {"same_matter_reported"} if fact.mirrored and fact.asked_by is None else set()


_BETWEEN_CASES = inside("Which cases have to do with each other would tell a party of people in another case.")

TOPIC = Topic(
    rules={
        "merge": merge,
        "join": join,
        "link": link,
        "unlink": unlink,
        "mirror_link": mirror_link,
        "split": split,
        "join_campaign": join_campaign,
        "leave_campaign": leave_campaign,
    },
    changes={
        "case_merged": _case_merged,
        "case_joined": _case_joined,
        "case_linked": _case_linked,
        "case_unlinked": _case_unlinked,
        "case_split": _case_split,
        "errand_ordered": _errand_ordered,
        "errand_reported": _errand_reported,
        "campaign_joined": _campaign_joined,
        "campaign_left": _campaign_left,
    },
    refuses={
        "merge": _refusal_of_merging,
        "unlink": _refusal_of_unlinking,
        "join_campaign": _refusal_of_campaign,
        "leave_campaign": _refusal_of_leaving,
    },
    known_to={
        "case_merged": known_to(
            "claimant",
            "platform",
            because="The other side may never have heard of a case that is merged, and is a party of the other one by itself.",
        ),
        "case_joined": _BETWEEN_CASES,
        "case_linked": _BETWEEN_CASES,
        "case_unlinked": _BETWEEN_CASES,
        "case_split": _BETWEEN_CASES,
        "errand_ordered": _BETWEEN_CASES,
        "errand_reported": _BETWEEN_CASES,
        "campaign_joined": _BETWEEN_CASES,
        "campaign_left": _BETWEEN_CASES,
    },
    means={"case_linked": _reported_again},
    words=frozenset({"same_matter_reported"}),
    said={"case_joined": lambda case, fact, audience: NoticeData({"of_case": fact.of})},
)
