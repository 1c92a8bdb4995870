"""One request by somebody outside: a party with its session, or nobody yet; in which language; and the page they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from console.kit.browser import TOKEN, check_token, own_origin, token_for
from console.kit.render import zone_of
from console.kit.uploads import received
from console.kit.visit import Form, House, read_form, theme_of
from console.party.language import Language, chosen, languages
from services import cases, party_links
from services.callers import Caller
from services.cases import Seen
from services.errors import Refused, not_found, refusal_of
from services.parts import Parts
from services.rows import PartySession, Tenant

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class PartyVisit:
    """A request, and who makes it."""

    request: Request
    house: House
    words: Language
    session: PartySession | None = None
    secret: str = ""
    tenant: Tenant | None = None
    zone: ZoneInfo = UTC_ZONE

    @property
    def parts(self) -> Parts:
        """What the services work with."""
        return self.house.parts

    @property
    def caller(self) -> Caller:
        """The party."""
        assert self.session is not None, "a page for parties asks this"
        return Caller.of_party(self.session)

    @cached_property
    def now(self) -> datetime:
        """When the page was asked for."""
        return datetime.now(UTC)

    @property
    def place(self) -> str:
        """Where the request comes from, to count by: the other end, or whom a proxy names that a setting names. By IPv6 all
        addresses that one customer gets are one place."""
        return self.house.place_of(self.request.client.host) if self.request.client else "?"

    async def case(self, *reading: str) -> Seen:
        """Their case. Raises ``not_found`` where there is none for them (any more)."""
        assert self.session is not None, "a page for parties asks this"
        return await cases.find(self.parts, self.caller, self.session.case_id, *reading)

    async def form(self) -> Form:
        """What was sent, when a page of ours sent it. Raises ``origin_refused``, ``form_expired``, ``body_too_large``."""
        own_origin(self.request, self.house.public_url)
        form = await read_form(self.request)
        if self.session is not None:
            check_token(self.secret, form.text(TOKEN))
        return form

    async def upload(self) -> FormData:
        """The same with files. None is read before the address it comes from was looked at."""
        own_origin(self.request, self.house.public_url)
        sent = await received(self.request, self.most_bytes)
        if self.session is not None:
            check_token(self.secret, str(sent.get(TOKEN) or ""))
        return sent

    @property
    def most_bytes(self) -> int:
        """Bytes that may be sent at once: a few files of the greatest size."""
        return 3 * self.parts.inspector.most + 1_000_000

    def page(self, template: str, status: int = 200, /, **said: Any) -> Response:
        """A page."""
        common = {
            "words": self.words,
            "say": self.words.say,
            "word": self.words.word,
            "when": lambda at: self.words.when(at, self.zone),
            "languages": languages().values(),
            "tenant": self.tenant,
            "company": self.tenant.name if self.tenant else self.words.say("page.company"),
            "session": self.session,
            "zone": self.zone,
            "now": self.now,
            "form_token": token_for(self.secret) if self.session else "",
            "theme": theme_of(self.request),
            "here": self.request.url.path,
            "quick_exit": None,
            # The form whose answers go along when somebody chooses another language, and where they are kept.
            "speak_form": None,
            "speak_at": None,
        }
        answer = HTMLResponse(self.house.pages.render(f"party/{template}", **{**common, **said}), status)
        answer.headers["Content-Language"] = self.words.code
        answer.headers["Vary"] = "Cookie, Accept-Language"
        return answer


PartyPage = Callable[[PartyVisit], Awaitable[Response]]
PartyAddresses = Sequence[tuple[str, list[str], PartyPage]]
"""The addresses of a module of pages: path, methods, page."""
LANGUAGE = "ombud-language"
"""The cookie of who chose a language."""


def routes(house: House, pages: PartyAddresses, *, needs_session: bool) -> list[Route]:
    """The addresses, each answered by a page; what goes wrong is a page of theirs too."""
    return [Route(path, _endpoint(page, house, needs_session=needs_session), methods=methods) for path, methods, page in pages]


def _endpoint(page: PartyPage, house: House, *, needs_session: bool) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        visit = PartyVisit(request, house, _spoken(house, request))
        try:
            visit = await _met(visit)
            if needs_session and visit.session is None:
                return visit.page("ended.html", 403)
            return await page(visit)
        except Exception as error:  # noqa: BLE001 - whatever it is becomes a page that says what to do
            return told(visit, error)

    return answer


def _spoken(house: House, request: Request, theirs: str | None = None) -> Language:
    found: Language = (house.speaks or chosen)(request.cookies.get(LANGUAGE), theirs, request.headers.get("accept-language"))
    return found


async def _met(visit: PartyVisit) -> PartyVisit:
    """The same visit with who makes it, as far as the browser shows a session that has not ended."""
    request, house = visit.request, visit.house
    secret = request.cookies.get(house.cookies.party, "")
    session = await party_links.session_of(house.parts, secret) if secret else None
    if session is None:
        return visit
    request.scope["ombud_session"] = session.id
    tenant = await house.parts.tenants.tenant(session.tenant_id)
    row = await house.parts.views.case(session.tenant_id, session.case_id)
    party = row.case.party(session.party_id) if row is not None and row.case is not None else None
    if not await party_links.known_as(house.parts, session, party):
        return visit
    # What they chose in this browser, in another one, and then what the platform said of them: as in their letters.
    spoken = await house.parts.party_addresses.languages(session.tenant_id, session.case_id)
    words = _spoken(house, request, spoken.get(session.party_id) or (party.locale if party else None))
    zone = zone_of(party.zone if party else None)
    return PartyVisit(request, house, words, session, secret, tenant, zone)


def told(visit: PartyVisit, error: Exception) -> Response:
    """The page that says why not, in their language."""
    refused = refusal_of(error)
    if refused is None:
        log = structlog.get_logger("ombud.console")
        log.error("page_failed", request_id=visit.request.scope.get("ombud_request_id"), exc_info=error)
        refused = Refused("internal_error")
    row = visit.house.problems.get(refused.code) or visit.house.problems["refused"]
    if refused.code == "not_found" and visit.session is not None:
        # Also a case that is none for them (any more): the same as one that there is not.
        return visit.page("ended.html", 404)
    request_id = visit.request.scope.get("ombud_request_id", "")
    return visit.page("error.html", row.status, why=why_not(visit.words, refused), request_id=request_id)


def why_not(words: Language, refused: Refused) -> str:
    """Why something was not done, in their language. A code that has no words of its own is told with a general sentence."""
    return words.word("refused", refused.code, "refused.other")


async def tenant_of(visit: PartyVisit, tenant_id: str) -> Tenant:
    """The company of an address. Raises ``not_found``."""
    found = await visit.parts.tenants.tenant(tenant_id) if tenant_id.isascii() and 0 < len(tenant_id) < 80 else None
    if found is None:
        raise not_found()
    return found


def go(path: str) -> Response:
    """Go there, and never back to what was sent."""
    return RedirectResponse(path, 303)
