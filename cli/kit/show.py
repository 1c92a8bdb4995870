"""How an answer is shown: JSON for machines, a table or words for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType


_WIDE = 10_000
"""Columns of a file or a pipe: an id or a path is read whole there, and a table takes no more than it needs."""


def show(
    answer: Any,
    as_json: bool,
    table: Callable[[Any], Any],
    *,
    nothing: str = "",
    notes: Callable[[Any], Iterable[str]] | None = None,
    cropped: bool = True,
) -> None:
    """Print an answer on stdout: as one JSON document, or what ``table`` makes of it.

    A table may be text, anything that Rich prints, or None for nothing at all: then ``nothing`` is said on stderr. ``notes`` are
    lines for people that go to stderr beside it. What is not ``cropped`` goes on behind the end of the line.
    """
    if as_json:
        print_json(answer)
        return
    shown = table(answer)
    if isinstance(shown, str):
        say(shown)
    elif shown is not None:
        out().print(shown) if cropped else out().print(shown, soft_wrap=True)
    elif nothing:
        note(nothing)
    for line in notes(answer) if notes else ():
        note(line)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(_shown(json.dumps(value, indent=2, ensure_ascii=False)))


def print_json_line(value: Any, *, ascii_only: bool = False) -> None:
    """One line of JSON on stdout. ASCII alone where half a character of the input may be in it, which no terminal can print."""
    typer.echo(_shown(json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)))


def note(line: str) -> None:
    """Something for people, beside what a machine reads."""
    typer.echo(_plain(line), err=True)


def say(text: str) -> None:
    """Text on stdout."""
    typer.echo(_plain(text))


def _plain(text: str) -> str:
    from domain.base import plain

    return plain(text)


def _shown(document: str) -> str:
    """JSON that says the same, with what a terminal would obey written as ``\\u…``: it stands in strings alone."""
    return document if _plain(document) == document else "".join(c if _plain(c) == c else json.dumps(c)[1:-1] for c in document)


def out(**options: Any) -> Console:
    """Standard output (or what ``options`` of Rich's console say); a file or a pipe is wide enough to cut nothing."""
    console = plain_console(highlight=False, **options)
    return console if console.is_terminal or "width" in options else plain_console(highlight=False, width=_WIDE, **options)


def plain_console(**options: Any) -> Console:
    """A console of Rich that shows what strangers wrote as it may be shown, wherever it stands in a table."""
    from rich.console import Console
    from rich.segment import Segment

    from domain.base import plain

    class PlainConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(plain(segment.text), segment.style)

    # No markup either: what stands in brackets is somebody's words, and no link or colour.
    return PlainConsole(**{"markup": False, **options})
