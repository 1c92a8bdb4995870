"""``ombud bulk``: one command for many cases, each of which takes or refuses it by its own rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.commands.case import As, AsJson, Tenant
from cli.kit.client import Desk, print_json, run
from cli.kit.target import Target

app = typer.Typer(help="One command for many cases: for leads and ops.", no_args_is_help=True, rich_markup_mode=None)

_REFUSED = 1

Reason = Annotated[str, typer.Option(help="Why, as a code (on_leave); it stays on the record of every case, with your name.")]
Until = Annotated[str, typer.Option(help="Until then, with the zone (2026-11-26T09:00:00Z).")]
UntilIfSaid = Annotated[str | None, typer.Option("--until", help="Until then; left out: until somebody resumes.")]
Reasons = Annotated[str, typer.Option(help="The reasons, as the parties of every case will read them.")]
OneClock = Annotated[str | None, typer.Option("--clock", help="Only this clock.")]


def _which(
    kind: Annotated[str | None, typer.Option(help="Only cases of this kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only cases of this queue.")] = None,
    phase: Annotated[str | None, typer.Option(help="Only cases in this phase.")] = None,
    of_owner: Annotated[str | None, typer.Option("--owner", help="Only cases of this person (per_…).")] = None,
    priority: Annotated[str | None, typer.Option(help="Only of this priority: low, normal, high or urgent.")] = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only cases of this campaign (cmp_…).")] = None,
    case: Annotated[list[str] | None, typer.Option(help="Only this case (case_…); repeatable.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open case; goes with no filter.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which cases it would be.")] = False,
    key: Annotated[str | None, typer.Option(help="Idempotency key: sent again with the same key, it is one bulk.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """To which cases, how, and as whom: the options that every verb has."""


def verb(name: str, on: typer.Typer = app) -> Callable[[Callable[..., dict[str, Any]]], None]:
    """A command of the command line that sends what the function says to the selected cases."""

    def register(says: Callable[..., dict[str, Any]]) -> None:
        own = inspect.signature(says, eval_str=True).parameters

        def sending(**given: Any) -> None:
            _send(says(**{name: given.pop(name) for name in own}), **given)

        both = [*own.values(), *inspect.signature(_which, eval_str=True).parameters.values()]
        sending.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # where typer looks for the options
            [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in both]
        )
        sending.__annotations__ = {one.name: one.annotation for one in both}
        sending.__doc__ = says.__doc__
        on.command(name)(sending)

    return register


@verb("assign")
def assign(
    to: Annotated[str | None, typer.Option(help="The person (per_…); left out: back to their queues.")] = None,
    reason: Reason = "assigned",
) -> dict[str, Any]:
    """Give cases to a person, or back to their queues. Exit code 1 when a case refuses it."""
    return {"type": "assign", "owner": to, "reason": reason}


@verb("snooze")
def snooze(until: Until, reason: Reason) -> dict[str, Any]:
    """Put cases away until an instant. Exit code 1 when a case refuses it."""
    return {"type": "snooze", "until": until, "reason": reason}


@verb("request")
def request(
    of: Annotated[str, typer.Option(help="Of which side: claimant or respondent.")],
    what: Annotated[str, typer.Option(help="What is asked for, as the side will read it.")],
) -> dict[str, Any]:
    """Ask one side of each case for evidence; whoever owns a case may. Exit code 1 when a case refuses it."""
    return {"type": "request_evidence", "of": of, "what": what}


@verb("close")
def close(
    reason: Reason,
    reasons: Reasons,
    outcome: Annotated[str, typer.Option(help="expired or declined.")] = "expired",
) -> dict[str, Any]:
    """Close cases that cannot be decided. For ops. Exit code 1 when a case refuses it."""
    return {"type": "close", "outcome": outcome, "reason": reason, "reasons": reasons}


@verb("pause")
def pause(reason: Reason, clock: OneClock = None, until: UntilIfSaid = None) -> dict[str, Any]:
    """Let clocks stand still: one, or all that wait for the team. Exit code 1 when a case refuses it."""
    return {"type": "pause", "clock": clock, "until": until, "reason": reason}


@verb("resume")
def resume(clock: OneClock = None, reason: Reason = "resumed") -> dict[str, Any]:
    """Let clocks go on that were paused or snoozed. Exit code 1 when a case refuses it."""
    return {"type": "resume", "clock": clock, "reason": reason}


@app.command()
def show(
    bulk_id: Annotated[str, typer.Argument(help="The bulk's id (bulk_…).")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """How far a bulk came. Exit code 1 when a case has refused it."""
    from urllib.parse import quote

    found = run(lambda desk: desk.ask("GET", f"/v1/bulk/{quote(bulk_id, safe='')}"), Target(tenant, speaker))
    _tell(found, json=json)


def _send(command: dict[str, Any], *, dry_run: bool, key: str | None, json: bool, **given: Any) -> None:
    target = Target(given.pop("tenant"), given.pop("speaker"), given["of_owner"])
    names = {"of_owner": "owner", "case": "case_ids", "every": "all"}
    body = {
        "command": _said(command),
        "selection": _said({names.get(name, name): value or None for name, value in given.items()}),
        **_said({"by": target.speaker, "dry_run": dry_run or None}),
    }
    headers = {"Idempotency-Key": key} if key else {}

    async def sending(desk: Desk) -> Any:
        return await desk.ask("POST", "/v1/bulk", json=body, headers=headers)

    _tell(run(sending, target), json=json)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _tell(answer: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(answer)
    else:
        from cli.tables.bulk import bulk_notes, bulk_table
        from cli.tables.cases import out

        if answer["cases"]:
            out().print(bulk_table(answer))
        for note in bulk_notes(answer):
            typer.echo(note, err=True)
    if answer["counts"].get("refused") or answer["counts"].get("broken"):
        raise typer.Exit(_REFUSED)
