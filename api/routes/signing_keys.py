"""Whose credential this is, and the keys by which people sign what they tell at Temporal's own doors."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.signing_keys import SigningKeyRequest, me_body, signing_key_body
from api.examples.signing_keys import ME, REVOKED, SIGNING_KEY, SIGNING_KEY_SAID, SIGNING_KEYS
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from services import signing_keys
from services.logins import me
from services.pages import Page

router = APIRouter(tags=["access"])


@router.get("/v1/me", summary="Whose credential this is", responses=gives({200: ("MeBody", ME)}))
async def read_me(context: Context) -> Response:
    """For every key: its id, what kind of credential it is, its scopes, and the person whose own it is."""
    caller = await context.caller(None)
    return shown(me_body(await me(context.parts, caller)))


@router.post(
    "/v1/signing-keys",
    status_code=201,
    summary="Register a signing key",
    openapi_extra=takes("SigningKeyRequest", SIGNING_KEY_SAID),
    responses=gives({201: ("SigningKeyBody", SIGNING_KEY)}),
)
async def register_key(context: Context) -> Response:
    """One's own public key (Ed25519), by one's own credential. What is told at Temporal's doors and signed with it counts
    as said by oneself."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    said = parsed(SigningKeyRequest, asked.said)

    async def work() -> Reply:
        return Reply(201, signing_key_body(await signing_keys.register(context.parts, caller, said.public_key)))

    return await context.once(caller, asked.key, "POST /v1/signing-keys", asked.by(caller.holder), work)


@router.get("/v1/signing-keys", summary="List signing keys", responses=gives({200: ("SigningKeyList", SIGNING_KEYS)}))
async def list_keys(context: Context, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """One's own, the oldest first; ops see everybody's."""
    caller = await context.caller("cases:read")
    return shown(page_body(await signing_keys.listed(context.parts, caller, Page(limit, cursor)), signing_key_body))


@router.post(
    "/v1/signing-keys/{key_id}/revoke",
    summary="Take a signing key back",
    responses=gives({200: ("SigningKeyBody", REVOKED)}),
)
async def revoke_key(context: Context, key_id: str) -> Response:
    """At once: nothing that is signed with it is taken any more. What was taken before stays. One's own; ops take
    back anybody's."""
    caller = await context.caller("cases:write")
    return shown(signing_key_body(await signing_keys.revoke(context.parts, caller, key_id)))
