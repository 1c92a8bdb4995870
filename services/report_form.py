"""Reports by anybody, on a page of ours: which forms there are, what keeps machines away without asking anybody else, and the way
of a report to becoming a case, with the link of whoever handed it in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from pydantic import ValidationError

from domain.base import Side
from domain.model.report import Attachment, Report, ReportedParty, Scalar
from policies.pack import Pack
from services import commands, party_links
from services.callers import Caller
from services.cases import find
from services.errors import Refused, malformed, not_found, told_as_refusals
from services.evidence import Upload, add, scanned, uploading
from services.intake import land
from services.parts import Parts
from services.rows import Tenant
from storage.intake.sources import LiveSource

GOOD_FOR = timedelta(hours=24)
"""How long a form that was begun can be sent: somebody looks for a receipt, and sleeps over it."""
NOT_BEFORE = timedelta(seconds=3)
"""Nobody reads a form and fills it in faster; machines do."""
FROM_ONE_PLACE, FOR_ONE_ADDRESS, TO_ONE_COMPANY = 10, 3, 500
"""Reports within an hour: from one place, with one address (which gets letters), and to one company by all its pages."""
_PLACE = "report-form"
_NONE_OF_THEM = frozenset({"general", "other"})


@dataclass(frozen=True)
class Form:
    """A form that anybody can fill in."""

    source: LiveSource
    tenant: Tenant
    pack: Pack

    @property
    def kind(self) -> str:
        """Of what its cases are."""
        return self.pack.kind

    @property
    def of_decisions(self) -> bool:
        """Whether its cases are appeals against a decision that was made elsewhere."""
        return self.pack.decision_elsewhere is not None

    @property
    def notices(self) -> tuple[str, ...]:
        """The categories of such a kind that bring no decision and are decided here first: notices of illegal content."""
        return self.pack.decision_elsewhere.first_instance if self.pack.decision_elsewhere is not None else ()


@dataclass(frozen=True)
class HandedIn:
    """A report that is on disk."""

    case_id: str
    link: str | None
    """The secret of the link of whoever handed it in; None where they are no party that has one."""
    files_kept: bool = True
    """Whether the files became a part of the case; else they lie with the report alone: a case that ended at once takes none."""
    addressed: bool = True
    """Whether there is an address to which a letter goes."""


def listed(pack: Pack) -> dict[str, str]:
    """What a report of the kind can be about, with the pack's own titles; what fits none of it is ``general``."""
    return {code: row.title for code, row in pack.categories.items() if code not in _NONE_OF_THEM}


async def form_of(parts: Parts, source_id: str) -> Form:
    """The form at an address. Raises ``not_found`` where there is none, the same for a source that has no page."""
    source = await parts.sources.find(source_id, "form")
    tenant = await parts.tenants.tenant(source.tenant_id) if source.known and source.provider == "form" and source.page else None
    pack = (await parts.shelf_of(tenant.id)).packs.get(source.kind or "") if tenant is not None else None
    if tenant is None or pack is None:
        raise not_found()
    return Form(source, tenant, pack)


def begun(parts: Parts, form: Form) -> str:
    """What a form bears that was begun now: nobody can make one or change its time."""
    sealed = parts.seals.seal_cursor(form.tenant.id, f"{_PLACE}/{form.source.id}", datetime.now(UTC).isoformat().encode())
    return sealed.hex()


def check_begun(parts: Parts, form: Form, mark: str) -> None:
    """Raises ``form_expired`` for a form that we did not make, that lay too long, or that nobody can have filled in by hand."""
    try:
        opened = parts.seals.open_cursor(form.tenant.id, f"{_PLACE}/{form.source.id}", bytes.fromhex(mark[:400]))
        age = datetime.now(UTC) - datetime.fromisoformat((opened or b"").decode())
    except ValueError:
        raise Refused("form_expired") from None
    if not NOT_BEFORE <= age <= GOOD_FOR:
        raise Refused("form_expired")


