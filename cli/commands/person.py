"""``ombud person``: the people who work for a tenant, for ops and for whoever runs Ombud."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import Desk, Failed, run
from cli.kit.exits import USAGE, fail
from cli.kit.options import As, AsJson, Tenant
from cli.kit.send import given_only, show_results
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(
    help="People: take on, change, list, show, deactivate, activate. For ops.", no_args_is_help=True, rich_markup_mode=None
)

PersonId = Annotated[str, typer.Argument(help="per_…")]
Name = Annotated[str | None, typer.Option(help="What people call them.")]
Email = Annotated[str | None, typer.Option(help="Where their notices go.")]
Roles = Annotated[list[str] | None, typer.Option(help="mediator, lead or ops; repeatable.")]
Queues = Annotated[list[str] | None, typer.Option(help="Queues they work; repeatable.")]
Manager = Annotated[str | None, typer.Option(help="per_… of whom they report to.")]
Capacity = Annotated[int | None, typer.Option(help="Open cases they can carry; 20 unless said otherwise.")]
Hours = Annotated[str | None, typer.Option(help="Name of the calendar of their shifts; without one: always there.")]
Skills = Annotated[list[str] | None, typer.Option(help="What they can do, as packs name it; repeatable.")]
Languages = Annotated[list[str] | None, typer.Option(help="What they speak (de); repeatable; without one: that of their locale.")]
Conflicts = Annotated[
    list[str] | None,
    typer.Option(help="The platform's id of a user or organisation they may not judge; repeatable; in place of those before."),
]
Zone = Annotated[str | None, typer.Option(help="IANA time zone.")]
Locale = Annotated[str | None, typer.Option(help="In which their notices are written (en).")]


@app.command()
def add(
    person_id: PersonId,
    name: Annotated[str, typer.Option(help="What people call them.")],
    email: Email = None,
    role: Roles = None,
    queue: Queues = None,
    manager: Manager = None,
    capacity: Capacity = None,
    hours: Hours = None,
    skill: Skills = None,
    language: Languages = None,
    conflict: Conflicts = None,
    zone: Zone = None,
    locale: Locale = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Take somebody on: a mediator without queues, unless said otherwise."""
    body = {"id": person_id, "name": name, "email": email, "roles": role, "queues": queue, "manager": manager,
            "capacity": capacity, "hours": hours, "skills": skill, "languages": language, "conflicts": conflict,
            "zone": zone, "locale": locale}  # fmt: skip
    made = run(lambda desk: desk.ask("POST", "/v1/people", json=given_only(body)), Target(tenant, speaker, manager))
    _show(made, as_json=json)


