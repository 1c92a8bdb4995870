"""What is said and answered about keys, people and the audit trail."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.bodies.base import Body
from api.bodies.bulk import BulkResult, result_bodies
from domain.base import Code, Frozen, Instant, Language, PersonId, Reference
from domain.model.report import EmailAddress, ZoneName
from services.keys import LONGEST_OVERLAP_FOR, OVERLAP_FOR, WithSecret
from services.logins import LoginCode
from services.people import Gone
from services.rows import ApiKey, ChainedEntry, DoorRefusal, Person

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Role = Literal["mediator", "lead", "ops"]
_Refs = Annotated[tuple[Reference, ...], Field(max_length=1000)]
_Codes = Annotated[tuple[Code, ...], Field(max_length=200)]


class KeyRequest(Frozen):
    """Make an API key."""

    name: _Line
    """What it is for. Kept as it is written, so name nobody in it."""
    scopes: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=50)] = ()
    """What it is good for; none named: for nothing."""
    person: PersonId | None = None
    """Yourself: it speaks as you do; left out: it is a platform's, and nobody's own. Others get a login code."""
    expires_at: AwareDatetime | None = None
    """Left out: it lives until somebody revokes it."""


class KeyRotation(Frozen):
    """Give a key a new secret."""

    overlap_seconds: int = Field(default=int(OVERLAP_FOR.total_seconds()), ge=0, le=int(LONGEST_OVERLAP_FOR.total_seconds()))
    """For how long the secret of now lives on."""


class KeyBody(Body):
    """An API key. Its secret is told once, when it is made or rotated."""

    object: Literal["api_key"] = "api_key"
    id: str
    name: str
    scopes: tuple[str, ...]
    person: str | None
    status: Literal["live", "expired", "revoked"]
    created_at: Instant
    created_by: str | None
    """Null: made before this was kept, or by the installation itself."""
    expires_at: Instant | None
    last_used_at: Instant | None
    """To the minute; null: never."""
    rotated_at: Instant | None
    earlier_secret_until: Instant | None
    """Until when the secret before the last rotation is good too; null: it is not."""
    revoked_at: Instant | None
    links: dict[str, str]


class NewKeyBody(KeyBody):
    """An API key with its secret, which is told this once."""

    secret: str


class LoginCodeBody(KeyBody):
    """A login code."""

    secret: str | None
    """In a tenant for development alone; null elsewhere: it goes to the person's own address, and nobody else has it."""
    mailed: bool
    """Whether it went to the person by mail."""


class KeyPage(Body):
    """A part of the keys, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[KeyBody, ...]
    has_more: bool
    next_cursor: str | None


class PersonChanges(Frozen):
    """Change what is named, and nothing else."""

    name: _Line | None = None
    email: EmailAddress | None = None
    roles: Annotated[tuple[_Role, ...], Field(max_length=3)] | None = None
    team: Code | None = None
    site: Code | None = None
    vendor: Code | None = None
    manager: PersonId | None = None
    queues: _Codes | None = None
    capacity: int | None = Field(default=None, ge=0, le=100_000)
    """Open cases that they can carry."""
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)] | None = None
    zone: ZoneName | None = None
    """IANA time zone."""
    hours: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")] | None = None
    """Name of the calendar of their shifts; null: always there."""
    skills: _Codes | None = None
    languages: Annotated[tuple[Language, ...], Field(max_length=100)] | None = None
    """None named: the language of their locale."""
    absent_from: AwareDatetime | None = None
    absent_until: AwareDatetime | None = None
    conflicts: _Refs | None = None
    """The platform's ids of users and organisations that they may not judge, in place of all that there are."""
    add_conflicts: _Refs = ()
    """More of them, in addition."""

    def changes(self) -> dict[str, Any]:
        """What was named, null included."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"conflicts", "add_conflicts"}}

    @model_validator(mode="after")
    def _null_is_no_value(self) -> Self:
        """What everybody has is changed and never taken away."""
        empty = sorted(name for name in self.model_fields_set - _NULLABLE if getattr(self, name) is None)
        if empty:
            raise PydanticCustomError("null_refused", "Leave out or set: {fields}.", {"fields": ", ".join(empty)})
        return self


_NULLABLE = frozenset({"email", "team", "site", "vendor", "manager", "hours", "absent_from", "absent_until"})


class PersonRequest(PersonChanges):
    """Take somebody on. What is left out has its default: the role of a mediator, no queues, twenty cases."""

    id: PersonId
    name: _Line

    def changes(self) -> dict[str, Any]:
        """What was named of them."""
        return {name: value for name, value in super().changes().items() if name != "id"}


class PersonBody(Body):
    """Somebody who works for the tenant, or did."""

    object: Literal["person"] = "person"
    id: str
    name: str
    email: str | None
    roles: tuple[str, ...]
    team: str | None
    site: str | None
    vendor: str | None
    manager: str | None
    queues: tuple[str, ...]
    capacity: int
    locale: str
    zone: str
    hours: str | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    absent_from: Instant | None
    absent_until: Instant | None
    conflicts: int
    """How many users and organisations they may not judge. Which is kept as digests alone, and nobody reads them back."""
    active: bool
    deactivated_at: Instant | None
    links: dict[str, str]


class GoneBody(PersonBody):
    """Somebody who does not work here any more, and what became of the cases that they had."""

    counts: dict[str, int]
    results: tuple[BulkResult, ...]


class PersonPage(Body):
    """A part of the people, by id."""

    object: Literal["list"] = "list"
    data: tuple[PersonBody, ...]
    has_more: bool
    next_cursor: str | None


class TrailEntryBody(Body):
    """What an administrator did. It holds ids, codes and numbers: nobody's words, nobody's name, no secret."""

    object: Literal["trail_entry"] = "trail_entry"
    seq: int
    """Its number in the tenant's trail; there are no gaps."""
    at: Instant
    deed: str
    """``key_created``, ``person_changed`` and the like."""
    about: str
    """The id of whom or what it was done to."""
    by: str
    """A person's id; ``system``: the operator's command line."""
    credential: str
    """By which credential they came."""
    more: dict[str, Any]
    hash: str
    prev_hash: str
    """The hash of the entry before it; empty for the first."""


