"""What providers and mail servers send. Webhooks are proved by their signature, so their address names the tenant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.cases import taken_body
from api.examples.cases import ACCEPTED, CASE, MAIL, PAYPAL, STRIPE, TAKEN
from api.kit.context import Context, RequestContext
from api.kit.idempotent import Reply
from api.kit.reading import MAX_MAIL, read_bytes
from api.kit.replies import answer, shown
from api.routes.cases import opened_reply
from api.schema import gives, takes, takes_raw
from domain.base import Code
from services import intake

router = APIRouter(tags=["intake"])

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
async def stripe(context: Context, tenant_id: str) -> Response:
    """`charge.dispute.created` opens a case; every other event is acknowledged. Proved by `Stripe-Signature`."""
    return await _webhook(context, tenant_id, "stripe")


@router.post(
    "/v1/intake/{tenant_id}/paypal",
    status_code=201,
    summary="PayPal's webhook",
    openapi_extra=takes(None, PAYPAL, public=True),
    responses=_TAKEN,
)
async def paypal(context: Context, tenant_id: str) -> Response:
    """`CUSTOMER.DISPUTE.CREATED` opens a case; every other event is acknowledged. Proved by PayPal's transmission signature."""
    return await _webhook(context, tenant_id, "paypal")


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
    context: Context, kind: Annotated[Code | None, Query(description="Kind of the case; left out: the tenant's.")] = None
) -> Response:
    """A raw e-mail (RFC 5322). A new one opens a case; an answer to one of our notices becomes a message on its case, when its
    sender is a party there; what a machine sent back is acknowledged and ignored."""
    caller = await context.caller("cases:write")
    key = context.key
    raw = await read_bytes(context.request, MAX_MAIL)
    taken = await intake.by_mail(context.parts, caller, raw, kind=kind, key=key)
    if isinstance(taken, intake.Opened):
        return answer(opened_reply(taken))
    waits = taken is not None and taken.sent.answer is None
    return answer(Reply(202 if waits else 200, taken_body(taken)))


async def _webhook(context: RequestContext, tenant_id: str, provider: str) -> Response:
    """What became of an event: 201 for a new case, 202 for one that waits to be judged, 200 for what was here or opens none."""
    parts = context.parts
    tenant = await intake.tenant_of(parts, tenant_id)
    context.take(f"{tenant.id}/webhooks")
    reports = intake.webhook_of(parts, tenant, provider)
    body = await read_bytes(context.request)
    landed = await intake.by_webhook(parts, tenant, reports, body, dict(context.request.headers))
    if landed is None:
        return shown(taken_body(None))
    return answer(Reply({"accepted": 202, "opened": 201, "known": 200}[landed.state], taken_body(landed)))
