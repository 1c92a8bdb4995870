"""What people write in a story, brought into the one shape that :mod:`policies.scripts` checks.

A story is written by hand, by people who know their own platform better than this one. So it is read generously: an instant
without a zone is UTC, a person is named with or without ``per_``, parties are a list or go by their side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel

from domain.worktime.spans import Span

SIDES = ("claimant", "respondent")
_SHORT = {
    "s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week",
    "mo": "month", "wh": "working hour", "bd": "business day",
}  # fmt: skip
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+(?: (?!and\b)[a-z]+)?)(?:\s*(?:,|\+|\band\b)\s*|\s+|$)?", re.ASCII)
_OF_A_PARTY = ("side", "role", "ref", "organisation", "name", "email", "locale", "zone", "minor")
_WHO_COMES = ("party", "by_party")
"""Fields of a command that say who becomes a party."""
_INSTANTS = ("at", "until", "to", "due_at", "occurred_at")


def aware(value: Any) -> Any:
    """An instant without a zone is UTC, a day its first moment; anything else as it is."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def spans_of(text: str) -> tuple[Span, ...]:
    """The spans of ``3 business days``, ``2h`` or ``1 day 2 hours``, to be added one after the other. Raises ValidationError."""
    plain = " ".join(text.lower().split())
    parts = _PART.findall(plain)
    if not parts or _PART.sub("", plain):
        return (Span.parse(text),)
    return tuple(Span.parse(f"{number} {_SHORT.get(unit, unit)}") for number, unit in parts)


def name_of(value: Any) -> Any:
    """A name as text: YAML reads ``id: 42`` as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def bare(person: str) -> str:
    """The name of a person without the prefix of their id."""
    return person.removeprefix("per_")


def known(raw: Mapping[Any, Any], model: type[BaseModel], place: str, over: list[str]) -> dict[str, Any]:
    """What the model has a field for; the rest is named in ``over`` and passed over."""
    over += [f"{place}{key}" for key in raw if key not in model.model_fields]
    return {key: value for key, value in raw.items() if key in model.model_fields}


def shaped_report(raw: Mapping[Any, Any]) -> tuple[dict[Any, Any], dict[str, str]]:
    """The report as the API takes it, and the refs of parties by the ids that it names beside."""
    report = {**raw}
    if isinstance(report.get("attributes"), Mapping):
        said = report["attributes"].items()
        report["attributes"] = {k: v.isoformat() if isinstance(v, date) else v for k, v in said}
    report |= {key: name_of(report[key]) for key in ("external_id", "matter") if key in report}
    if "occurred_at" in report:
        report["occurred_at"] = aware(report["occurred_at"])
    parties = [_shaped_party(party, side) for party, side in _each_party(report.get("parties"))]
    ids = {str(p.pop("id")): str(p.get("ref", "")) for p in parties if isinstance(p, dict) and "id" in p}
    return {**report, "parties": parties} if isinstance(report.get("parties"), list | Mapping) else report, ids


def _each_party(parties: Any) -> Iterator[tuple[Any, str | None]]:
    if isinstance(parties, Mapping):
        for side, more in parties.items():
            yield from ((party, side) for party in (more if isinstance(more, list) else [more]))
    elif isinstance(parties, list):
        yield from ((party, None) for party in parties)


def _shaped_party(raw: Any, side: str | None) -> Any:
    if isinstance(raw, str | int) or (raw is None and side):
        raw = {"ref": raw or side}
    if not isinstance(raw, Mapping):
        return raw
    party = {**({"side": side} if side else {}), **raw}
    if party.get("role") in SIDES:
        # `role: claimant` says the side; a role beside it is another thing (witness, insurer).
        party.setdefault("side", party.pop("role"))
        party.pop("role", None)
    if "ref" not in party and ("id" in party or side):
        party["ref"] = party.get("id", side)
    return {key: name_of(value) if key in ("ref", "id") else value for key, value in party.items()}


def shaped_people(raw: Any) -> Any:
    """A list of people, also where they were written as a mapping of their ids."""
    if isinstance(raw, Mapping):
        return [{"id": name, **(more if isinstance(more, Mapping) else {"role": more})} for name, more in raw.items()]
    return raw or ()


def shaped_command(raw: Any) -> Any:
    """A command as it comes over the wire; a bare word is one that needs nothing else, and who becomes a party may be written
    right into it."""
    if isinstance(raw, str):
        return {"type": raw}
    if not isinstance(raw, Mapping):
        return raw
    said = {str(key): aware(value) if key in _INSTANTS else value for key, value in raw.items()}
    if said.get("type") == "add_party" and "party" not in said:
        said["party"] = {key: said.pop(key) for key in _OF_A_PARTY if key in said}
    return {
        key: _shaped_party(value, None) if key in _WHO_COMES and isinstance(value, Mapping) else value
        for key, value in said.items()
    }


def shaped_speaker(raw: Any, roles: Mapping[str, str]) -> Any:
    """Somebody by id and role, also where only one of them was said and the other follows from the rest of the script."""
    said = {**raw} if isinstance(raw, Mapping) else raw if raw is None else {"id": raw}
    if not isinstance(said, dict):
        return said
    if said.get("id") is None and isinstance(said.get("role"), str):
        said["id"] = said["role"]
    if said.get("role") is None and (role := roles.get(bare(str(said.get("id"))))):
        said["role"] = role
    return said


def roles_said(report: Any, ids: Mapping[str, str], speakers: list[Any]) -> dict[str, str]:
    """The role of everybody whom the script says more about in one place than in another."""
    roles = {"system": "system", "platform": "platform", **{side: side for side in SIDES}}
    for speaker in speakers:
        if isinstance(speaker, Mapping) and isinstance(speaker.get("role"), str):
            roles.setdefault(bare(str(speaker.get("id"))), speaker["role"])
    parties = report.get("parties") if isinstance(report, Mapping) else None
    sides = {str(p.get("ref")): str(p.get("side")) for p in parties or () if isinstance(p, Mapping)}
    return {**roles, **{name: sides.get(ref, "") for name, ref in ids.items()}, **sides}
