"""Who has access, and what administrators did: API keys, people, the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from api.bodies.access import (
    KeyRequest,
    KeyRotation,
    PersonChanges,
    PersonRequest,
    entry_body,
    gone_body,
    key_body,
    login_code_body,
    new_key_body,
    person_body,
    refused_command_body,
)
from api.bodies.base import page_body
from api.examples.access import (
    CHANGED,
    CHANGES_SAID,
    GONE,
    KEY,
    KEY_SAID,
    KEYS,
    LOGIN_CODE,
    LOGIN_KEY,
    NEW_KEY,
    PEOPLE,
    PERSON,
    PERSON_SAID,
    REFUSED_COMMANDS,
    REVOKED,
    ROTATED,
    ROTATION_SAID,
    TRAIL,
)
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import answer, shown
from api.schema import gives, takes
from domain.base import PersonId
from services import keys, logins, people, trail
from services.pages import Page
from services.rows import Sought

router = APIRouter(tags=["access"])

KeyId = Annotated[str, Path(max_length=128, description="An API key's id (`key_…`).")]
Person = Annotated[PersonId, Path(description="Somebody of the team.")]


@router.post(
    "/v1/api-keys",
    status_code=201,
    summary="Make an API key",
    openapi_extra=takes("KeyRequest", KEY_SAID, keyed=False),
    responses=gives({201: ("NewKeyBody", NEW_KEY)}),
)
async def create_key(context: Context) -> Response:
    """For ops, with a key of their own that has the scope `admin`: a platform's, or one of their own; others exchange a login
    code for theirs. The secret is told this once and kept nowhere, so this takes no `Idempotency-Key`: a request whose answer
    was lost has made a key that can be revoked."""
    caller = await context.caller("admin")
    said = parsed(KeyRequest, await read_object(context.request))
    made = await keys.create(
        context.parts, caller, name=said.name, scopes=said.scopes, person_id=said.person, expires_at=said.expires_at
    )
    return answer(Reply(201, new_key_body(made)))


@router.get("/v1/api-keys", summary="List API keys", responses=gives({200: ("KeyPage", KEYS)}))
async def list_keys(
    context: Context,
    person: Annotated[PersonId | None, Query(description="Only those that speak as this person.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """For ops: the newest first, whatever has become of them, without their secrets."""
    caller = await context.caller("admin")
    return shown(page_body(await keys.listed(context.parts, caller, Page(limit, cursor), person), key_body))


@router.get("/v1/api-keys/{key_id}", summary="Read an API key", responses=gives({200: ("KeyBody", KEY)}))
async def read_key(context: Context, key_id: KeyId) -> Response:
    """For ops: what it is good for, until when, and when it was last used."""
    caller = await context.caller("admin")
    return shown(key_body(await keys.read(context.parts, caller, key_id)))


@router.post(
    "/v1/api-keys/{key_id}/rotate",
    summary="Give an API key a new secret",
    openapi_extra=takes("KeyRotation", ROTATION_SAID, may_be_empty=True, keyed=False),
    responses=gives({200: ("NewKeyBody", ROTATED)}),
)
async def rotate_key(context: Context, key_id: KeyId) -> Response:
    """For ops. The secret of now lives on for the overlap (a day, unless said otherwise) and is dead after it. Rotated again
    meanwhile, the one before the last is dead at once: two live, never three."""
    caller = await context.caller("admin")
    said = parsed(KeyRotation, await read_object(context.request, may_be_empty=True))
    made = await keys.rotate(context.parts, caller, key_id, timedelta(seconds=said.overlap_seconds))
    return answer(Reply(200, new_key_body(made)))


@router.post("/v1/api-keys/{key_id}/revoke", summary="End an API key", responses=gives({200: ("KeyBody", REVOKED)}))
async def revoke_key(context: Context, key_id: KeyId) -> Response:
    """For ops: at once, with all its secrets, and for good. One that was revoked stays as it was revoked."""
    caller = await context.caller("admin")
    return shown(key_body(await keys.revoke(context.parts, caller, key_id)))


@router.post(
    "/v1/people",
    status_code=201,
    summary="Take somebody on",
    openapi_extra=takes("PersonRequest", PERSON_SAID, keyed=False),
    responses=gives({201: ("PersonBody", PERSON)}),
)
async def take_on(context: Context) -> Response:
    """For ops. The id is yours to choose; one that is somebody's already is refused, so that nobody is changed by mistake."""
    caller = await context.caller("admin")
    said = parsed(PersonRequest, await read_object(context.request))
    conflicts = (*(said.conflicts or ()), *said.add_conflicts)
    made = await people.take_on(context.parts, caller, said.id, said.changes(), conflicts)
    return answer(Reply(201, person_body(made)))


