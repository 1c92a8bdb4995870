"""``ombud desk``: what I have, what waits for me, and the next case."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import Desk, run
from cli.kit.options import AsJson, CaseId, Tenant
from cli.kit.send import given_only, show_results
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(help="What waits for me, and the next case to take.", rich_markup_mode=None)

As = Annotated[str | None, typer.Option("--as", help="Whose desk (per_…).")]
Person = Annotated[str, typer.Argument(help="per_…")]


@app.callback(invoke_without_command=True)
def show_desk(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many at most, of each list.")] = 20,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Show what somebody has and what waits in their queues, the most urgent first."""
    if context.invoked_subcommand is not None:
        return
    found = run(lambda desk: desk.ask("GET", "/v1/desk", params={"limit": limit}), Target(tenant, speaker))
    from cli.tables.desk import desk_sheet

    show(found, json, desk_sheet)


@app.command("next")
def take_next(
    queue: Annotated[str | None, typer.Option(help="Only of this queue; left out: of all one's queues.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Take the most urgent case that one may take. Nobody else gets the same one."""
    body = given_only({"queue": queue, "by": speaker})
    found = run(lambda desk: desk.ask("POST", "/v1/take-next", json=body), Target(tenant, speaker))
    show(found, json, _taken, nothing="Nothing waits that you may take.")


@app.command()
def skip(
    case_id: CaseId,
    reason: Annotated[str, typer.Option(help="Why, as a code (too_technical); it stays on the record, with your name.")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Give one's case back to its queue. It is not offered to one again for eight hours."""
    body = given_only({"type": "skip", "reason": reason, "by": speaker})
    path = f"/v1/cases/{quote(case_id, safe='')}/commands"
    found = run(lambda desk: desk.ask("POST", path, json=body), Target(tenant, speaker))
    show(found, json, lambda skipped: f"{skipped['status']}: {skipped['command_id']}")


@app.command()
def absent(
    person: Person,
    from_at: Annotated[str | None, typer.Option("--from", help="Away from then on; left out: from now on.")] = None,
    until_at: Annotated[str | None, typer.Option("--until", help="Until then; left out: nobody knows until when.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Somebody is away: they get no case, and theirs go back to the queues. Exit code 1 when a case refuses it."""
    body = given_only({"from_at": from_at, "until_at": until_at, "by": speaker})
    found = run(_to_person(person, "absences", body), Target(tenant, speaker, person))
    _show_absence(found, as_json=json)


@app.command()
def back(person: Person, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Somebody is there again. What they had stays where it went."""
    found = run(_to_person(person, "returns", given_only({"by": speaker})), Target(tenant, speaker, person))
    _show_absence(found, as_json=json)


@app.command()
def team(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """How everybody is doing: what they carry, skipped and worked in 30 days. For leads and ops."""
    found = run(lambda desk: desk.ask("GET", "/v1/team"), Target(tenant, speaker))
    from cli.tables.desk import team_table

    show(found, json, lambda listed: team_table(listed["data"]))


@app.command()
def work(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Who worked on a case, from when until when. For leads and ops."""
    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{quote(case_id, safe='')}/work"), Target(tenant, speaker))
    from cli.tables.desk import work_table

    show(found, json, work_table)


def _to_person(person: str, what: str, body: dict[str, Any]) -> Any:
    async def sending(desk: Desk) -> Any:
        return await desk.ask("POST", f"/v1/people/{quote(person, safe='')}/{what}", json=body)

    return sending


def _taken(found: dict[str, Any]) -> str | None:
    case = found["case"]
    if case is None:
        return None
    kept = "" if found["status"] == "taken" else "  (kept for you; yours when the worker runs)"
    return f"{case['id']}  {case.get('kind', '').replace('_', ' ')}  {case.get('phase_label', '')}{kept}"


def _show_absence(absence: dict[str, Any], *, as_json: bool) -> None:
    from cli.tables.desk import absence_lines

    show_results(absence, absence_lines, as_json=as_json)
