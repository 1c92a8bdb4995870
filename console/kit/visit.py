"""One request by somebody: who they are, what they sent, and the page they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.kit.assets import Assets
from console.kit.browser import TOKEN, Cookies, check_token, own_origin, token_for
from console.kit.render import Amounts, Pages, Problem, Zones, zone_of
from services import sessions
from services.callers import Caller
from services.errors import Refused
from services.live import Watch
from services.parts import Parts
from services.rows import DeskSettings, Person, SavedView, Session, Tenant

MOST_BYTES = 1_000_000
"""Of a form: fifty texts of the greatest length."""
_MOST_FIELDS = 500


@dataclass(frozen=True)
class Identities:
    """Whose people sign in with a provider of identities, and what its groups make of them."""

    provider: sessions.Provider
    tenant_id: str
    mapped: sessions.Mapped


@dataclass(frozen=True)
class House:
    """What every page is made of."""

    parts: Parts
    public_url: str
    problems: Mapping[str, Problem]
    amounts: Amounts
    development: Callable[[], Awaitable[Sequence[str]]] | None = None
    """The tenants whose people one can be without a password: on a development machine alone."""
    identities: Identities | None = None
    assets: Assets = field(default_factory=Assets)
    speaks: Callable[..., Any] | None = None
    """Which language a party's page is in, of those that are wanted; None: as :func:`console.party.language.chosen` says."""
    temporal_pages: str | None = None
    """Where Temporal shows its workflows; None: nobody said."""
    place_of: Callable[[str], str] = str
    """By what the tries of an address are counted: itself, or all that one customer gets."""

    @cached_property
    def pages(self) -> Pages:
        """The templates."""
        return Pages(self.assets, self.amounts)

    @cached_property
    def watch(self) -> Watch:
        """What tells open pages that something is new."""
        return Watch(self.parts.live)

    @cached_property
    def cookies(self) -> Cookies:
        """Our cookies at this address."""
        return Cookies(self.public_url)


@dataclass(frozen=True)
class Visit:
    """A request, and who makes it."""

    request: Request
    house: House
    session: Session | None
    secret: str
    person: Person | None = None
    tenant: Tenant | None = None
    views: Sequence[SavedView] = ()
    """The lists in their menu."""
    settings: DeskSettings = DeskSettings()  # noqa: RUF009 - frozen

    @property
    def parts(self) -> Parts:
        """What the services work with."""
        return self.house.parts

    @property
    def caller(self) -> Caller:
        """Whoever is signed in."""
        assert self.session is not None, "a page for people who are signed in asks this"
        return Caller.signed_in(self.session)

    @property
    def partial(self) -> bool:
        """Whether only a part of the page is asked for, to be put into it."""
        return self.request.headers.get("hx-request-type") == "partial"

    @property
    def by_script(self) -> bool:
        """Whether a page asks for something to put into itself, and not a browser for a page."""
        return self.request.headers.get("hx-request") == "true"

    @cached_property
    def zones(self) -> Zones:
        """How they read times."""
        own = zone_of(self.settings.zone or (self.person.zone if self.person else None))
        return Zones(own, zone_of(self.tenant.zone if self.tenant else None), datetime.now(UTC), self.settings.hours)

    async def form(self) -> Form:
        """What was sent, when a page of ours sent it. Raises ``origin_refused``, ``form_expired``, ``body_too_large``."""
        own_origin(self.request, self.house.public_url)
        form = await read_form(self.request)
        if self.session is not None:
            check_token(self.secret, form.text(TOKEN))
        return form

    def page(self, template: str, status: int = 200, /, **said: Any) -> Response:
        """A page."""
        common = {
            "person": self.person,
            "tenant": self.tenant,
            "zones": self.zones,
            "form_token": token_for(self.secret) if self.session else "",
            "development": self.house.development is not None,
            "temporal_pages": self.house.temporal_pages,
            "views": self.views,
            "here": self.request.url.path,
            "theme": theme_of(self.request),
            # A script puts a part of the answer into a page that has its title.
            "with_title": not self.by_script,
        }
        answer = HTMLResponse(self.house.pages.render(template, **{**common, **said}), status)
        answer.headers["Vary"] = "HX-Request, HX-Request-Type"
        return answer


class Form:
    """The fields of a form, each with all its values."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            # Browsers send line ends as CR LF, whatever was typed.
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def text(self, name: str, default: str = "") -> str:
        """The (first) value."""
        return self._values.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """Every value."""
        return self._values.get(name, [])

    def __contains__(self, name: object) -> bool:
        return name in self._values

    @property
    def values(self) -> Mapping[str, Sequence[str]]:
        """All of them."""
        return self._values


async def read_form(request: Request) -> Form:
    """The body as a form, of which a bounded number of bytes is ever held. Raises ``body_too_large`` and ``malformed``."""
    body = await read_body(request)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused("malformed", "This is not what our forms send.") from None
    return Form(pairs)


async def read_body(request: Request) -> bytes:
    """The body, of which a bounded number of bytes is ever held. Raises ``body_too_large``."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise Refused("body_too_large")
        chunks.append(chunk)
    return b"".join(chunks)


def by_itself(request: Request) -> bool:
    """Whether an open page asks, of its own: that keeps no session alive."""
    return request.url.path in ("/live", "/temporal/decode") or request.headers.get("hx-source", "").partition("#")[2] in (
        "news",
        "fresh",
        "present",
        "lists",
    )


def theme_of(request: Request) -> str:
    """The theme that was chosen; empty: as the system has it."""
    said = request.cookies.get("theme", "")
    return said if said in ("light", "dark") else ""


def within_house(path: str | None) -> str:
    """A place of ours to go to; anything else, another host above all, is the inbox."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or not path.isprintable():
        return "/inbox"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc and not parts.path.startswith("/sign-") else "/inbox"


Addresses = Sequence[tuple[str, list[str], Callable[[Visit], Awaitable[Response]]]]
"""The addresses of a module of pages: path, methods, page."""


def to(path: str) -> Response:
    """Go there, and never back to what was sent."""
    return RedirectResponse(path, 303)


def to_sign_in(request: Request) -> Response:
    """Whoever is not signed in signs in, and comes back."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return to(f"/sign-in?next={quote(asked, safe='')}" if asked not in ("/", "/inbox") else "/sign-in")
