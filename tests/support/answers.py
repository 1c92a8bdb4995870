"""An API that gives every answer which the description allows, for whoever must be able to read each of them.

An answer comes in several shapes: with as little as may be, with everything, and with something between. The words of an
enumeration and the kinds of a body that can be of several take turns in them.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

from api.app import create_app
from services.parts import Parts

SHAPES = 3
"""As little as may be, everything, and something between."""
_STRINGS = {"date-time": "2026-11-02T09:00:00.5Z", "date": "2026-11-02", "uri": "https://a.example/x", "duration": "PT2H"}
_DEEP = 12


@cache
def description() -> dict[str, Any]:
    """The API's description; nothing behind the API is needed for it."""
    nothing = cast(Parts, SimpleNamespace(idempotency=None))
    found: dict[str, Any] = create_app(nothing, public_url="https://disputes.example").openapi()
    return found


@cache
def answers_of(method: str, path: str) -> list[Any]:
    """Every shape in which an operation may answer, and its examples; a place of the path may be anything."""
    operation = _operation(method, path)
    if operation is None:
        raise LookupError(f"{method} {path}")
    found: list[Any] = []
    for status, given in operation["responses"].items():
        body = given.get("content", {}).get("application/json")
        if status.startswith("2") and body:
            found += [body["example"]] if "example" in body else []
            found += [shape(body["schema"], turn) for turn in range(SHAPES)]
    return found


def _operation(method: str, path: str) -> dict[str, Any] | None:
    fits = [
        (template.count("{"), operations[method.lower()])
        for template, operations in description()["paths"].items()
        if method.lower() in operations and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)
    ]
    return min(fits, key=lambda found: found[0])[1] if fits else None


def shape(schema: dict[str, Any], turn: int, depth: int = 0) -> Any:
    """A value that a schema allows. The first turn has as little as may be, the second everything; of the others, each has
    something else.
    """
    if "$ref" in schema:
        return shape(description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], turn, depth + 1)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return shape(_one_of(schema[several], turn), turn, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][turn % len(schema["enum"])]
    match schema.get("type"):
        case "object":
            return _object(schema, turn, depth)
        case "array":
            return [] if not _there(turn, depth) else [shape(schema.get("items", {}), turn + i, depth + 1) for i in range(2)]
        case "string":
            return _STRINGS.get(
                schema.get("format", ""), "2026-11-02T09:00Z" if "date" in schema.get("pattern", "") else "word_x"
            )
        case "integer" | "number":
            return int(schema.get("minimum", turn))
        case "boolean":
            return bool(turn % 2)
        case "null":
            return None
        case _:
            return "anything"


def _there(turn: int, depth: int) -> bool:
    return turn > 0 and depth < _DEEP and (turn == 1 or (turn + depth) % 3 != 0)


def _one_of(kinds: list[dict[str, Any]], turn: int) -> dict[str, Any]:
    nothing, some = [one for one in kinds if one.get("type") == "null"], [one for one in kinds if one.get("type") != "null"]
    if nothing and (turn == 0 or (turn > 1 and turn % 4 == 0)):
        return nothing[0]
    return some[turn % len(some)]


def _object(schema: dict[str, Any], turn: int, depth: int) -> dict[str, Any]:
    inner = schema.get("additionalProperties")
    if "properties" not in schema:
        return {"word_y": shape(inner if isinstance(inner, dict) else {}, turn, depth + 1)} if _there(turn, depth) else {}
    return {name: shape(one, turn, depth + 1) for name, one in schema["properties"].items()}


class AnswerAll:
    """Listens on loopback and answers each request with the shape whose ``turn`` it is."""

    def __init__(self) -> None:
        self.turn = 0
        self.asked: list[str] = []
        """Method and path of each request, and by ``shapes`` how many answers it may get."""
        self.shapes = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.answer(self)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - the base class calls them so

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> AnswerAll:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = request.path.partition("?")[0]
        self.asked.append(f"{request.command} {path}")
        found = answers_of(request.command, path)
        self.shapes = max(self.shapes, len(found))
        told = found[self.turn % len(found)] if found else None
        if isinstance(told, dict) and "has_more" in told and "cursor=" in request.path:
            told = {**told, "has_more": False, "next_cursor": None}  # the second page is the last one
        body = json.dumps(told).encode() if found else b""
        request.send_response(200 if body else 204)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def turns(self) -> Iterator[int]:
        """One turn after the other, until every answer to the longest list of them has been given."""
        self.turn, self.shapes, self.asked = 0, 1, []
        while self.turn < self.shapes:
            yield self.turn
            self.turn += 1
