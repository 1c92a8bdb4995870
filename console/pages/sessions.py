"""Where somebody is signed in, and how they look at pages: each session can be ended, the theme chosen."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to, within_house
from services import sessions


async def show(visit: Visit) -> Response:
    """Every place where they are signed in now."""
    found = await sessions.listed(visit.parts, visit.caller)
    said = {"sessions": found, "own": visit.caller.credential, "idle": sessions.IDLE_FOR, "longest": sessions.SESSION_FOR}
    return visit.page("sessions.html", **said)


async def end(visit: Visit) -> Response:
    """End one of them. Whoever ends the one they use is signed out."""
    form = await visit.form()
    session_id = form.text("session")
    await sessions.end(visit.parts, visit.caller, session_id)
    return to("/sign-in" if session_id == visit.caller.credential else "/sessions")


async def theme(visit: Visit) -> Response:
    """Light, dark, or as the system has it: kept in a cookie that says nothing else."""
    form = await visit.form()
    answer = to(within_house(form.text("back")))
    if form.text("theme") in ("light", "dark"):
        answer.set_cookie(
            "theme", form.text("theme"), max_age=31536000, secure=visit.house.cookies.secure, httponly=True, samesite="lax"
        )
    else:
        answer.delete_cookie("theme")
    return answer


PAGES: Addresses = [
    ("/sessions", ["GET"], show),
    ("/sessions/end", ["POST"], end),
    ("/theme", ["POST"], theme),
]
