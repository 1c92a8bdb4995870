"""What happened in a case, told to one caller: the facts that ``domain.views.case`` lets them see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.model.case import Case
from domain.model.facts import Actor, Recording, RulingIssued
from domain.views.case import visible
from services.callers import TEAM

_TEAM_ONLY = frozenset({
    "terms", "routing", "priority", "ref_digest", "pack", "version", "decider", "approval_because", "content_digest",
    # Of a level: on whom it landed, or why on nobody.
    "told", "step", "withheld", "again_at",
    # Of a sanction: what it adds to the count of the next one.
    "weight",
    "synthetic",
})  # fmt: skip
"""Fields of facts that the team alone reads: they say how the matter is handled, or join a person's cases."""

_KNOWS_GOLD = frozenset({"ops", "system"})
"""Who may see that a case is a gold or test case."""


def entries(case: Case, recordings: Sequence[Recording], viewer: Actor, first: int = 1) -> list[dict[str, Any]]:
    """The timeline as JSON, its texts still references. ``first`` is the first entry's number for who does not see every fact."""
    if viewer.role in TEAM:
        return [_for_team(one, viewer) for one in recordings]
    told = [one for one in recordings if visible(case, one, viewer)]
    return [_for_others(case, one, viewer, number) for number, one in enumerate(told, start=first)]


def _for_team(one: Recording, viewer: Actor) -> dict[str, Any]:
    actor = {"id": one.actor.id, "role": one.actor.role}
    # Whoever decides a gold case must not know that it is one.
    data = _data(one) if viewer.role in _KNOWS_GOLD else _without(_data(one), frozenset({"synthetic"}))
    return {**_common(one, one.seq), "actor": actor, "data": data, "command_id": one.command_id}


def _for_others(case: Case, one: Recording, viewer: Actor, number: int) -> dict[str, Any]:
    # Numbers of facts would tell that something happened inside, a person's id who decides.
    party = one.actor.id if case.party(one.actor.id) or one.actor.id == viewer.id else None
    role = "staff" if one.actor.role in ("mediator", "lead", "ops") else one.actor.role
    entry = {**_common(one, number), "actor": {"id": party, "role": role}, "data": _without(_data(one), _TEAM_ONLY)}
    issued = one.fact
    if isinstance(issued, RulingIssued):
        ruling = next((r for r in case.rulings if r.id == issued.ruling_id), None)
        if ruling is not None and ruling.reasons is not None:
            entry["data"]["reasons"] = ruling.reasons.model_dump()
    if one.actor.id == viewer.id:
        entry["command_id"] = one.command_id
    return entry


def _common(one: Recording, number: int) -> dict[str, Any]:
    return {"n": number, "at": one.model_dump(mode="json", include={"at"})["at"], "type": one.fact.type, "round": one.round}


def _data(one: Recording) -> dict[str, Any]:
    return one.fact.model_dump(mode="json", exclude={"type"})


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(part, names) for name, part in value.items() if name not in names}
    return [_without(part, names) for part in value] if isinstance(value, list) else value
