"""Why a port could not do its work: told to wait, never, or not to be stored. Any other exception is a temporary failure.

Decided by the type of an exception; nobody looks at the text of an error to decide anything.
"""

from __future__ import annotations

from datetime import timedelta


class ToldToWait(Exception):
    """The other side asked to be tried again later (``Retry-After``)."""

    def __init__(self, wait_for: timedelta) -> None:
        super().__init__(f"asked to wait {wait_for.total_seconds():.0f} s")
        self.wait_for = wait_for


class Never(Exception):
    """It will not work however often it is tried. ``code`` says why in the words of the error table, ``detail`` in a sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


class Unstorable(Exception):
    """Postgres refuses this data however often it is offered."""