@app.command("set")
def change(
    person_id: PersonId,
    name: Name = None,
    email: Email = None,
    role: Roles = None,
    queue: Queues = None,
    manager: Manager = None,
    capacity: Capacity = None,
    hours: Hours = None,
    skill: Skills = None,
    language: Languages = None,
    conflict: Conflicts = None,
    add_conflict: Annotated[list[str] | None, typer.Option(help="One more, beside those there are; repeatable.")] = None,
    zone: Zone = None,
    locale: Locale = None,
    clear: Annotated[
        list[str] | None, typer.Option(help="What to take away: email, manager, hours, queues, skills, languages, conflicts …")
    ] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Change what is named, and nothing else. A list takes the place of the whole list."""
    said = {"name": name, "email": email, "roles": role, "queues": queue, "manager": manager, "capacity": capacity,
            "hours": hours, "skills": skill, "languages": language, "conflicts": conflict, "add_conflicts": add_conflict,
            "zone": zone, "locale": locale}  # fmt: skip
    cleared: dict[str, Any] = {field: [] if field in _LISTS else None for field in clear or []}
    body = {**given_only(said), **cleared}
    changed = run(lambda desk: desk.ask("PATCH", _path(person_id), json=body), Target(tenant, speaker, manager or person_id))
    _show(changed, as_json=json)


@app.command("list")
def list_people(
    gone: Annotated[bool, typer.Option("--gone", help="Those who do not work here any more.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most, by id.")] = 100,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Who works here."""
    from cli.tables.access import people_table

    params = {"limit": str(limit), "active": "false" if gone else "true"}
    found = run(lambda desk: desk.ask("GET", "/v1/people", params=params), Target(tenant, speaker))
    show(found, json, lambda page: people_table(page["data"]) if page["data"] else None, nothing="Nobody.")


@app.command("show")
def show_person(person_id: PersonId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """What is known of somebody."""
    _show(run(lambda desk: desk.ask("GET", _path(person_id)), Target(tenant, speaker, person_id)), as_json=json)


@app.command("login-code")
def login_code(person_id: PersonId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Send them a code for a key of their own, good once, for a day: `ombud login PERSON --code …`. In development it shows."""
    made = run(lambda desk: desk.ask("POST", f"{_path(person_id)}/login-code"), Target(tenant, speaker, person_id))
    show(made, json, lambda code: code["secret"] or f"Sent to the address of {person_id}; it is good for a day.")


@app.command()
def deactivate(person_id: PersonId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Somebody does not work here any more: their keys end at once, their open cases go back to their queues. Exit code 1 when a
    case refuses it; they are gone all the same.
    """
    from cli.tables.bulk import gone_lines

    gone = run(lambda desk: desk.ask("POST", f"{_path(person_id)}/deactivate"), Target(tenant, speaker, person_id))
    show_results(gone, gone_lines, as_json=json)


@app.command()
def activate(person_id: PersonId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Somebody works here again. Keys that have ended stay so."""
    _show(run(lambda desk: desk.ask("POST", f"{_path(person_id)}/activate"), Target(tenant, speaker, person_id)), as_json=json)


def put(
    tenant: Annotated[str, typer.Argument(help="The tenant's id: lower-case letters, digits, dashes.")],
    person_id: PersonId,
    name: Name = None,
    email: Email = None,
    role: Roles = None,
    queue: Queues = None,
    manager: Manager = None,
    capacity: Capacity = None,
    hours: Hours = None,
    skill: Skills = None,
    language: Languages = None,
    conflict: Conflicts = None,
    absent_from: Annotated[str | None, typer.Option(help="Away from then on (2026-12-24T08:00:00Z).")] = None,
    absent_until: Annotated[str | None, typer.Option(help="Away until then; without a beginning: from now on.")] = None,
    json: AsJson = False,
) -> None:
    """Take somebody on, or change what is named of them and nothing else."""
    said = {"name": name, "email": email, "roles": role, "queues": queue, "manager": manager, "capacity": capacity,
            "hours": hours, "skills": skill, "languages": language, "conflicts": conflict,
            "absent_from": _begins(absent_from, absent_until), "absent_until": absent_until}  # fmt: skip
    _check_id(person_id)

    async def putting(desk: Desk) -> Any:
        try:
            return await desk.ask("PATCH", _path(person_id), json=given_only(said))
        except Failed as failed:
            if failed.problem.get("code") != "not_found":
                raise
        return await desk.ask("POST", "/v1/people", json={"id": person_id, **given_only(said)})

    made = run(putting, Target(tenant, None, manager))
    show({"person": made["id"]}, json, lambda _: person_id)


_LISTS = frozenset({"roles", "queues", "skills", "languages", "conflicts"})


def _begins(absent_from: str | None, absent_until: str | None) -> str | None:
    from datetime import UTC, datetime

    return absent_from or (datetime.now(UTC).isoformat() if absent_until else None)


def _check_id(person_id: str) -> None:
    """What can be no id ends the command, before it is looked for in an address."""
    from pydantic import TypeAdapter, ValidationError

    from domain.base import PersonId as Shape

    try:
        TypeAdapter(Shape).validate_python(person_id)
    except ValidationError as error:
        fail(f"{person_id}: {error.errors()[0]['msg']}", str(error.errors()[0]["type"]), USAGE, error)


def _path(person_id: str) -> str:
    return f"/v1/people/{quote(person_id, safe='')}"


def _show(person: dict[str, Any], *, as_json: bool) -> None:
    from cli.tables.access import person_sheet

    show(person, as_json, lambda known: "\n".join(person_sheet(known)))
