"""All that is held about a person, as one file: for the party itself about its own case, and for operations about every case of
theirs, to answer a request for access (GDPR article 15).

What goes into it is what the party may know, by the same views that its own pages show. So nobody learns by it what is kept from
them: words for the desk and of the team, who reported where that is kept secret, and a case of which they have not been told yet.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic_core import to_json

from domain.base import Side
from domain.model.case import Case
from domain.model.erasure import Erased
from domain.model.people import OpenedParty
from domain.views.actions import may_see
from domain.views.case import view
from services import cases, evidence, personal_data_page, references, timelines
from services.callers import Caller, viewer
from services.cases import Seen
from services.erasures import addresses_digested
from services.errors import Refused, not_found, told_as_refusals
from services.heavy import need_fresh
from services.need_to_know import noted, rights_of
from services.pages import Page
from services.parts import Parts
from services.rows import StoredFile
from services.texts import Unreadable, as_told
from services.timelines import Entry
from services.trail import administrator, note
from services.translations import of_statement

MOST = 200_000_000
"""Bytes of files that go into an export; what is beyond is named, and fetched one by one."""
READING = "personal data"
"""What stands among the readers of a case of which somebody took out all that is held about a party."""
OPENING = ("case_opened", "case_moved_in")
_WHO = {"staff": "staff", "platform": "staff", "system": "staff"}
_ENTRIES = 500
_PASSING = frozenset({"reading_busy", "storage_unavailable", "evidence_store_away"})
"""Why a file cannot be had just now: whoever asks is told to ask again, and is given no export without it."""


@dataclass(frozen=True)
class Export:
    """All that is held about a person."""

    packed: bytes
    """A zip: ``index.html`` to be read, ``everything.json`` for machines, and the files."""
    cases: tuple[str, ...]
    """What is in it."""
    withheld: tuple[str, ...]
    """Cases of theirs that are not: they have not been told of them, and no access request tells them."""
    unreadable: int = 0
    """Things that could not be read, as they were changed or damaged; in it stands which."""


def reported(case: Case, party: OpenedParty) -> bool:
    """Whether the report is theirs: they are the one whose matter it is, and the only one on the side that reported it."""
    own = party.side is Side.CLAIMANT and party.role == "principal" and party.since is None
    return own and len(list(case.principals(Side.CLAIMANT))) == 1


def whose(entry: Entry, party_id: str, side: Side, *, own_report: bool) -> str:
    """Whose deed it was, as the party would say it: ``you``, ``own`` (its side), ``other`` or ``staff``."""
    if entry.actor_id == party_id:
        return "you"
    if entry.type in OPENING:
        return "you" if own_report else "own" if side is Side.CLAIMANT else "other"
    if entry.role in _WHO:
        return _WHO[entry.role]
    return "own" if entry.role == side.value else "other"


async def of_person(parts: Parts, caller: Caller, case_id: str, party_id: str) -> Export:
    """All that is held about the person who is this party, in every case of theirs. For operations.

    It is noted in the trail, and among the readers of each case, before anything is given. Raises ``not_found``,
    ``not_allowed``, ``scope_missing``, ``proof_needed``, and ``conflict_of_interest`` where one of the cases is closed to them.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "export")
    seen = await cases.find(parts, caller, case_id)
    if seen.case is None or seen.case.party(party_id) is None:
        raise not_found()
    # Whoever wrote from an address has not shown that they are the platform's user who has it.
    await addresses_digested(parts, caller.tenant_id)
    theirs = await parts.erasures.cases_of(caller.tenant_id, case_id, party_id, by_address=False)
    rows = {one: await parts.views.case(caller.tenant_id, one) for one in theirs}
    known = {one: row.case for one, row in rows.items() if row is not None}
    reader = await viewer(parts, caller, case_id)
    rights = await rights_of(parts, caller, known, reader)
    given, withheld = list[tuple[Seen, OpenedParty, Caller]](), list[str]()
    for one, ids in theirs.items():
        if rights.get(one) is None:
            raise Refused("access_needed")
        found = [as_them for own in ids if (as_them := await _as_them(parts, caller, one, own)) is not None]
        given += found
        withheld += [one] * (not found)
    for one in dict.fromkeys(seen.id for seen, _, _ in given):
        await noted(parts, caller, [one], reader, rights[one], READING)
    named = sorted({one.id for one, _, _ in given})
    bundle = _Bundle()
    told = [await bundle.add(parts, as_them, seen, party) for seen, party, as_them in given]
    lost = sum(len(one["unreadable"]) for one in told)
    async with parts.trail.deed(caller.tenant_id) as conn:
        more = {"party": party_id, "cases": named, "withheld": withheld} | ({"unreadable": lost} if lost else {})
        await note(conn, who, "person_exported", case_id, **more)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    head = {"exported_at": datetime.now(UTC).isoformat(), "company": tenant.name if tenant else None}
    packed = bundle.closed({**head, "cases": told}, "everything.json")
    return Export(packed, tuple(named), tuple(withheld), lost)


