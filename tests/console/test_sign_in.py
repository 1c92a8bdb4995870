"""Signing in and out, sessions, and what no page of ours has sent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from services.callers import Caller
from services.people import deactivate
from storage.access import sessions as stored
from tests.support.browsing import URL, Browser, Lobby
from tests.support.office import Office

pytestmark = pytest.mark.postgres


class TestDevelopmentLogin:
    async def test_is_a_list_of_people_to_be_and_says_on_every_page_what_it_is(self, lobby: Lobby) -> None:
        browser = lobby.browser()
        page = await browser.open("/sign-in")
        assert "Ada" in browser.words
        assert "Development mode" in browser.words
        await browser.send("/sign-in/development", who=f"{lobby.office.tenant_id}/per_ada")
        assert page.headers["content-security-policy"].startswith("default-src 'self';")
        await browser.open("/sessions")
        assert "Development mode" in browser.words
        assert "Firefox on Linux" in browser.words
        assert "this one" in browser.words

    async def test_is_not_there_outside_development(self, office: Office) -> None:
        lobby = Lobby(office, in_development=False)
        browser = lobby.browser()
        await browser.open("/sign-in")
        assert "Ada" not in browser.words
        answer = await browser.post("/sign-in/development", {"who": f"{office.tenant_id}/per_ada"})
        assert answer.status_code == 404

    async def test_takes_nobody_into_a_tenant_that_is_none_of_development(self, office: Office) -> None:
        tenant = await office.tenants.tenant(office.tenant_id)
        assert tenant is not None
        await office.tenants.create(tenant.model_copy(update={"development": False}))
        browser = Lobby(office).browser()
        answer = await browser.post("/sign-in/development", {"who": f"{office.tenant_id}/per_ada"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


class TestSessions:
    async def test_the_secret_is_kept_nowhere_and_the_cookie_is_out_of_reach(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        assert browser.page is not None
        cookie = browser.page.headers["set-cookie"]
        assert cookie.startswith("__Host-ombud=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        secret = browser.http.cookies["__Host-ombud"]
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            row = await conn.fetchrow("SELECT * FROM sessions WHERE person_id = 'per_ada'")
        assert row is not None
        assert secret not in json.dumps([str(value) for value in row.values()])

    async def test_each_is_listed_for_its_person_alone_and_can_be_ended_from_another(self, lobby: Lobby) -> None:
        here, there, ben = await lobby.signed_in("ada"), await lobby.signed_in("ada"), await lobby.signed_in("ben")
        await here.open("/sessions")
        own = here.form("/sessions/end").fields["session"]
        await there.open("/sessions")
        assert there.html.count('action="/sessions/end"') == 2
        await ben.open("/sessions")
        refused = await ben.send("/sessions/end", session=own)
        assert refused.status_code == 404
        await here.open("/sessions")
        others = [line for line in here.html.split('name="session" value="')[1:] if "Sign out here" not in line[:200]]
        await here.send("/sessions/end", session=others[0].partition('"')[0])
        assert (await there.open("/sessions")).status_code == 303
        assert (await here.open("/sessions")).status_code == 200

    async def test_one_that_was_idle_or_lived_its_day_has_ended(self, lobby: Lobby) -> None:
        office = lobby.office
        for idle, lives in ((timedelta(0), timedelta(hours=1)), (timedelta(hours=1), timedelta(0))):
            async with office.database.deed(office.tenant_id) as conn:
                _, secret = await stored.create(
                    conn, office.tenant_id, "per_ada", "development", device="", idle_for=idle, lives_for=lives
                )
            browser = lobby.browser()
            browser.http.cookies.set("__Host-ombud", secret)
            answer = await browser.open("/sessions")
            assert answer.headers["location"] == "/sign-in?next=%2Fsessions"

    async def test_deactivation_ends_them_at_once_and_for_good(self, lobby: Lobby) -> None:
        office, browser = lobby.office, await lobby.signed_in("ben")
        assert (await browser.open("/sessions")).status_code == 200
        parts = office.parts()
        holder = await office.tenants.find_key(office.keys["dana"])
        assert holder is not None
        await deactivate(parts, Caller.holding(holder), "per_ben")
        assert (await browser.open("/sessions")).status_code == 303
        again = await lobby.browser().post("/sign-in/development", {"who": f"{office.tenant_id}/per_ben"})
        assert again.status_code == 404

    async def test_signing_out_ends_it_on_the_server(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        secret = browser.http.cookies["__Host-ombud"]
        await browser.open("/sessions")
        await browser.send("/sign-out")
        assert "__Host-ombud" not in browser.http.cookies
        thief = lobby.browser()
        thief.http.cookies.set("__Host-ombud", secret)
        assert (await thief.open("/sessions")).status_code == 303

    async def test_whoever_signs_in_over_somebody_gets_a_session_of_their_own(self, lobby: Lobby) -> None:
        browser = await lobby.signed_in("ada")
        before = browser.http.cookies["__Host-ombud"]
        await browser.open("/sessions")
        token = browser.form("/sign-out").fields["form_token"]
        await browser.post("/sign-in/development", {"who": f"{lobby.office.tenant_id}/per_ben", "form_token": token})
        assert browser.http.cookies["__Host-ombud"] != before
        thief = lobby.browser()
        thief.http.cookies.set("__Host-ombud", before)
        assert (await thief.open("/sessions")).status_code == 303


class TestForgery:
    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({"Sec_Fetch_Site": "cross-site"}, 403),
            ({"Sec_Fetch_Site": "same-site"}, 403),  # another port of the same host
            ({"Sec_Fetch_Site": "none"}, 403),
            ({"Sec_Fetch_Site": "", "Origin": "https://disputes.example:8443"}, 403),
            ({"Sec_Fetch_Site": "", "Origin": ""}, 403),
            ({"Sec_Fetch_Site": "", "Origin": URL}, 303),
            ({"Sec_Fetch_Site": "same-origin", "Origin": ""}, 303),
        ],
    )
    async def test_a_form_from_elsewhere_changes_nothing(self, lobby: Lobby, headers: dict[str, str], code: int) -> None:
        browser = await lobby.signed_in("ada")
        await browser.open("/sessions")
        form = browser.form("/sign-out")
        assert (await browser.post("/sign-out", form.fields, **headers)).status_code == code
        assert (await browser.open("/sessions")).status_code == (200 if code == 403 else 303)

    @pytest.mark.parametrize("token", ["", "x", "A" * 88, None])
    async def test_a_form_without_the_token_of_this_session_changes_nothing(self, lobby: Lobby, token: str | None) -> None:
        browser, other = await lobby.signed_in("ada"), await lobby.signed_in("ada")
        await other.open("/sessions")
        said = other.form("/sign-out").fields if token is None else {"form_token": token}
        assert (await browser.post("/sign-out", said)).status_code == 403
        assert (await browser.open("/sessions")).status_code == 200

    @pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example/", "/\\evil.example", "/sign-out"])
    async def test_signing_in_leads_to_no_other_house(self, lobby: Lobby, next_: str) -> None:
        browser = lobby.browser()
        answer = await browser.post("/sign-in/development", {"who": f"{lobby.office.tenant_id}/per_ada", "next": next_})
        assert answer.headers["location"] == "/inbox"


class TestErrors:
    async def test_whoever_is_not_signed_in_signs_in_and_comes_back(self, lobby: Lobby) -> None:
        answer = await lobby.browser().open("/sessions")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fsessions")

    async def test_a_form_of_somebody_who_was_signed_out_says_so(self, lobby: Lobby) -> None:
        answer = await lobby.browser().post("/sessions/end", {"session": "ses_1"})
        assert answer.status_code == 401
        assert "You were signed out" in answer.text

    @pytest.mark.parametrize("path", ["/nothing", "/static/ombud.css", "/static/ombud.0000000000.css"])
    async def test_what_is_not_there_is_a_page_that_says_so(self, lobby: Lobby, path: str) -> None:
        browser: Browser = lobby.browser()
        answer = await browser.open(path)
        assert answer.status_code == 404
        assert "Not found" in browser.words
        assert answer.headers["content-security-policy"]

    async def test_a_file_is_kept_for_ever_and_comes_compressed(self, lobby: Lobby) -> None:
        answer = await lobby.browser().open(lobby.house.assets.url("ombud.css"))
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
