"""Pages for people: what each error code means, and the operations of the API. No script, nothing from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.kit.problems import PROBLEMS
from services.errors import not_found

router = APIRouter(include_in_schema=False)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#8881;padding:.75rem;overflow:auto}"
    "summary{cursor:pointer;padding:.4rem 0}:root{color-scheme:light dark}"
)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"}


@router.get("/problems/{code}")
async def problem(code: str) -> Response:
    """The page of one code."""
    row = PROBLEMS.get(code)
    if row is None:
        raise not_found()
    inner = f"<h1>{escape(row.title)}</h1><p><code>{escape(code)}</code>, HTTP {row.status}</p><p>{_marked(row.advice)}</p>"
    return _page(row.title, inner + '<p><a href="/problems">All codes</a></p>')


@router.get("/problems")
async def problems() -> Response:
    """All codes."""
    rows = "".join(
        f'<li><a href="/problems/{code}"><code>{code}</code></a> {row.status}: {escape(row.title)}</li>'
        for code, row in sorted(PROBLEMS.items())
    )
    return _page("Errors", f"<h1>Errors</h1><ul>{rows}</ul>")


@router.get("/v1/openapi.json")
async def openapi(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(request.app.openapi())


@router.get("/v1/docs")
async def docs(request: Request) -> Response:
    """The operations with their examples."""
    described: dict[str, Any] = request.app.openapi()
    operations = ((path, method, said) for path, methods in described["paths"].items() for method, said in methods.items())
    inner = "".join(_operation(path, method, said) for path, method, said in operations)
    intro = '<p>See also <a href="/v1/openapi.json">the OpenAPI description</a> and <a href="/problems">the error codes</a>.</p>'
    return _page("Ombud API", f"<h1>Ombud API</h1><p>{escape(described['info']['description'])}</p>{intro}{inner}")


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parts = [f"<details><summary><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</summary>"]
    parts.append(f"<p>{_marked(operation.get('description', ''))}</p>")
    parts += [_example("Takes", content) for content in operation.get("requestBody", {}).get("content", {}).values()]
    for status, answer in operation.get("responses", {}).items():
        if not status.endswith("XX"):
            parts += [_example(f"{status} {answer['description']}", content) for content in answer.get("content", {}).values()]
    return "".join([*parts, "</details>"])


def _example(title: str, content: dict[str, Any]) -> str:
    example = content.get("example")
    if example is None:
        return ""
    text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return f"<p>{escape(title)}</p><pre>{escape(text)}</pre>"


def _marked(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _page(title: str, inner: str) -> Response:
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    text = f"{head}<title>{escape(title)}</title><style>{_STYLE}</style><main>{inner}</main></html>"
    return HTMLResponse(text, headers=_HEADERS)