async def of_case(parts: Parts, caller: Caller, seen: Seen) -> bytes:
    """What a party takes out of its own case. Raises ``not_opened`` while it waits to be judged, and ``not_found``."""
    if seen.case is None:
        raise Refused("not_opened")
    party = seen.case.party(seen.viewer.id)
    if party is None:
        raise not_found()
    bundle = _Bundle()
    told = await bundle.add(parts, caller, seen, party)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    head = {"exported_at": datetime.now(UTC).isoformat(), "company": tenant.name if tenant else None}
    return bundle.closed({**head, **told}, "case.json")


async def _as_them(parts: Parts, caller: Caller, case_id: str, party_id: str) -> tuple[Seen, OpenedParty, Caller] | None:
    """A case as a party of it sees it; None: they may not know of it."""
    row = await parts.views.case(caller.tenant_id, case_id)
    actor = await parts.views.actor(caller.tenant_id, case_id, party_id)
    party = row.case.party(party_id) if row is not None and row.case is not None else None
    if row is None or row.case is None or actor is None or party is None or not may_see(row.case, actor):
        return None
    return Seen(row, actor), party, Caller(caller.tenant_id, caller.credential, frozenset(), "party_link", party_id)


class _Bundle:
    """A zip that is filled case by case."""

    def __init__(self) -> None:
        self._packed = io.BytesIO()
        self._zip = zipfile.ZipFile(self._packed, "w", zipfile.ZIP_DEFLATED)
        self._left, self._number = MOST, 0

    async def add(self, parts: Parts, caller: Caller, seen: Seen, party: OpenedParty) -> dict[str, Any]:
        """Pack the files of a case, and say all that its party may know of it."""
        whole, files = await _whole(parts, caller, seen, party), []
        for file in await evidence.files(parts, caller, seen):
            self._number += 1
            said: dict[str, Any] = {
                "name": file.name,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "yours": file.uploader == party.id,
            }
            if file.erased is not None:
                said["erased"] = _gone(file.erased)
            unfit = "file_erased" if file.name is None else "much" if file.bytes > self._left else None
            # What is too much for one file, or cannot be handed out, is named all the same, and why.
            path, why = await self._file(parts, caller, seen, file) if unfit is None else (None, unfit)
            files.append({**said, "path": path, "left_out": why})
        return {**whole, "files": files, "unreadable": [*whole["unreadable"], *_lost_files(files)]}

    async def _file(self, parts: Parts, caller: Caller, seen: Seen, file: StoredFile) -> tuple[str | None, str | None]:
        """Where it lies in what is packed, or why it does not."""
        try:
            with told_as_refusals():
                fetched = await evidence.fetch(parts, caller, seen, file.id)
        except Refused as refused:
            if refused.code in _PASSING:
                raise
            return None, refused.code
        # A name that somebody chose is no path of whoever unpacks it.
        safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in fetched.name)[-80:].lstrip(".")
        path = f"files/{self._number:02}-{safe or 'file'}"
        self._zip.writestr(path, fetched.data)
        self._left -= file.bytes
        return path, None

    def closed(self, whole: Mapping[str, Any], name: str) -> bytes:
        """The zip, with what was said in it for machines and for people."""
        self._zip.writestr(name, to_json(whole, indent=2))
        self._zip.writestr("index.html", personal_data_page.written(whole))
        self._zip.close()
        return self._packed.getvalue()


