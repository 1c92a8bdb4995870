"""By what a platform finds its own objects again: read for whoever may know it, and what it notes for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.model.facts import Actor
from domain.model.report import MOST_METADATA
from domain.views.case import sees_report
from domain.views.references import References, may_know
from services.callers import Caller
from services.cases import Seen, find
from services.errors import FieldError, Refused, not_found
from services.need_to_know import Right, noted, rights_of
from services.parts import Parts


@dataclass(frozen=True)
class Told:
    """The references of one case, and whether the names and addresses of its parties are told with them."""

    references: References
    with_people: bool = False


async def references_of(parts: Parts, caller: Caller, *seen: Seen) -> Mapping[str, Told]:
    """The references of these cases, by case, without names and addresses; nothing of a case whose viewer may not know them."""
    wanted: list[str] = []
    # They are the platform's words about people: who read them is kept, as for a case that is read by itself.
    for (right, reader), read in (await _by_right(parts, caller, seen)).items():
        await noted(parts, caller, read, reader, right, "references")
        wanted += read
    found = await parts.views.references(caller.tenant_id, wanted) if wanted else {}
    return {case_id: Told(references) for case_id, references in found.items()}


async def named(parts: Parts, caller: Caller, *seen: Seen) -> Mapping[str, Told]:
    """The same with the names of their people, for a list of what is to be done to somebody: it is kept that it was read."""
    return {case_id: replace(told, with_people=True) for case_id, told in (await references_of(parts, caller, *seen)).items()}


async def looked_through(parts: Parts, caller: Caller, seen: Sequence[Seen]) -> Mapping[str, References]:
    """The references of these cases with the names of their people, for a search that goes through them and shows nobody what it
    went through: of what it found, :func:`references_of` reads what is shown, and keeps that it was read."""
    theirs = [case_id for read in (await _by_right(parts, caller, seen)).values() for case_id in read]
    return await parts.views.references(caller.tenant_id, theirs) if theirs else {}


async def _by_right(parts: Parts, caller: Caller, seen: Sequence[Seen]) -> Mapping[tuple[Right, Actor], list[str]]:
    """The cases of whose references the viewer may know, by the right by which they read them; without right, none."""
    viewers: dict[Actor, list[Seen]] = {}
    for one in seen:
        if may_know(one.viewer):
            viewers.setdefault(one.viewer, []).append(one)
    found: dict[tuple[Right, Actor], list[str]] = {}
    for reader, theirs in viewers.items():
        rights = await rights_of(parts, caller, {one.id: one.case for one in theirs}, reader)
        for case_id, right in rights.items():
            found.setdefault((right, reader), []).append(case_id)
    return found


async def references_and_people(parts: Parts, caller: Caller, seen: Seen) -> Told | None:
    """The same of one case with the names and addresses of its parties; None for who may not know them.

    This is the only place where they are read out: whoever records who read them does it here.
    """
    if not may_know(seen.viewer):
        return None
    found = await parts.views.references(caller.tenant_id, [seen.id])
    return Told(found[seen.id], with_people=True) if seen.id in found else None


@dataclass(frozen=True)
class OfTheirs:
    """What a party is told of the references of its case."""

    matter: str | None = None
    """The number of the order or booking, for whoever reads the report."""
    name: str | None = None
    email: str | None = None
    reference: str | None = None
    """By which the platform knows them."""
    unreadable: tuple[str, ...] = ()
    """Which of these do not open any more: ``matter``, ``you``, ``subject``."""
    number: str | None = None
    """By which the platform knows the report, for whoever reads it."""
    subject: str | None = None
    """What the platform calls it, for the same."""


async def of_party(parts: Parts, caller: Caller, seen: Seen, party_id: str) -> OfTheirs:
    """What a party's own page says of the references: its own name and address, and the matter where it reads the report."""
    found = (await parts.views.references(caller.tenant_id, [seen.id])).get(seen.id)
    if found is None or seen.case is None or seen.viewer.id != party_id:
        return OfTheirs()
    own = next((one for one in found.parties if one.id == party_id), None)
    reads = sees_report(seen.case, seen.viewer)
    if not reads:
        found = References(source=found.source)
    lost = [name for name in ("matter", "subject") if name in found.unreadable]
    told = OfTheirs(found.matter, unreadable=tuple(lost), number=found.external_id, subject=found.subject)
    if own is None:
        return told
    return replace(told, name=own.name, email=own.email, reference=own.ref, unreadable=(*lost, *["you"] * own.unreadable))


async def note(parts: Parts, caller: Caller, case_id: str, changes: Mapping[str, str | None]) -> dict[str, str]:
    """Note something on a case, for the platform itself: what is named is set, or taken away by None, and the rest stays. All
    that is noted is answered; to who may not read, of what they named.

    Raises ``not_found``, ``not_allowed`` for everybody but the platform, and ``metadata_full`` for too many keys.
    """
    seen = await find(parts, caller, case_id)
    if seen.viewer.role not in ("platform", "system"):
        raise Refused("not_allowed", "Metadata is what the platform notes for itself; only its own key changes it.")

    def changed(noted: dict[str, str]) -> dict[str, str]:
        after = {name: value for name, value in {**noted, **changes}.items() if value is not None}
        if len(after) > MOST_METADATA:
            most = f"At most {MOST_METADATA} keys; take one away by null."
            raise Refused("metadata_full", most, [FieldError("metadata", "metadata_full", most)])
        return after

    noted = await parts.intake.note(caller.tenant_id, case_id, changed)
    if noted is None:
        raise not_found()
    return noted if caller.may_read else {name: value for name, value in noted.items() if name in changes}
