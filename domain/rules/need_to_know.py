"""Whom a case concerns: who of the team may know of it, by what right, and what that right is good for.

A declared conflict of interest closes a case, whatever else is true. Leads and operations know every other one. Mediators know
those of their own queues and those in which they have or had a part. An access that was taken with a reason is for reading.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.model.case import Case
from domain.model.people import Actor, OpenedParty, Standing
from domain.model.refusals import AccessNeeded, AccessReadsOnly, ConflictOfInterest, Refusal
from domain.rules.fairness import close_to

TEAM = frozenset({"mediator", "lead", "ops", "system"})
"""Roles of those who work on cases, the system's operator among them."""
LEADERS = frozenset({"lead", "ops", "system"})
"""Roles of those who look after the work of others."""
ACCESS = "break_glass"
"""The right of whoever took access with a reason."""


def closed_to(parties: Sequence[OpenedParty], actor: Actor) -> bool:
    """Whether a conflict of interest closes a case of these parties to somebody of the team."""
    return actor.role in TEAM and close_to(parties, actor)


def right_by_part(case: Case | None, actor: Actor) -> str | None:
    """The right that follows from somebody's role and from their part in the case; None: one has to look further."""
    if actor.role not in TEAM or actor.role in LEADERS:
        return actor.role
    if case is not None and case.owner == actor.id:
        return "owner"
    return "involved" if case is not None and any(part.person == actor.id for part in case.involved) else None


def right_by_standing(standing: Standing) -> str | None:
    """The right that a mediator has who has no part in the case now; None: it is none of their business."""
    if standing.in_queue:
        return "queue"
    if standing.worked_on:
        return "involved"
    return ACCESS if standing.access_id else None


def others_of(case: Case) -> frozenset[str]:
    """The other cases that a case names."""
    named = (case.merged_into, *case.joined, *(link.other for link in case.links), *(task.to for task in case.cross_case_tasks))
    return frozenset(other for other in named if other is not None)


def without_others(case: Case, closed: Collection[str]) -> Case:
    """The case as it is shown to whoever may not know these others: it names none of them."""
    if not closed:
        return case
    return case.model_copy(
        update={
            "merged_into": None if case.merged_into in closed else case.merged_into,
            "joined": tuple(other for other in case.joined if other not in closed),
            "links": tuple(link for link in case.links if link.other not in closed),
            "cross_case_tasks": tuple(
                task.model_copy(update={"to": None}) if task.to in closed else task for task in case.cross_case_tasks
            ),
        }
    )


def refusal_of_stranger(case: Case, actor: Actor, standing: Standing | None) -> Refusal | None:
    """Why somebody of the team does nothing in a case that does not concern them; None when it does, or when nobody looked."""
    if standing is None or actor.role not in TEAM:
        return None
    if closed_to(case.parties, actor):
        return ConflictOfInterest("You declared that you stand close to somebody in this case; another person has to look at it.")
    right = right_by_part(case, actor) or right_by_standing(standing)
    if right is None:
        return AccessNeeded("The case is in none of your queues, and you have no part in it.")
    if right == ACCESS:
        return AccessReadsOnly(
            "You took access to read this case. To work on it, have it assigned to you or put into a queue of yours."
        )
    return None
