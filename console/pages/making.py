"""What operations make and change by pages: keys, people, endpoints, sources. A secret is shown once, on the page that answers.

Everything goes by the services that the API and the command line use, which ask who it is, ask for a fresh proof of it, and note
it in the audit trail. A page adds no right: a key made here is good for what its maker may do here, and for a year at most.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import Field as Bound
from pydantic import ValidationError
from starlette.responses import Response

from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import in_words
from console.pages.sources import SAYS
from domain.base import Code, Frozen, PersonId
from domain.model.report import EmailAddress, Line, ZoneName
from services import endpoints, keys, people, sources
from services.errors import Refused, malformed
from services.scopes import SCOPES
from services.trail import administrator

Said = TypeVar("Said", bound=Frozen)
LIFETIMES: Mapping[str, str] = {"30": "30 days", "90": "90 days", "365": "a year"}
ROLES = ("mediator", "lead", "ops")


class PersonSaid(Frozen):
    """What a page asks of somebody who works here."""

    name: Line
    email: EmailAddress | None = None
    roles: Annotated[tuple[Literal["mediator", "lead", "ops"], ...], Bound(min_length=1)]
    queues: Annotated[tuple[Code, ...], Bound(max_length=200)] = ()
    capacity: Annotated[int, Bound(ge=0, le=100_000)] = 20
    zone: ZoneName = "UTC"
    hours: Annotated[str, Bound(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")] | None = None


class NewPersonSaid(PersonSaid):
    """The same with the id that they get."""

    id: PersonId


class EndpointSaid(Frozen):
    """Where webhooks go."""

    url: Annotated[str, Bound(min_length=1, max_length=4000)]
    purpose: Literal["events", "remedies"]


class KeySaid(Frozen):
    """A key."""

    name: Line
    scopes: Annotated[tuple[str, ...], Bound(min_length=1)]


@dataclass(frozen=True)
class Asked:
    """A field of a form."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    """``text``, ``email``, ``choice`` (one), ``ticks`` (several) or ``yes``."""
    options: Sequence[tuple[str, str]] = ()
    needed: bool = False
    values: tuple[str, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class Made:
    """What came of it: where to go, or a secret to show once."""

    path: str
    name: str = ""
    id: str = ""
    secret: str | None = None


@dataclass(frozen=True)
class Making:
    """One form: what it is called, what follows, what it asks, and what is done with it."""

    title: str
    then: str
    button: str
    asks: Callable[[Visit], Sequence[Asked]]
    does: Callable[[Visit, Form], Awaitable[Made]]


async def show(visit: Visit) -> Response:
    """An empty form. Raises ``not_found`` and what whoever may not administer gets."""
    key = visit.request.path_params["table"]
    making = _MAKING.get(key)
    if making is None:
        raise Refused("not_found")
    await administrator(visit.parts, visit.caller)
    return _form(visit, f"/administration/{key}/new", making, making.asks(visit))


async def make(visit: Visit) -> Response:
    """Make it."""
    key = visit.request.path_params["table"]
    making = _MAKING.get(key)
    if making is None:
        raise Refused("not_found")
    return await _done(visit, f"/administration/{key}/new", making, making.asks(visit))


async def show_person(visit: Visit) -> Response:
    """Somebody as they are."""
    making, asked = await _changing(visit)
    return _form(visit, visit.request.url.path, making, asked)


async def change_person(visit: Visit) -> Response:
    """Change what a page asks of somebody."""
    making, asked = await _changing(visit)
    return await _done(visit, visit.request.url.path, making, asked)


async def _done(visit: Visit, address: str, making: Making, asked: Sequence[Asked]) -> Response:
    form = await visit.form()
    try:
        made = await making.does(visit, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired") or (refused.code == "not_allowed" and not refused.errors):
            raise
        if refused.code == "proof_needed":
            return to(f"/prove?{urlencode({'next': address})}")
        return _form(visit, address, making, _typed(asked, form, refused), refused)
    if made.secret is None:
        return to(f"{made.path}?{urlencode({'done': 'change' if 'change' in address else 'make'})}")
    return visit.page("secret.html", list="administration", made=made)


def _form(visit: Visit, address: str, making: Making, asked: Sequence[Asked], refused: Refused | None = None) -> Response:
    named = {one.name for one in asked if one.wrong}
    row = visit.house.problems.get(refused.code) if refused else None
    why = (refused.detail or (row.title if row else "") or in_words(refused.code)) if refused else ""
    if refused and refused.code == "key_wider":
        why = f"A key made here is good for what you may do here: not for {', '.join(refused.fields['scopes'])}."
    status = 422 if refused else 200
    return visit.page(
        "making.html", status, list="administration", making=making, asked=asked, address=address, why=why, named=named
    )


def _typed(asked: Sequence[Asked], form: Form, refused: Refused) -> Sequence[Asked]:
    """What was typed, and what is wrong with it."""
    wrong = {error.field.partition(".")[0]: error.message for error in refused.errors}
    return [replace(one, values=tuple(form.all(one.name)), wrong=wrong.get(one.name, "")) for one in asked]


def _listed(form: Form, name: str) -> tuple[str, ...]:
    """Words with commas or spaces between them."""
    return tuple(form.text(name).replace(",", " ").split())


def _key_asks(visit: Visit) -> Sequence[Asked]:
    own = [(scope, f"{scope}: {words}") for scope, words in SCOPES.items() if scope in visit.caller.scopes]
    return (
        Asked("name", "What it is called", "Which machine, and for what. It stands in lists.", needed=True),
        Asked("whose", "As whom it speaks", kind="choice", options=(("platform", "As the platform"), ("me", "As you")),
              values=("platform",)),
        Asked("scopes", "What it is good for", "As little as will do.", kind="ticks", options=own, needed=True),
        Asked("days", "How long", kind="choice", options=tuple(LIFETIMES.items()), values=("90",)),
    )  # fmt: skip


async def _make_key(visit: Visit, form: Form) -> Made:
    said = _checked(KeySaid, {"name": form.text("name").strip(), "scopes": tuple(form.all("scopes"))})
    days = form.text("days") if form.text("days") in LIFETIMES else "30"
    own = visit.caller.holder if form.text("whose") == "me" else None
    until = datetime.now(UTC) + timedelta(days=int(days))
    key, secret = await keys.create(
        visit.parts, visit.caller, name=said.name, scopes=said.scopes, person_id=own, expires_at=until
    )
    return Made("/administration/keys", key.name, key.id, secret)


def _person_asks(visit: Visit) -> Sequence[Asked]:
    return (Asked("id", "Id", "per_ and a name: per_mia. It never changes.", needed=True), *_about_somebody(visit))


def _about_somebody(visit: Visit) -> Sequence[Asked]:
    theirs = visit.house.identities is not None
    roles = (
        "Their groups at your sign-in provider decide that: what is ticked here lasts until they sign in next." if theirs else ""
    )
    return (
        Asked("name", "Name", needed=True),
        Asked("email", "E-mail address", "Letters and login codes go there.", kind="email"),
        Asked("roles", "Roles", roles, kind="ticks", options=[(role, in_words(role)) for role in ROLES], values=("mediator",),
              needed=True),
        Asked("queues", "Queues", "With commas between them."),
        Asked("capacity", "Open cases that they can carry", values=("20",)),
        Asked("zone", "Time zone", "As in Europe/Berlin.", values=("UTC",)),
        Asked("hours", "Shifts", "The name of a calendar; left out: always there."),
    )  # fmt: skip


def _said_of_somebody(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name").strip(), "email": form.text("email").strip() or None, "roles": tuple(form.all("roles")),
        "queues": _listed(form, "queues"), "capacity": form.text("capacity").strip() or 20,
        "zone": form.text("zone").strip() or "UTC", "hours": form.text("hours").strip() or None,
    }  # fmt: skip


async def _make_person(visit: Visit, form: Form) -> Made:
    said = _checked(NewPersonSaid, {**_said_of_somebody(form), "id": form.text("id").strip()})
    await people.take_on(visit.parts, visit.caller, said.id, said.model_dump(exclude={"id"}))
    return Made("/administration/people")


async def _changing(visit: Visit) -> tuple[Making, Sequence[Asked]]:
    person_id = visit.request.path_params["id"]
    person = await people.read(visit.parts, visit.caller, person_id)
    now = {
        "name": (person.name,), "email": (person.email or "",), "roles": person.roles, "queues": (", ".join(person.queues),),
        "capacity": (str(person.capacity),), "zone": (person.zone,), "hours": (person.hours or "",),
    }  # fmt: skip

    async def does(visit: Visit, form: Form) -> Made:
        said = _checked(PersonSaid, _said_of_somebody(form)).model_dump()
        # What stayed as it was is no change: the trail says what somebody did.
        changes = {name: value for name, value in said.items() if value != getattr(person, name)}
        if changes:
            await people.change(visit.parts, visit.caller, person_id, changes)
        return Made("/administration/people")

    then = "They, and the others of operations, are told of another role or address. Cases that they have stay theirs."
    making = Making(f"Change {person.name}", then, "Change it", _about_somebody, does)
    return making, [replace(one, values=now[one.name]) for one in _about_somebody(visit)]


def _endpoint_asks(visit: Visit) -> Sequence[Asked]:
    del visit
    what = (("events", "What happens in cases"), ("remedies", "What is to be carried out: refunds, payouts, bans"))
    return (
        Asked("url", "Address", "https://, and public.", needed=True),
        Asked("purpose", "What goes there", kind="choice", options=what, values=("events",)),
    )


async def _make_endpoint(visit: Visit, form: Form) -> Made:
    said = _checked(EndpointSaid, {"url": form.text("url").strip(), "purpose": form.text("purpose")})
    endpoint, secret = await endpoints.add(visit.parts, visit.caller, said.url, said.purpose)
    return Made("/administration/endpoints", endpoint.url, endpoint.id, secret)


def _source_asks(visit: Visit) -> Sequence[Asked]:
    kinds = [("", "As the report says"), *((kind, in_words(kind)) for kind in sorted(visit.parts.packs))]
    return (
        Asked("provider", "What comes there", kind="choice", options=tuple(SAYS.items()), values=("webhook",)),
        Asked("name", "What it is called"),
        Asked("kind", "Kind of its cases", "A form needs one.", kind="choice", options=kinds, values=("",)),
        Asked("queue", "Where its cases wait first", "Left out: where the policy says."),
        Asked("secret", "The provider's own secret", "Of Stripe and PayPal. Of the others one is made, and shown once."),
        Asked("page", "Anybody reports on a page of ours", "Of a form.", kind="yes"),
    )


async def _make_source(visit: Visit, form: Form) -> Made:
    provider = next((one for one in SAYS if one == form.text("provider")), None)
    if provider is None:
        raise Refused("not_found")
    theirs = form.text("secret").strip() or None
    source, secret = await sources.add(
        visit.parts, visit.caller, provider, secret=theirs, name=form.text("name").strip()[:200],
        kind=form.text("kind") or None, queue=form.text("queue").strip() or None, page=form.text("page") == "1",
    )  # fmt: skip
    return Made("/sources", source.name or SAYS[provider], source.id, None if theirs else secret)


def _checked(model: type[Said], said: Mapping[str, Any]) -> Said:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise malformed(error) from None


_MAKING: Mapping[str, Making] = {
    "keys": Making("Make a key", "Its secret is shown once, on the next page, and kept nowhere.", "Make the key", _key_asks,
                   _make_key),
    "people": Making("Take somebody on", "They, and the others of operations, are told.", "Take them on", _person_asks,
                     _make_person),
    "endpoints": Making("Add an endpoint", "Its signing secret is shown once, on the next page.", "Add it", _endpoint_asks,
                        _make_endpoint),
    "sources": Making("Add a source", "Who knows its secret opens cases. It is shown once.", "Add it", _source_asks,
                      _make_source),
}  # fmt: skip

PAGES: Addresses = [
    ("/administration/{table}/new", ["GET"], show),
    ("/administration/{table}/new", ["POST"], make),
    ("/administration/people/{id}/change", ["GET"], show_person),
    ("/administration/people/{id}/change", ["POST"], change_person),
]
