"""A browser without a screen: keeps cookies, sends what browsers send of themselves, fills in forms as they stand in a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import httpx2
from starlette.applications import Starlette

from api.kit.problems import PROBLEMS
from cli.kit.pages import Amounts
from console.app import create_console
from console.kit.assets import Assets
from console.kit.visit import House, Identities
from runtime.addresses import block_of
from tests.support.lamp import in_claim
from tests.support.office import Office

URL = "https://disputes.example"
ASSETS = Assets()


@dataclass
class Found:
    """A form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, with what each would send untouched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self._inside: Found | None = None
        self._select: str | None = None
        self._text: tuple[str, list[str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._inside = Found(said.get("action") or "", (said.get("method") or "get").lower())
            self.forms.append(self._inside)
        if self._inside is None:
            return
        name = said.get("name")
        if tag == "input" and name:
            ticked = said.get("type") not in ("radio", "checkbox") or "checked" in said
            if ticked:
                self._inside.fields[name] = said.get("value") or ""
        if tag == "select" and name:
            self._select = name
        if tag == "option" and self._select and ("selected" in said or self._select not in self._inside.fields):
            self._inside.fields[self._select] = said.get("value") or ""
        if tag == "textarea" and name:
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text and self._inside:
            self._inside.fields[self._text[0]] = "".join(self._text[1]).removeprefix("\n")
            self._text = None
        if tag == "select":
            self._select = None
        if tag == "form":
            self._inside = None


@dataclass
class Browser:
    """One browser, signed in as somebody or as nobody."""

    http: httpx2.AsyncClient
    page: httpx2.Response | None = None

    @property
    def html(self) -> str:
        """The page that is shown."""
        assert self.page is not None
        return self.page.text

    @property
    def words(self) -> str:
        """What somebody reads on it."""
        bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", bare).split())

    async def open(self, path: str, **headers: str) -> httpx2.Response:
        """Follow a link of ours, or type an address."""
        self.page = await self.http.get(path, headers={"Sec-Fetch-Site": "same-origin", **headers})
        return self.page

    async def post(self, path: str, said: Mapping[str, Any], **headers: str) -> httpx2.Response:
        """Send a form to an address."""
        sent = {
            "Sec-Fetch-Site": "same-origin",
            "Origin": URL,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        self.page = await self.http.post(path, data=dict(said), headers={k: v for k, v in sent.items() if v})
        return self.page

    def form(self, action: str) -> Found:
        """The form of the page that goes to this address."""
        found = [form for form in Forms(self.html).forms if form.action.partition("?")[0] == action]
        assert found, f"no form goes to {action}: {[form.action for form in Forms(self.html).forms]}"
        return found[0]

    async def send(self, action: str, **said: Any) -> httpx2.Response:
        """Fill in a form of the page and send it."""
        form = self.form(action)
        return await self.post(form.action, {**form.fields, **said})

    async def turn(self, action: str, **said: Any) -> httpx2.Response:
        """Send a form of the page, and go where the answer leads, if anywhere."""
        page = await self.send(action, **said)
        return await self.follow() if page.status_code == 303 else page

    async def follow(self) -> httpx2.Response:
        """Where the answer leads."""
        assert self.page is not None
        assert self.page.status_code in (302, 303), (self.page.status_code, self.words)
        return await self.open(self.page.headers["location"])


@dataclass
class Lobby:
    """The console on an office's database."""

    office: Office
    identities: Identities | None = None
    in_development: bool = True

    @cached_property
    def house(self) -> House:
        """What its pages are made of."""

        async def tenants() -> list[str]:
            return [self.office.tenant_id]

        development = tenants if self.in_development else None
        return House(self.office.parts(), URL, PROBLEMS, Amounts(), development, self.identities, ASSETS, place_of=block_of)

    @cached_property
    def app(self) -> Starlette:
        """The application."""
        return create_console(self.house)

    def browser(self, address: str = "127.0.0.1") -> Browser:
        """A browser that nobody has used yet, at this address of the network."""
        transport = httpx2.ASGITransport(app=self.app, client=(address, 123))
        return Browser(httpx2.AsyncClient(transport=transport, base_url=URL, headers={"User-Agent": "Firefox/140 Linux"}))

    def begun(self, path: str) -> str:
        """The mark of a form for reports that was begun two minutes ago."""
        source, at = path.rpartition("/")[2], (datetime.now(UTC) - timedelta(minutes=2)).isoformat().encode()
        return self.office.vault.seal_cursor(self.office.tenant_id, f"report-form/{source}", at).hex()

    async def signed_in(self, name: str) -> Browser:
        """Somebody's browser."""
        browser = self.browser()
        await browser.post("/sign-in/development", {"who": f"{self.office.tenant_id}/per_{name}"})
        assert browser.page is not None
        assert browser.page.status_code == 303, browser.words
        return browser


async def taken(lobby: Lobby, name: str = "ada") -> tuple[Browser, str]:
    """A claim that somebody took from their inbox."""
    case = await in_claim(lobby.office)
    browser = await lobby.signed_in(name)
    await browser.open("/inbox?view=queues")
    await browser.send("/take-next")
    await browser.follow()
    assert browser.page is not None
    assert case["id"] in str(browser.page.url)
    return browser, case["id"]
