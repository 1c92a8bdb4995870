"""What facts about sanctions do to a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.sanctions import Sanction, SanctionDrafted, SanctionImposed, SanctionLifted, SanctionVoided

Change = dict[str, Any]


def _drafted(case: Case, rec: f.Recording, fact: SanctionDrafted) -> Change:
    return {"ruling": case.ruling.model_copy(update={"sanction": fact}) if case.ruling else None}


def _imposed(case: Case, rec: f.Recording, fact: SanctionImposed) -> Change:
    names = ("party", "side", "category", "sanction", "weight", "from_at", "ban", "ends_at", "counts_until")
    said = {name: getattr(fact, name) for name in names}
    return {"sanctions": (*case.sanctions, Sanction(id=fact.sanction_id, imposed_at=rec.at, **said))}


def _lifted(case: Case, rec: f.Recording, fact: SanctionLifted) -> Change:
    return _changed(case, fact.sanction_id, {"lifted_at": rec.at})


def _voided(case: Case, rec: f.Recording, fact: SanctionVoided) -> Change:
    return _changed(case, fact.sanction_id, {"voided_at": rec.at, "voided_because": fact.because})


def _changed(case: Case, sanction_id: str, update: Change) -> Change:
    return {"sanctions": tuple(s.model_copy(update=update) if s.id == sanction_id else s for s in case.sanctions)}


def heard(case: Case, sides: set[Side]) -> Change:
    """Sides that were asked and have answered, or whose time went by."""
    return {"heard": tuple(side for side in Side if side in case.heard or side in sides)}


SANCTION_CHANGES: dict[str, Callable[[Case, f.Recording, Any], Change]] = {
    "sanction_drafted": _drafted,
    "sanction_imposed": _imposed,
    "sanction_lifted": _lifted,
    "sanction_voided": _voided,
}
