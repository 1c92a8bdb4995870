"""Every route takes the parameters and headers that it names, each once, and says so of any other: a filter that is misspelt must
not answer with everything, and a key that is not kept must not promise that it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request

from api.kit.problems import Problem
from services.errors import FieldError

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
"""What every list takes that is given in parts."""
_MOST_TOLD = 20
ONCE = ("Authorization", "Ombud-Act-As", "Idempotency-Key")
"""Headers that say who speaks and which request it is. Given twice, whoever stands between us and the caller, and we, could each
believe another one."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OF_STRANGERS = "/v1/intake/"
"""What is posted here comes from providers, with the headers that they choose."""


async def known_headers(request: Request) -> None:
    """Raises ``header_repeated``, and ``idempotency_key_unused`` where something is changed and the key is not kept."""
    repeated = [name for name in ONCE if len(request.headers.getlist(name)) > 1]
    if repeated:
        raise Problem("header_repeated", errors=[FieldError(name, "header_repeated", "Send it once.") for name in repeated])
    if "idempotency-key" not in request.headers or request.method not in _WRITES:
        return
    route = request.scope["route"]
    if not route.path.startswith(_OF_STRANGERS) and not takes_key(route):
        message = "Nothing is kept by a key at this address."
        raise Problem("idempotency_key_unused", errors=[FieldError("Idempotency-Key", "idempotency_key_unused", message)])


def takes_key(route: APIRoute) -> bool:
    """Whether a route keeps its answers by ``Idempotency-Key``, as its description says."""
    return any(one.get("name") == "Idempotency-Key" for one in (route.openapi_extra or {}).get("parameters", ()))


async def known_parameters(request: Request) -> None:
    """Raises ``parameter_unknown`` and ``parameter_repeated``, which name what the route takes. A name that ends in ``[]`` may be
    given several times."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    if not given:
        return
    taken = taken_by(request.scope["route"])
    told = f"Taken here: {', '.join(taken)}." if taken else "No parameters are taken here."
    if unknown := [name for name in given if name not in taken]:
        raise _problem("parameter_unknown", unknown, told)
    if repeated := [name for name, times in given.items() if times > 1 and not name.endswith("[]")]:
        raise _problem("parameter_repeated", repeated, f"Give it once. {told}")


def taken_by(route: APIRoute) -> list[str]:
    """The names of the query parameters that a route takes, in their order."""
    return list(dict.fromkeys(_names(route.dependant)))


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for part in dependant.dependencies:
        yield from _names(part)


def _problem(code: str, names: list[str], told: str) -> Problem:
    errors = [FieldError(_shown(name), code, told) for name in names[:_MOST_TOLD]]
    return Problem(code, told, errors=errors)


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:64]) or "(empty)"
