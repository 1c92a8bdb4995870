"""The record of one case: whether it is as it was written, and what proves that to a stranger."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from services import audit, cases
from services.proof import packed, proof_of


async def proof(visit: Visit) -> Response:
    """Whether the case is as it was recorded: its chain of hashes computed anew, and its state folded from its facts."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"])
    return visit.page("proof.html", case_id=seen.id, verdict=await audit.of_case(visit.parts, visit.caller, seen))


async def take_proof(visit: Visit) -> Response:
    """The same for a stranger: a bundle that is checked without Ombud."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"], "timeline")
    bundle = packed(await proof_of(visit.parts, visit.caller, seen))
    headers = {"Content-Disposition": f'attachment; filename="{seen.id}-proof.zip"'}
    return Response(bundle, media_type="application/zip", headers=headers)


PAGES: Addresses = [
    ("/cases/{case_id}/proof.zip", ["GET"], take_proof),
    ("/cases/{case_id}/proof", ["GET"], proof),
]
