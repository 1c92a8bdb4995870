"""Questions about time that have no answer, each with a code that never changes."""

from __future__ import annotations

from datetime import datetime


class WorktimeError(ValueError):
    """A question that has no answer; ``code`` is stable, the text is for people."""

    code = "worktime_error"


class NeverOpens(WorktimeError):
    """The calendar has no opening within five years of an instant, so that nothing would ever fall due."""

    code = "calendar_never_opens"

    def __init__(self, ref: str, after: datetime) -> None:
        super().__init__(f"Calendar {ref} has no opening within five years after {after:%Y-%m-%d %H:%M} UTC")


class OutOfRange(WorktimeError):
    """An instant before 1900 or after 2999, where zone data means nothing, or a deadline that would lie there."""

    code = "instant_out_of_range"

    def __init__(self) -> None:
        super().__init__("Instants lie between the years 1900 and 2999")


class NaiveInstant(WorktimeError):
    """An instant without a zone."""

    code = "instant_naive"

    def __init__(self, at: datetime) -> None:
        super().__init__(f"{at.isoformat()} does not say in which zone it is")


class PauseBackwards(WorktimeError):
    """A pause that ends before it starts."""

    code = "pause_backwards"

    def __init__(self, start: datetime, end: datetime) -> None:
        super().__init__(f"The pause from {start.isoformat()} ends before it starts, at {end.isoformat()}")
