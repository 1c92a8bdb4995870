"""``ombud bulk``: one command for many cases, each of which takes or refuses it by its own rules."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.send import bulk_verb, show_bulk
from cli.kit.target import Target

app = typer.Typer(help="One command for many cases: for leads and ops.", no_args_is_help=True, rich_markup_mode=None)

Reason = Annotated[str, typer.Option(help="Why, as a code (on_leave); it stays on the record of every case, with your name.")]
Until = Annotated[str, typer.Option(help="Until then, with the zone (2026-11-26T09:00:00Z).")]
UntilIfSaid = Annotated[str | None, typer.Option("--until", help="Until then; left out: until somebody resumes.")]
Reasons = Annotated[str, typer.Option(help="The reasons, as the parties of every case will read them.")]
OneClock = Annotated[str | None, typer.Option("--clock", help="Only this clock.")]


@bulk_verb("assign", on=app)
def assign(
    to: Annotated[str | None, typer.Option(help="The person (per_…); left out: back to their queues.")] = None,
    reason: Reason = "assigned",
) -> dict[str, Any]:
    """Give cases to a person, or back to their queues. Exit code 1 when a case refuses it."""
    return {"type": "assign", "owner": to, "reason": reason}


@bulk_verb("snooze", on=app)
def snooze(until: Until, reason: Reason) -> dict[str, Any]:
    """Put cases away until an instant. Exit code 1 when a case refuses it."""
    return {"type": "snooze", "until": until, "reason": reason}


@bulk_verb("request", on=app)
def request(
    of: Annotated[str, typer.Option(help="Of which side: claimant or respondent.")],
    what: Annotated[str, typer.Option(help="What is asked for, as the side will read it.")],
) -> dict[str, Any]:
    """Ask one side of each case for evidence; whoever owns a case may. Exit code 1 when a case refuses it."""
    return {"type": "request_evidence", "of": of, "what": what}


@bulk_verb("close", on=app)
def close(
    reason: Reason,
    reasons: Reasons,
    outcome: Annotated[str, typer.Option(help="expired or declined.")] = "expired",
) -> dict[str, Any]:
    """Close cases that cannot be decided. For ops. Exit code 1 when a case refuses it."""
    return {"type": "close", "outcome": outcome, "reason": reason, "reasons": reasons}


@bulk_verb("pause", on=app)
def pause(reason: Reason, clock: OneClock = None, until: UntilIfSaid = None) -> dict[str, Any]:
    """Let clocks stand still: one, or all that wait for the team. Exit code 1 when a case refuses it."""
    return {"type": "pause", "clock": clock, "until": until, "reason": reason}


@bulk_verb("resume", on=app)
def resume(clock: OneClock = None, reason: Reason = "resumed") -> dict[str, Any]:
    """Let clocks go on that were paused or snoozed. Exit code 1 when a case refuses it."""
    return {"type": "resume", "clock": clock, "reason": reason}


@app.command("show")
def show_one(
    bulk_id: Annotated[str, typer.Argument(help="The bulk's id (bulk_…).")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """How far a bulk came. Exit code 1 when a case has refused it."""
    from urllib.parse import quote

    found = run(lambda desk: desk.ask("GET", f"/v1/bulk/{quote(bulk_id, safe='')}"), Target(tenant, speaker))
    show_bulk(found, as_json=json)
