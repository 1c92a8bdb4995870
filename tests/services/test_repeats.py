"""The same request twice is known again, and another one is not taken for it."""

from __future__ import annotations

from services.repeats import Asked, canonical


def test_the_order_of_names_does_not_matter() -> None:
    assert canonical({"a": 1, "b": {"d": "ü", "c": None}}) == canonical({"b": {"c": None, "d": "ü"}, "a": 1})


def test_the_same_words_from_somebody_else_are_another_request() -> None:
    asked = Asked({"reason": "x", "by": "per_ada"}, "k1")
    assert asked.by("per_ada") != asked.by("per_ben")
    assert asked.by("per_ada") == Asked({"reason": "x"}, "k2").by("per_ada")
