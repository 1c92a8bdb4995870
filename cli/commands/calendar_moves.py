"""``ombud calendar diff`` and ``apply``: what newer calendars and zone data would move, and moving it by command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.options import As, AsJson, Tenant
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from cli.kit.client import Desk

_NOTHING = "No running deadline would move: every case runs on the newest calendars and zone data."


def diff(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Show which running deadlines the newest calendars and zone data would move. Changes nothing."""
    from cli.kit.client import run

    found = run(_all, Target(tenant, speaker))
    show(found, json, lambda moves: _table(moves) if moves else None, nothing=_NOTHING)


def apply(
    reason: Annotated[str, typer.Option(help="Why, as a code that the record keeps (`new_holidays`).")],
    case: Annotated[list[str] | None, typer.Option(help="Only this case; repeatable. Left out: all that would change.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Move running deadlines to the newest calendars and zone data: a command to each case, recorded with its reason.

    Needs --as: a lead or somebody of ops. Exit code 1 when a case refused.
    """
    from cli.kit.client import run

    results = run(lambda desk: _apply(desk, reason, case), Target(tenant, speaker))
    show(results, json, lambda moved: "\n".join(map(_result, moved)) if moved else None, nothing=_NOTHING)
    if any(result["status"] not in ("accepted", "pending") for result in results):
        raise typer.Exit(1)


def _result(result: dict[str, Any]) -> str:
    moved = "" if result["status"] != "accepted" else f"  {result['moves']} deadline(s) moved"
    return f"{result['case']}  {result['status']}{moved}" + (f"  {result['detail']}" if result.get("detail") else "")


async def _all(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 200}
    while True:
        page = await desk.ask("GET", "/v1/calendars/moves", params=params)
        found += page["data"]
        if not page["has_more"]:
            return found
        params["cursor"] = page["next_cursor"]


async def _apply(desk: Desk, reason: str, only: Iterable[str] | None) -> list[dict[str, Any]]:
    from cli.kit.client import Failed

    results = []
    for moved_case in await _all(desk):
        if only and moved_case["case"] not in only:
            continue
        body = {"type": "retarget", "newest": "calendars", "reason": reason}
        try:
            answer = await desk.ask("POST", f"/v1/cases/{moved_case['case']}/commands", json=body)
            results.append({"case": moved_case["case"], "status": answer["status"], "moves": _moved(moved_case, answer)})
        except Failed as failed:
            results.append({"case": moved_case["case"], "status": "refused", "detail": str(failed), "moves": 0})
    return results


def _moved(moved_case: dict[str, Any], answer: dict[str, Any]) -> int:
    """How many levels are where they were said to go; 0 while nobody has judged the command."""
    now = {(due["clock"], due["level"], due["due_at"]) for due in answer["case"].get("deadlines", ())}
    return sum((move["clock"], move["level"], move["to_at"]) in now for move in moved_case["moves"])


def _table(found: list[dict[str, Any]]) -> Any:
    from rich.table import Column, Table

    table = Table(Column("case", no_wrap=True), "clock", "level", "from (UTC)", "to (UTC)", "because")
    for moved_case in found:
        because = ", ".join(_because(moved_case))
        for move in moved_case["moves"]:
            table.add_row(moved_case["case"], move["clock"].replace("_", " "), move["level"], *_instants(move), because)
        if not moved_case["moves"]:
            table.add_row(moved_case["case"], "", "nothing moves", "", "", because)
    return table


def _instants(move: dict[str, Any]) -> Iterator[str]:
    from cli.tables.cases import when

    yield when(move["from_at"])
    yield when(move["to_at"]) or "never"


def _because(moved_case: dict[str, Any]) -> Iterator[str]:
    yield from (f"{c['name']} {c['from_ref'][4:12]} → {c['to_ref'][4:12]}" for c in moved_case["calendars"])
    yield from (f"zone data {release}" for release in moved_case["zone_data"])