@router.get("/v1/people", summary="List people", responses=gives({200: ("PersonPage", PEOPLE)}))
async def list_people(
    context: Context,
    active: Annotated[bool | None, Query(description="Who works here, who does not any more; left out: both.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """For ops: everybody, by id."""
    caller = await context.caller("admin")
    return shown(page_body(await people.listed(context.parts, caller, Page(limit, cursor), active=active), person_body))


@router.get("/v1/people/{person_id}", summary="Read a person", responses=gives({200: ("PersonBody", PERSON)}))
async def read_person(context: Context, person_id: Person) -> Response:
    """For ops: what is known of somebody."""
    caller = await context.caller("admin")
    return shown(person_body(await people.read(context.parts, caller, person_id)))


@router.patch(
    "/v1/people/{person_id}",
    summary="Change a person",
    openapi_extra=takes("PersonChanges", CHANGES_SAID, keyed=False),
    responses=gives({200: ("PersonBody", CHANGED)}),
)
async def change_person(context: Context, person_id: Person) -> Response:
    """For ops: what is named is changed, and nothing else. `null` takes away what can be missing; a list takes the place of the
    whole list; `add_conflicts` adds to the conflicts that there are, which nobody can read back."""
    caller = await context.caller("admin")
    said = parsed(PersonChanges, await read_object(context.request))
    changed = await people.change(
        context.parts, caller, person_id, said.changes(), conflicts=said.conflicts, more_conflicts=said.add_conflicts
    )
    return shown(person_body(changed))


@router.post(
    "/v1/people/{person_id}/deactivate",
    summary="Somebody does not work here any more",
    responses=gives({200: ("GoneBody", GONE), 202: ("GoneBody", GONE)}),
)
async def deactivate_person(context: Context, person_id: Person) -> Response:
    """For ops. Their keys end at once and for good, nobody gives them a case, and each open case of theirs goes back to its
    queue, with a result for each (202: some are judged when the workers are there)."""
    caller = await context.caller("admin")
    gone = await people.deactivate(context.parts, caller, person_id)
    return answer(Reply(202 if gone.given_back.waits else 200, gone_body(gone)))


@router.post(
    "/v1/people/{person_id}/activate", summary="Somebody works here again", responses=gives({200: ("PersonBody", PERSON)})
)
async def activate_person(context: Context, person_id: Person) -> Response:
    """For ops: as what they were. Keys that have ended stay so; make new ones."""
    caller = await context.caller("admin")
    return shown(person_body(await people.activate(context.parts, caller, person_id)))


@router.post(
    "/v1/people/{person_id}/login-code",
    status_code=201,
    summary="Make a login code",
    responses=gives({201: ("LoginCodeBody", LOGIN_CODE)}),
)
async def make_login_code(context: Context, person_id: Person) -> Response:
    """For ops: a code that this person exchanges for a key of their own (`POST /v1/me/key`), once and within a day. It opens
    nothing else, ends the code before it, and goes to the person's own address: whoever makes it never has it, but for tenants
    for development, where it is in the answer. The others of ops are told."""
    caller = await context.caller("admin")
    return answer(Reply(201, login_code_body(await logins.code_for(context.parts, caller, person_id))))


@router.post(
    "/v1/me/key",
    status_code=201,
    summary="Exchange a login code for a key",
    responses=gives({201: ("NewKeyBody", LOGIN_KEY)}),
)
async def redeem_login_code(context: Context) -> Response:
    """With a login code as the bearer: a key of the person's own, for 90 days. The code ends with it, and so does every other key
    of theirs: whose keys end without their doing knows that somebody else had the code."""
    caller = await context.caller(None)
    return answer(Reply(201, new_key_body(await logins.redeemed(context.parts, caller))))


@router.get("/v1/audit-trail", summary="What administrators did", responses=gives({200: ("TrailPage", TRAIL)}))
async def read_trail(
    context: Context,
    about: Annotated[
        str | None, Query(max_length=128, description="The id of whom or what it was done to, or of whose key or code it is.")
    ] = None,
    by: Annotated[str | None, Query(max_length=128, description="Who did it: a person's id, or `system`.")] = None,
    deed: Annotated[str | None, Query(max_length=64, description="What was done (`key_created`).")] = None,
    since: Annotated[AwareDatetime | None, Query(description="From then on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before then.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """For ops, with a key of their own that has the scope `admin`: the newest first. It is numbered without gaps and hash-chained
    as a case is, and `ombud audit verify` verifies it."""
    caller = await context.caller("admin")
    sought = Sought(about=about, by=by, deed=deed, since=since, until=until)
    return shown(page_body(await trail.listed(context.parts, caller, Page(limit, cursor), sought), entry_body))


@router.get(
    "/v1/refused-commands",
    summary="What Temporal's door did not let in",
    responses=gives({200: ("RefusedCommandPage", REFUSED_COMMANDS)}),
)
async def list_refused_commands(context: Context, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """For ops, with a key of their own that has the scope `admin`: what was told there in somebody's name, unsigned by them,
    the newest first. None of it did anything. Of a day 200 are listed by themselves, and what came beyond is counted."""
    caller = await context.caller("admin")
    return shown(page_body(await trail.not_let_in(context.parts, caller, Page(limit, cursor)), refused_command_body))
