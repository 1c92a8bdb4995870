"""Why a report could not be taken, field by field, so that whoever sent it can put it right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

MAX_ERRORS = 50
"""Errors told at once. A payload with more is not a report with mistakes but something else."""

_MAX_NAME = 64
"""Characters kept of one part of a field's name: names come from outside, too."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One mistake: where (dotted path, or a header's name), a code that never changes, and what to do about it."""

    field: str
    code: str
    message: str


class ReportInvalid(Exception):
    """This cannot become a case as it is. Nothing was stored.

    ``code`` is one of: ``report_invalid`` (see the fields), ``json_invalid``, ``too_large``, ``mail_unreadable``,
    ``signature_invalid`` (the sender could not be proved), ``signature_expired`` (proved, but too old to be taken).
    """

    def __init__(self, code: str, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{code}: {', '.join(f'{e.field} ({e.code})' for e in errors[:5])}")
        self.code = code
        self.errors = list(errors)

    def __reduce__(self) -> tuple[type[ReportInvalid], tuple[str, list[FieldError]]]:
        # It is raised in one process and told in another.
        return type(self), (self.code, self.errors)

    @classmethod
    def one(cls, code: str, field: str, message: str, *, field_code: str | None = None) -> ReportInvalid:
        """The error with a single field."""
        return cls(code, [FieldError(field, field_code or code, message)])

    @classmethod
    def from_validation(cls, error: ValidationError) -> ReportInvalid:
        """The same errors, named by path; never with the value, which may be personal or huge."""
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if found and found[0]["type"] == "json_invalid":
            return cls.one("json_invalid", "body", "The body is not valid JSON (UTF-8, without half surrogate pairs).")
        # pydantic counts sound elements only: a list is "too short" when one of them is wrong, which tells nobody anything.
        found = [e for e in found if e["type"] != "too_short" or not _inside(e["loc"], found)]
        unique = dict.fromkeys(_field_error(e["loc"], e["type"], e["msg"]) for e in found)
        return cls("report_invalid", list(_one_per_scalar(unique))[:MAX_ERRORS])


def _inside(loc: Sequence[Any], found: Iterable[Any]) -> bool:
    return any(len(e["loc"]) > len(loc) and e["loc"][: len(loc)] == loc for e in found)


def _field_error(loc: Sequence[Any], code: str, message: str) -> FieldError:
    # A wrong attribute fails once for each type it could have been; one sentence is enough.
    if len(loc) == 3 and loc[0] == "attributes" and loc[2] != "[key]":
        return FieldError(_path(loc[:2]), "scalar_expected", "Give true or false, a number, or a text of at most 500 characters.")
    if loc and loc[-1] == "[key]":
        return FieldError(_path(loc[:-1]), "code_invalid", "Names are lower case letters, digits and . _ : - (at most 64).")
    return FieldError(_path(loc) or "body", code, message.removeprefix("Value error, ")[:300])


def _path(loc: Sequence[Any]) -> str:
    return ".".join(str(part)[:_MAX_NAME] for part in loc).encode("utf-8", "replace").decode()


def _one_per_scalar(errors: Iterable[FieldError]) -> Iterable[FieldError]:
    scalars = set()
    for error in errors:
        if error.code == "scalar_expected" and error.field in scalars:
            continue
        scalars.add(error.field)
        yield error
