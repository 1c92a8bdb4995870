"""Orders of authorities, as the descriptions show them."""

from __future__ import annotations

from typing import Any

_WORDS: dict[str, Any] = {
    "authority": "Amtsgericht Hamburg",
    "answer_to": "poststelle@gericht.example",
    "reference": "12 Gs 3/26",
    "legal_basis": "Section 98 of the Code of Criminal Procedure",
    "reasons": "The post offers forged driving licences (section 267 of the Criminal Code).",
    "where": "https://example.com/posts/77",
    "whom": "user_2210",
    "scope": "Germany",
    "redress": "Complaint to the Landgericht Hamburg.",
}
ORDER_SAID: dict[str, Any] = {
    "article": 9,
    "country": "DE",
    "language": "de",
    "about": "scams_and_fraud",
    "received_at": "2026-03-02T08:00:00Z",
    **_WORDS,
}
ORDER: dict[str, Any] = {
    "object": "order",
    "id": "ord_019abf00-0000-7000-8000-000000000001",
    "article": 9,
    "state": "open",
    "to_do": ["give_effect_or_say_why_not"],
    "missing": [],
    "country": "DE",
    "about": "scams_and_fraud",
    "language": "de",
    "declared_language": True,
    "reasons_withheld": False,
    "received_at": "2026-03-02T08:00:00Z",
    "due_at": "2026-03-03T08:00:00Z",
    "hold_until": None,
    "keeper": None,
    "effect": None,
    "because": None,
    "effect_at": None,
    "receipt_told_at": None,
    "authority_told_at": None,
    "person_told_at": None,
    "person_unreachable": False,
    "coordinator_told_at": None,
    "erased_at": None,
    "made_by": "per_dana",
    "made_at": "2026-03-02T08:05:00Z",
    "words": {**_WORDS, "answer": ""},
    "letters": {},
}
ORDERS: dict[str, Any] = {"object": "list", "data": [ORDER], "has_more": False, "next_cursor": None}
ORDER_CHANGE: dict[str, Any] = {"scope": "Germany and Austria", "keeper": "per_dana"}
ORDER_ANSWER: dict[str, Any] = {
    "effect": "given",
    "answer": "The post is not shown in Germany any more.",
    "at": "2026-03-02T10:00:00Z",
}
ORDER_ANSWERED: dict[str, Any] = {
    **ORDER,
    "state": "late",
    "to_do": ["tell_authority", "tell_person"],
    "effect": "given",
    "effect_at": "2026-03-02T10:00:00Z",
    "words": {**_WORDS, "answer": ORDER_ANSWER["answer"]},
}
ORDER_TOLD: dict[str, Any] = {"whom": "authority", "at": "2026-03-02T10:10:00Z"}
ORDER_TOLD_OF: dict[str, Any] = {
    **ORDER_ANSWERED,
    "to_do": ["tell_person"],
    "authority_told_at": "2026-03-02T10:10:00Z",
}
ORDER_ERASED: dict[str, Any] = {
    **ORDER_TOLD_OF,
    "state": "done",
    "to_do": [],
    "person_told_at": "2026-03-02T10:20:00Z",
    "erased_at": "2026-09-02T10:00:00Z",
    "words": None,
}
