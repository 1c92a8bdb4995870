"""Evidence and its files: uploaded before it is handed in, listed, and fetched by whoever may see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from pydantic_core import to_json

from domain.model.erasure import Erased
from domain.model.facts import CaseOpened, EvidenceSubmitted, Recording
from domain.rules.confirmation import TEAM
from domain.rules.fairness import refusal_by_table
from domain.views.case import files_seen, visible
from services.callers import Caller
from services.cases import Seen
from services.errors import FieldError, Refused, not_found, of_command, told_as_refusals
from services.parts import Parts
from services.reading import parsed
from services.rows import StoredFile
from services.texts import Unreadable, as_told, gone_among
from storage.postgres.vault import Damaged

WORDS = 200_000
"""Characters of a file that are shown at most."""
_WRITTEN = frozenset({"text/plain", "text/csv", "application/json", "message/rfc822"})


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and can be kept."""

    seen: Seen
    name: str
    media_type: str
    data: bytes

    @property
    def same(self) -> bytes:
        """What tells it apart from every other upload to the case."""
        return to_json([self.seen.viewer.id, self.name, self.media_type, hashlib.sha256(self.data).hexdigest()])


@dataclass(frozen=True)
class Fetched:
    """A file with its bytes."""

    name: str
    sha256: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class HandedIn:
    """A piece of evidence that the caller may see, with its files."""

    recording: Recording
    fact: EvidenceSubmitted
    text: str | None
    """None once it was erased."""
    files: tuple[StoredFile, ...]
    erased: Erased | None = None


def uploading(caller: Caller, seen: Seen, name: str) -> None:
    """Raises the refusal of somebody who could not hand the file in either, and ``parameter_invalid`` for a name of no use."""
    if seen.case is None:
        raise Refused("not_opened")
    refusal = refusal_by_table(seen.case, seen.viewer, "submit_evidence")
    if refusal is not None:
        why = of_command(refusal.code, refusal.detail, refusal.fields)
        raise why if caller.may_read else why.bare()
    if not name.strip():
        raise Refused("parameter_invalid", errors=[FieldError("name", "text_empty", "Give the file a name: this one is blank.")])
    unseen = [char for char in name if not char.isprintable()]
    if unseen:
        named = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in unseen[:5]))
        said = f"Leave out what is not seen or turns the direction of text: {named}."
        raise Refused("parameter_invalid", errors=[FieldError("name", "control_character", said)])


def looked_at(parts: Parts, seen: Seen, name: str, data: bytes, media_type: str | None) -> Upload:
    """The file, its bytes held against what it is said to be. Raises ``file_empty``, ``file_type_refused`` and the like."""
    return Upload(seen, name, parts.inspector.look(data, media_type), data)


async def scanned(parts: Parts, *files: bytes) -> None:
    """Returns when a scanner found nothing in them, or there is none. Raises ``file_infected``, and ``scanner_away`` where one is
    configured and does not answer: then nothing is taken unscanned."""
    for data in files if parts.scanner is not None else ():
        assert parts.scanner is not None, "asked for just now"
        with told_as_refusals():
            await parts.scanner(data)


async def add(parts: Parts, caller: Caller, upload: Upload) -> tuple[StoredFile, bool]:
    """The file as it is kept, and whether it is new: the same bytes and name from the same uploader are the same file."""
    seen = upload.seen
    await scanned(parts, upload.data)
    name = await harmless_name(parts, caller.tenant_id, seen.id, upload.name)
    return await parts.files.add(
        caller.tenant_id, seen.id, seen.viewer.id, name=name, media_type=upload.media_type, data=upload.data
    )


async def harmless_name(parts: Parts, tenant_id: str, case_id: str, name: str) -> str:
    """A file's name without what only the letter to somebody had: everybody who knows of the file is shown its name."""
    if not parts.token_in(name.encode("utf-8", "replace"), await parts.answered.tokens(tenant_id, case_id)):
        return name
    ending = PurePath(name).suffix
    return f"file{ending}" if ending.isascii() and ending[1:].isalpha() and len(ending) <= 6 else "file"


async def files(parts: Parts, caller: Caller, seen: Seen) -> list[StoredFile]:
    """Files that the caller may fetch: those of evidence that they may see, and their own uploads; for the team also what came
    with the report and is no evidence (:func:`left_over`)."""
    fetchable = await _fetchable(parts, caller, seen)
    every = await parts.files.of_case(caller.tenant_id, seen.id)
    return [
        *(file for file, _ in await left_over(parts, caller, seen)),
        *(_told_to(seen, file) for file in every if file.id in fetchable or _own(file, seen)),
    ]


async def left_over(parts: Parts, caller: Caller, seen: Seen) -> list[tuple[StoredFile, bytes]]:
    """What came with the report and the case did not take, for the team: a case that is turned away or merged at once takes no
    files, and an open one none of a type that is refused. They lie sealed with the report, and are gone when it is erased."""
    if seen.viewer.role not in TEAM or seen.case is None:
        return []
    opening = (await parts.views.timeline(caller.tenant_id, seen.id, limit=1))[0]
    came = opening.fact.attachments if isinstance(opening.fact, CaseOpened) else ()
    evidence = {file.id for _, fact in await _submitted(parts, caller, seen) for file in fact.files} if came else set()
    known = {one.sha256 for one in await parts.files.of_case(caller.tenant_id, seen.id) if one.id in evidence} if came else set()
    found = []
    for prose in came:
        try:
            opened = await parts.views.attachment(caller.tenant_id, prose.content_id)
        except Damaged:
            of, kind = prose.content_id, "application/octet-stream"
            lost = StoredFile(of, seen.id, opening.actor.id, Unreadable(of), None, kind, prose.length, opening.at)
            found.append((lost, b""))
            continue
        if opened is None:
            continue
        name, media_type, data = opened
        digest = hashlib.sha256(data).hexdigest()
        if digest not in known:
            file = StoredFile(prose.content_id, seen.id, opening.actor.id, name, digest, media_type, len(data), opening.at)
            found.append((file, data))
    return found


