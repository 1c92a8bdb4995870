"""Translations stand beside the original: newest first, both kept, and nothing else about the case changes by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.model.facts import TextTranslated
from domain.model.refusals import InstantRefused
from domain.model.translations import TextUnknown, TranslationRefused, texts_at
from domain.rules.translations import of_text
from domain.rules.visibility import knows
from tests.support.cases import CLAIMANT, MEDIATOR, MEDIATOR_2, RESPONDENT, WITNESS, Life, a_case

SAID = {"of": 1, "field": "statement", "from_language": "ru", "into_language": "en"}


def translated(life: Life, **changes: Any) -> TextTranslated:
    fact = life.says(MEDIATOR, "translate", **{**SAID, **changes}).facts[-1]
    assert isinstance(fact, TextTranslated)
    return fact


class TestTranslate:
    def test_says_who_or_what_translated_it_and_when(self) -> None:
        life = a_case().in_review()
        assert translated(life).by == "team"
        assert (translated(life, machine="Lingua 3").by, life.case.translations[-1].machine) == ("machine", "Lingua 3")
        before = life.now - timedelta(days=1)
        fact = translated(life, translator="Ines Roth", translated_at=before)
        assert (fact.by, fact.translated_at, fact.translator is not None) == ("translator", before, True)

    def test_a_newer_one_into_the_same_language_replaces_it_and_both_are_kept(self) -> None:
        life = a_case().in_review()
        first = translated(life, machine="Lingua 3")
        other = translated(life, into_language="pt-BR")
        second = translated(life)
        assert (second.replaces, other.replaces) == (first.translation_id, None)
        shown = of_text(life.case, {life.case.statement.content_id})
        assert [(one.into_language, one.replaced) for one in shown] == [("en", False), ("pt-BR", False), ("en", True)]

    def test_changes_nothing_else_of_the_case(self) -> None:
        life = a_case().in_review()
        before = life.case
        translated(life)
        same = {"seq", "updated_at", "translations"}
        assert life.case.model_dump(exclude=same) == before.model_dump(exclude=same)

    def test_is_of_a_text_that_is_there(self) -> None:
        life = a_case().in_review()
        refusal = life.refused(MEDIATOR, "translate", **{**SAID, "field": "reasons"})
        assert isinstance(refusal, TextUnknown)
        assert "statement" in refusal.fields["allowed"]
        assert isinstance(life.refused(MEDIATOR, "translate", **{**SAID, "of": 999}), TextUnknown)

    def test_the_only_text_needs_no_name(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "message", text="Собака больна.")
        assert translated(life, of=life.case.seq, field=None).field == "text"

    def test_is_never_of_a_translation_nor_into_the_same_language_nor_made_later(self) -> None:
        life = a_case().in_review()
        fact = translated(life)
        again = life.refused(MEDIATOR, "translate", **{**SAID, "of": life.case.seq, "field": "text"})
        assert isinstance(again, TranslationRefused)
        assert isinstance(life.refused(MEDIATOR, "translate", **{**SAID, "into_language": "ru"}), TranslationRefused)
        later = life.now + timedelta(days=1)
        assert isinstance(life.refused(MEDIATOR, "translate", **SAID, translated_at=later), InstantRefused)
        assert fact.original == life.case.statement

    @pytest.mark.parametrize(
        "wrong", [{"into_language": "English"}, {"into_language": "EN"}, {"machine": "Lingua 3", "translator": "Ines Roth"}]
    )
    def test_languages_are_tags_and_one_translator_is_named(self, wrong: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            a_case().in_review().says(MEDIATOR, "translate", **{**SAID, **wrong})

    def test_nobody_sends_what_the_original_is(self) -> None:
        life = a_case().in_review()
        original = life.case.statement.model_dump()
        with pytest.raises(ValidationError, match="Name the text"):
            life.says(MEDIATOR, "translate", **SAID, original=original)

    @pytest.mark.parametrize("audience", ["claimant", "respondent", "platform"])
    def test_that_somebody_translated_is_news_to_nobody_outside(self, audience: Any) -> None:
        life = a_case().in_review()
        assert not knows(life.case, translated(life), audience)
        assert life.last.notices == ()

    def test_any_colleague_of_the_case_may(self) -> None:
        life = a_case().in_review()
        assert life.says(MEDIATOR_2, "translate", **SAID).case.translations
        for outside in (CLAIMANT, RESPONDENT):
            assert life.refused(outside, "translate", **SAID).code == "not_allowed"
        assert WITNESS not in {one.id for one in life.case.parties}


class TestTextsAt:
    def test_finds_texts_however_deep_and_no_files(self) -> None:
        text = {"content_id": "cnt_1", "digest": "d", "length": 1}
        fact = {"type": "x", "reasons": text, "statement": {"facts": text}, "many": [{"text": text}], "attachments": [text]}
        assert [place for place, _ in texts_at(fact)] == ["reasons", "statement.facts", "many.0.text"]
