"""Codes that somebody of the team chose, as people outside the team read them.

A code for why a case ends, is declined, is taken up again, why clocks stand still or get more time, why somebody leaves it or a
ruling is set aside is any word, so it can say what nobody outside may know, in this case or of another one (that somebody was
reported to an authority, who is ill, what a colleague thinks). Outside the team a code is read that is meant for it: one of
:data:`OUTSIDE`, of the case's own terms, or that the machine or whoever reads it wrote. Any other is read as
:data:`NEUTRAL`, wherever it would be: in the view, the timeline, an export, a letter, a webhook. The team reads it in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.model import facts as f
from domain.model.case import Case
from domain.rules.agreement_terms import AGREEMENT_FAILS
from domain.rules.confirmation import TEAM
from domain.rules.fairness import ABOUT_DECIDERS
from domain.rules.told_by_two import PLAIN

NEUTRAL = "other"
FREE: Mapping[str, tuple[str, ...]] = {
    "case_closed": ("reason",),
    "case_declined": ("reason",),
    "case_reopened": ("reason",),
    "clock_extended": ("reason",),
    "clocks_paused": ("reason",),
    "clocks_resumed": ("reason",),
    "party_left": ("reason",),
    "ruling_annulled": ("reason",),
    "evidence_requested": ("evidence_type",),
    "evidence_submitted": ("evidence_type",),
    "return_shipped": ("carrier",),
}
"""By fact that people outside may know: its fields that are any word somebody chose."""
_BY_LETTER = frozenset({
    "no_reason_given", "closed_too_long_ago", "reply_pending", "programme_excluded", "window_over", "right_to_ask_withdrawn",
    "already_appealed", "not_yours_to_appeal", "decision_unknown", "not_ours", "decision_missing", "paid_too_long_ago",
    "refunded_already", "not_returned", "belongs_to_a_dispute", "happened_too_long_ago", "what_happened_to_ask",
    "not_booked_here", "decider_was_biased", "procedural_fault", "not_heard", "annulled", "new_signal", "decided_elsewhere",
    "decided_already", "no_data_request", "no_claim",
})  # fmt: skip
"""What letters say as sentences."""
_BY_MACHINE = frozenset({"deadline", "same_matter", "by_hand", "given_up_on_appeal", "not_told"})
_OF_EVERY_DESK = frozenset({"complexity", "number_of_requests", "more_evidence", "waits_for_claimant", "waits_for_respondent"})
OUTSIDE = PLAIN | _BY_LETTER | _BY_MACHINE | _OF_EVERY_DESK | AGREEMENT_FAILS | ABOUT_DECIDERS
"""Codes that are meant for whoever reads them."""


def told(case: Case, code: str | None) -> str | None:
    """A code of the team as people outside read it; none stays none."""
    return code if code is None or code in OUTSIDE or code in _of_terms(case) else NEUTRAL


def told_end(case: Case) -> str | None:
    """Why the case was closed, as people outside read it. What a gate of the pack says at the opening is the pack's own word."""
    return case.close_reason if case.closed_at == case.opened_at else told(case, case.close_reason)


def told_of(case: Case, recording: f.Recording, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a fact to somebody outside, with the codes that they do not read made neutral."""
    if recording.actor.role not in TEAM:
        return dict(said)
    free = FREE.get(recording.fact.type, ())
    return {name: told(case, value) if name in free and isinstance(value, str) else value for name, value in said.items()}


def _of_terms(case: Case) -> frozenset[str]:
    """What the pack of the case lists: its types of evidence, why it may be taken up again, what the law gives more time for."""
    laws = (clock.extension for clock in case.terms.clocks if clock.extension is not None)
    return frozenset({*case.terms.evidence_types, *case.terms.reopen_on, *(code for law in laws for code in law.only_for)})
