"""What was worked out, as it goes back."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from api.kit.idempotent import Reply


def answer(reply: Reply) -> Response:
    """The HTTP response of a reply."""
    headers = {"Idempotent-Replayed": "true"} if reply.replayed else {}
    if reply.status_code == 202:
        headers["Retry-After"] = "2"
    if reply.status_code in (201, 202) and "links" in reply.body:
        headers["Location"] = reply.body["links"]["self"]
    return Response(to_json(reply.body), reply.status_code, headers, media_type="application/json")


def created(address: str, body: dict[str, Any]) -> Response:
    """What was made just now, with where it is read from now on."""
    return Response(to_json(body), 201, {"Location": address}, media_type="application/json")


def shown(body: dict[str, Any]) -> Response:
    """What was asked for, as it is."""
    return answer(Reply(200, body))
