"""The letters about an order say what articles 9 and 10 ask for, and nothing to somebody who is not to be told yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.dsa.order_letters import letters
from domain.dsa.orders import Order, OrderWords

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = OrderWords(
    authority="Amtsgericht Hamburg", reference="12 Gs 3/26", legal_basis="Section 1", reasons="It is a forgery (section 267).",
    where="https://example.com/1", whom="user_7", scope="Germany", redress="Complaint within two weeks.", answer="Blocked there.",
)  # fmt: skip


def written(words: OrderWords | None = WORDS, **said: Any) -> dict[str, str]:
    known = {
        "id": "ord_1", "article": 9, "country": "DE", "about": "", "language": "de", "declared_language": True,
        "reasons_withheld": False, "received_at": NOW, "due_at": NOW, "made_by": "per_dana", "made_at": NOW,
    }  # fmt: skip
    order = Order.model_validate({**known, **said, "words": words})
    return {str(key): text for key, text in letters(order, "Acme", NOW).items()}


def test_what_is_missing_is_told_back_to_the_authority_with_its_provision() -> None:
    text = written(WORDS.model_copy(update={"scope": "", "where": ""}))["receipt"]
    assert "12 Gs 3/26" in text
    assert "- where exactly the content is (article 9(2)(a)(iv))\n\n- its territorial scope (article 9(2)(b))" in text
    assert "Please send us this" not in written()["receipt"]


def test_the_authority_is_told_if_and_when_effect_was_given() -> None:
    assert "effect" not in written()
    text = written(effect="given", effect_at=NOW)["effect"]
    assert "Effect was given to it on 2 March 2026, 09:00 UTC." in text
    assert "Blocked there." in text
    refused = written(effect="not_given", because="outside_scope")["effect"]
    assert "No effect was given to it.\n\nWhat is ordered goes beyond the territory" in refused


def test_the_person_is_told_of_order_effect_reasons_scope_and_redress() -> None:
    text = written(effect="given", effect_at=NOW)["person"]
    for said in ("Amtsgericht Hamburg", "Effect was given", WORDS.reasons, WORDS.scope, WORDS.redress, WORDS.where):
        assert said in text
    information = written(article=10, effect="given", effect_at=NOW, reasons_withheld=True)["person"]
    assert "give information about you" in information
    assert "Where it holds" not in information


def test_there_is_no_letter_to_somebody_who_is_not_to_be_told_and_none_of_what_was_erased() -> None:
    assert "person" not in written(effect="given", effect_at=NOW, hold_until=NOW + timedelta(days=1))
    assert "person" not in written(effect="not_given", because="gone")
    assert written(None) == {}
