"""German letters: complete, with nothing left in English, and with the same alternatives as the English ones."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from activities.ports.notices import TeamLetter
from adapters.letters.composer import FIRST, LANGUAGES, TEMPLATES, TO_PARTIES, Composer
from adapters.letters.words import Words
from adapters.letters.words_de import GERMAN
from adapters.letters.words_en import ENGLISH
from domain.model.remedy import Remedy
from domain.rules import agreement_terms
from services.said_by_mail import MORE_FOLLOWS
from tests.support.cases import a_case
from tests.support.outgoing_notices import AT, DUE, a_notice

OF_PARTIES = sorted(
    path.relative_to(TEMPLATES / FIRST)
    for path in (TEMPLATES / FIRST).glob("*/*.j2")
    if path.parent.name in ("party", "third") or path.stem in TO_PARTIES
)
"""Every letter that goes to somebody outside whose language is known."""
OF_THE_TEAM = {"clocks", "troubles", "approvals"}
SAME = {"date", "zones", "separators", "labels_of_pack", "locale", "agreement", "parts", "months"}
"""What is no sentence, and months, of which four are called the same."""
COMPOSER = Composer(public_url="https://disputes.example", replies=True)


def _read(language: str, path: Path) -> str:
    return re.sub(r"{#.*?#}", "", (TEMPLATES / language / path).read_text("utf-8"), flags=re.DOTALL)


def _passages(template: str) -> set[str]:
    """Whatever is said: between the statements, and the words within them."""
    outside = re.split(r"{%.*?%}|{{.*?}}", template, flags=re.DOTALL)
    within = re.findall(r"\"([^\"]*)\"", " ".join(re.findall(r"{{.*?}}", template, flags=re.DOTALL)))
    within = [said for said in within if " " in said]
    return {" ".join(said.split()) for said in (*outside, *within) if len(re.findall(r"[^\W\d_]{2,}", said)) >= 2}


def _flat(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if hasattr(value, "values") else value if isinstance(value, tuple) else ()
    return [said for item in items for said in _flat(item)]


class TestTemplates:
    @pytest.mark.parametrize("path", OF_PARTIES, ids=str)
    def test_have_the_same_alternatives(self, path: Path) -> None:
        """So that whatever one language tells, and when, the other tells too."""
        assert re.findall(r"{%.*?%}", _read("de", path), re.DOTALL) == re.findall(r"{%.*?%}", _read(FIRST, path), re.DOTALL)

    @pytest.mark.parametrize("path", OF_PARTIES, ids=str)
    def test_leave_nothing_in_english(self, path: Path) -> None:
        assert _passages(_read("de", path)) & _passages(_read(FIRST, path)) == set()

    def test_leave_no_piece_in_english(self) -> None:
        assert _passages(_read("de", Path("pieces.j2"))) & _passages(_read(FIRST, Path("pieces.j2"))) == set()

    def test_are_of_letters_that_there_are(self) -> None:
        german = {path.relative_to(TEMPLATES / "de") for path in (TEMPLATES / "de").rglob("*.j2")}
        assert german == {*OF_PARTIES, Path("pieces.j2")}


class TestWords:
    @pytest.mark.parametrize("table", sorted({one.name for one in fields(Words)} - OF_THE_TEAM - SAME))
    def test_name_every_code_and_nothing_in_english(self, table: str) -> None:
        english, german = getattr(ENGLISH, table), getattr(GERMAN, table)
        if hasattr(english, "keys"):
            assert english.keys() == german.keys()
        assert [said for said in _flat(german) if said in _flat(english) and said not in ("", "{name}")] == []

    def test_the_phrase_of_a_letter_is_understood(self) -> None:
        for language in LANGUAGES:
            text = (TEMPLATES / language / "pieces.j2").read_text("utf-8")
            [asked] = re.findall(r"(?:begin with|beginnen Sie mit) \"([^\"]+)\"", text)
            assert asked.casefold() in MORE_FOLLOWS


class TestALetter:
    def test_is_in_the_language_of_its_reader(self) -> None:
        data = {"phase": "review", "phase_label": "Mediation", "by_default": "proceed_on_file", **DUE}
        letter = COMPOSER.compose(a_notice("phase_entered:review", locale="de-AT", data=data))
        assert letter.locale == "de"
        assert letter.subject.startswith("Streit um eine Prämie: jetzt in der Vermittlung (Fall ")
        assert "Donnerstag, 19. März 2026, 17:00 MEZ" in letter.text
        assert "Ihr Fall ist jetzt in der Vermittlung." in letter.text
        assert 'lang="de"' in letter.html

    def test_writes_money_as_it_is_written_there(self) -> None:
        remedies = [{"type": "refund", "amount": 120000, "currency": "EUR", "to": "claimant"}]
        letter = COMPOSER.compose(a_notice("ruling_issued", locale="de", data={"outcome": "refunded", "remedies": remedies}))
        assert "Geld zurück: 1.200,00 EUR an Sie" in letter.text

    @pytest.mark.parametrize("locale", ["fr", "pt-BR", "en-GB", ""])
    def test_is_english_for_whoever_speaks_none_of_them(self, locale: str) -> None:
        assert COMPOSER.compose(a_notice(locale=locale)).locale == FIRST

    def test_to_the_team_is_english(self) -> None:
        assert COMPOSER.compose(a_notice("case_assigned", audience="staff", locale="de")).locale == FIRST

    def test_with_a_new_link_is_too(self) -> None:
        letter = TeamLetter(
            id="ltr_1", tenant_id="acme", tenant_name="Acme", event="link_asked", recipient="", address="a@example.net", name="",
            zone="UTC", at=AT, locale="de", code="t0ken", data={"kind": "payment_dispute", "case": "case_1"},
        )  # fmt: skip
        worded = COMPOSER.compose_for_team(letter)
        assert (worded.locale, worded.subject) == ("de", "Ihr neuer Link zu Ihrem Fall bei Acme")


class TestTheDocumentOfASettlement:
    @pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute", "conduct_report"])
    @pytest.mark.parametrize("goods_first", [True, False])
    @pytest.mark.parametrize("label", ["claimant", "respondent", "platform", None])
    def test_is_read_in_german_line_by_line(self, kind: str, goods_first: bool, label: Any) -> None:
        paid = Remedy.model_validate({"type": "payout", "to": "claimant", "amount": {"amount": 120000, "currency": "EUR"}})
        mended = Remedy.model_validate({"type": "correction", "to": "respondent"})
        lines = agreement_terms.in_full(
            a_case(kind).in_review().case, [paid, mended], [paid, mended], goods_first=goods_first, label=label
        )
        lines = (*lines, agreement_terms.LOOKED_AT)
        said = [GERMAN.agreed(line) for line in lines]
        assert [line for line in said if line in lines] == []
        assert said[0] == "Eine Zahlung: 1.200,00 EUR, für die meldende Seite."
        assert not any(re.search(r"\b(the|is|and|goods|case)\b", line) for line in said)
