"""How an answer is shown: JSON for machines, a table or words for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


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
        typer.echo(shown)
    elif shown is not None:
        out().print(shown) if cropped else out().print(shown, soft_wrap=True)
    elif nothing:
        note(nothing)
    for line in notes(answer) if notes else ():
        note(line)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(value: Any, *, ascii_only: bool = False) -> None:
    """One line of JSON on stdout. ASCII alone where half a character of the input may be in it, which no terminal can print."""
    typer.echo(json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only))


def note(line: str) -> None:
    """Something for people, beside what a machine reads."""
    typer.echo(line, err=True)


def out() -> Console:
    """Standard output; wide enough for the tables when it is a file or a pipe."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=130)
