"""Policies: the versions of each pack, what a proposed one changes in words, proposed by one person and approved by another."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit, to
from services import pack_review, people
from services.errors import Refused


async def show(visit: Visit) -> Response:
    """All versions. Raises ``not_allowed`` for whoever looks after nobody's work."""
    return await _page(visit)


async def one(visit: Visit) -> Response:
    """A version, and what it changes."""
    return await _review(visit, None)


async def propose(visit: Visit) -> Response:
    """Propose the text of a pack, or read what was found in it."""
    form = await visit.form()
    try:
        made, findings = await pack_review.propose(
            visit.parts, visit.caller, form.text("text"), form.text("reason"), anyway="anyway" in form
        )
    except Refused as refused:
        return await _page(visit, form=form, refused=refused)
    return to(f"/packs/{made}?proposed=1") if made is not None else await _page(visit, form=form, findings=findings)


async def approve(visit: Visit) -> Response:
    """The second person agrees."""
    await visit.form()
    publication_id = visit.request.path_params["publication_id"]
    try:
        await pack_review.approve(visit.parts, visit.caller, publication_id)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return await _review(visit, refused)
    return to(f"/packs/{publication_id}?approved=1")


async def _review(visit: Visit, refused: Refused | None) -> Response:
    found = await pack_review.review(visit.parts, visit.caller, visit.request.path_params["publication_id"])
    said = visit.request.query_params
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    return visit.page(
        "pack.html",
        403 if refused else 200,
        list="administration",
        found=found,
        names=await people.colleagues(visit.parts, visit.caller),
        own=found.version.proposed_by == visit.caller.holder,
        told="proposed" if "proposed" in said else "approved" if "approved" in said else "",
        refused=refused,
        why=speaker.plainly(refused.detail or "") if refused else "",
    )


async def _page(visit: Visit, *, form: Form | None = None, refused: Refused | None = None, findings: object = ()) -> Response:
    rows = await pack_review.versions(visit.parts, visit.caller)
    return visit.page(
        "packs.html",
        422 if refused or findings else 200,
        list="administration",
        rows=[(row, datetime.fromisoformat(row["since"]) if row["since"] else None) for row in rows],
        names=await people.colleagues(visit.parts, visit.caller),
        values={name: form.text(name) for name in ("text", "reason")} if form else {},
        findings=findings,
        refused=refused,
        wrong=refused.errors if refused else (),
    )


PAGES: Addresses = [
    ("/packs", ["GET"], show),
    ("/packs", ["POST"], propose),
    ("/packs/{publication_id}", ["GET"], one),
    ("/packs/{publication_id}/approve", ["POST"], approve),
]
