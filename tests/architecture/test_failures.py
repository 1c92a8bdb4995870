"""What is raised for Temporal is worded by us: its message goes into a history as it is (`runtime.plugin.CodedFailures`)."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import modules, name_of, parsed

OURS = {
    "never.code": "a code of the error table",
    "str(told)": "how many seconds the other side asked for",
    "detail": "a sentence of ours with numbers",
    "given.detail or ''": "the words of a refusal: codes, numbers, names of fields",
}
"""What may stand there beside a sentence that is written out, and why."""


@pytest.mark.parametrize("path", modules("activities", "workflows"), ids=name_of)
def test_an_error_for_temporal_quotes_nobody(path: Path) -> None:
    raised = [
        node.args[0]
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApplicationError"
    ]
    said = [ast.unparse(message) for message in raised if not isinstance(message, ast.Constant)]
    assert not set(said) - set(OURS), f"{name_of(path)} raises with {sorted(set(said) - set(OURS))}"
