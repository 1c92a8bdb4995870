"""What a run of the benchmarks says of its goals."""

from __future__ import annotations

from benchmarks.figures import Figure, goals_told


def test_each_goal_that_is_missed_is_named_with_by_how_much() -> None:
    figures = [
        Figure("a life", "actions", 16, "", 16),
        Figure("a life", "bytes", 17_000, "B", 16_000),
        Figure("a life", "against bare", 0.71, "×", 0.9, at_most=False),
        Figure("a life", "measured only", 3.0, "ms"),
    ]
    assert goals_told(figures) == [
        "1 of 3 goals reached, 2 missed:",
        "  missed: a life, bytes: 17,000 B, goal ≤ 16,000 B",
        "  missed: a life, against bare: 0.71 ×, goal ≥ 0.9 ×",
    ]


def test_nothing_is_said_of_goals_where_there_are_none_or_none_is_missed() -> None:
    assert goals_told([Figure("a life", "measured only", 3.0, "ms")]) == []
    assert goals_told([Figure("a life", "actions", 16, "", 16)]) == ["1 of 1 goals reached, 0 missed."]
