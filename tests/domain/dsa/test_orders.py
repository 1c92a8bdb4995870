"""What an order of an authority must say, what is left to be done about it, and when it is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.dsa.orders import Element, Order, OrderWords, ToDo, held_back, late, missing, to_do

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHOLE = OrderWords(
    authority="Amtsgericht Hamburg", legal_basis="Section 1", reasons="It is a forgery (section 267).",
    where="https://example.com/1", whom="user_7", scope="Germany", redress="Complaint within two weeks.",
)  # fmt: skip


def an_order(words: OrderWords | None = WHOLE, **said: Any) -> Order:
    known = {
        "id": "ord_1", "article": 9, "country": "DE", "about": "", "language": "de", "declared_language": True,
        "reasons_withheld": False, "received_at": NOW, "due_at": NOW + 24 * HOUR, "made_by": "per_dana", "made_at": NOW,
    }  # fmt: skip
    return Order.model_validate({**known, **said, "words": words})


NEEDED = {
    9: {"legal_basis", "reasons", "authority", "where", "redress", "scope"},
    10: {"legal_basis", "reasons", "authority", "whom", "redress"},
}


@pytest.mark.parametrize("article", [9, 10])
def test_each_element_that_the_law_names_is_missed_alone(article: int) -> None:
    assert missing(an_order(article=article)) == ()
    for element in Element:
        if element is Element.LANGUAGE:
            continue
        found = missing(an_order(WHOLE.model_copy(update={element.value: " "}), article=article))
        assert [one.value for one, _ in found] == ([element.value] if element.value in NEEDED[article] else [])
    assert [source for _, source in missing(an_order(article=article, declared_language=False))] == [f"{article}(2)(c)"]


def test_reasons_of_an_order_for_information_may_be_kept_back_for_an_investigation() -> None:
    bare = WHOLE.model_copy(update={"reasons": ""})
    assert missing(an_order(bare, article=10, reasons_withheld=True)) == ()
    assert [one for one, _ in missing(an_order(bare, reasons_withheld=True))] == [Element.REASONS]


LATER = NOW + 48 * HOUR


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({}, (ToDo.ANSWER,)),
        ({"article": 10}, (ToDo.CONFIRM, ToDo.ANSWER)),
        ({"article": 10, "receipt_told_at": NOW}, (ToDo.ANSWER,)),
        ({"effect": "given"}, (ToDo.TELL_AUTHORITY, ToDo.TELL_PERSON)),
        ({"effect": "not_given"}, (ToDo.TELL_AUTHORITY,)),
        ({"effect": "in_part", "authority_told_at": NOW}, (ToDo.TELL_PERSON,)),
        ({"effect": "given", "authority_told_at": NOW, "hold_until": LATER}, (ToDo.PERSON_LATER,)),
        ({"effect": "given", "authority_told_at": NOW, "person_unreachable": True}, ()),
        ({"article": 10, "effect": "given", "authority_told_at": NOW, "person_told_at": NOW}, ()),
        ({"effect": "not_given", "authority_told_at": NOW}, ()),
    ],
)
def test_what_is_left_to_be_done(said: dict[str, Any], left: tuple[ToDo, ...]) -> None:
    order = an_order(**said)
    assert to_do(order, NOW) == left
    assert order.finished is (left == ())


def test_the_word_to_the_authority_is_late_at_its_hour_and_that_to_the_person_as_effect_is_given() -> None:
    order = an_order()
    assert not late(order, NOW + 23 * HOUR)
    assert late(order, NOW + 24 * HOUR)
    given = an_order(effect="given", effect_at=NOW, authority_told_at=NOW)
    assert given.state(NOW) == "late"
    held = an_order(effect="given", effect_at=NOW, authority_told_at=NOW, hold_until=LATER)
    assert (held_back(held, NOW), held.state(NOW), held.state(LATER)) == (True, "open", "late")
    assert an_order(effect="not_given", authority_told_at=NOW).state(LATER) == "done"
