"""What providers, forms and mail servers send. The address names the source, and the source's secret proves what came there."""

from __future__ import annotations

from typing import Annotated
from zlib import crc32

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.cases import taken_body
from api.examples.cases import ACCEPTED, CASE, MAIL, STRIPE, TAKEN
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.meters import Meters
from api.kit.reading import MAX_JSON, MAX_MAIL, read_bytes
from api.kit.replies import answer
from api.routes.cases import opened_reply
from api.schema import gives, takes, takes_raw
from domain.base import Code
from services import intake
from services.mailroom import Ignored, Kept, Landed
from services.provider_news import Heard
from services.said_by_mail import Messaged

router = APIRouter(tags=["intake"])

_BUCKETS = 4096
"""A limit for each of so many groups of addresses: whoever invents addresses fills no memory and learns nothing."""
_TAKEN = gives(
    {
        200: ("TakenBody", {**TAKEN, "status": "known"}),
        201: ("TakenBody", TAKEN),
        202: ("TakenBody", {**TAKEN, "status": "accepted"}),
    }
)


@router.post(
    "/v1/intake/email",
    status_code=201,
    summary="An e-mail",
    openapi_extra=takes_raw("message/rfc822", MAIL),
    responses=gives(
        {
            200: ("TakenBody|CaseBody", {**TAKEN, "status": "message"}),
            201: ("CaseBody|TakenBody", CASE),
            202: ("TakenBody|AcceptedCase", ACCEPTED),
        }
    ),
)
async def email(
    context: Context,
    kind: Annotated[Code | None, Query(description="Kind of the case; left out: the tenant's.")] = None,
    sender_proven: Annotated[
        bool,
        Query(
            description="That your own mail server has proven the sender (SPF, DKIM, DMARC): you vouch for it. Needs the scope "
            "`act_as:parties`, with which the key could speak for parties anyway. Left out: only a letter's token and the "
            "verdicts of the relay in the settings prove anything."
        ),
    ] = False,
) -> Response:
    """A raw e-mail (RFC 5322). A new one opens a case; an answer to one of our letters becomes a message on its case, when it is
    proven to come from whom the letter was written to, with its files as evidence. What cannot be placed is kept for the team
    (`unplaced`, see `GET /v1/unplaced`); what a machine sent back is acknowledged and ignored."""
    caller = await context.caller("cases:write")
    key = context.key
    raw = await read_bytes(context.request, MAX_MAIL)
    await context.landing(caller)
    taken = await intake.by_mail(context.parts, caller, raw, kind=kind, key=key, sender_proven=sender_proven)
    _counted(context, taken)
    if isinstance(taken, intake.Opened):
        return answer(opened_reply(taken, caller))
    return answer(_reply(taken))


@router.post(
    "/v1/intake/{source_id}",
    status_code=201,
    summary="What a source sends",
    openapi_extra=takes(None, STRIPE, public=True),
    responses=_TAKEN,
)
async def from_source(context: Context, source_id: str) -> Response:
    """The address of one intake source of one tenant: 201 for a new case, 202 for what waits to be judged, 200 for what was here,
    for news of a dispute (which its case is told, whichever comes first), and for what concerns none. Proved by the provider's
    own signature (`Stripe-Signature`, PayPal's transmission), or by Standard Webhooks (`webhook-id`,
    `webhook-timestamp`, `webhook-signature`) over the bytes of a report, a form or an e-mail. An address that there is not
    answers exactly as a wrong signature does. Wrong ones are counted by where they come from (429)."""
    context.take(f"intake/{crc32(source_id.encode('utf-8', 'replace')) % _BUCKETS}")
    headers = dict(context.request.headers)
    mail = headers.get("content-type", "").partition(";")[0].strip().lower() == "message/rfc822"
    with context.signed(source_id):
        body = await read_bytes(context.request, MAX_MAIL if mail else MAX_JSON)
        taken = await intake.by_source(context.parts, source_id, body, headers)
    if mail:
        _counted(context, taken)
    if isinstance(taken, Landed):
        return answer(Reply({"accepted": 202, "opened": 201, "known": 200}[taken.state], taken_body(taken)))
    if isinstance(taken, Heard):
        waits = taken.command_id is not None and taken.answer is None
        return answer(Reply(202 if waits else 200, taken_body(taken)))
    return answer(_reply(taken))


def _counted(context: Context, taken: object) -> None:
    meters: Meters = context.request.app.state.meters
    match taken:
        case Kept():
            meters.mail("unplaced", taken.reason)
        case Ignored():
            meters.mail("ignored", taken.why)
        case Messaged():
            meters.mail("message", "")
        case Landed():
            meters.mail("case", taken.state)
        case _:
            meters.mail("ignored", "")


def _reply(taken: Messaged | Kept | Ignored | None) -> Reply:
    waits = isinstance(taken, Messaged) and taken.sent.answer is None
    return Reply(202 if waits else 200, taken_body(taken))
