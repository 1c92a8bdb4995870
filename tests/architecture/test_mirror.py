"""Tests mirror the rooms: whoever knows where a rule lies knows where it is tried."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, imported_names, modules, name_of, parsed

ROOMS = ("worktime", "model", "dsa", "rules", "notices", "views")
"""Rooms of `domain` in which each module has a test module of its name."""
MIRRORED = ("domain", "storage", "adapters", "cli", "runtime")

ELSEWHERE: dict[str, str] = {
    "domain/model/case.py": "the fold of every life; a state of an earlier form in storage/record/test_audit.py",
    "domain/model/people.py": "who stands above somebody: rules/test_fairness.py, and tests/storage/team/test_people.py",
    "domain/model/prior_decision.py": "one translation, tried with what follows from it in rules/test_prior_decision.py",
    "domain/model/translations.py": "how a text is found in a fact is tried with translating it: rules/test_translations.py",
    "domain/model/statement.py": "lists the fields that are text; dsa/test_statement.py tries every field",
    "domain/views/actions.py": "what somebody may do is in their view of the case: views/test_case.py, and the matrix",
    "domain/views/withdrawal.py": "who sees a wish is tried where wishes are voiced: rules/test_withdrawal.py",
    "domain/dsa/checks.py": "each check is tried on both sides of its edge by the rule that uses it, in dsa/test_rules.py",
    "domain/rules/case_import_changes.py": "what the facts of a moved case do to it: rules/test_case_import.py",
    "domain/rules/ruling_told.py": "what a ruling says is tried with its rules: rules/test_ruling.py, letters' promises",
    "domain/rules/clocks_told.py": "what is told of a clock is tried with its rules: rules/test_clocks.py, letters' promises",
    "domain/rules/departures.py": "what a granted exception changes is tried with granting it: rules/test_policy_exceptions.py",
    "domain/rules/given_back.py": "what providers gave back is tried with what they say: rules/test_provider_news.py",
    "domain/rules/shares.py": "the money of several is tried with all that several do: rules/test_parties.py",
    "domain/rules/measures.py": "named by whoever ends a case, with what ends it: rules/test_withdrawal.py",
    "domain/rules/audiences.py": "the phase that outsiders see is tried with their views, in views/test_case.py and the matrix",
    "domain/rules/agreement.py": "what an agreement brings about is tried with the offers: rules/test_settlement.py",
    "domain/rules/agreement_terms.py": "read with the agreements that it writes down: rules/test_settlement.py",
    "domain/rules/proposals.py": "answered by the commands that answer offers: rules/test_settlement.py",
    "domain/rules/permission.py": "every cell of the matrix and every button asks it: rules/test_lifecycle_matrix.py",
    "domain/rules/phases.py": "entering, closing and reopening are tried by every life: rules/test_decide.py, the machine",
    "domain/rules/remedy.py": "an amount that is missing is refused with the ruling or the offer; its words are read in letters",
    "domain/rules/topic.py": "what every topic has to say is held by rules/test_topics.py",
    "domain/rules/evolve.py": "every fact of every release is folded in test_kept_facts.py, and every life of the machine",
    "domain/rules/triggers.py": "its words start and stop the clocks of rules/test_timetable.py",
    "domain/notices/data.py": "what a notice says is tried with who is told it, in notices/test_plan.py",
    "domain/views/evidence.py": "who sees which request is tried with the rules of asking, in rules/test_evidence.py",
    "domain/views/explain_words.py": "its sentences are read in views/test_explain.py",
}
"""Modules that are tried in another place, and why."""


def _behaves(path: Path) -> bool:
    """Whether a module does something that others ask it for; a shape, and a topic's own parts, do not."""
    return any(isinstance(node, ast.FunctionDef) and not node.name.startswith("_") for node in parsed(path).body)


def _behaving() -> list[Path]:
    return [path for room in ROOMS for path in modules(f"domain/{room}") if _behaves(path)]


def _mirror(path: Path) -> Path:
    return ROOT / "tests" / path.relative_to(ROOT).with_name(f"test_{path.name}")


def test_every_module_that_behaves_has_a_test_module_of_its_name() -> None:
    missing = [name_of(path) for path in _behaving() if not _mirror(path).exists() and name_of(path) not in ELSEWHERE]
    assert missing == [], "write tests/domain/<room>/test_<topic>.py, or say in ELSEWHERE where it is tried"


def test_nothing_stands_in_the_list_that_has_its_tests_or_is_gone() -> None:
    needed = {name_of(path) for path in _behaving() if not _mirror(path).exists()}
    assert [name for name in ELSEWHERE if name not in needed] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_test_module_of_a_room_is_named_after_a_module(room: str) -> None:
    """`test_clocks.py`, or `test_clocks_of_a_reopened_case.py` where one module's rules fill several."""
    topics = {path.stem for path in modules(f"domain/{room}")}
    tests = [path.stem.removeprefix("test_") for path in sorted((ROOT / "tests" / "domain" / room).glob("test_*.py"))]
    assert [test for test in tests if not any(f"{test}_".startswith(f"{topic}_") for topic in topics)] == []


def test_every_folder_of_tests_is_a_folder_of_the_house() -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests") for room in MIRRORED for path in (ROOT / "tests" / room).rglob("test_*.py")
    }
    assert [folder.as_posix() for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []


def test_no_test_imports_another_one() -> None:
    """What two tests need is built in tests/support."""
    borrowed = [
        f"{name_of(path)} imports {name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in imported_names(path)
        if ".test_" in name or ".conftest" in name
    ]
    assert borrowed == []
