"""``ombud clock``: look at the clocks of a case, let them stand still, give them more time, freeze them for an incident."""

from __future__ import annotations

import os
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import Desk, run
from cli.kit.exits import NOT_NOW, misused
from cli.kit.options import As, AsJson, CaseId, DryRun, Key, Tenant
from cli.kit.send import given_only
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(
    help="Clocks: list, explain, pause, extend, re-target, freeze for an incident.", no_args_is_help=True, rich_markup_mode=None
)

Reason = Annotated[str, typer.Option(help="Why, as a code (waits_for_lab); it stays on the record with your name.")]
OneClock = Annotated[str | None, typer.Option("--clock", help="Only this clock; left out: all that wait for the team.")]
ClockName = Annotated[str, typer.Argument(help="The clock's name, as `ombud clock list` shows it.")]
Incident = Annotated[str, typer.Option(help="What the incident is called, as a code (mail-outage-2026-11).")]
At = Annotated[str | None, typer.Option(help="The instant for all, with its zone (2026-11-26T09:00:00Z); left out: now.")]


@app.command("list")
def list_clocks(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Every clock of a case that somebody may know: whom it waits for, its target, when it is due."""
    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{_part(case_id)}/clocks"), Target(tenant, speaker))
    from cli.tables.clock import clock_table

    nothing = "No clock of this case is theirs to know."
    show(found, json, lambda clocks: clock_table(clocks["data"]) if clocks["data"] else None, nothing=nothing)


@app.command()
def explain(case_id: CaseId, clock: ClockName, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """How a due date came about: time used, pauses, days closed, calendar and zone data."""
    path = f"/v1/cases/{_part(case_id)}/clocks/{_part(clock)}/explanation"
    found = run(lambda desk: desk.ask("GET", path), Target(tenant, speaker))
    show(found, json, lambda explained: "\n".join(explained["words"]))


@app.command()
def pause(
    case_id: CaseId,
    reason: Reason,
    clock: OneClock = None,
    until: Annotated[
        str | None, typer.Option(help="Until then (2026-11-26T09:00:00Z); left out: until somebody resumes.")
    ] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Let clocks stand still: one, or all that wait for the team. Ends with the phase at the latest."""
    _send(case_id, "pauses", {"reason": reason, "clock": clock, "until": until}, Target(tenant, speaker), json=json)


@app.command()
def resume(
    case_id: CaseId,
    clock: Annotated[str | None, typer.Option("--clock", help="Only this clock; left out: whatever was paused.")] = None,
    reason: Reason = "resumed",
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Let clocks go on that were paused or snoozed."""
    _send(case_id, "resumptions", {"reason": reason, "clock": clock}, Target(tenant, speaker), json=json)


@app.command()
def snooze(
    case_id: CaseId,
    until: Annotated[str, typer.Option(help="Until then, with the zone (2026-11-26T09:00:00Z).")],
    reason: Reason,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Put a case away until an instant; a party's word or evidence wakes it earlier."""
    _send(case_id, "snoozes", {"until": until, "reason": reason}, Target(tenant, speaker), json=json)


@app.command()
def extend(
    case_id: CaseId,
    clock: ClockName,
    reason: Reason,
    by_span: Annotated[str | None, typer.Option("--for", help="So much longer, in the clock's unit (8 working hours).")] = None,
    to: Annotated[str | None, typer.Option(help="To this instant, with the zone (2026-11-26T09:00:00Z).")] = None,
    reasons: Annotated[str | None, typer.Option(help="What the parties are told, where they may know of the clock.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Give a clock more time before it runs out. A limit of the law: as its law allows, with neither --for nor --to."""
    if by_span is not None and to is not None:
        misused("Say either --for or --to.")
    body = {"clock": clock, "for": by_span, "to": to, "reason": reason, "reasons": reasons}
    _send(case_id, "extensions", body, Target(tenant, speaker), json=json)


@app.command()
def retarget(
    case_id: CaseId,
    reason: Reason,
    priority: Annotated[str | None, typer.Option(help="low, normal, high or urgent.")] = None,
    category: Annotated[str | None, typer.Option(help="A category of the kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Move the case to this queue.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Run on this calendar from now on.")] = None,
    newest: Annotated[
        str | None, typer.Option(help="calendars: their newest versions and zone data; pack: that, and the newest rules.")
    ] = None,
    minor: Annotated[list[str] | None, typer.Option(help="This party turned out to be under age; once for each.")] = None,
    adult: Annotated[
        list[str] | None, typer.Option(help="This party counts as under age and is not; it takes two people.")
    ] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Change what the targets follow from. Pauses that were earned and levels that were reached stay."""
    body: dict[str, Any] = {"priority": priority, "category": category, "queue": queue, "calendar": calendar, "newest": newest}
    body |= {"minors": minor} if minor else {}
    body |= {"adults": adult} if adult else {}
    if not any(body.values()):
        misused("Say what changes: --priority, --category, --queue, --calendar, --minor, --adult or --newest.")
    _send(case_id, "retargets", {**body, "reason": reason}, Target(tenant, speaker), json=json)


@app.command()
def freeze(
    incident: Incident,
    reason: Reason,
    kind: Annotated[str | None, typer.Option(help="Only cases of this kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only cases of this queue.")] = None,
    phase: Annotated[str | None, typer.Option(help="Only cases in this phase.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only cases of this person.")] = None,
    all_cases: Annotated[bool, typer.Option("--all", help="Every open case, said on purpose.")] = False,
    at: At = None,
    dry_run: DryRun = False,
    key: Key = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Freeze the clocks of the open cases that fit, or of --all, for an incident, from one instant on. For ops.

    Limits of the law go on. Exit code 75 when every case refused it.
    """
    which = {"kind": kind, "queue": queue, "phase": phase, "owner": owner, "all": all_cases or None}
    body = {"incident": incident, "reason": reason, "at": at, **which}
    _order("/v1/freezes", body, key, Target(tenant, speaker, owner), dry_run=dry_run, json=json)


@app.command()
def thaw(
    incident: Incident,
    margin: Annotated[str | None, typer.Option(help="Time on top, to find one's feet (2 working hours).")] = None,
    at: At = None,
    reason: Reason = "incident_over",
    dry_run: DryRun = False,
    key: Key = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Let the clocks go on of every case that is frozen for an incident. For ops.

    Exit code 75 when nothing is frozen for it, or every case refused it.
    """
    body = {"margin": margin, "at": at, "reason": reason}
    _order(f"/v1/freezes/{_part(incident)}/thaw", body, key, Target(tenant, speaker), dry_run=dry_run, json=json)


@app.command()
def incidents(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Incidents that are not over: how many cases stand still for each, and since when."""
    found = run(lambda desk: desk.ask("GET", "/v1/freezes"), Target(tenant, speaker))
    from cli.tables.clock import incident_table

    show(found, json, lambda known: incident_table(known["data"]) if known["data"] else None, nothing="Nothing is frozen.")


def _send(case_id: str, verb: str, body: dict[str, Any], target: Target, *, json: bool) -> None:
    if target.speaker is None and not os.environ.get("OMBUD_URL"):
        misused("Say who you are with --as (per_…): it stays on the record.")

    async def sending(desk: Desk) -> Any:
        return await desk.ask("POST", f"/v1/cases/{_part(case_id)}/{verb}", json=_said(body, target))

    from cli.tables.clock import told

    waits = ("It is on disk, and judged when the workers are there.",)
    show(run(sending, target), json, told, notes=lambda answer: waits if answer["status"] == "pending" else ())


def _order(path: str, body: dict[str, Any], key: str | None, target: Target, *, dry_run: bool, json: bool) -> None:
    headers = {"Idempotency-Key": key} if key else {}

    async def sending(desk: Desk) -> Any:
        return await desk.ask("POST", path, json=_said({**body, "dry_run": dry_run or None}, target), headers=headers)

    answer = run(sending, target)
    from cli.tables.clock import bulk_lines, bulk_notes

    show(answer, json, lambda freeze: "\n".join(bulk_lines(freeze)), notes=bulk_notes)
    counts = answer["counts"]
    if counts and not counts.get("accepted") and not counts.get("pending"):
        raise typer.Exit(NOT_NOW)


def _said(body: dict[str, Any], target: Target) -> dict[str, Any]:
    """What was said, and by whom: a key that may not speak for them is refused, and nobody speaks unnoticed as another."""
    return given_only({**body, "by": target.speaker})


def _part(text: str) -> str:
    return quote(text, safe="")
