"""Legal hold: a lead or ops keeps a case from being deleted, open or closed, until the matter that needs it is over.

That nothing is deleted is enforced where it lies: the database refuses to destroy a key while a case of that person is held.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.base import derived_id
from domain.model import facts as f
from domain.model import legal_hold as c
from domain.model.case import Case
from domain.model.legal_hold import LegalHold, NotOnHold
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.rules.rule import DecisionContext, Facts
from domain.rules.topic import Topic, inside


def _place(case: Case, command: c.PlaceHold, context: DecisionContext, at: datetime) -> Facts:
    return (f.LegalHoldPlaced(hold_id=derived_id("lgh", command.id), reason=command.reason, reasons=command.reasons),)


def _lift(case: Case, command: c.LiftHold, context: DecisionContext, at: datetime) -> Facts:
    ids = tuple(h.id for h in case.legal_holds if command.hold_id in (None, h.id))
    if not ids:
        raise NotOnHold("The case is under no such hold.", hold=command.hold_id, holds=[h.id for h in case.legal_holds])
    return (f.LegalHoldLifted(hold_ids=ids, reasons=command.reasons),)


def _legal_hold_placed(case: Case, rec: f.Recording, fact: f.LegalHoldPlaced) -> dict[str, Any]:
    return {"legal_holds": (*case.legal_holds, LegalHold(id=fact.hold_id, reason=fact.reason, by=rec.actor.id, since=rec.at))}


def _legal_hold_lifted(case: Case, rec: f.Recording, fact: f.LegalHoldLifted) -> dict[str, Any]:
    return {"legal_holds": tuple(h for h in case.legal_holds if h.id not in fact.hold_ids)}


def _refusal_of_lifting(case: Case, actor: Actor) -> Refusal | None:
    return None if case.legal_holds else NotOnHold("No legal hold is on this case.", holds=[])


TOPIC = Topic(
    rules={"place_hold": _place, "lift_hold": _lift},
    changes={"legal_hold_placed": _legal_hold_placed, "legal_hold_lifted": _legal_hold_lifted},
    refuses={"lift_hold": _refusal_of_lifting},
    known_to={
        "legal_hold_placed": inside("That something is kept for a court or an authority is not for whom it may be about."),
        "legal_hold_lifted": inside("As the hold that it ends."),
    },
)