class TrailPage(Body):
    """A part of the audit trail, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[TrailEntryBody, ...]
    has_more: bool
    next_cursor: str | None


class RefusedCommandBody(Body):
    """Something that was told at Temporal's door and not let in, with what it said of itself."""

    object: Literal["refused_command"] = "refused_command"
    first_at: Instant
    last_at: Instant
    case: str | None
    """Null, as what it said of itself: a count of what came beyond a day's bound."""
    claimed: str | None
    """In whose name it was told."""
    type: str | None
    command: str | None
    """The id that it bore. Nothing is kept under it."""
    code: str
    """``signature_needed``, ``signature_refused``, ``door_closed``; ``system_only`` or ``malformed`` for what nobody may tell."""
    channel: str
    times: int


class RefusedCommandPage(Body):
    """A part of what was not let in, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[RefusedCommandBody, ...]
    has_more: bool
    next_cursor: str | None


def refused_command_body(refusal: DoorRefusal) -> dict[str, Any]:
    """A refusal as JSON."""
    return RefusedCommandBody(
        first_at=refusal.first_at, last_at=refusal.last_at, case=refusal.case_id or None, claimed=refusal.claimed or None,
        type=refusal.type or None, command=refusal.command_id or None, code=refusal.code, channel=refusal.channel,
        times=refusal.times,
    ).model_dump(mode="json")  # fmt: skip


def entry_body(entry: ChainedEntry) -> dict[str, Any]:
    """An entry as JSON."""
    return TrailEntryBody(**entry.model_dump()).model_dump(mode="json")


def key_body(key: ApiKey) -> dict[str, Any]:
    """A key as JSON."""
    return KeyBody(**_key(key)).model_dump(mode="json")


def new_key_body(made: WithSecret) -> dict[str, Any]:
    """A key with its secret as JSON, this once."""
    return NewKeyBody(**_key(made.key), secret=made.secret).model_dump(mode="json")


def login_code_body(made: LoginCode) -> dict[str, Any]:
    """A login code as JSON."""
    return LoginCodeBody(**_key(made.key), secret=made.secret, mailed=made.mailed).model_dump(mode="json")


def person_body(person: Person) -> dict[str, Any]:
    """Somebody as JSON."""
    return PersonBody(**_person(person)).model_dump(mode="json")


def gone_body(gone: Gone) -> dict[str, Any]:
    """Somebody who was deactivated as JSON."""
    results = result_bodies(gone.given_back)
    return GoneBody(**_person(gone.person), counts=dict(gone.given_back.counts), results=results).model_dump(mode="json")


def _key(key: ApiKey) -> dict[str, Any]:
    same = {name: value for name, value in key.model_dump().items() if name in KeyBody.model_fields}
    links = {"self": f"/v1/api-keys/{key.id}"}
    return {**same, "person": key.person_id, "earlier_secret_until": key.earlier_until, "links": links}


def _person(person: Person) -> dict[str, Any]:
    links = {"self": f"/v1/people/{person.id}", "keys": f"/v1/api-keys?person={person.id}"}
    return {**person.model_dump(), "conflicts": len(person.conflicts), "links": links}
