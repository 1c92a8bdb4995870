"""The one table of error codes: complete, documented, and each code with its page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from api.kit.problems import PROBLEMS, errors_page
from domain.model import refusals
from tests.support.office import Office
from tests.support.places import ROOT

SOURCES = [
    path
    for room in ("domain", "storage", "services", "adapters/intake", "adapters/identity", "console")
    for path in sorted((ROOT / room).rglob("*.py"))
]
SOURCES = [path for path in [*SOURCES, ROOT / "policies" / "shelf.py"] if path.stat().st_size]
# Answers one line of JSON with another on the command line, errors of its own included; nothing of it reaches the API.
SOURCES.remove(ROOT / "services" / "calendar_questions.py")
RAISERS = {"PydanticCustomError": 0, "Conflict": 0, "Never": 0, "Refused": 0, "Problem": 0, "FieldError": 1}
"""What is raised with a code, and which of its arguments the code is."""

_INSIDE = {
    # Raised where a deadline is computed: what the API gets of it is the answer "broken".
    "worktime_error", "calendar_never_opens", "instant_naive", "instant_out_of_range", "pause_backwards",
    # What became of a split whose text had been erased: the note of an effect, never an answer.
    "text_erased",
    # Said by a process that does not start, so that it answers nobody.
    "digest_key_differs", "master_key_lost",
    # Told on the command line; the API answers it as the sealed data that it is, `vault_fault`.
    "archive_unreadable",
    # pydantic's own words for a field that nobody knows, and one that is not there: they stand in `errors` beside a code of ours.
    "extra_forbidden", "missing",
}  # fmt: skip


@cache
def codes_in(path: Path) -> tuple[str, ...]:
    """Every error code that a module says in its own text."""
    return tuple(_codes(path))


def _codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in RAISERS and len(args) > RAISERS[name]:
                yield from _text(args[RAISERS[name]])
            case ast.Call(func=ast.Attribute(attr="one"), args=[code, *_], keywords=keywords):
                yield from _text(code)
                yield from (text for k in keywords if k.arg == "field_code" for text in _text(k.value))
            case ast.Call(func=ast.Name(id="_wrong"), args=[_, code, _]):
                yield from _text(code)
            case ast.Dict(keys=keys, values=values):
                yield from (t for k, v in zip(keys, values, strict=True) if k and list(_text(k)) == ["code"] for t in _text(v))
            case ast.Assign(targets=[ast.Name(id="code")], value=value) | ast.AnnAssign(target=ast.Name(id="code"), value=value):
                yield from _text(value)
            case _:
                pass


def _text(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_the_scan_finds_what_it_looks_for() -> None:
    found = {code for path in SOURCES for code in codes_in(path)}
    assert {
        "text_too_long",
        "external_id_reused",
        "signature_invalid",
        "too_deep",
        "sender_missing",
        "own_ruling",
        "kind_unknown",
    } <= found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_code_has_a_row(path: Path) -> None:
    assert sorted(set(codes_in(path)) - PROBLEMS.keys() - _INSIDE) == []


def test_every_refusal_has_a_row() -> None:
    kinds: list[type[refusals.Refusal]] = [refusals.Refusal, *refusals.Refusal.__subclasses__()]
    assert [kind.code for kind in kinds if kind.code not in PROBLEMS] == []


@pytest.mark.parametrize(("room", "raised_by"), [("api", "Problem"), ("services", "Refused")])
def test_every_code_that_is_raised_has_a_row(room: str, raised_by: str) -> None:
    """A problem without a row would raise a KeyError at the worst moment, and a refusal without one would lose its own code."""
    raised: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == raised_by and node.args:
                raised.update(_text(node.args[0]))
    assert len(raised) > 10
    assert raised - PROBLEMS.keys() == set()


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_row_says_what_it_means_and_what_to_do(code: str) -> None:
    row = PROBLEMS[code]
    assert 400 <= row.status < 600
    assert row.title
    assert row.advice.endswith(".")


def test_the_reference_page_is_fresh() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    assert page == errors_page(), "docs/reference/errors.md is stale: run `python -m api.kit.problems --write`"


@pytest.mark.postgres
async def test_every_code_has_a_page(office: Office) -> None:
    desk = office.desk(None)
    listed = (await desk.get("/problems")).text
    for code, row in PROBLEMS.items():
        page = await desk.get(f"/problems/{code}")
        assert page.status_code == 200
        assert f"HTTP {row.status}" in page.text
        assert f"/problems/{code}" in listed
    assert (await desk.get("/problems/nothing")).status_code == 404
