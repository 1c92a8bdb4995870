"""From whatever was raised to the one problem that tells it, without quoting what came in."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from api.kit.problems import MEDIA_TYPE, PROBLEMS, Problem
from domain.model.reading import plain_message
from services.errors import FieldError, Refused, refusal_of

_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "content_type_unsupported"}
_HEADERS = {
    "storage_unavailable": {"Retry-After": "5"},
    "evidence_store_away": {"Retry-After": "5"},
    "signature_invalid": {"WWW-Authenticate": "Signature"},
    "signature_expired": {"WWW-Authenticate": "Signature"},
}
"""What HTTP wants to be said beside some codes."""


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _parameters(error)
        case HTTPException():
            return Problem(_BY_STATUS.get(error.status_code, "bad_request"), headers=error.headers)
        case ClientDisconnect():
            return Problem("bad_request", "The connection was closed before the body was complete.")
        case _:
            refused = refusal_of(error)
            return Problem("internal_error") if refused is None else of_refused(refused)


def of_refused(refused: Refused) -> Problem:
    """What a service refused, in the words of the table. A code that it does not know is told as ``refused``."""
    code = refused.code if refused.code in PROBLEMS else "refused"
    later = {"Retry-After": str(refused.fields["retry_after"])} if "retry_after" in refused.fields else {}
    headers = {**_HEADERS.get(code, {}), **later, **({"Idempotent-Replayed": "true"} if refused.replayed else {})}
    return Problem(code, refused.detail, refused.errors, fields=refused.fields, headers=headers)


def render(problem: Problem, public_url: str, request_id: str) -> Response:
    """The problem as an answer."""
    body = problem.body(public_url, request_id)
    return JSONResponse(body, problem.row.status, headers=problem.headers, media_type=MEDIA_TYPE)


def _parameters(error: RequestValidationError) -> Problem:
    errors = [
        FieldError(
            ".".join(str(part)[:64] for part in wrong["loc"][1:]) or str(wrong["loc"][0]),
            wrong["type"],
            plain_message(wrong["type"], wrong["msg"]),
        )
        for wrong in error.errors()[:20]
    ]
    return Problem("parameter_invalid", errors=errors)
