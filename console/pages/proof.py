"""Whether a case is as it was recorded: its chain of hashes computed anew, and its state folded from its facts."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from services import audit, cases


async def show(visit: Visit) -> Response:
    """What was checked just now, and what does not agree."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"])
    return visit.page("proof.html", case_id=seen.id, verdict=await audit.of_case(visit.parts, visit.caller, seen))


PAGES: Addresses = [("/cases/{case_id}/proof", ["GET"], show)]
