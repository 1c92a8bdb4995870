"""How a command ends that cannot do what it was asked: its message with a code on stderr, and the exit code for the cause.

The one place where a failure is shown. A result that was shown and is not the one hoped for (a finding, a refused line) ends with
1 and needs no message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from cli.kit.show import note

if TYPE_CHECKING:
    from runtime.errors import ServiceFault
    from services.errors import OperatorRefused, Refused
    from storage.postgres.pool import AdministrationUnavailable
    from storage.postgres.ring import VaultFault

    Fault = ServiceFault | OperatorRefused | Refused | AdministrationUnavailable | VaultFault

Result = TypeVar("Result")

# The names and numbers of sysexits.h.
USAGE = 64
"""The command line leaves open what is meant, or its options do not go together (EX_USAGE)."""
BAD_DATA = 65
"""The input is not what it should be (EX_DATAERR)."""
NOT_THERE = 66
"""What is named is not there, or not for you (EX_NOINPUT)."""
UNAVAILABLE = 69
"""A service is missing or does not answer (EX_UNAVAILABLE)."""
BROKEN = 70
"""Something broke (EX_SOFTWARE)."""
IN_THE_WAY = 73
"""What would be written is there already (EX_CANTCREAT)."""
NOT_NOW = 75
"""The case or another request is in the way; later perhaps (EX_TEMPFAIL)."""
NO_PERMISSION = 77
"""No key, not this one, or not this person (EX_NOPERM)."""
NOT_RUNNING = 3
"""Exit code of `status` when something does not run, as init scripts have it."""

EXITS = {
    "parameter_invalid": USAGE,
    "tenant_unclear": USAGE,
    "tenant_unknown": NOT_THERE,
    "person_unknown": NOT_THERE,
    "case_unknown": NOT_THERE,
    "publication_unknown": NOT_THERE,
    "already_approved": NOT_THERE,
    "actor_unknown": NO_PERMISSION,
    "not_allowed": NO_PERMISSION,
    "own_publication": NO_PERMISSION,
    "own_credential_needed": NO_PERMISSION,
    "same_credential": NO_PERMISSION,
    "key_invalid": NO_PERMISSION,
    "administration_unavailable": UNAVAILABLE,
    "trail_not_whole": UNAVAILABLE,
    "vault_fault": UNAVAILABLE,
    "digest_key_differs": UNAVAILABLE,
    "master_key_lost": UNAVAILABLE,
}
"""Exit code by the code of a failure. Of any other, a fault is a missing service, and a refusal is about the input."""
BY_STATUS = {
    400: BAD_DATA,
    401: NO_PERMISSION,
    403: NO_PERMISSION,
    404: NOT_THERE,
    409: NOT_NOW,
    410: NOT_THERE,
    413: BAD_DATA,
    415: BAD_DATA,
    422: BAD_DATA,
    429: NOT_NOW,
    503: UNAVAILABLE,
}
"""Exit code by the status of a problem of the API; anything else is ``BROKEN``."""


BY_CODE = {"owner_mismatch": NO_PERMISSION}
"""Exit code by the code of a problem of the API, where its status says less: time alone mends none of these."""


def guarded(work: Callable[[], Result], exits: Mapping[str, int] | None = None) -> Result:
    """Run it; a missing service or a refusal ends the command with its message, its code and the exit code for that.

    ``exits`` are codes that mean something else to this command than to the others.
    """
    try:
        return work()
    except _expected() as fault:  # what is expected is imported only when something was raised
        leave(_lines(fault), {**EXITS, **(exits or {})}.get(fault.code, _otherwise(fault)), fault)
    except _of_older_tables() as error:
        missing, advice = str(error).split("\n")[0], "run `ombud migrate` first."
        message = f"The database has not the tables of this version ({missing}): {advice}"
        fail(message, "not_migrated", UNAVAILABLE, error)


def _expected() -> tuple[type[Fault], ...]:
    from runtime.errors import ServiceFault
    from services.errors import OperatorRefused, Refused
    from storage.postgres.pool import AdministrationUnavailable
    from storage.postgres.ring import VaultFault

    return ServiceFault, OperatorRefused, Refused, AdministrationUnavailable, VaultFault


def _of_older_tables() -> tuple[type[Exception], ...]:
    from asyncpg.exceptions import UndefinedColumnError, UndefinedTableError

    return UndefinedTableError, UndefinedColumnError


def _lines(fault: Fault) -> list[str]:
    from services.errors import OperatorRefused, Refused

    match fault:
        case OperatorRefused(problems=(_, *_)):
            return [_coded(problem, fault.code) for problem in fault.problems]
        case Refused():
            return [_coded(fault.detail or fault.code, fault.code), *(_field_line(error._asdict()) for error in fault.errors)]
        case _:
            return [_coded(fault.message, fault.code)]


def _otherwise(fault: Exception) -> int:
    from runtime.errors import ServiceFault

    return UNAVAILABLE if isinstance(fault, ServiceFault) else BAD_DATA


def leave_for_problem(problem: Mapping[str, Any], *advice: str) -> NoReturn:
    """End the command for a problem that the API answered with; ``advice`` is what can be done about it here."""
    status = int(problem.get("status") or 500)
    message = problem.get("detail") or problem.get("title")
    fields = (_field_line(error) for error in problem.get("errors") or [])
    lines = [_coded(str(message), str(problem.get("code", status))), *fields, *(f"  {line}" for line in advice)]
    leave(lines, BY_CODE.get(str(problem.get("code")), BY_STATUS.get(status, BROKEN)))


def fail(message: str, code: str, exit_code: int, because: Exception | None = None) -> NoReturn:
    """End the command for something that it saw itself."""
    leave([_coded(message, code)], exit_code, because)


def misused(message: str, because: Exception | None = None) -> NoReturn:
    """End a command whose options say too little, too much, or what cannot be."""
    fail(message, "usage", USAGE, because)


def need_file(file: Path) -> None:
    """End the command when there is no such file."""
    if not file.is_file():
        fail(f"There is no file {file}.", "file_unreadable", NOT_THERE)


def leave(lines: Iterable[str], exit_code: int, because: Exception | None = None) -> NoReturn:
    """End the command."""
    for line in lines:
        note(line)
    raise typer.Exit(exit_code) from because


def _coded(message: str, code: str) -> str:
    return f"{message} [{code}]"


def _field_line(error: Mapping[str, Any]) -> str:
    return f"  {error.get('field')}: {error.get('message')} [{error.get('code')}]"
