"""The pages for parties are whole in each language: the same keys and fillings, and nothing written past the catalogue."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from adapters.letters.words import Words
from adapters.letters.words_de import GERMAN as GERMAN_LETTERS
from adapters.letters.words_en import ENGLISH as ENGLISH_LETTERS
from console.party import language
from console.party.language import Language, chosen, languages
from console.party.story import ALONE, DEEDS, TOLD, WORDS
from domain.base import Side
from domain.model.clock_terms import DefaultAction
from domain.model.facts import Fact
from domain.model.prose import text_fields
from domain.rules.charge import SAYS_NOTHING
from domain.rules.visibility import KNOWN
from tests.support.browsing import Browser, Lobby
from tests.support.cases import shelf
from tests.support.office import party
from tests.support.outside import CABIN, DANGER, by_link, link_of

ENGLISH = languages()["en"]
OTHERS = [code for code in languages() if code != "en"]


def _filled(said: Any) -> set[str]:
    texts = said.values() if isinstance(said, Mapping) else [said]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(str(text)) if name}


class TestTheCatalogue:
    @pytest.mark.parametrize("code", OTHERS)
    def test_says_everything_in_every_language(self, code: str) -> None:
        other = languages()[code]
        assert set(other.words) == set(ENGLISH.words)
        for key, said in ENGLISH.words.items():
            assert _filled(other.words[key]) == _filled(said), key
            assert isinstance(other.words[key], Mapping) == isinstance(said, Mapping), key

    @pytest.mark.parametrize("code", OTHERS)
    def test_is_translated_and_not_copied(self, code: str) -> None:
        same = {
            key
            for key, said in languages()[code].words.items()
            if said == ENGLISH.words[key] and re.search(r"[a-z]{3}", str(said))
        }
        assert same <= {"who.staff"}, "the same in both: is it really?"

    @pytest.mark.parametrize(("code", "letters"), [("en", ENGLISH_LETTERS), ("de", GERMAN_LETTERS)])
    def test_says_of_a_statement_of_reasons_what_the_letter_says(self, code: str, letters: Words) -> None:
        said = languages()[code].words
        for (detected, decided), sentence in letters.automation.items():
            assert said[f"automation.{'machine' if detected else 'people'}.{decided or 'unsaid'}"] == sentence
        for group, table in (("source", letters.sources), ("redress", letters.redress), ("route", letters.routes)):
            assert all(said.get(f"{group}.{key}") for key in table), group
        assert {key: said[f"redress.{key}"] for key in letters.redress} == dict(letters.redress)
        assert {key: said.get(f"charge.{key}") for key in letters.charges} == dict(letters.charges)

    def test_has_words_for_what_packs_and_rules_name(self) -> None:
        packs = shelf().packs
        outcomes = {outcome.name for pack in packs.values() for outcome in pack.outcomes}
        remedies = {remedy for pack in packs.values() for outcome in pack.outcomes for remedy in outcome.remedies}
        offers = {offer.name for pack in packs.values() for offer in pack.offers}
        for group, codes in (("remedy", remedies | offers), ("kind", set(packs)), ("otherwise", set(get_args(DefaultAction)))):
            assert {code for code in codes if f"{group}.{code}" not in ENGLISH.words} == set(), group
        assert {code for code in outcomes if not [key for key in ENGLISH.words if key.startswith(f"outcome.{code}.")]} == set()
        assert {deed for deed in DEEDS if f"deed.{deed}.then" not in ENGLISH.words} == set()
        assert {
            fact for fact in TOLD if f"happened.{fact}.any" not in ENGLISH.words and f"happened.{fact}.you" not in ENGLISH.words
        } == set()

    @pytest.mark.parametrize(("code", "letters"), [("en", ENGLISH_LETTERS), ("de", GERMAN_LETTERS)])
    def test_says_in_words_whatever_somebody_can_be_accused_of(self, code: str, letters: Words) -> None:
        packs = shelf().packs.values()
        accusing = [one for one in packs if Side.RESPONDENT in one.hear or (one.sanctions is not None and one.sanctions.ladders)]
        named = {
            one for pack in accusing for one in (*pack.grounds, *pack.categories) if not one.startswith("no_")
        } - SAYS_NOTHING
        assert {"without_ground", "not_received", "harassment"} <= named
        assert named - set(letters.charges) == set()
        assert {one for one in named if f"charge.{one}" not in languages()[code].words} == set()

    def test_holds_nothing_that_no_page_says(self) -> None:
        room = Path(language.__file__).parent
        pages = [*room.glob("*.py"), *(room.parent / "templates" / "party").glob("*.html")]
        written = "\n".join(path.read_text("utf-8") for path in pages)
        groups = set(re.findall(r"\"([a-z_.-]+)\.\" ~", written)) | set(re.findall(r"word\(\"([a-z_]+)\"", written))
        named = set(re.findall(r"[\"']([a-z_-]+(?:\.[a-z_-]+)+)[\"']", written)) | {"language"}
        unused = [
            key
            for key in ENGLISH.words
            if key not in named
            and not any(key.startswith(f"{group}.") for group in groups)
            and not key.startswith(("span.", "deed."))
        ]
        assert unused == []


def test_whose_turn_it_is_can_be_said_with_a_date() -> None:
    """Whatever a turn is called, a day until when has words, too."""
    at_once = {"asked", "proposal", "offer"}
    for one in languages().values():
        turns = {key.removeprefix("turn.") for key in one.words if key.startswith("turn.") and key.count(".") == 1}
        undated = {"beside", "withdrawing"}
        missing = {key for key in turns - at_once - undated if f"answer_by.{key}" not in one.words}
        assert missing == set()


class TestWhatWasSaid:
    """Whatever a party may read of what happened stands on its page, and says rightly who else reads it."""

    def test_has_a_place_for_every_text_that_a_party_may_read(self) -> None:
        elsewhere = {"evidence_submitted", "case_disclosed", "ruling_issued"}
        elsewhere |= {"appointment_proposed", "appointment_held", "protocol_commented"}
        elsewhere |= {"manual_work_reported"}  # how it was done is the team's alone
        texts = {
            kind.model_fields["type"].default: set(text_fields(kind)) - {"subject", "attachments"}
            for kind in members(Fact)
            if kind.model_fields["type"].default not in elsewhere
        }
        texts["appointment_cancelled"] -= {"reasons"}  # why is the team's alone, but for what it tells
        read = {name: fields for name, fields in texts.items() if fields and told(name)}
        assert {name: set(WORDS[name]) for name in read if name in WORDS} == read
        assert set(WORDS) - {"case_moved_in", "withdrawal_explained"} == set(read)

    def test_says_of_what_the_other_side_reads_nothing(self) -> None:
        sides = {"claimant", "respondent"}
        of_one = {name for name in WORDS if isinstance((by := KNOWN[name].by), frozenset) and not sides <= by}
        assert of_one <= ALONE
        assert {name for name in ALONE if isinstance(KNOWN[name].by, frozenset)} == of_one


def told(name: str) -> bool:
    """Whether one of the sides may know of such a fact."""
    known = KNOWN.get(name)
    return known is not None and (not isinstance(known.by, frozenset) or bool(known.by & {"claimant", "respondent"}))


def members(union: Any) -> list[Any]:
    """The models of a union, whatever it is put together of."""
    return [kind for part in get_args(union) for kind in ([part] if hasattr(part, "model_fields") else members(part))]


class TestHowItIsWritten:
    def test_times_spans_and_amounts_are_those_of_the_language(self) -> None:
        at, paris, german = datetime(2026, 11, 27, 10, 0, tzinfo=UTC), ZoneInfo("Europe/Paris"), languages()["de"]
        assert (ENGLISH.when(at, paris), german.when(at, paris)) == ("Fri 27 Nov, 11:00", "Fr., 27. Nov., 11:00")
        assert ENGLISH.money(31250, "EUR") == "€312.50"
        assert german.money(31250, "EUR") == "312,50\xa0€"
        assert ENGLISH.money(500, "JPY") in ("JP¥500", "¥500")
        assert ENGLISH.span(timedelta(days=1, hours=20)) == "1 day and 20 hours"
        assert german.span(timedelta(hours=1, minutes=2)) == "1 Stunde und 2 Minuten"
        assert ENGLISH.span(timedelta(seconds=20)) == "1 minute"
        assert ENGLISH.span(timedelta(days=9, hours=3)) == "9 days"

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            (("de", "en"), "de"),
            ((None, "de-AT,de;q=0.9,en;q=0.8"), "de"),
            (("xx", "fr-FR,fr;q=0.9"), "en"),
            ((None, None), "en"),
            (("../en",), "en"),
        ],
    )
    def test_is_the_first_that_there_is(self, wanted: tuple[str | None, ...], code: str) -> None:
        assert chosen(*wanted).code == code


NOBODYS = Language("en", ENGLISH.words, ("⟦", "⟧"))
"""English with a mark around everything that the catalogue says: what stands outside was written past it."""
CURRENCIES = {"EUR", "USD", "GBP", "CHF"}
_DATA = ("booking-7781", "Test", "You were charged twice for one booking", "What happened at the door")


def unsaid(browser: Browser, *data: str) -> list[str]:
    """Words of a page that no language says, and nobody of the case either."""
    bare = re.sub(r"<(script|style|svg|title)\b.*?</\1>|<nav class=\"speaks\".*?</nav>", " ", browser.html, flags=re.DOTALL)
    labels = re.findall(r"(?:aria-label|placeholder|data-[a-z]+|alt)=\"([^\"]*)\"", bare)
    labels = [label for label in labels if " " in label]
    text = re.sub(r"<[^>]+>", "\n", bare) + "\n" + "\n".join(labels)
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        assert shorter != text, text
        text = shorter
    for known in (*_DATA, *data):
        text = text.replace(known, " ")
    return [line.strip() for line in text.split("\n") if re.search(r"[A-Za-z]{2}", line)]


@pytest.mark.postgres
class TestEveryPage:
    async def test_says_nothing_past_the_catalogue(self, lobby: Lobby) -> None:
        # Kept by the lobby as its own: every page from here on is in the language that is nobody's.
        lobby.__dict__["house"] = replace(lobby.house, speaks=lambda *wanted: NOBODYS)
        desk = lobby.office.desk()
        case = await desk.opened(**CABIN)
        number, statement = case["id"][-8:], CABIN["statement"]
        path = await link_of(lobby.office, case, "claimant")
        stranger = lobby.browser()
        for way in (path, f"/l/{'0' * 48}", f"/lost/{lobby.office.tenant_id}", "/my", "/lost/nobody"):
            await stranger.open(way)
            assert unsaid(stranger) == [], way
        for said in ({"number": "", "address": ""}, {"number": "1", "address": "a@b.example"}):
            await stranger.post(f"/lost/{lobby.office.tenant_id}", said)
            assert unsaid(stranger, "a@b.example") == []
        await desk.command(
            case["id"], "offer", party(case, "respondent"), remedy="refund", amount={"amount": 28000, "currency": "EUR"}
        )
        browser = await by_link(lobby, case, "claimant")
        assert unsaid(browser, number, statement) == []
        for deed in DEEDS:
            await browser.open(f"/my/do/{deed}")
            assert unsaid(browser, number) == [], deed
        await browser.open("/my/do/offer")
        await browser.send("/my/do/offer", amount="x")
        assert unsaid(browser, number) == []
        await browser.open("/my")
        await browser.send("/my/do/write", text="1234")
        await browser.follow()
        assert [line for line in unsaid(browser, number) if not line.startswith("cmd_")] == []
        await browser.open("/my/files/fil_x")
        assert unsaid(browser) == []
        danger = await desk.opened(**DANGER)
        hers = await by_link(lobby, danger, "claimant")
        assert unsaid(hers, danger["id"][-8:], DANGER["statement"]) == []
        await browser.open("/my")
        await browser.send("/my/leave")
        assert unsaid(browser) == []

    @pytest.mark.parametrize("kind", ["payment_dispute", "safety_incident", "compliance_request"])
    async def test_says_nothing_past_the_catalogue_on_any_screen_of_a_report(self, lobby: Lobby, kind: str) -> None:
        lobby.__dict__["house"] = replace(lobby.house, speaks=lambda *wanted: NOBODYS)
        key = await lobby.office.key(scopes=("*", "admin"), person_id="per_dana")
        said = {"provider": "form", "kind": kind, "page": True, "respondent": CABIN["parties"][1]}
        made = (await lobby.office.desk(key).post("/v1/intake-sources", said)).json()
        path, stranger = f"/report/{made['id']}", lobby.browser()
        await stranger.open(path)
        assert unsaid(stranger) == []
        # Nothing chosen, nothing written, an address that is none: each screen with what is wrong on it.
        await stranger.turn(path)
        assert unsaid(stranger) == []
        category = re.findall(r"name=\"category\"[^>]*value=\"([^\"]+)\"", stranger.html)[0]
        for filled in (
            {"category": category}, {"statement": "x"}, {"statement": "My bank shows two charges.", "occurred": "someday"},
            {"statement": "My bank shows two charges on the same day.", "occurred": ""}, {"email": "nobody"},
            {"email": "a@b.example", "name": "Ada"},
        ):  # fmt: skip
            await stranger.turn(path, **filled)
            data = ("My bank shows two charges on the same day.", "My bank shows two charges.", "a@b.example", "Ada", "someday")
            assert [line for line in unsaid(stranger, *data) if line not in CURRENCIES] == [], filled

    async def test_says_nothing_past_the_catalogue_where_something_went_wrong(self, lobby: Lobby) -> None:
        lobby.__dict__["house"] = replace(lobby.house, speaks=lambda *wanted: NOBODYS)
        case = await lobby.office.desk().opened(**CABIN)
        browser = await by_link(lobby, case, "claimant")
        for way in ("/my/do/nothing", "/my/receipts/cmd_x", "/my/files/fil_x", "/report/src_x", "/lost/x"):
            await browser.open(way)
            assert unsaid(browser, case["id"][-8:]) == [], way
        # From another site, and with a page that lay too long.
        await browser.post(
            "/my/do/write", {"text": "Hello."}, **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        )
        assert [line for line in unsaid(browser) if not line.startswith("req_")] == []
        await browser.post("/my/do/write", {"text": "Hello.", "form_token": "old"})
        assert [line for line in unsaid(browser) if not line.startswith("req_")] == []

    async def test_says_nothing_past_the_catalogue_once_it_is_over(self, lobby: Lobby) -> None:
        lobby.__dict__["house"] = replace(lobby.house, speaks=lambda *wanted: NOBODYS)
        desk = lobby.office.desk()
        case = await desk.opened(**CABIN)
        amount = {"amount": 28000, "currency": "EUR"}
        offered = await desk.command(case["id"], "offer", party(case, "respondent"), remedy="refund", amount=amount)
        assert offered.status_code == 200
        for side in ("claimant", "respondent"):
            browser = await by_link(lobby, case, side)
            if side == "claimant":
                await browser.send("/my/do/accept")
                await browser.follow()
                assert [line for line in unsaid(browser, case["id"][-8:]) if not line.startswith("cmd_")] == []
            await browser.open("/my")
            assert unsaid(browser, case["id"][-8:], CABIN["statement"]) == [], side
