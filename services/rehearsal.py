"""A story told by the rules of a pack before anybody lives by them. It needs no server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policies.rehearse import rehearse
from policies.script_case import Line
from policies.scripts import Script, ScriptError, read_script
from services.errors import OperatorRefused
from services.packs import on_shelf, readable


@dataclass(frozen=True)
class Rehearsal:
    """A story that can be told."""

    story: Script
    origin: str
    """Where it came from: each thing that is wrong with it begins so."""

    @classmethod
    def of(cls, raw: bytes, origin: str) -> Rehearsal:
        """Read a story. Raises :class:`OperatorRefused`: ``script_unreadable``, ``script_invalid`` with every problem."""
        with readable("script_unreadable", origin):
            text = raw.decode("utf-8-sig")
        try:
            return cls(read_script(text), origin)
        except ScriptError as error:
            raise _unfit(origin, error) from error

    @property
    def passed_over(self) -> tuple[str, ...]:
        """What the story says and nobody here knows."""
        return self.story.passed_over

    def lines(self, pack: str, folder: Path | None) -> Iterator[Line]:
        """What each step comes to under a pack (a kind, or a file); deadlines between the steps fire by themselves.

        Raises :class:`OperatorRefused`: for the pack before the first line, as :func:`services.packs.on_shelf` does, and
        ``script_invalid`` after the lines that stand before a step that makes no sense.
        """
        shelf, found = on_shelf(pack, self.story.opened_at.year, folder)
        try:
            yield from rehearse(shelf, found, self.story)
        except ScriptError as error:
            raise _unfit(self.origin, error) from error


def _unfit(origin: str, error: ScriptError) -> OperatorRefused:
    return OperatorRefused(error.code, f"{origin}: {error}", [f"{origin}: {problem}" for problem in error.problems])
