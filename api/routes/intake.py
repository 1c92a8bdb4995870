"""What providers and mail servers send. Webhooks are proved by their signature, so their address names the tenant."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.examples.cases import ACCEPTED, CASE, MAIL, PAYPAL, STRIPE, TAKEN
from api.kit.callers import identify
from api.kit.idempotent import Reply, key_of
from api.kit.problems import Problem
from api.kit.reading import MAX_MAIL, read_bytes
from api.kit.replies import answer
from api.kit.throttle import Throttle
from api.schema import gives, takes, takes_raw
from domain.base import Code
from domain.model.facts import Actor
from domain.model.prose import MAX_PROSE
from domain.model.report import Report
from services.callers import Caller
from services.commands import Seen, send
from services.errors import not_found
from services.intake import land, opened_reply
from services.parts import Parts
from services.parts import Reply as MailReply
from storage.tenants import Tenant

router = APIRouter(tags=["intake"])

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TAKEN = gives(
    {
        200: ("TakenBody", {**TAKEN, "status": "known"}),
        201: ("TakenBody", TAKEN),
        202: ("TakenBody", {**TAKEN, "status": "accepted"}),
    }
)


@router.post(
    "/v1/intake/{tenant_id}/stripe",
    status_code=201,
    summary="Stripe's webhook",
    openapi_extra=takes(None, STRIPE, public=True),
    responses=_TAKEN,
)
async def stripe(request: Request, tenant_id: str) -> Response:
    """`charge.dispute.created` opens a case; every other event is acknowledged. Proved by `Stripe-Signature`."""
    parts: Parts = request.app.state.parts
    tenant = await _tenant(request, tenant_id)
    parser = parts.parsers.stripe(tenant)
    if parser is None:
        raise not_found()
    body = await read_bytes(request)
    return await _taken(parts, tenant, parser.report(body, request.headers.get("stripe-signature")), "stripe")


@router.post(
    "/v1/intake/{tenant_id}/paypal",
    status_code=201,
    summary="PayPal's webhook",
    openapi_extra=takes(None, PAYPAL, public=True),
    responses=_TAKEN,
)
async def paypal(request: Request, tenant_id: str) -> Response:
    """`CUSTOMER.DISPUTE.CREATED` opens a case; every other event is acknowledged. Proved by PayPal's transmission signature."""
    parts: Parts = request.app.state.parts
    tenant = await _tenant(request, tenant_id)
    parser = parts.parsers.paypal(tenant)
    if parser is None:
        raise not_found()
    body = await read_bytes(request)
    return await _taken(parts, tenant, parser.report(body, dict(request.headers)), "paypal")


@router.post(
    "/v1/intake/email",
    status_code=201,
    summary="An e-mail",
    openapi_extra=takes_raw("message/rfc822", MAIL),
    responses=gives(
        {
            200: ("TakenBody|CaseBody", {**TAKEN, "status": "message"}),
            201: ("CaseBody", CASE),
            202: ("TakenBody|AcceptedCase", ACCEPTED),
        }
    ),
)
async def email(
    request: Request, kind: Annotated[Code | None, Query(description="Kind of the case; left out: the tenant's.")] = None
) -> Response:
    """A raw e-mail (RFC 5322). A new one opens a case; an answer to one of our notices becomes a message on its case, when its
    sender is a party there; what a machine sent back is acknowledged and ignored."""
    caller = await identify(request)
    caller.need("cases:write")
    parts: Parts = request.app.state.parts
    key = key_of(request)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"
    raw = await read_bytes(request, MAX_MAIL)
    # Twenty megabytes of MIME take a while: not on the loop that answers everybody.
    found = await asyncio.to_thread(parts.parsers.mail(tenant).read, raw, kind=kind)
    if found is None:
        return answer(Reply(200, _body(None, "ignored", None)))
    if isinstance(found, Report):
        landed = await land(parts, tenant, found, opened_by=caller.holder, key=key, channel="email")
        return answer(await opened_reply(parts, caller, landed))
    return answer(await _message(parts, caller, found))


async def _tenant(request: Request, tenant_id: str) -> Tenant:
    parts: Parts = request.app.state.parts
    tenant = await parts.tenants.tenant(tenant_id) if _TENANT.fullmatch(tenant_id) else None
    if tenant is None:
        raise not_found()
    throttle: Throttle = request.app.state.throttle
    throttle.take(f"{tenant.id}/webhooks")
    return tenant


async def _taken(parts: Parts, tenant: Tenant, report: Report | None, provider: str) -> Response:
    if report is None:
        return answer(Reply(200, _body(None, "ignored", None)))
    landed = await land(parts, tenant, report, opened_by="system", channel="webhook")
    waits = landed.held.case is None
    status = 202 if waits else 201 if landed.created else 200
    state: Literal["accepted", "opened", "known"] = "accepted" if waits else "opened" if landed.created else "known"
    return answer(Reply(status, _body(landed.held.id, state, landed.command_id)))


async def _message(parts: Parts, caller: Caller, reply: MailReply) -> Reply:
    """The answer to a notice, as its sender's message. Only the recipient knows a notice's id; the address has to fit as well."""
    tenant_id = caller.tenant_id
    case_id = await parts.views.notice_case(tenant_id, reply.notice_id)
    held = await parts.views.case(tenant_id, case_id) if case_id else None
    if held is None:
        raise not_found()
    addresses = await parts.views.addresses(tenant_id, held.id)
    senders = [party for party, address in sorted(addresses.items()) if address.casefold() == reply.sender.casefold()]
    if not senders:
        raise Problem("sender_not_a_party")
    told = {one.recipient for one in await parts.views.notices(tenant_id, held.id) if one.id == reply.notice_id}
    sender = next((party for party in senders if party in told), senders[0])
    digest = hashlib.sha256(f"{held.id}\n{sender}\n{reply.message_id}".encode("utf-8", "replace")).hexdigest()
    command = {"id": f"cmd_mail-{digest[:40]}", "type": "message", "by": sender, "text": _text(reply)}
    sent = await send(parts, tenant_id, Seen(held, Actor(id=caller.credential, role="platform")), command, channel="email")
    return Reply(sent.status_code, _body(held.id, "message", sent.body["command_id"]))


def _text(reply: MailReply) -> str:
    if not reply.attachments:
        return reply.text
    names = ", ".join(one.name for one in reply.attachments)[:500]
    left_out = f"\n\n[The e-mail had attachments, which a message cannot carry: {names}]"
    return reply.text[: MAX_PROSE - len(left_out)] + left_out


def _body(case_id: str | None, status: str, command_id: str | None) -> dict[str, Any]:
    return {"id": case_id, "status": status, "command_id": command_id}
