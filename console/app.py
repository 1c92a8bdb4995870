"""The rooms for people, put together from parts made elsewhere: a face of the services, as the API is one for machines."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from console.kit.assets import PREFIX
from console.kit.browser import HEADERS
from console.kit.visit import House, Visit, by_itself, to_sign_in
from console.pages import (
    absences,
    administration,
    bulk,
    by_hand,
    calendars,
    campaigns,
    case,
    command,
    erasing,
    export,
    files,
    freezes,
    handing_in,
    history,
    inbox,
    live,
    making,
    on_call,
    orders,
    packs,
    payloads,
    policy_exceptions,
    ruling,
    settings,
    sign_in,
    sources,
    tags,
    templates,
    today,
    trusted_flaggers,
    unplaced,
    views,
)
from console.pages import party_links as links_of_parties
from console.pages import sessions as sessions_page
from console.party import case as party_case
from console.party import deeds as party_deeds
from console.party import devices as party_devices
from console.party import drafts as party_drafts
from console.party import links as party_links
from console.party import report as party_report
from console.party.visit import routes as party_routes
from services import desk_settings, sessions
from services.errors import Refused, refusal_of

SIGNED_IN = (
    inbox,
    erasing,
    export,
    by_hand,
    bulk,
    case,
    files,
    handing_in,
    history,
    ruling,
    command,
    live,
    sources,
    templates,
    tags,
    today,
    trusted_flaggers,
    unplaced,
    views,
    sessions_page,
    settings,
    links_of_parties,
    absences,
    making,
    on_call,
    orders,
    administration,
    calendars,
    campaigns,
    freezes,
    packs,
    payloads,
    policy_exceptions,
)
"""Pages for people who are signed in."""
OF_PARTIES = (party_case, party_deeds, party_devices, party_drafts, party_links)
"""Pages for parties who came by a link."""
Page = Callable[[Visit], Awaitable[Response]]
OF_THE_API = ("/v1", "/problems", "/metrics")
"""Addresses that are the API's, where both are on one."""


def create_console(house: House) -> Starlette:
    """The application. It opens and closes nothing: whoever made the parts does."""
    routes = [
        Route("/", lambda request: RedirectResponse("/inbox", 303)),
        Route(PREFIX + "{name}", house.assets.answer),
        Route("/favicon.ico", lambda request: RedirectResponse(house.assets.url("favicon.svg"), 301)),
        *(Route(path, _endpoint(page, house), methods=methods) for path, methods, page in (*sign_in.PAGES, *payloads.OPEN)),
        *(
            Route(path, _endpoint(page, house, needs_session=True), methods=methods)
            for module in SIGNED_IN
            for path, methods, page in module.PAGES
        ),
        *party_routes(house, party_links.OPEN, needs_session=False),
        *party_routes(house, party_report.OPEN, needs_session=False),
        *(route for module in OF_PARTIES for route in party_routes(house, module.PAGES, needs_session=True)),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=600)])
    app.router.redirect_slashes = False
    app.state.house = house

    async def told(request: Request, error: Exception) -> Response:
        return _told(house, request, error)

    app.add_exception_handler(HTTPException, told)
    app.add_middleware(Doorway, house=house)
    return app


def _endpoint(page: Page, house: House, *, needs_session: bool = False) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        visit = await _visit(request, house)
        if needs_session and visit.session is None:
            if request.method == "GET" and not by_itself(request):
                return to_sign_in(request)
            raise Refused("session_over")
        return await page(visit)

    return answer


async def _visit(request: Request, house: House) -> Visit:
    secret = request.cookies.get(house.cookies.session, "")
    session = await sessions.find(house.parts, secret, in_use=not by_itself(request)) if secret else None
    if session is None:
        return Visit(request, house, None, "")
    request.scope["ombud_session"] = session.id
    visit = Visit(request, house, session, secret)
    # What is put into a page that is there already brings no menu.
    sitter = await desk_settings.sitter(house.parts, visit.caller, with_views=not visit.partial)
    tenant = await house.parts.tenants.tenant(session.tenant_id)
    return replace(visit, person=sitter.person, tenant=tenant, settings=sitter.settings, views=sitter.views)


def _told(house: House, request: Request, error: Exception) -> Response:
    """The page that says why not."""
    refused = refusal_of(error)
    if isinstance(error, HTTPException):
        refused = Refused({404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request"))
    if refused is None:
        refused = Refused("internal_error")
    case_id = request.path_params.get("case_id")
    if refused.code == "access_needed" and request.method == "GET" and case_id and not by_itself(request):
        # The case's own page asks for the reason; whatever else is about it leads there.
        return RedirectResponse(f"/cases/{quote(case_id, safe='')}", 303)
    row = house.problems.get(refused.code) or house.problems["refused"]
    visit = Visit(request, house, None, "")
    said = {"title": row.title, "detail": refused.detail or row.advice, "code": refused.code, "errors": refused.errors}
    return visit.page("error.html", row.status, request_id=request.scope.get("ombud_request_id", ""), number=row.status, **said)


class Doorway:
    """ASGI middleware around every page: its headers, one line in the log, and a page for whatever nobody else has caught."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self._app, self._house = app, house
        self._log = structlog.get_logger("ombud.console")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["ombud_request_id"] = f"req_{uuid7()}"
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # A stranger's file brings a policy of its own, which allows less.
                    headers.setdefault(name, value)
                headers["Request-Id"] = scope["ombud_request_id"]
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            # Whatever nobody else has caught becomes a page that says what to do, never a bare 500.
            if status:
                raise
            if refusal_of(error) is None:
                self._log.error("page_failed", request_id=scope["ombud_request_id"], exc_info=error)
            await _told(self._house, Request(scope), error)(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "(none)")
            self._log.info(
                "page",
                request_id=scope["ombud_request_id"],
                method=scope["method"],
                route=route,
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                session=scope.get("ombud_session"),
            )


class Beside:
    """The API and the console on one address: what begins as the API's addresses do is the API's, all the rest are pages."""

    def __init__(self, api: ASGIApp, console: ASGIApp) -> None:
        self._api, self._console = api, console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        pages = scope["type"] == "http" and not any(path == mine or path.startswith(f"{mine}/") for mine in OF_THE_API)
        await (self._console if pages else self._api)(scope, receive, send)
