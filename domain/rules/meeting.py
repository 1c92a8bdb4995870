"""Who has to agree before two sides meet, in kinds that protect people: each person whose matter it is, for themselves.

Nobody agrees in their place: not whoever represents a grown-up, not one of several for the others. For a child it takes the child
and whoever represents it, and each of them can say no; a child whom nobody represents cannot agree at all (directive 2012/29/EU,
article 12(1)(a): free and informed consent, and article 24; UN Convention on the Rights of the Child, article 12).
"""

from __future__ import annotations

from domain.model.appointments import Appointment
from domain.model.case import Case
from domain.model.parties import GuardianNeeded
from domain.rules.authorities import protects
from domain.rules.under_age import guardians


def needs_consent(case: Case, one: Appointment) -> bool:
    """Whether each side has to agree to meet the other one."""
    return one.sides == "both" and protects(case)


def still_to_agree(case: Case, one: Appointment) -> tuple[str, ...]:
    """The parties who have not agreed to it themselves and have to; where one of several is enough for a child, all of them."""
    if not needs_consent(case, one):
        return ()
    agreed = {said.party for said in one.answers if said.joint}
    found: list[str] = []
    for person in (p for side in one.invited for p in case.principals(side)):
        beside = [p.id for p in guardians(case, person)] if person.minor else []
        if person.id not in agreed or (person.minor and not beside):
            found.append(person.id)
        if beside and not agreed.intersection(beside):
            found += beside
    return tuple(dict.fromkeys(found))


def check_can_agree(case: Case, one: Appointment, party_id: str) -> None:
    """Refuses the yes of a child whom nobody represents."""
    party = case.party(party_id)
    if not needs_consent(case, one) or party is None or not party.minor or party.role != "principal" or guardians(case, party):
        return
    raise GuardianNeeded(
        "Somebody under age meets the other side only if a guardian agrees to it, too: one has to be added first. You can say no "
        "at any time, and speak with us alone.",
        because="no_guardian",
        party=party.id,
    )


def owing(case: Case, one: Appointment) -> frozenset[str]:
    """The sides that still owe an answer, or the yes of somebody on them."""
    unsaid = {side.value for side in one.invited} - {said.side.value for said in one.answers}
    parties = (case.party(party_id) for party_id in still_to_agree(case, one))
    return frozenset(unsaid | {party.side.value for party in parties if party is not None})


def has_answered(case: Case, appointment_id: str, party_id: str) -> bool:
    """Whether somebody has answered for themselves, where each has to: they are not asked again because others have not."""
    one = next((one for one in case.appointments if one.id == appointment_id), None)
    return one is not None and any(said.party == party_id for said in one.answers)
