"""What is taken away: a list as a table, of exactly the cases that its address shows; the record of a case as a proof."""

from __future__ import annotations

import csv
import io

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.pages.inbox import Row, rows_of
from domain.base import plain
from services import cases
from services.proof import packed, proof_of

MOST = 2000
"""Rows at most; what is left out is said in the last one."""
_HEAD = ("Number", "Case", "Address", "Kind", "Phase", "Whose turn", "In dispute", "Currency", "Clock", "State", "Due")


async def table(visit: Visit) -> Response:
    """The list of this address, all its pages. Raises what the list raises."""
    said = dict(visit.request.query_params)
    rows: list[Row] = []
    cursor: str | None = None
    while len(rows) < MOST:
        found, cursor = await rows_of(visit, {**said, "cursor": cursor or ""})
        rows += found
        if cursor is None:
            break
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(_HEAD)
    for row in rows[:MOST]:
        written.writerow([safe(part) for part in _line(visit, row)])
    if cursor is not None:
        written.writerow([f"There are more: these are the first {MOST}."])
    # What it is of stands in its name: a line before the head is a case to every program that reads it.
    view = "".join(letter for letter in said.get("view", "mine") if letter.isascii() and letter.isalnum())[:20] or "mine"
    name = f"cases-{view}-{visit.zones.now.astimezone(visit.zones.own):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # Programs that open tables know by the mark at the beginning that it is UTF-8.
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _line(visit: Visit, row: Row) -> tuple[str, ...]:
    clock = row.clock
    due = clock.due_at.astimezone(visit.zones.own).isoformat(timespec="minutes") if clock and clock.due_at else ""
    said = visit.house.amounts.write(row.amount["amount"], row.amount["currency"]) if row.amount else ""
    amount, _, currency = said.partition(" ")
    address = f"{visit.house.public_url.rstrip('/')}/cases/{row.id}"
    what = (clock.clock, clock.state) if clock else ("", "")
    return (row.number, row.title, address, row.kind, row.phase, row.turn, amount.replace(",", ""), currency, *what, due)


def safe(said: str) -> str:
    """What no program takes for something to be worked out."""
    shown = plain(said)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t", "\r") else shown


async def take_proof(visit: Visit) -> Response:
    """The same for a stranger: a bundle that is checked without Ombud."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"], "timeline")
    bundle = packed(await proof_of(visit.parts, visit.caller, seen))
    headers = {"Content-Disposition": f'attachment; filename="{seen.id}-proof.zip"'}
    return Response(bundle, media_type="application/zip", headers=headers)


PAGES: Addresses = [("/inbox.csv", ["GET"], table), ("/cases/{case_id}/proof.zip", ["GET"], take_proof)]
