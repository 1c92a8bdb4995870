"""Sending a command to one case, or to many at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import Desk, Failed, run
from cli.kit.options import As, AsJson, DryRun, Key, Tenant
from cli.kit.show import show
from cli.kit.target import Target

_REFUSED = 1


def send(case_id: str, body: Any, target: Target, *, as_json: bool) -> None:
    """Send a command to a case and show what became of it."""
    show(run(lambda desk: sent(desk, case_id, body), target), as_json, _answered)


async def sent(desk: Desk, case_id: str, body: Any) -> Any:
    """What the API answers. Who takes what is theirs already has what they want: that is no failure."""
    path = f"/v1/cases/{quote(case_id, safe='')}"
    try:
        return await desk.ask("POST", f"{path}/commands", json=body)
    except Failed as failed:
        if failed.problem.get("because") == "yours":
            return {"answer": {"status": "yours already", "command_id": case_id}}
        if failed.problem.get("code") == "owner_mismatch":
            failed.advice = await _whose(desk, path)
        raise


async def _whose(desk: Desk, path: str) -> tuple[str, ...]:
    """Whose case it is, when whoever asks may see that."""
    try:
        owner = (await desk.ask("GET", path)).get("owner")
    except Failed:
        return ()
    return (f"It is owned by {owner}.",) if owner else ()


def _answered(answer: dict[str, Any]) -> str:
    told = answer.get("answer") or {}
    return f"{told.get('status', 'received')}: {told.get('command_id') or answer.get('command_id', '')}"


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
    dry_run: DryRun = False,
    key: Key = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """To which cases, how, and as whom: the options that every verb has."""


def bulk_verb(name: str, on: typer.Typer) -> Callable[[Callable[..., dict[str, Any]]], None]:
    """A command of the command line that sends what the function says to the selected cases."""

    def register(says: Callable[..., dict[str, Any]]) -> None:
        own = inspect.signature(says, eval_str=True).parameters

        def sending(**given: Any) -> None:
            _send_to_many(says(**{name: given.pop(name) for name in own}), **given)

        both = [*own.values(), *inspect.signature(_which, eval_str=True).parameters.values()]
        sending.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # where typer looks for the options
            [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in both]
        )
        sending.__annotations__ = {parameter.name: parameter.annotation for parameter in both}
        sending.__doc__ = says.__doc__
        on.command(name)(sending)

    return register


def _send_to_many(command: dict[str, Any], *, dry_run: bool, key: str | None, json: bool, **given: Any) -> None:
    target = Target(given.pop("tenant"), given.pop("speaker"), given["of_owner"])
    names = {"of_owner": "owner", "case": "case_ids", "every": "all"}
    body = {
        "command": given_only(command),
        "selection": given_only({names.get(name, name): value or None for name, value in given.items()}),
        **given_only({"by": target.speaker, "dry_run": dry_run or None}),
    }
    headers = {"Idempotency-Key": key} if key else {}

    async def sending(desk: Desk) -> Any:
        return await desk.ask("POST", "/v1/bulk", json=body, headers=headers)

    show_bulk(run(sending, target), as_json=json)


def given_only(fields: dict[str, Any]) -> dict[str, Any]:
    """What was said, without what was left out."""
    return {name: value for name, value in fields.items() if value is not None}


def show_bulk(answer: dict[str, Any], *, as_json: bool) -> None:
    """How far a bulk came. Exit code 1 when a case has refused it."""
    from cli.tables.bulk import bulk_notes, bulk_table

    show(answer, as_json, lambda bulk: bulk_table(bulk) if bulk["cases"] else None, notes=bulk_notes)
    _leave_if_refused(answer)


def show_results(answer: dict[str, Any], lines: Callable[[dict[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """What was done, and what became of the cases that it is about. Exit code 1 when a case has refused it."""
    show(answer, as_json, lambda told: "\n".join(lines(told)))
    _leave_if_refused(answer)


def _leave_if_refused(answer: dict[str, Any]) -> None:
    if answer["counts"].get("refused") or answer["counts"].get("broken"):
        raise typer.Exit(_REFUSED)