async def _whole(parts: Parts, caller: Caller, seen: Seen, party: OpenedParty) -> dict[str, Any]:
    assert seen.case is not None, "it was opened"
    tenant = caller.tenant_id
    by = partial(whose, party_id=party.id, side=party.side, own_report=reported(seen.case, party))
    theirs = await references.of_party(parts, caller, seen, party.id)
    said = view(seen.case, seen.viewer, with_actions=False).model_dump(mode="json", exclude_none=True, exclude={"actions", "seq"})
    erased = (await parts.erasures.erased(tenant, [seen.id])).get(seen.id, {}).get(party.id)
    whole: dict[str, Any] = {
        "you": {
            "id": party.id, "side": party.side.value, "role": party.role, "name": theirs.name, "email": theirs.email,
            "reference": theirs.reference, "zone": party.zone, "language": party.locale,
        },
        "kept_until": seen.case.keep_until.isoformat() if seen.case.keep_until else None,
        "not_in_here": await _not_in_here(parts, caller, seen, party),
        "erased_at": erased.at.isoformat() if erased else None,
        "erased_because": as_told(erased, seen.viewer).reason if erased else None,
        "matter": theirs.matter,
        "report": {"number": theirs.number, "subject": theirs.subject},
        "case": said,
        "texts": await cases.texts_of(parts, caller, seen),
        "what_happened": [
            {"at": entry.at.isoformat(), "type": entry.type, "by": by(entry), **entry.data}
            | ({"translations": [asdict(one) for one in entry.translations]} if entry.translations else {})
            | ({"erased": {place: _gone(one) for place, one in entry.erased.items()}} if entry.erased else {})
            for entry in await _entries(parts, caller, seen)
        ],
        "translations": [asdict(one) for one in await of_statement(parts, caller, seen)],
        "begun": await parts.outside_drafts.of_party(tenant, seen.id, party.id),
        "handed_in": [
            {"at": piece.recording.at.isoformat(), "text": piece.text, "files": [file.name for file in piece.files],
             "erased": _gone(piece.erased) if piece.erased else None}
            for piece in await evidence.handed_in(parts, caller, seen)
        ],
        "letters": await parts.views.letters(tenant, seen.id, party.id),
    }  # fmt: skip
    # The name of a file is looked at where the file stands.
    texts = {**whole, "handed_in": [{"text": piece["text"]} for piece in whole["handed_in"]]}
    return {**whole, "unreadable": [*theirs.unreadable, *_lost_in(texts)]}


async def _not_in_here(parts: Parts, caller: Caller, seen: Seen, party: OpenedParty) -> list[str]:
    """What is held beside all this and not given: ``organisation``, which is kept as a digest that nobody reads back, and
    ``attributes``, which the platform gave with the report for its own rules and which can speak about others."""
    report = await parts.views.report(caller.tenant_id, seen.id)
    held = {"organisation": party.org_digest is not None, "attributes": bool(report and report.get("attributes"))}
    return [name for name, is_held in held.items() if is_held]


def _gone(erased: Erased) -> dict[str, str | None]:
    return {"at": erased.at.isoformat(), "reason": erased.reason}


def _lost_in(value: Any, place: str = "") -> Iterator[str]:
    """Where in what is told a text stands that does not open any more."""
    if isinstance(value, Unreadable):
        yield place
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _lost_in(part, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _lost_in(part, f"{place}.{number}")


def _lost_files(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, file in enumerate(files):
        if file["left_out"] in ("vault_fault", "file_missing"):
            yield f"files.{number}"


async def _entries(parts: Parts, caller: Caller, seen: Seen) -> Sequence[Entry]:
    found, cursor = list[Entry](), None
    while True:
        part = await timelines.page_of_entries(parts, caller, seen, Page(_ENTRIES, cursor))
        found += part.items
        if part.next_cursor is None:
            return found
        cursor = part.next_cursor
