"""Files that come with a report or an answer become evidence of whoever sent them, by the same look as every upload."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.base import Side
from domain.model.facts import Actor, EvidenceSubmitted
from domain.model.report import FOR_THE_DESK, Attachment, Report
from services.callers import Caller
from services.cases import Seen
from services.commands import send
from services.errors import Refused, refusal_of
from services.evidence import harmless_name, scanned
from services.parts import Parts
from services.rows import CaseRow

_AT_ONCE = 20
"""Files of one piece of evidence."""
ASKED_AGAIN = ("storage_unavailable", "evidence_store_away", "scanner_away")
"""What is no fault of a file, but of what was away for a while."""


@dataclass(frozen=True)
class Filed:
    """A file that is kept, and not evidence yet."""

    name: str
    id: str


async def filed(
    parts: Parts, caller: Caller, row: CaseRow, party: str, attachments: Sequence[Attachment]
) -> tuple[list[Filed], list[str]]:
    """The files that are kept, and the names of the others with the reason: the same look as at every upload.

    Raises only what is worth another try (a store or a scanner that is away).
    """
    kept: list[Filed] = []
    refused: list[str] = []
    for given in attachments:
        one = given.model_copy(update={"name": await harmless_name(parts, caller.tenant_id, row.id, given.name)})
        try:
            media_type = parts.inspector.look(one.data, one.media_type)
            await scanned(parts, one.data)
            file, _ = await parts.files.add(caller.tenant_id, row.id, party, name=one.name, media_type=media_type, data=one.data)
        except Exception as error:
            # A file that is refused costs nobody the rest; a store that is away is asked again.
            why = refusal_of(error)
            if why is None or why.code in ASKED_AGAIN:
                raise
            refused.append(f"{one.name} ({why.code})")
        else:
            kept.append(Filed(one.name, file.id))
    return kept, refused


async def handed_in(
    parts: Parts, caller: Caller, seen: Seen, party: str, files: Sequence[Filed], command_id: str, how: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make the files evidence; ``how`` says to whom, as the words went. What only the team needs (the mail as it came, what it
    quotes of a letter) goes to the desk: it bears addresses that no other party is shown, and words that were written to one.

    The ids of those that the case takes, and of the commands that say so: it may refuse some, and they stay with whoever sent
    them. A command is called by its files: said again beside others, the same ones are handed in once.
    """
    taken: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    for desk in (False, True):
        ids = tuple(dict.fromkeys(one.id for one in files if (one.name in FOR_THE_DESK) == desk))
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            said = {"text": "The e-mail as it came.", "to": "desk"} if desk else {"text": "Files that came with it."}
            which = hashlib.sha256("\n".join(some).encode()).hexdigest()[:16]
            command = {"id": f"{command_id}-{which}", "type": "submit_evidence", "by": party, "files": list(some), **how, **said}
            try:
                sent = await send(parts, caller, seen, command, channel="email")
            except Refused:
                break
            taken, by = taken + some, (*by, sent.command_id)
    return taken, by


async def of_report(
    parts: Parts, tenant_id: str, row: CaseRow, report: Report, credential: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make what came with a report evidence of its claimant, once, however often it is asked for. What the case did not take, by
    name: with the reason where there is one for the file itself, and without where the case was closed at once; and the commands
    that hand in the others.

    Raises what :func:`filed` raises: the report is on disk then, and whoever sent it tries again.
    """
    if not report.attachments:
        return (), ()
    principal = next(one for one in report.parties if one.side is Side.CLAIMANT and one.role == "principal")
    contacts = await parts.views.contacts(tenant_id, row.id)
    party = next((who for who, known in contacts.items() if known["ref"] == principal.ref), None)
    if party is None or (row.case is not None and not row.case.open):
        return await _not_evidence(parts, tenant_id, row, report.attachments), ()
    caller = Caller(tenant_id, credential, frozenset(), "mail")
    files, refused = await filed(parts, caller, row, party, report.attachments)
    seen = Seen(row, Actor(id=credential, role="platform"))
    digest = hashlib.sha256(f"{row.id}\n{party}\nreport".encode()).hexdigest()[:40]
    given = await evidence_of(parts, tenant_id, row)
    new = [one for one in files if one.id not in given]
    taken, by = await handed_in(parts, caller, seen, party, new, f"cmd_rep-{digest}", {})
    return (*refused, *(one.name for one in new if one.id not in taken)), by


async def evidence_of(parts: Parts, tenant_id: str, row: CaseRow) -> set[str]:
    """The files that are evidence on the case already."""
    facts = [one.fact for one in await parts.views.evidence(tenant_id, row.id)]
    return {file.id for fact in facts if isinstance(fact, EvidenceSubmitted) for file in fact.files}


async def _not_evidence(parts: Parts, tenant_id: str, row: CaseRow, attachments: Sequence[Attachment]) -> tuple[str, ...]:
    """Names of those that the case does not have: the same report comes again after its case was closed, too."""
    given = await evidence_of(parts, tenant_id, row)
    digests = {one.sha256 for one in await parts.files.of_case(tenant_id, row.id) if one.id in given}
    return tuple(one.name for one in attachments if hashlib.sha256(one.data).hexdigest() not in digests)
