"""Why a service does not do what it was asked: one exception with a stable code, whatever room below said no.

The faces tell it in their own way: the API by the status of its table of codes (:mod:`api.kit.problems`), the command line by an
exit code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.model.reading import field_errors
from storage.access.trail import TrailNotWhole
from storage.postgres.pool import AWAY, NOT_STORABLE, AdministrationUnavailable, is_about_a_number
from storage.postgres.vault import VaultFault

_LOOKED_AT = frozenset({"file_empty", "file_too_large", "file_type_refused", "file_type_differs", "file_infected"})
"""What is wrong with a file before it is kept; whoever looked at it says it in a sentence."""
_KEPT = frozenset({"too_many_files", "file_missing", "evidence_store_away", "scanner_away"})
"""What goes wrong with a file where it is kept; the row of the code says what to do."""


class FieldError(NamedTuple):
    """One field that is wrong: a dotted path, a code, and a sentence. Never what was in it."""

    field: str
    code: str
    message: str


class Refused(Exception):
    """It was not done, and this is why.

    ``code`` never changes and has a row in the API's table of codes; without a ``detail`` the advice of that row is told.
    ``fields`` are values that belong to the reason. ``replayed``: the same command was refused before, and this is that answer.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        *,
        fields: Mapping[str, Any] | None = None,
        replayed: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.errors = code, detail, tuple(errors)
        self.fields, self.replayed = dict(fields or {}), replayed

    def bare(self) -> Refused:
        """The same for a credential that may not read: the code and what is wrong with the request, and nothing of the case."""
        return Refused(self.code, errors=self.errors, replayed=self.replayed)


class OperatorRefused(Exception):
    """Something is not done for whoever runs Ombud or writes its rules, at the command line; nothing of it reaches the API.

    ``code`` never changes and is no row of the API's table; ``message`` is one line for people. ``problems`` are the single
    things that are wrong, where there can be several: then they are told instead of the message, a line each.
    """

    def __init__(self, code: str, message: str, problems: Iterable[str] = ()) -> None:
        # One line, whatever a parser had to say.
        self.code, self.message = code, " ".join(message.split())
        self.problems = tuple(" ".join(problem.split()) for problem in problems)
        super().__init__(self.message)


_OF_SIGNING_IN = frozenset({"sign_in_refused", "identity_provider_away"})
"""What a provider of identities says no with."""


def not_found() -> Refused:
    """The one answer to everything that is not there or not the caller's to see: the same for both."""
    return Refused("not_found")


def of_command(code: str | None, detail: str | None, fields: Mapping[str, Any] | None, *, replayed: bool = False) -> Refused:
    """Why a case refused a command. Its ``errors`` are told apart from the other fields."""
    rest = dict(fields or {})
    errors = [FieldError(e["field"] or "body", e["code"], e["message"]) for e in rest.pop("errors", [])]
    return Refused(code or "refused", detail, errors, fields=rest, replayed=replayed)


def malformed(error: ValidationError, below: str = "") -> Refused:
    """What is not of the shape that it has to be, with each wrong field; ``below`` is where it stands in what was said."""
    found = [(f"{below}.{wrong['field']}".strip(".") or "body", wrong) for wrong in field_errors(error)]
    return Refused("malformed", errors=[FieldError(field, wrong["code"], wrong["message"]) for field, wrong in found])


@contextmanager
def told_as_refusals() -> Iterator[None]:
    """Whatever a port raises that is a refusal of ours is told as one; all else goes on as it came."""
    try:
        yield
    except Exception as error:
        # Each port raises errors of its own; the table of refusals knows which of them are one.
        refused = refusal_of(error)
        if refused is None or refused is error:
            raise
        raise refused from error


def refusal_of(error: Exception) -> Refused | None:
    """What a room below raised, as the reason why nothing was done; None: nobody expected it, and something is broken."""
    code = getattr(error, "code", None)
    match error:
        case Refused():
            return error
        case AdministrationUnavailable():
            return Refused(error.code)
        case TrailNotWhole():
            return Refused("trail_not_whole")
        case VaultFault():
            return Refused("vault_fault")
        case _ if isinstance(error, NOT_STORABLE):
            # The net below the checks of shape: Postgres refuses the data itself.
            return Refused("number_not_storable" if is_about_a_number(error) else "not_storable")
        case _ if code == "case_unknown":
            return not_found()
        case _ if code in _LOOKED_AT:
            return Refused(code, getattr(error, "detail", None))
        case _ if code in _OF_SIGNING_IN:
            return Refused(code, getattr(error, "detail", None))
        case _ if code in _KEPT:
            return Refused(code)
        case _ if isinstance(error, AWAY):
            return Refused("storage_unavailable")
        case _:
            return None
