"""How a command ends when something that it needs is not there: its message on stderr, and the exit code for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from cli.kit.show import note

if TYPE_CHECKING:
    from runtime.errors import ServiceFault

Result = TypeVar("Result")

UNAVAILABLE = 69
"""Exit code when a service is missing or does not answer (EX_UNAVAILABLE of sysexits.h)."""
NOT_RUNNING = 3
"""Exit code of `status` when something does not run, as init scripts have it."""

EXITS = {
    "tenant_unclear": 64,  # EX_USAGE: the command line leaves open what is meant
    "tenant_unknown": 66,  # EX_NOINPUT: what is named is not there
    "person_unknown": 66,
    "case_unknown": 66,
    "actor_unknown": 77,  # EX_NOPERM, as when the API answers so
}
"""Exit code by the code of a fault; of any other a service is missing."""


def guarded(work: Callable[[], Result]) -> Result:
    """Run it; a fault ends the command with its message, its code and the exit code for that."""
    from runtime.errors import ServiceFault

    try:
        return work()
    except ServiceFault as fault:
        leave(fault)


def leave(fault: ServiceFault) -> NoReturn:
    """End the command."""
    note(str(fault))
    raise typer.Exit(EXITS.get(fault.code, UNAVAILABLE)) from fault
