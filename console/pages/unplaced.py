"""Mail that could not be placed: what waits, one of them, and where it goes. For leads and operations."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import finding, people, unplaced
from services.errors import Refused
from services.pages import Page

SHOWN = 50
REASONS = ("spam", "machine", "answered_elsewhere", "not_ours")
"""Why mail is put away."""
WHY = {
    "unproven": "It answers a letter, and nothing proves that the person wrote it to whom the letter went.",
    "not_the_recipient": "It answers a letter from another address than the one that the letter went to.",
    "not_a_party": "It answers a letter that went to nobody of the parties.",
    "case_unknown": "It names no case of which its sender is a party.",
    "case_closed": "It answers a letter about a case that is closed.",
    "not_taken": "Its case did not take it.",
    "machine_mail": "A machine may have sent it: a list, a holiday note or a bounce.",
    "own_address": "It comes from the address that it went to.",
    "over_cap": "Its sender, or all together, sent more than causes letters in a day.",
    "same_message_id": "It has the id of another mail that is a case already, and says something else.",
    "file_refused": "Its words are on the case; at least one of its files was not taken.",
    "files_left": "Its case was turned away or merged at once, and takes no files: they are in the mail.",
    "file_infected": "A scanner found something harmful in a file of it.",
    "unreadable": "It could not be read.",
}


async def show(visit: Visit) -> Response:
    """What waits."""
    found = await unplaced.listed(visit.parts, visit.caller, Page(SHOWN, visit.request.query_params.get("cursor")))
    return visit.page("unplaced.html", mails=found, why=WHY, list="unplaced")


async def one(visit: Visit) -> Response:
    """One mail, with the ways to place it. That it was read is kept."""
    return await _page(visit, None)


async def original(visit: Visit) -> Response:
    """The mail as it came, to be saved."""
    mail_id = visit.request.path_params["mail_id"]
    data = await unplaced.original(visit.parts, visit.caller, mail_id)
    headers = {"Content-Disposition": f'attachment; filename="{mail_id}.eml"', "X-Content-Type-Options": "nosniff"}
    return Response(data, headers=headers, media_type="application/octet-stream")


async def place(visit: Visit) -> Response:
    """Put it onto a case as a party's word."""
    form, mail_id = await visit.form(), visit.request.path_params["mail_id"]
    try:
        placed = await unplaced.place(
            visit.parts, visit.caller, mail_id, form.text("case"), form.text("party"), sender_checked="sender_checked" in form
        )
    except Refused as refused:
        return await _page(visit, refused)
    return to(f"/cases/{placed.case_id}")


async def report(visit: Visit) -> Response:
    """Open a case of it."""
    form, mail_id = await visit.form(), visit.request.path_params["mail_id"]
    try:
        landed = await unplaced.report(
            visit.parts, visit.caller, mail_id, form.text("kind") or None, form.text("link").strip() or None
        )
    except Refused as refused:
        return await _page(visit, refused)
    return to(f"/cases/{landed.row.id}")


async def dismiss(visit: Visit) -> Response:
    """Put it away."""
    form = await visit.form()
    reason = form.text("reason")
    try:
        await unplaced.dismiss(
            visit.parts, visit.caller, visit.request.path_params["mail_id"], reason if reason in REASONS else "not_ours"
        )
    except Refused as refused:
        return await _page(visit, refused)
    return to("/unplaced")


async def _page(visit: Visit, refused: Refused | None) -> Response:
    opened = await unplaced.read(visit.parts, visit.caller, visit.request.path_params["mail_id"])
    case_id = await _meant(visit, visit.request.query_params.get("case", "").strip()) or opened.mail.case_id or ""
    parties, wrong = [], refused
    if case_id:
        try:
            parties = list(await unplaced.parties_of(visit.parts, visit.caller, opened.mail, case_id))
        except Refused as missing:
            wrong = wrong or missing
    return visit.page(
        "unplaced_mail.html",
        422 if wrong else 200,
        mail=opened.mail,
        deeds=opened.deeds,
        names=await people.colleagues(visit.parts, visit.caller),
        case_id=case_id,
        parties=parties,
        kinds=sorted(visit.parts.packs),
        reasons=REASONS,
        why=WHY,
        wrong=wrong,
        list="unplaced",
    )


async def _meant(visit: Visit, asked: str) -> str:
    """The id of the case that somebody names as people do, by its number; what names none or several stays as it was written.
    A case that has the word in its subject or among its people is not named by it."""
    if not asked or asked.startswith("case_"):
        return asked
    named = [one for one in await finding.found(visit.parts, visit.caller, asked) if finding.names(one, asked)]
    return named[0].seen.id if len(named) == 1 else asked


PAGES: Addresses = [
    ("/unplaced", ["GET"], show),
    ("/unplaced/{mail_id}", ["GET"], one),
    ("/unplaced/{mail_id}/original", ["GET"], original),
    ("/unplaced/{mail_id}/place", ["POST"], place),
    ("/unplaced/{mail_id}/report", ["POST"], report),
    ("/unplaced/{mail_id}/dismiss", ["POST"], dismiss),
]
