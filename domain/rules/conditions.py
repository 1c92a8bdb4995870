"""What must hold for a command beside the table's row, whatever the command says: the judge refuses by it, buttons are
disabled by it.
"""

from __future__ import annotations

from domain.model.case import Case
from domain.model.clocks import Clock, IncidentUnknown, NotPaused
from domain.model.facts import Actor
from domain.model.handling import OwnerMissing
from domain.model.legal_hold import NotOnHold
from domain.model.links import CampaignNone, CampaignTaken, LinkUnknown, MergedAlready
from domain.model.procedure import RootCauseUnknown, StepUnknown
from domain.model.refusals import NotAllowed, Refusal
from domain.model.ruling import NoRight
from domain.model.safeguards import InterimUnknown, MeasureNotAllowed
from domain.model.settlement import NoOffer, NoReturn, OwnOffer, ReturnUnderWay
from domain.rules.authorities import bar_to_reporting, bar_to_second_word
from domain.rules.chargeback import bar_to_evidence
from domain.rules.credit import bar_to_credit
from domain.rules.procedure import unready

OF_GOODS = frozenset({"ship_return", "confirm_return", "contest_return", "decide_return"})
"""No buttons at all while no goods go back: in most kinds they never do."""
OF_NETWORKS = frozenset({"draft_chargeback_evidence", "submit_chargeback_evidence"})
"""Nor these in kinds that no card network decides."""


def needless(case: Case, command: str) -> bool:
    """Whether a button for it would only be in the way."""
    if command in OF_NETWORKS:
        return case.terms.chargeback is None
    return command in OF_GOODS and case.returning is None


def unmet(case: Case, actor: Actor, command: str) -> Refusal | None:
    """Why this cannot be done as the case stands; None when it can."""
    match command:
        case "accept_offer" | "decline_offer" | "offer" | "escalate" | "ship_return" | "confirm_return" | "contest_return":
            return _between_the_sides(case, actor, command)
        case "take" if case.owner is not None:
            return OwnerMissing("The case has an owner; ask an ops lead to reassign it.")
        case "appeal":
            return _no_right(case, actor)
        case "resume" if not any(h.why in ("pause", "snooze") and h.lasts_at(case.updated_at) for h in case.holds):
            return NotPaused("No clock of this case was paused or snoozed.")
        case "extend" if actor.role == "mediator" and not any(_of_others(case, clock) for clock in case.clocks):
            return NotAllowed("Your own time is extended by a lead or by ops.", command=command, allowed=["lead", "ops"])
        case "thaw" if not any(h.why == "freeze" and h.until is None for h in case.holds):
            return IncidentUnknown("This case is not frozen.")
        case "rule":
            return unready(case)
        case "complete_step" | "skip_step" if not case.terms.procedure:
            return StepUnknown("This kind of case has no procedure.", allowed=[])
        case "name_root_cause" if not case.terms.root_causes:
            return RootCauseUnknown("This kind of case has no root causes to choose from.", allowed=[])
        case _:
            return _nothing_there(case, command) or _at_risk(case, actor, command)


def _nothing_there(case: Case, command: str) -> Refusal | None:
    """What is to be taken back, or chosen from, is not there."""
    match command:
        case "lift_hold" if not case.legal_holds:
            return NotOnHold("No legal hold is on this case.", holds=[])
        case "impose_interim" if not case.terms.interim:
            return MeasureNotAllowed("This kind of case has no interim measures.", allowed=[])
        case "draft_chargeback_evidence" | "submit_chargeback_evidence":
            return bar_to_evidence(case, command)
        case "review_interim" if not case.interim:
            return InterimUnknown("No interim measure is in force.")
        case _:
            return _between_cases(case, command)


def _between_cases(case: Case, command: str) -> Refusal | None:
    match command:
        case "reopen" if case.merged_into is not None:
            return MergedAlready("The matter goes on in another case; split that one instead.", into=case.merged_into)
        case "unlink" if not case.links:
            return LinkUnknown("The case has no links.", links=[])
        case "join_campaign" if case.campaign is not None:
            return CampaignTaken("It belongs to a campaign already; have it leave that one first.", campaign=case.campaign)
        case "leave_campaign" if case.campaign is None:
            return CampaignNone("The case belongs to no campaign.")
        case _:
            return None


def _at_risk(case: Case, actor: Actor, command: str) -> Refusal | None:
    match command:
        case "credit_provisionally":
            return bar_to_credit(case)
        case "report_to_authority":
            return bar_to_reporting(case)
        case "approve_report" | "return_report":
            return bar_to_second_word(case, actor)
        case _:
            return None


def _of_others(case: Case, clock: Clock) -> bool:
    """A running clock that does not wait for the team."""
    definition = case.terms.clock(clock.name)
    return clock.stopped_at is None and definition is not None and not definition.is_the_teams


def _between_the_sides(case: Case, actor: Actor, command: str) -> Refusal | None:
    """With goods on their way back the sides have settled, and what they agreed on binds them."""
    if command in ("accept_offer", "decline_offer"):
        return _no_offer(case, actor)
    if command in ("offer", "escalate") and case.returning is not None:
        return ReturnUnderWay("The sides have settled, and the goods are going back.", state=case.returning.state)
    return _on_its_way(case, command)


def _on_its_way(case: Case, command: str) -> Refusal | None:
    under_way = case.returning
    if command not in ("ship_return", "confirm_return", "contest_return"):
        return None
    if under_way is None:
        return NoReturn("Nobody waits for goods in this case.")
    if command == "ship_return" and under_way.state != "awaited":
        return NoReturn("The goods were sent before.", state=under_way.state)
    if command == "contest_return" and under_way.state != "shipped":
        return NoReturn("Only goods that were sent can be objected to, and only once.", state=under_way.state)
    return None


def _no_offer(case: Case, actor: Actor) -> Refusal | None:
    if case.offer is None:
        return NoOffer("There is no open offer.")
    if case.offer.side is actor.side:
        return OwnOffer("This is your own side's offer; the other side answers it.", offer=case.offer.id)
    return None


def _no_right(case: Case, actor: Actor) -> Refusal | None:
    right = next((r for r in case.rights if r.side is actor.side), None)
    if right is not None and right.allowed:
        return None
    return NoRight("This side has no right to appeal.", because=right.because if right else "no_ruling")
