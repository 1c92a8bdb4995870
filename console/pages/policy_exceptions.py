"""Exceptions from the rules of a kind: what was asked in a month, and what became of it. For leads and ops."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.pages.export import safe
from services import people, policy_exceptions


async def show(visit: Visit) -> Response:
    """One month of it; left out: this one. Raises ``not_allowed`` for who is neither lead nor ops."""
    found = await _month(visit)
    names = await people.colleagues(visit.parts, visit.caller)
    before, after = _beside(found.month)
    return visit.page("exceptions.html", found=found, names=names, before=before, after=after, list="packs")


async def table(visit: Visit) -> Response:
    """The same as a table for other programs."""
    found = await _month(visit)
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(policy_exceptions.HEAD)
    for one in found.rows:
        written.writerow([safe(cell) for cell in policy_exceptions.line(found, one)])
    headers = {"Content-Disposition": f'attachment; filename="exceptions-{found.month}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _month(visit: Visit) -> policy_exceptions.Month:
    return await policy_exceptions.month(visit.parts, visit.caller, visit.request.query_params.get("month") or None)


def _beside(month: str) -> tuple[str, str | None]:
    """The months before and after; none after the one that runs."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1
    before, after = (f"{one // 12}-{one % 12 + 1:02}" for one in (count - 1, count + 1))
    return before, after if after <= f"{datetime.now(UTC):%Y-%m}" else None


PAGES: Addresses = [("/exceptions", ["GET"], show), ("/exceptions.csv", ["GET"], table)]
