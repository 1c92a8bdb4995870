"""How a command ends when a service is missing: its message on stderr, and the exit code for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from cli.local.stack import UNAVAILABLE

Result = TypeVar("Result")


def guarded(work: Callable[[], Result]) -> Result:
    """Run it; a missing service ends the command with its message and the exit code for that."""
    from runtime.errors import ServiceFault

    try:
        return work()
    except ServiceFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(UNAVAILABLE) from fault
