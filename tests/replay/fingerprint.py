"""The steps that make Temporal commands, read from the source of the workflows, with what decides whether and when they come.

    python -m tests.replay.fingerprint            show it
    python -m tests.replay.fingerprint --write    keep it, after README.md beside this file was read

A command is an activity, a timer, a child, a change of search attributes, an end; what a workflow keeps in mind decides about
them. Words, time-outs and summaries are left out: a replay does not look at them. Recorded histories only find what they happen
to pass; this finds every change.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.places import ROOT

KEPT = Path(__file__).with_name("fingerprint.json")
SOURCES = ("workflows/case.py", "workflows/delivery.py", "workflows/arrivals.py", "workflows/summaries.py", "workflows/upkeep.py")

_MAKES_COMMANDS = {
    "workflow.execute_activity", "workflow.start_activity", "workflow.execute_local_activity", "workflow.start_local_activity",
    "workflow.execute_child_workflow", "workflow.start_child_workflow", "workflow.sleep", "workflow.continue_as_new",
    "workflow.upsert_search_attributes", "workflow.upsert_memo", "workflow.patched", "workflow.deprecate_patch",
    "workflow.wait_condition", "workflow.wait", "workflow.uuid4", "workflow.uuid7", "workflow.random", "workflow.new_random",
    "workflow.logger", "asyncio.create_task", "asyncio.sleep", "asyncio.gather", "asyncio.timeout",
}  # fmt: skip
_NAMED = ("activity", "child_workflow", "patch")
_DECIDES = {"_has_news", "_has_rung", "_is_idle", "first_of"}
"""Functions that make no command, but say whether there is one: their answers are part of the steps."""

Steps = dict[str, list[str]]


def fingerprint(sources: Mapping[str, str]) -> dict[str, Steps]:
    """The steps of every function of these modules that makes commands, or calls one that does."""
    functions = {name: dict(_functions(ast.parse(text))) for name, text in sources.items()}
    names = _known(functions)
    found = {
        name: {title: list(_steps(f.body, names, "")) for title, f in each.items() if _counts(f, names)}
        for name, each in functions.items()
    }
    return {name: steps for name, steps in found.items() if steps}


def sources() -> dict[str, str]:
    """The workflows as they are."""
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in SOURCES}


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _Function):
                    doors = [ast.unparse(_without_words(d)) for d in inner.decorator_list]
                    yield " ".join([f"{node.name}.{inner.name}", *(f"@{d}" for d in doors)]), inner


def _without_words(decorator: ast.expr) -> ast.expr:
    """A door without what Temporal's page says of it."""
    if not isinstance(decorator, ast.Call):
        return decorator
    return ast.Call(decorator.func, decorator.args, [word for word in decorator.keywords if word.arg != "description"])


def _known(functions: Mapping[str, Mapping[str, _Function]]) -> set[str]:
    """How functions that make commands are called (``self._record``, ``summaries.hand_over``): found from the inside outwards."""
    known = set(_MAKES_COMMANDS)
    while True:
        more = set(known)
        for module, each in functions.items():
            for title, function in each.items():
                if any(_called(node) in known or _remembers(node) for node in ast.walk(function)):
                    name = title.split()[0].rpartition(".")
                    more.add(f"self.{name[2]}" if name[0] else f"{Path(module).stem}.{name[2]}")
        if more == known:
            return known
        known = more


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _remembers(node: ast.AST) -> bool:
    """Whether a statement changes what the workflow keeps in mind: ``self._look = True``, ``self._arrivals.append(pending)``."""
    match node:
        case ast.Assign():
            return any("self._" in ast.unparse(target) for target in node.targets)
        case ast.AugAssign() | ast.AnnAssign():
            return "self._" in ast.unparse(node.target)
        case ast.Delete():
            return "self._" in ast.unparse(node)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"))))):
            return True
        case _:
            return False


def _counts(function: _Function, names: set[str]) -> bool:
    inside = list(ast.walk(function))
    return function.name in _DECIDES or any(_called(node) in names or _remembers(node) for node in inside)


def _steps(body: list[ast.stmt], names: set[str], indent: str) -> Iterator[str]:
    """The steps of a block: calls in the order of the text, and around them whatever decides about them."""
    for node in body:
        if isinstance(node, ast.While | ast.For | ast.If | ast.Try | ast.With | ast.AsyncWith):
            blocks = list(_blocks(node))
            if any(list(_steps(block, names, "")) for _, block in blocks) or list(_calls(_head(node), names)):
                yield from (indent + call for call in _calls(_head(node), names))
                for title, block in blocks:
                    yield indent + title
                    yield from _steps(block, names, f"{indent}    ")
            continue
        yield from (indent + call for call in _calls(node, names))
        if _remembers(node):
            yield indent + ast.unparse(node)
        elif isinstance(node, ast.Break | ast.Continue | ast.Return | ast.Raise):
            yield indent + (ast.unparse(node) if isinstance(node, ast.Return) else ast.unparse(node).split("(")[0])


def _blocks(node: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    match node:
        case ast.While():
            yield f"while {ast.unparse(node.test)}:", node.body
        case ast.For():
            yield f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:", node.body
        case ast.If():
            yield f"if {ast.unparse(node.test)}:", node.body
            if node.orelse:
                yield "else:", node.orelse
        case ast.Try():
            yield "try:", node.body
            for handler in node.handlers:
                yield f"except {ast.unparse(handler.type) if handler.type else ''}:", handler.body
            if node.finalbody:
                yield "finally:", node.finalbody
        case ast.With() | ast.AsyncWith():
            yield f"with {', '.join(ast.unparse(item) for item in node.items)}:", node.body
        case _:
            raise AssertionError(node)


def _head(node: ast.stmt) -> ast.AST:
    return node.test if isinstance(node, ast.While | ast.If) else node.iter if isinstance(node, ast.For) else ast.Pass()


def _calls(node: ast.AST, names: set[str]) -> Iterator[str]:
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and _called(n) in names]
    # The innermost call runs first.
    for call in sorted(calls, key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0)):
        name = _called(call)
        if name.startswith("self._"):
            yield ast.unparse(call)
            continue
        what = ast.unparse(call.args[0]) if call.args and (name.endswith(_NAMED) or name == "workflow.wait_condition") else ""
        yield f"{name}({what})"


if __name__ == "__main__":
    text = json.dumps(fingerprint(sources()), indent=2) + "\n"
    if "--write" in sys.argv:
        KEPT.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