def report_of(
    form: Form,
    *,
    category: str,
    statement: str,
    email: str,
    ref: str | None = None,
    name: str | None = None,
    language: str = "en",
    zone: str = "UTC",
    matter: str | None = None,
    amount: dict[str, object] | None = None,
    occurred_at: datetime | None = None,
    minor: bool = False,
    attachments: Sequence[Attachment] = (),
    attributes: Mapping[str, Scalar] = MappingProxyType({}),
) -> Report:
    """The report that the answers are. Raises ``malformed``, naming each field that is wrong.

    ``ref`` is who they are where that is known; left out, it is their address.
    """
    claimant = {
        "side": Side.CLAIMANT, "ref": ref or email.strip().lower(), "name": name or None,
        "email": email.strip() or None, "locale": language,
        "zone": zone, "minor": minor,
    }  # fmt: skip
    respondent = form.source.respondent
    others: list[ReportedParty] = [respondent] if respondent is not None and respondent.ref != claimant["ref"] else []
    try:
        return Report.model_validate({
            "kind": form.kind, "source": "form", "category": category, "statement": statement, "matter": matter or None,
            "amount": amount, "occurred_at": occurred_at, "parties": [claimant, *others], "attachments": list(attachments),
            "attributes": dict(attributes),
        })  # fmt: skip
    except ValidationError as error:
        raise malformed(error) from None


def looked_at(parts: Parts, name: str, data: bytes) -> Attachment:
    """A file that comes along. Raises ``file_empty``, ``file_too_large``, ``file_type_refused`` and the like."""
    try:
        with told_as_refusals():
            return Attachment(name=name, media_type=parts.inspector.look(data, None), data=data)
    except ValidationError as error:
        raise malformed(error) from None


async def hand_in(
    parts: Parts, form: Form, report: Report, *, once: str, place: str, with_files: str, known_sender: bool = False
) -> HandedIn:
    """Make the report a case. The same form sent twice (``once``) is the same case. Its files are handed in as well, with the
    words ``with_files``, where the case goes on: so everybody who works on it sees them.

    ``known_sender``: something besides what was typed in shows who they are. They send as many as they have.
    Raises ``rate_limited`` and what :func:`services.intake.land` raises.
    """
    (claimant,) = [party for party in report.parties if party.side is Side.CLAIMANT]
    if not known_sender:
        # Whose notices go first is not made to wait between them: only an administrator gives out their address of the form.
        await _not_too_often(parts, form, claimant.email or claimant.ref, place)
    await scanned(parts, *(one.data for one in report.attachments))
    known = hashlib.sha256(once.encode("utf-8", "replace")).hexdigest()
    key = f"{form.source.id}/page/{known}"
    source = form.source
    landed = await land(
        parts, form.tenant, report, opened_by=source.id, credential=source.id, key=key, channel="console", queue=source.queue,
        unproven=not known_sender,
    )  # fmt: skip
    await parts.sources.used(source)
    case = landed.row.case
    # The case that was opened just now, and no other: who names an address and a matter gets into nobody's case by it.
    own = [party for party in case.parties if party.side is Side.CLAIMANT and party.role == "principal"] if case else []
    # Once the address is proven the letter is the way in: whoever sends the form again is not let in by that.
    if len(own) != 1 or not own[0].unproven:
        return HandedIn(landed.row.id, None, addressed=claimant.email is not None)
    caller = Caller(form.tenant.id, form.source.id, frozenset(), "party_link", own[0].id)
    kept = await _files_of(parts, caller, landed.row.id, report, known, with_files)
    link = await party_links.of_report(parts, form.tenant.id, landed.row.id, own[0].id)
    return HandedIn(landed.row.id, link, kept, addressed=claimant.email is not None)


async def _files_of(parts: Parts, caller: Caller, case_id: str, report: Report, known: str, words: str) -> bool:
    """Hand the files of a report in, by whoever reported. They are on disk with the report already: what a case that ended at
    once, or that nobody judges yet, does not take is not lost."""
    if not report.attachments:
        return True
    try:
        seen = await find(parts, caller, case_id)
        files = []
        for one in report.attachments:
            uploading(caller, seen, one.name)
            file, _ = await add(parts, caller, Upload(seen, one.name, one.media_type, one.data))
            files.append(file.id)
        said = {"type": "submit_evidence", "id": f"cmd_{known[:40]}", "text": words, "files": files}
        await commands.send(parts, caller, seen, commands.whole(caller, said), channel="console")
    except Refused:
        return False
    return True


async def _not_too_often(parts: Parts, form: Form, address: str, place: str) -> None:
    tried = parts.party_links.tried
    counts = [
        (await tried(form.tenant.id, "report_from", place), FROM_ONE_PLACE),
        (await tried(form.tenant.id, "report_for", address), FOR_ONE_ADDRESS),
        (await tried(form.tenant.id, "report_to", form.tenant.id), TO_ONE_COMPANY),
    ]
    if any(times > most for times, most in counts):
        raise Refused("rate_limited")
