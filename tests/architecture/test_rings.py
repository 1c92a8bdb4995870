"""No ring of modules anywhere, imports for types alone counted, and nothing is patched."""

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.house import imports_of, modules, name_of


def test_no_module_imports_itself_by_a_detour() -> None:
    try:
        TopologicalSorter({name_of(path): imports_of(path) for path in modules()}).prepare()
    except CycleError as ring:
        pytest.fail("These modules import each other in a ring:\n" + "\n".join(ring.args[1]), pytrace=False)


def test_nothing_is_patched() -> None:
    """Collaborators are handed in; ``mock.patch`` and pytest's own would test a program that nobody runs."""
    import re

    from tests.architecture.house import ROOT

    patching = re.compile(r"\bmock\.patch|\bfrom unittest import mock|\bmonkeypatch\.setattr")
    found = [
        name_of(path)
        for folder in ("tests", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if patching.search(path.read_text(encoding="utf-8")) and path.name != "test_rings.py"
    ]
    assert found == []
