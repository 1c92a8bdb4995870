"""A report on its way to becoming a case."""

from __future__ import annotations

from dataclasses import dataclass

from api.bodies.cases import case_body
from api.kit.idempotent import Reply
from domain.model.facts import Actor
from domain.model.report import Report
from policies.pack import PackError
from policies.shelf import UnknownKind
from services.callers import Caller
from services.commands import judged
from services.errors import FieldError, Refused, of_command
from services.parts import Answered, Parts
from storage.intake.inbox import Conflict
from storage.tenants import Tenant
from storage.views.cases import CaseRow


@dataclass(frozen=True)
class Landed:
    """A report that is on disk as a case."""

    held: CaseRow
    command_id: str
    created: bool
    """False: the same report was here before."""
    answer: Answered | None
    """None: not judged yet."""


async def land(
    parts: Parts, tenant: Tenant, report: Report, *, opened_by: str, key: str | None = None, channel: str = "api"
) -> Landed:
    """Put a report on disk and have it judged. Raises ``kind_unknown``, ``idempotency_key_reused``, ``external_id_reused``."""
    try:
        shelf = await parts.shelf_of(tenant.id)
        terms, routing = shelf.terms(report, tenant.time_scale)
    except UnknownKind as unknown:
        kinds = f"Use one of: {', '.join(unknown.known)}."
        raise Refused("kind_unknown", errors=[FieldError("kind", "kind_unknown", kinds)]) from None
    except PackError as error:
        raise Refused("policy_unusable", str(error)) from None
    try:
        opened = await parts.intake.open(
            tenant.id,
            report,
            terms,
            routing,
            calendars=shelf.calendars_of(terms),
            notices=shelf.packs[terms.pack].notices,
            idempotency_key=key,
            opened_by=opened_by,
            channel=channel,
        )
    except Conflict as conflict:
        raise Refused(conflict.code, str(conflict).partition(": ")[2]) from None
    held = await parts.views.case(tenant.id, opened.case_id)
    assert held is not None, "a case that was opened is there"
    if held.case is not None:
        return Landed(held, opened.command_id, opened.created, await _kept(parts, tenant, held, opened.command_id))
    answer = await judged(parts, tenant.id, held, opened.command_id)
    if answer is not None and answer.status != "accepted":
        raise of_command("broken" if answer.status == "broken" else answer.code, answer.detail, answer.fields)
    return Landed(await parts.views.case(tenant.id, held.id) or held, opened.command_id, opened.created, answer)


async def _kept(parts: Parts, tenant: Tenant, held: CaseRow, command_id: str) -> Answered | None:
    sent = await parts.views.command(tenant.id, held.id, command_id)
    return sent.answer if sent else None


async def opened_reply(parts: Parts, caller: Caller, landed: Landed) -> Reply:
    """201 with the case, 200 when it was here before, 202 when it waits to be judged."""
    actor = await parts.views.actor(caller.tenant_id, landed.held.id, caller.holder)
    # Whoever hands a report in is at least the platform; the case is on disk, and this is no moment to fail.
    body = case_body(landed.held, actor or Actor(id=caller.credential, role="platform"))
    status = 202 if landed.held.case is None else 201 if landed.created else 200
    return Reply(status, body, replayed=not landed.created)
