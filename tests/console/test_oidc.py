"""Signing in with a certified provider of identities, in a process of its own: real tokens, real redirects, a real logout."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from adapters.identity.oidc import IdentityFault, OidcProvider
from console.app import create_console
from console.kit.visit import Identities
from runtime.embedded.processes import free_port
from services.sessions import Mapped
from tests.support.browsing import Browser, Lobby
from tests.support.office import Office
from tests.support.serving import provider, served

pytestmark = [pytest.mark.postgres, pytest.mark.identity]

MAPPED = Mapped(
    {"support": "mediator", "support-leads": "lead", "support-ops": "ops"}, {"payments-eu": "payments", "safety": "safety"}
)


@dataclass
class Company:
    """A console whose people sign in with a provider, both on loopback."""

    url: str
    office: Office
    provider: OidcProvider
    issuer: str
    http: list[httpx2.AsyncClient] = field(default_factory=list)

    def client(self) -> httpx2.AsyncClient:
        """A browser that nobody has used yet; it is closed at the end."""
        self.http.append(httpx2.AsyncClient(headers={"User-Agent": "Firefox/140 Linux"}))
        return self.http[-1]

    async def at_provider(self, login: str, next_: str = "") -> tuple[Browser, httpx2.Response]:
        """A browser that signed in at the provider, and the answer of our own page to which it was sent back."""
        browser = Browser(self.client())
        answer = await browser.http.get(f"{self.url}/sign-in/oidc{next_}")
        for _ in range(20):
            if answer.status_code in (302, 303):
                there = str(answer.url.join(answer.headers["location"]))
                if there.startswith(f"{self.url}/") and not there.startswith(f"{self.url}/sign-in/oidc/back"):
                    return browser, answer
                answer = await browser.http.get(there)
                continue
            if str(answer.url).startswith(self.url):
                return browser, answer
            (action,) = set(re.findall(r'action="(http[^"]+/interaction/[^"]+)"', answer.text)[:1])
            prompt = re.findall(r'name="prompt" value="(\w+)"', answer.text)[0]
            answer = await browser.http.post(action, data={"prompt": prompt, "login": login, "password": "x"})
        raise AssertionError("no end of redirects")

    async def status(self, browser: Browser) -> int:
        """What a page for people who are signed in answers to this browser."""
        return (await browser.http.get(f"{self.url}/sessions")).status_code


@pytest.fixture
async def company(office: Office) -> AsyncIterator[Company]:
    """With Ada known by her address, and nobody else."""
    (ada,) = [one for one in await office.tenants.people(office.tenant_id) if one.id == "per_ada"]
    await office.tenants.put_person(office.tenant_id, ada.model_copy(update={"email": "Ada@Identity.example"}))
    (dana,) = [one for one in await office.tenants.people(office.tenant_id) if one.id == "per_dana"]
    await office.tenants.put_person(office.tenant_id, dana.model_copy(update={"email": "dana@identity.example"}))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with provider(free_port(), url) as issuer:
        ours = OidcProvider(issuer, "ombud", "a secret of the tests")
        house = replace(
            Lobby(office).house, public_url=url, development=None, identities=Identities(ours, office.tenant_id, MAPPED)
        )
        async with served(create_console(house), port):
            made = Company(url, office, ours, issuer)
            yield made
            for http in made.http:
                await http.aclose()


async def person(company: Company, person_id: str) -> Any:
    (found,) = [one for one in await company.office.tenants.people(company.office.tenant_id) if one.id == person_id]
    return found


async def test_somebody_who_is_known_by_their_address_signs_in_as_what_their_groups_say(company: Company) -> None:
    browser, answer = await company.at_provider("ada", "?next=/sessions")
    assert answer.headers["location"] == "/sessions"
    assert await company.status(browser) == 200
    ada = await person(company, "per_ada")
    assert (ada.roles, ada.queues) == (("mediator",), ("payments",))
    trail = [row.model_dump() for row in await company.office.parts().trail.listed(company.office.tenant_id, 10)]
    assert ("person_changed", "per_ada", "system", "oidc") in [(r["deed"], r["about"], r["by"], r["credential"]) for r in trail]
    change = next(row for row in trail if row["deed"] == "person_changed")
    assert (change["more"]["before"]["queues"], change["more"]["after"]["queues"]) == (["mediation", "fraud"], ["payments"])
    # The second time by the provider's own id, whatever the address says by now.
    await company.office.tenants.put_person(
        company.office.tenant_id, ada.model_copy(update={"email": "elsewhere@identity.example"})
    )
    again, _ = await company.at_provider("ada")
    assert await company.status(again) == 200


async def test_whoever_shows_again_who_they_are_is_asked_by_the_provider_although_it_knows_them(company: Company) -> None:
    browser, _ = await company.at_provider("ada")

    async def proved() -> Any:
        async with company.office.database.tenant(company.office.tenant_id) as conn:
            return await conn.fetchrow("SELECT id, proved_at, created_at FROM sessions WHERE ended_at IS NULL ORDER BY id DESC")

    first = await proved()
    assert abs(first["proved_at"] - first["created_at"]) < timedelta(seconds=30)
    # Without being asked it lets in at once whom it knows; asked to, it shows its form again.
    at_once = await browser.http.get(f"{company.url}/sign-in/oidc", follow_redirects=True)
    assert str(at_once.url).startswith(company.url)
    asked = await browser.http.get(f"{company.url}/sign-in/oidc?anew=1&next=/sessions")
    there = await browser.http.get(asked.headers["location"], follow_redirects=True)
    assert "/interaction/" in str(there.url)
    assert re.search(r'name="prompt" value="login"', there.text)


async def test_somebody_new_is_taken_on(company: Company) -> None:
    browser, _ = await company.at_provider("lena")
    assert await company.status(browser) == 200
    lena = await person(company, "per_lena")
    assert (lena.name, lena.roles, lena.email) == ("Lena Brandt", ("lead",), "lena@identity.example")


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ("visitor", "in no group that works here"),
        # Somebody else's address, which the provider did not verify: it proves nothing.
        ("unverified", "says no verified address"),
    ],
)
async def test_whoever_is_nobody_here_is_told_why(company: Company, login: str, why: str) -> None:
    browser, answer = await company.at_provider(login)
    assert (answer.status_code, why in answer.text) == (403, True)
    assert await company.status(browser) == 303


async def test_whoever_was_deactivated_does_not_sign_in(company: Company) -> None:
    ada = await person(company, "per_ada")
    await company.office.tenants.put_person(company.office.tenant_id, ada.model_copy(update={"active": False}))
    _, answer = await company.at_provider("ada")
    assert (answer.status_code, "do not work here any more" in answer.text) == (403, True)


async def test_signing_out_at_the_provider_ends_the_session_here(company: Company) -> None:
    browser, _ = await company.at_provider("ada")
    other, _ = await company.at_provider("lena")
    there = await company.provider.leave(f"{company.url}/sign-in")
    assert there is not None
    page = await browser.http.get(there)
    xsrf = re.findall(r'name="xsrf" value="([^"]+)"', page.text)[0]
    await browser.http.post(f"{company.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
    assert await company.status(browser) == 303
    assert await company.status(other) == 200


async def test_a_code_is_of_no_use_in_another_browser(company: Company) -> None:
    thief = company.client()
    begun = await thief.get(f"{company.url}/sign-in/oidc")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    for cookies, said in (({}, state), (None, "another")):
        async with httpx2.AsyncClient(cookies=thief.cookies if cookies is None else cookies) as http:
            answer = await http.get(f"{company.url}/sign-in/oidc/back", params={"code": "x", "state": said})
        assert (answer.status_code, "Begin again" in answer.text) == (403, True)
    wrong = await thief.get(f"{company.url}/sign-in/oidc/back", params={"code": "x", "state": state})
    assert (wrong.status_code, "Begin again" in wrong.text) == (403, True)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."])
async def test_a_logout_that_the_provider_did_not_sign_ends_nothing(company: Company, token: str) -> None:
    browser, _ = await company.at_provider("ada")
    answer = await browser.http.post(f"{company.url}/sign-in/oidc/ended", data={"logout_token": token})
    assert answer.status_code == 403
    assert await company.status(browser) == 200


async def test_a_token_for_signing_in_is_none_for_logging_out(company: Company) -> None:
    with pytest.raises(IdentityFault, match="sign_in_refused"):
        await company.provider.logged_out("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmVk")


async def test_a_provider_that_is_away_is_said_so(office: Office) -> None:
    away = OidcProvider(f"http://127.0.0.1:{free_port()}", "ombud", "a secret of the tests", waits_for=1)
    lobby = Lobby(office, Identities(away, office.tenant_id, MAPPED), in_development=False)
    answer = await lobby.browser().open("/sign-in/oidc")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
