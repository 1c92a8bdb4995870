"""What facts about other cases do to a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.errand import CaseLink, Errand
from domain.evolve_clocks import released
from domain.model import facts as f
from domain.model.case import Case

Change = dict[str, Any]


def _merged(case: Case, rec: f.Recording, fact: f.CaseMerged) -> Change:
    return {"merged_into": fact.into}


def _joined(case: Case, rec: f.Recording, fact: f.CaseJoined) -> Change:
    # A case that was put away wakes: somebody else has reported the same.
    holds = released(case.holds, rec.at, frozenset({"snooze"})) if case.holds else case.holds
    return {"joined": (*case.joined, fact.of), "parties": (*case.parties, *fact.parties), "holds": holds}


def _linked(case: Case, rec: f.Recording, fact: f.CaseLinked) -> Change:
    new = CaseLink(id=fact.link_id, other=fact.other, relation=fact.relation, mirrored=fact.mirrored, note=fact.note)
    return {"links": (*(x for x in case.links if x.id != new.id), new)}


def _unlinked(case: Case, rec: f.Recording, fact: f.CaseUnlinked) -> Change:
    return {"links": tuple(x for x in case.links if x.id != fact.link_id)}


def _ordered(case: Case, rec: f.Recording, fact: f.ErrandOrdered) -> Change:
    errand = Errand(id=fact.errand_id, what=fact.what, to=fact.to, parties=tuple(p.id for p in fact.parties))
    return {"errands": (*case.errands, errand)}


def _reported(case: Case, rec: f.Recording, fact: f.ErrandReported) -> Change:
    errands = tuple(e.model_copy(update={"state": fact.result}) if e.id == fact.errand_id else e for e in case.errands)
    return {"errands": errands, "hands": (*case.hands, fact.errand_id) if fact.result == "needs_hands" else case.hands}


def _in_campaign(case: Case, rec: f.Recording, fact: f.CampaignJoined) -> Change:
    return {"campaign": fact.campaign}


def _out_of_campaign(case: Case, rec: f.Recording, fact: f.CampaignLeft) -> Change:
    return {"campaign": None}


LINK_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "case_merged": _merged,
    "case_joined": _joined,
    "case_linked": _linked,
    "case_unlinked": _unlinked,
    "errand_ordered": _ordered,
    "errand_reported": _reported,
    "campaign_joined": _in_campaign,
    "campaign_left": _out_of_campaign,
}
