"""Whom every pack tells of what, without saying so."""

from __future__ import annotations

from domain.rules.reference import Notices

ALWAYS: Notices = {
    "case_joined": ("owner",),
    "clocks_paused:put_away": ("owner",),
    "interim_ended:lapsed": ("owner", "leads"),
    "same_matter_reported": ("owner", "leads"),
    "interim_imposed:alone": ("leads",),
    "interim_reviewed": ("claimant", "respondent"),
    "interim_review_asked": ("owner",),
    "interim_review_asked:closed": ("leads",),
    "came_since_draft": ("drafter", "leads"),
    "ruling_annulled": ("all",),
    "withdrawal_requested": ("claimant", "respondent", "owner"),
    "withdrawal_accepted": ("claimant", "respondent"),
    "withdrawal_overtaken:revoked": ("claimant", "respondent", "owner"),
    "withdrawal_overtaken:left": ("owner",),
    "right_renamed": ("claimant",),
    "amount_lowering_proposed": ("claimant", "leads"),
    "amount_stated:lowered": ("claimant",),
    "amount_stated:raised": ("claimant", "respondent"),
    "continued_of_office": ("claimant", "respondent", "platform"),
    "party_added": ("claimant", "respondent", "platform", "owner"),
    "party_left": ("claimant", "respondent", "platform", "owner"),
    "party_removal_proposed": ("leads",),
    "party_change_waits": ("leads",),
    "party_change_confirmed": ("owner",),
    "ruling_withheld": ("owner", "leads"),
    "effect_withheld": ("owner", "leads"),
    "effect_released": ("owner", "leads"),
    "paid_elsewhere_noticed": ("owner", "leads"),
    "exception_asked": ("leads",),
    "exception_granted": ("owner",),
    "exception_refused": ("owner",),
    "effect_reported:needs_hands": ("owner",),
    "effect_reported:twice": ("owner", "leads"),
    "effect_reported:failed": ("leads", "ops"),
    "manual_work_reported:twice": ("leads",),
    "manual_work_reported": ("claimant", "respondent", "platform", "owner"),
    "appointment_proposed": ("claimant", "respondent"),
    "appointment_unmatched": ("owner",),
    "appointment_times_named": ("owner",),
    "appointment_confirmed": ("claimant", "respondent", "owner"),
    "appointment_moved": ("claimant", "respondent", "owner"),
    "appointment_cancelled": ("claimant", "respondent", "owner"),
    "appointment_reminded": ("claimant", "respondent", "owner"),
    "appointment_held": ("claimant", "respondent"),
    "protocol_commented": ("claimant", "respondent", "owner"),
    "signal_received:closed": ("ops",),
    "signal_received:money_back": ("owner", "leads"),
    "signal_received": ("owner",),
}
"""Whom every pack tells, unless it says otherwise."""
LAST: Notices = {"evidence_submitted": ("claimant", "respondent")}
"""The same of what everything else outweighs: whose time to answer begins, has to know of it."""
