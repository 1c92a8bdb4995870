"""What a report says in its attributes is read as the conditions of its pack compare it, or refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Priority
from policies.attributes import AttributeUnreadable, read
from policies.pack import PACKS_DIR
from tests.support.cases import shelf
from tests.support.packs import a_report

CONDITIONS = (
    'has(attributes.hurt) && attributes.hurt == true && attributes.who in ["us", ""]',
    "!(attributes.sleeps) || (attributes.waits && string(attributes.url) != '')",
    "attributes.score >= 80 || 3 < attributes.days",
)


@pytest.mark.parametrize("name", ["hurt", "sleeps", "waits"])
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (True, True), ("true", True), ("Yes", True), (" on ", True), (1, True), ("1", True),
        (False, False), ("false", False), ("NO", False), (0, False), ("0", False),
    ],
)  # fmt: skip
def test_what_plainly_means_yes_or_no_is_read_as_that(name: str, said: Any, meant: bool) -> None:
    assert read(CONDITIONS, {name: said}) == {name: meant}


@pytest.mark.parametrize(("said", "meant"), [("95", 95), (" 80 ", 80), ("79.5", 79.5), ("-1", -1), (3, 3)])
def test_a_number_in_a_text_is_a_number(said: Any, meant: float) -> None:
    assert read(CONDITIONS, {"score": said, "days": said}) == {"score": meant, "days": meant}


@pytest.mark.parametrize(
    ("name", "said", "takes"),
    [
        ("hurt", "perhaps", "true or false"), ("hurt", 2, "true or false"), ("waits", "tru", "true or false"),
        ("score", "high", "a number"), ("days", True, "a number"), ("score", "1e9", "a number"),
    ],
)  # fmt: skip
def test_what_means_neither_is_refused_with_what_the_field_takes(name: str, said: Any, takes: str) -> None:
    with pytest.raises(AttributeUnreadable) as caught:
        read(CONDITIONS, {name: said})
    assert caught.value.fields == {name: takes}


def test_an_empty_text_says_nothing_and_words_are_left_alone() -> None:
    assert read(CONDITIONS, {"hurt": "", "score": " ", "who": "true", "url": "1", "else": "yes"}) == {
        "who": "true", "url": "1", "else": "yes",
    }  # fmt: skip


@pytest.mark.parametrize("said", ["true", "yes", "TRUE", 1])
def test_the_abuse_of_a_child_is_urgent_in_whatever_form_it_is_sent(said: Any) -> None:
    facts = {"child_sexual_abuse": said, "content_url": "https://example.com/posts/77", "good_faith": said}
    terms, _ = shelf().terms(a_report("moderation_appeal", category="illegal_content", attributes=facts))
    assert terms.priority is Priority.URGENT


def test_who_lives_by_it_and_how_risky_it_is_count_as_texts_too() -> None:
    decision = {"outcome": "remove", "appellant": "author", "decider": "machine", "content": "post-7",
                "effective_at": "2026-02-20T10:00:00Z"}  # fmt: skip
    living, _ = shelf().terms(a_report("moderation_appeal", decision=decision, attributes={"earns_living": "true"}))
    risky, _ = shelf().terms(a_report("fraud_report", attributes={"risk_score": "95"}))
    assert (living.priority, risky.priority) == (Priority.HIGH, Priority.URGENT)


@pytest.mark.parametrize("kind", sorted(path.stem for path in PACKS_DIR.glob("*.yaml")))
def test_every_attribute_that_a_shipped_pack_compares_with_yes_no_or_a_number_is_checked(kind: str) -> None:
    conditions = [condition for _, condition in shelf().packs[kind].cel_conditions]
    compared = {
        word.removeprefix("attributes.").strip("!()")
        for condition in conditions
        for word in condition.replace("(", " ").replace(")", " ").split()
        if word.startswith("attributes.") and "startsWith" not in word
    }
    texts = {"status", "about", "content_url", "severity", "controller", "programme", "programme_state", "sport", "standing"}
    for name in sorted(compared - texts):
        with pytest.raises(AttributeUnreadable):
            read(conditions, {name: "neither"})
