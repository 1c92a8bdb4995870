"""From whatever was raised to the one problem that tells it, without quoting what came in."""

from __future__ import annotations

import asyncpg
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from api.kit.problems import MEDIA_TYPE, PROBLEMS, FieldProblem, Problem, not_found
from storage.postgres.vault import VaultFault

_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
)
"""What asyncpg raises when the database is away, going, coming or full (``TimeoutError`` is an ``OSError``)."""

_OF_FILES = frozenset({
    "file_empty", "file_too_large", "file_type_refused", "file_type_differs", "file_missing", "too_many_files",
    "evidence_store_away",
})  # fmt: skip
"""Codes of what goes wrong with a file, before it is kept and in the evidence store."""

_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "content_type_unsupported"}


def problem_of(error: Exception, invalid: type[Exception]) -> Problem:
    """The problem that an exception is. ``invalid`` is what the intake parsers raise."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _parameters(error)
        case HTTPException():
            return Problem(_BY_STATUS.get(error.status_code, "bad_request"), headers=error.headers)
        case ClientDisconnect():
            return Problem("bad_request", "The connection was closed before the body was complete.")
        case VaultFault():
            return Problem("vault_fault")
        case asyncpg.DataError():
            # The net below the checks of shape: Postgres refuses the data itself.
            return Problem("not_storable")
        case _:
            return _others(error, invalid)


def _others(error: Exception, invalid: type[Exception]) -> Problem:
    if isinstance(error, invalid):
        return _report(error)
    if getattr(error, "code", None) == "case_unknown":
        return not_found()
    if (code := getattr(error, "code", None)) in _OF_FILES:
        headers = {"Retry-After": "5"} if PROBLEMS[code].status == 503 else {}
        return Problem(code, getattr(error, "detail", None), headers=headers)
    if isinstance(error, _AWAY):
        return Problem("storage_unavailable", headers={"Retry-After": "5"})
    return Problem("internal_error")


def render(problem: Problem, public_url: str, request_id: str) -> Response:
    """The problem as an answer."""
    body = problem.body(public_url, request_id)
    return JSONResponse(body, problem.row.status, headers=problem.headers, media_type=MEDIA_TYPE)


def _parameters(error: RequestValidationError) -> Problem:
    errors = [
        FieldProblem(".".join(str(part)[:64] for part in one["loc"][1:]) or str(one["loc"][0]), one["type"], one["msg"])
        for one in error.errors()[:20]
    ]
    return Problem("parameter_invalid", errors=errors)


def _report(error: Exception) -> Problem:
    code = str(getattr(error, "code", "report_invalid"))
    errors = [FieldProblem(e.field, e.code, e.message) for e in getattr(error, "errors", [])]
    if code not in PROBLEMS:
        code = "report_invalid"
    detail = "; ".join(f"{e.field}: {e.message}" for e in errors[:3])[:500]
    headers = {"WWW-Authenticate": "Signature"} if PROBLEMS[code].status == 401 else {}
    return Problem(code, detail or None, errors, headers=headers)
