"""Lists: numbers of the whole list, what is put away, what names somebody, and filters that speak as people do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from console.pages import inbox
from tests.support.browsing import Browser, Lobby, taken
from tests.support.lamp import in_claim

pytestmark = pytest.mark.postgres


@pytest.fixture
async def lobby(lobby: Lobby) -> Lobby:
    """Whose mediators work on payments."""
    for name in ("ada", "ben"):
        await lobby.office.works(name, "payments")
    await lobby.office.works("cleo", "payment-appeals", "payments")
    return lobby


async def three(lobby: Lobby) -> list[str]:
    """Three lamps."""
    return [(await in_claim(lobby.office, matter=f"order-{n}", external_id=f"H-{n}"))["id"] for n in range(3)]


def stats_of(browser: Browser) -> dict[str, str]:
    """The four numbers."""
    found = re.findall(r'<span class="clock"[^>]*>.*?</svg>([^<]+)</span>\s*<b>([^<]+)</b>', browser.html, re.DOTALL)
    return dict(found[:4])


class TestNumbers:
    async def test_are_of_the_whole_list_on_each_of_its_pages(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        tenant = lobby.office.tenant_id
        async with lobby.office.database.tenant(tenant) as conn:
            names = await conn.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases'")
            kept = ", ".join(sorted(name for (name,) in names if name not in ("id", "external_id", "open_key", "state")))
            copies = (
                f"INSERT INTO cases (id, external_id, state, {kept})"
                f" SELECT 'case_copy-000' || n, 'C-' || n, state || jsonb_build_object('id', 'case_copy-000' || n), {kept}"
                " FROM cases, generate_series(10, 9 + $2::int) AS n WHERE id = $1"
            )
            await conn.execute(copies, ids[1], inbox.AT_ONCE)
            late = "UPDATE cases SET pressing = 0, pressing_at = now() - interval '2 days' WHERE id = $1"
            await conn.execute(late, ids[0])
        cleo = await lobby.signed_in("cleo")
        await cleo.open("/inbox?view=all")
        expected = {"Late": "1", "At risk": "0", "On track": "52", "Paused": "0"}
        assert stats_of(cleo) == expected
        assert "50 of 53 cases, most urgent first" in cleo.words
        assert f"/cases/{ids[0]}" in cleo.html, "the latest is on the first page"
        (more,) = re.findall(r'href="(/inbox\?[^"]*cursor=[^"]+)"', cleo.html)
        await cleo.open(more.replace("&amp;", "&"))
        assert stats_of(cleo) == expected
        assert f"/cases/{ids[0]}" not in cleo.html
        await cleo.open("/inbox?view=all&clock=late")
        assert re.findall(r'id="row-(case_[^"]+)"', cleo.html) == [ids[0]]

    async def test_where_nothing_is_late_or_at_risk_the_next_deadline_is_told(self, lobby: Lobby) -> None:
        await three(lobby)
        ada = await lobby.signed_in("ada")
        for clock, words in (("late", "Nothing late."), ("risk", "Nothing at risk.")):
            await ada.open(f"/inbox?view=all&clock={clock}")
            assert re.search(re.escape(words) + r" The next deadline in \d", ada.words)


class TestQueues:
    async def test_a_filter_narrows_what_waits_in_them_and_shows_nothing_else(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        other = (await in_claim(lobby.office, matter="order-9", external_id="H-9"))["id"]
        for query in ("", "&kind=payment_dispute", "&phase=review&priority=normal"):
            await ada.open(f"/inbox?view=queues{query}")
            assert other in ada.html, query
            assert case_id not in ada.html, query
        await ada.open("/inbox?view=queues&kind=bounty_dispute")
        assert other not in ada.html


class TestFilter:
    async def test_speaks_as_the_pack_and_offers_what_there_is(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        await ada.open("/inbox?view=all&kind=payment_dispute")
        assert '<option value="review">Claim</option>' in ada.html
        assert '<option value="payments">Payments</option>' in ada.html
        assert 'name="queue" value' not in ada.html
        await ada.open("/inbox?view=all&owner=per_ada&turn=staff&phase=review&order=newest")
        assert case_id in ada.html
        for words in ("Owner Ada", "Whose turn The team", "newest first"):
            assert words in ada.words, words
        for query in ("owner=per_ben", "turn=claimant"):
            await ada.open(f"/inbox?view=all&{query}")
            assert case_id not in ada.html, query

    async def test_an_address_that_means_nothing_says_so_in_words(self, lobby: Lobby) -> None:
        ada = await lobby.signed_in("ada")
        for query in ("phase=bogus", "turn=mine", "order=loud", "clock=soon", "view=theirs", "status=gone"):
            assert (await ada.open(f"/inbox?{query}")).status_code == 422
            assert "Choose it in the list&#39;s filter instead." in ada.words, query
        for address in ("/inbox?nonsense=1", "/inbox?view=all&ownr=per_ada", "/inbox.csv?partyref=x"):
            assert (await ada.open(address)).status_code == 422, address
            assert "which no list knows" in ada.words, address


class TestWhoseTurn:
    async def test_a_second_look_is_the_approvers_turn_and_not_the_drafters(self, lobby: Lobby) -> None:
        case = await in_claim(lobby.office, amount={"amount": 90000, "currency": "EUR"})
        ada = await lobby.signed_in("ada")
        await ada.open("/inbox?view=queues")
        await ada.send("/take-next")
        refund = {"type": "refund", "amount": {"amount": 80000, "currency": "EUR"}}
        answer = await lobby.office.desk(lobby.office.keys["ada"]).command(
            case["id"],
            "rule",
            outcome="partly_refunded",
            ground="not_as_described",
            reasons="It came broken.",
            remedies=[refund],
            relies_on=[],
        )
        assert answer.status_code == 200, answer.text
        await ada.open("/inbox")
        assert "A second person" in ada.words
        assert "> You<" not in ada.html.replace("</svg>You<", "> You<")
        await ada.open(f"/cases/{case['id']}")
        assert "Turn: A second person" in ada.words
        cleo = await lobby.signed_in("cleo")
        await cleo.open("/inbox?view=all&phase=approval")
        assert "</svg>You</span>" in cleo.html


class TestPutAway:
    async def test_it_is_marked_until_it_is_taken_up_again(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        await ada.open("/inbox?view=away")
        assert "You have put nothing away." in ada.words
        until = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
        answer = await lobby.office.desk("ada").command(case_id, "snooze", until=until, reason="waits_for_carrier")
        assert answer.status_code == 200, answer.text
        for path in ("/inbox", "/inbox?view=away", f"/cases/{case_id}"):
            await ada.open(path)
            assert "Put away until" in ada.words, path
        await ada.open("/menu")
        assert "Put away 1 case" in ada.words
        ben = await lobby.signed_in("ben")
        await ben.open("/inbox?view=away")
        assert case_id not in ben.html
        await ada.open(f"/cases/{case_id}")
        assert "Take it up again" in ada.words
        await ada.send(f"/cases/{case_id}/do/resume")
        await ada.follow()
        assert "Put away until" not in ada.words
        await ada.open("/menu")
        assert "Put away 0 cases" in ada.words

    async def test_what_somebody_else_put_away_says_who_and_why_and_is_found_by_both(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        cleo = await lobby.signed_in("cleo")
        await cleo.open("/inbox?view=all")
        await cleo.send("/bulk", case=case_id, command="snooze")
        assert re.search(rf"(?s)id=.of-these.*{case_id}", cleo.html), "the order names its cases before anything is sent"
        until = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
        answer = await lobby.office.desk("cleo").command(case_id, "snooze", until=until, reason="waits_for_carrier")
        assert answer.status_code == 200, answer.text
        for browser, path in ((ada, f"/cases/{case_id}"), (ada, "/inbox"), (ada, "/inbox?view=away"), (cleo, "/inbox?view=away")):
            await browser.open(path)
            assert re.search(r"Put away until [^.]*, by Cleo[^.]*: waits for carrier", browser.words), path
        ben = await lobby.signed_in("ben")
        await ben.open("/inbox?view=away")
        assert case_id not in ben.html


class TestMentions:
    async def test_a_note_that_names_somebody_is_on_their_desk_and_nobody_elses(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        await ada.open(f"/cases/{case_id}")
        said = {"to": "staff", "mentions": "per_ben"}
        await ada.send(f"/cases/{case_id}/say", **said, text="The carrier <b>has form</b>.")
        await ada.open(f"/cases/{case_id}")
        await ada.send(f"/cases/{case_id}/say", **said, text="And this is the second one.")
        await ada.open(f"/cases/{case_id}")
        await ada.send(f"/cases/{case_id}/say", to="staff", text="This one names nobody.")
        ben = await lobby.signed_in("ben")
        await ben.open("/mentions")
        assert "The carrier &lt;b&gt;has form&lt;/b&gt;." in ben.words
        assert ben.words.index("the second one") < ben.words.index("The carrier"), "the newest first"
        assert "names nobody" not in ben.words
        assert re.search(rf'href="/cases/{case_id}#n\d+"', ben.html)
        await ben.open("/menu")
        assert "Mentions 2 notes" in ben.words
        await ben.open("/mentions")
        await ben.send("/mentions/read")
        await ben.open("/menu")
        assert "Mentions" in ben.words
        assert not re.search(r"Mentions \d", ben.words), "what was read is not counted again"
        await ben.open("/mentions")
        assert "The carrier" in ben.words, "and stays there to be read"
        assert "Mark all as read" not in ben.words
        await ada.open(f"/cases/{case_id}")
        await ada.send(f"/cases/{case_id}/say", **said, text="A third one.")
        await ben.open("/menu")
        assert "Mentions 1 note" in ben.words
        await ada.open("/mentions")
        assert "Nobody has named you." in ada.words

    async def test_of_a_case_that_one_may_not_see_nothing_is_told(self, lobby: Lobby) -> None:
        ada, case_id = await taken(lobby)
        await ada.open(f"/cases/{case_id}")
        await ada.send(f"/cases/{case_id}/say", to="staff", mentions="per_ben", text="Look at this.")
        tenants, tenant = lobby.office.tenants, lobby.office.tenant_id
        (person,) = [one for one in await tenants.people(tenant) if one.id == "per_ben"]
        await tenants.put_person(tenant, person.model_copy(update={"queues": ("mediation",)}))
        ben = await lobby.signed_in("ben")
        await ben.open("/mentions")
        assert "Look at this" not in ben.words
        assert case_id not in ben.html
        await ben.open("/menu")
        assert "Mentions 1" not in ben.words


async def test_a_part_of_a_page_never_brings_a_title_of_its_own(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    parts = (
        "/inbox",
        "/menu",
        "/mentions",
        "/find?q=lamp",
        *(f"/cases/{case_id}{part}" for part in ("", "/history", "/proof", "/present")),
    )
    for path in parts:
        for kind in ("partial", "full"):
            answer = await ada.open(path, **{"HX-Request": "true", "HX-Request-Type": kind})
            assert answer.status_code == 200, path
            assert "<title>" not in ada.html, path
    await ada.open("/inbox")
    assert "<title>" in ada.html


class TestWhatRunsOutWithinADay:
    """The order is that of the ends, in lists that are found by several ways too."""

    @pytest.mark.parametrize("which", ["mine", "queues", "away", "all"])
    async def test_is_a_list_of_every_view(self, lobby: Lobby, which: str) -> None:
        await three(lobby)
        ada = await lobby.signed_in("ada")
        answer = await ada.open(f"/inbox?view={which}&when=due_day")
        assert answer.status_code == 200

    async def test_begins_with_what_ends_first_and_leaves_out_what_ends_later(self, lobby: Lobby) -> None:
        ids = await three(lobby)
        async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
            for case_id, hours in zip(ids, (9, 3, 40), strict=True):
                at = datetime.now(UTC) + timedelta(hours=hours)
                await conn.execute("UPDATE cases SET ends_at = $2 WHERE id = $1", case_id, at)
        ada = await lobby.signed_in("ada")
        for which in ("queues", "all"):
            await ada.open(f"/inbox?view={which}&when=due_day")
            shown = list(dict.fromkeys(re.findall(r'href="/cases/(case_[0-9a-f-]+)', ada.html)))
            assert shown == [ids[1], ids[0]], which