async def fetch(parts: Parts, caller: Caller, seen: Seen, file_id: str) -> Fetched:
    """A file that the caller may fetch. Raises ``not_found``, ``file_erased``, and ``file_withheld``: it has what only the letter
    to somebody else had, and whoever is handed that could answer in their name."""
    if file_id.startswith("cnt_"):
        return await _fetch_left_over(parts, caller, seen, file_id)
    plain = file_id.startswith("fil_") and file_id.isascii() and file_id.isprintable() and len(file_id) <= 80
    file = await parts.files.one(caller.tenant_id, seen.id, file_id) if plain else None
    if file is None or not (_own(file, seen) or file.id in await _fetchable(parts, caller, seen)):
        raise not_found()
    data = await parts.files.read(caller.tenant_id, seen.id, file_id)
    if isinstance(file.name, Unreadable):
        raise Refused("vault_fault")
    if data is None or file.name is None or file.sha256 is None:
        raise Refused("file_erased")
    if seen.viewer.side is not None and not _own(file, seen) and await _bears_a_letter(parts, caller.tenant_id, seen.id, data):
        raise Refused("file_withheld")
    return Fetched(file.name, file.sha256, file.media_type, data)


async def _fetch_left_over(parts: Parts, caller: Caller, seen: Seen, file_id: str) -> Fetched:
    for file, data in await left_over(parts, caller, seen):
        if file.id == file_id:
            if isinstance(file.name, Unreadable):
                raise Refused("vault_fault")
            assert file.name is not None, "what is erased is left out"
            assert file.sha256 is not None, "as is its name"
            # Of its type there is only its sender's word.
            return Fetched(file.name, file.sha256, "application/octet-stream", data)
    raise not_found()


async def _bears_a_letter(parts: Parts, tenant_id: str, case_id: str, data: bytes) -> bool:
    """Whether a file has the token or link of a letter of ours: of this case in any spelling, of another with its letter's id,
    or the link's own path. What stops its reader is taken for one: nobody has seen that it is none. Raises ``reading_busy``."""
    tokens = await parts.answered.tokens(tenant_id, case_id)
    try:
        if await parsed(parts, tenant_id, partial(parts.token_in, data, tokens), len(data), light=-1):
            return True
        named = await parsed(parts, tenant_id, partial(parts.letters_in, data), len(data), light=-1)
        links = await parsed(parts, tenant_id, partial(parts.links_in, data), len(data), light=-1)
    except Refused as refused:
        if refused.code == "reading_busy":
            raise
        return True
    others = await parts.party_links.among(tenant_id, links)
    return bool(others) or any(parts.answered.held(tenant_id, notice_id, token) for notice_id, token in named)


async def words_of(parts: Parts, tenant_id: str, fetched: Fetched) -> str | None:
    """The words of a file; None: of its type none can be read, or it has none, or it stopped its reader. Raises
    ``reading_busy``."""
    if fetched.media_type == "application/pdf":
        try:
            return await parsed(parts, tenant_id, partial(parts.pdf_text, fetched.data), len(fetched.data), light=-1)
        except Refused as refused:
            if refused.code == "reading_busy":
                raise
            return None
    return fetched.data.decode("utf-8", "replace")[:WORDS] if fetched.media_type in _WRITTEN else None


async def handed_in(parts: Parts, caller: Caller, seen: Seen) -> list[HandedIn]:
    """What was handed in, as far as the caller may see it, oldest first."""
    told = [(recording, fact) for recording, fact in await _submitted(parts, caller, seen) if _sees(seen, recording)]
    stored = {file.id: file for file in await parts.files.of_case(caller.tenant_id, seen.id)}
    texts = await parts.views.texts(caller.tenant_id, [fact.text.content_id for _, fact in told])
    gone = await gone_among(parts, caller.tenant_id, texts, seen.viewer)
    return [
        HandedIn(
            recording,
            fact,
            texts.get(fact.text.content_id),
            tuple(_told_to(seen, stored[file.id]) for file in fact.files if file.id in stored),
            gone.get(fact.text.content_id),
        )
        for recording, fact in told
    ]


def _told_to(seen: Seen, file: StoredFile) -> StoredFile:
    return replace(file, erased=as_told(file.erased, seen.viewer)) if file.erased is not None else file


async def _submitted(parts: Parts, caller: Caller, seen: Seen) -> list[tuple[Recording, EvidenceSubmitted]]:
    recordings: Sequence[Recording] = await parts.views.evidence(caller.tenant_id, seen.id) if seen.case is not None else []
    return [(recording, recording.fact) for recording in recordings if isinstance(recording.fact, EvidenceSubmitted)]


def _sees(seen: Seen, recording: Recording) -> bool:
    return seen.case is not None and visible(seen.case, recording, seen.viewer)


def _own(file: StoredFile, seen: Seen) -> bool:
    return file.uploader == seen.viewer.id


async def _fetchable(parts: Parts, caller: Caller, seen: Seen) -> frozenset[str]:
    if seen.case is None:
        return frozenset()
    return files_seen(seen.case, await parts.views.evidence(caller.tenant_id, seen.id), seen.viewer)
