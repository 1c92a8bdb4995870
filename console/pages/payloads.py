"""Temporal's own pages ask here for what is sealed in a history: a *codec endpoint*, for whoever is signed in to the console.

They are another origin, to which a browser sends our cookie when both are on one site and their page was told to send it
(`--ui-codec-endpoint`, with credentials). No other page may ask: what it answers are words of cases.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, read_body
from services import histories
from services.errors import Refused

PATH = "/temporal/decode"
_ALLOWED = "content-type, x-namespace"


async def decode(visit: Visit) -> Response:
    """Payloads, opened. Raises ``origin_refused`` for every page but Temporal's, and what :func:`histories.opened` raises."""
    origin = _temporals(visit)
    opened = await histories.opened(visit.parts, visit.caller, await read_body(visit.request))
    return Response(opened, media_type="application/json", headers=_allowing(origin))


async def asked_first(visit: Visit) -> Response:
    """What a browser asks before it sends: whether that page may."""
    return Response(status_code=204, headers=_allowing(_temporals(visit)))


def _temporals(visit: Visit) -> str:
    """The origin of Temporal's pages, from which this request came."""
    pages = urlsplit(visit.house.temporal_pages or "")
    origin = f"{pages.scheme}://{pages.netloc}"
    if not pages.netloc or visit.request.headers.get("origin") != origin:
        raise Refused("origin_refused")
    return origin


def _allowing(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": _ALLOWED,
        "Vary": "Origin",
    }


PAGES: Addresses = [(PATH, ["POST"], decode)]
OPEN: Addresses = [(PATH, ["OPTIONS"], asked_first)]
