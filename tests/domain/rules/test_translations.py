"""Translations stand beside the original: newest first, both kept, and nothing else about the case changes by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.model.facts import TextTranslated
from domain.model.refusals import InstantRefused, Refusal
from domain.model.translations import TextUnknown, TranslationRefused, texts_at
from domain.rules.translations import of_text
from domain.rules.visibility import knows
from domain.views.case import visible
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MEDIATOR_2, RESPONDENT, WITNESS, Life, a_case

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


EVERYBODY, TEAM = frozenset({CLAIMANT, RESPONDENT, MEDIATOR}), frozenset({MEDIATOR})
SAYS: dict[str, tuple[str, dict[str, Any], frozenset[str]]] = {
    "the team to all": (MEDIATOR, {"type": "message", "to": "all"}, EVERYBODY),
    "the team to the claimant": (MEDIATOR, {"type": "message", "to": "claimant"}, TEAM | {CLAIMANT}),
    "the team to the respondent": (MEDIATOR, {"type": "message", "to": "respondent"}, TEAM | {RESPONDENT}),
    "a note": (MEDIATOR, {"type": "note"}, TEAM),
    "the claimant to all": (CLAIMANT, {"type": "message", "to": "all"}, EVERYBODY),
    "the claimant to the desk": (CLAIMANT, {"type": "message", "to": "desk"}, TEAM | {CLAIMANT}),
    "the respondent to the desk": (RESPONDENT, {"type": "message", "to": "desk"}, TEAM | {RESPONDENT}),
    "what the claimant hands in for the desk": (
        CLAIMANT, {"type": "submit_evidence", "confidentiality": "desk_only"}, TEAM | {CLAIMANT},
    ),
    "they are told": (MEDIATOR, {"type": "disclose"}, EVERYBODY),
    "a lead takes it": (LEAD, {"type": "take"}, EVERYBODY),
}  # fmt: skip
"""What somebody does, and who may read its words at most, whatever comes before and after."""


class TestWhoReadsOne:
    @settings(max_examples=25, deadline=None)
    @given(
        kind=st.sampled_from(["payment_dispute", "conduct_report", "safety_incident", "fraud_report"]),
        said=st.lists(
            st.one_of(st.sampled_from(sorted(SAYS)), st.tuples(st.integers(1, 30), st.sampled_from(["en", "pt-BR", "de"]))),
            min_size=3,
            max_size=14,
        ),
    )
    def test_is_whoever_reads_its_original_whatever_comes_when(self, kind: str, said: list[Any]) -> None:
        life = a_case(kind).in_review()
        readers: dict[str, frozenset[str]] = {}
        for step in said:
            before = len(life.recordings)
            try:
                if isinstance(step, str):
                    who, deed, may = SAYS[step]
                    more = {name: value for name, value in deed.items() if name != "type"}
                    life.says(who, deed["type"], **more)
                else:
                    may = EVERYBODY
                    life.says(MEDIATOR, "translate", of=step[0], from_language="ru", into_language=step[1])
            except (Refusal, ValidationError):
                continue
            for recording in life.recordings[before:] if isinstance(step, str) else ():
                for _, text in texts_at(recording.fact.model_dump(mode="json")):
                    readers.setdefault(text.content_id, may)
        ours = {one.text.content_id for one in life.case.translations}
        for who in (CLAIMANT, RESPONDENT):
            viewer = life.actor(who)
            told = [one.fact.model_dump(mode="json") for one in life.recordings if visible(life.case, one, viewer)]
            seen = {text.content_id for value in (told, life.seen_by(who).model_dump(mode="json")) for _, text in texts_at(value)}
            # Of itself a translation stands nowhere; beside an original that they read it is found.
            assert not ours & seen
            for one in of_text(life.case, seen):
                assert who in readers.get(one.original, EVERYBODY)
        for _, made in life.notices:
            assert not ours & {text.content_id for text in made.texts.values()}
