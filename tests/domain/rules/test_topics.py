"""What topics say is complete: of every command what follows from it, of every fact who may know it, and nothing twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.model.case import Case
from domain.model.commands import COMMANDS
from domain.model.facts import FACTS
from domain.notices.data import SAID
from domain.rules import topics
from domain.rules.audiences import OUTSIDE
from domain.rules.decide import RULES
from domain.rules.evolve import CHANGES
from domain.rules.lifecycle import TABLE
from domain.rules.topics import REFUSES, TOPICS, merged
from domain.rules.triggers import MEANS
from domain.rules.visibility import KNOWN, knows

ROOM = Path(topics.__file__).parent
COMMAND_TYPES = set(COMMANDS.json_schema()["discriminator"]["mapping"])
FACT_TYPES = set(FACTS.json_schema()["discriminator"]["mapping"])

ONLY_NOTED = {
    # The opening fact makes the case; the others say in the record what another fact beside them has done, or did elsewhere.
    "case_opened", "case_declined", "case_skipped", "level_passed",
    "note_added", "past_message_kept", "right_renamed",
}  # fmt: skip
"""Facts that change nothing by themselves."""


def test_every_command_has_its_rule() -> None:
    assert RULES.keys() == COMMAND_TYPES - {"open"}, "a command without a rule would be answered 'broken'"


def test_every_command_stands_in_the_table() -> None:
    assert {row.command for row in TABLE} == COMMAND_TYPES - {"open"}, "nobody may send a command without a row"


def test_of_every_fact_somebody_has_decided_who_may_know_it() -> None:
    """What is missing is known to nobody outside; that is safe, and yet no decision."""
    assert KNOWN.keys() == FACT_TYPES


def test_each_decision_on_who_may_know_has_its_reason() -> None:
    assert [name for name, known in KNOWN.items() if not known.because.endswith(".")] == []


def test_every_fact_changes_the_case_or_is_meant_not_to() -> None:
    assert FACT_TYPES - CHANGES.keys() == ONLY_NOTED


@pytest.mark.parametrize(("said", "types"), [(CHANGES, FACT_TYPES), (MEANS, FACT_TYPES), (SAID, FACT_TYPES),
                                             (REFUSES, COMMAND_TYPES)], ids=["changes", "means", "said", "refuses"])  # fmt: skip
def test_nothing_is_said_of_what_there_is_not(said: dict[str, object], types: set[str]) -> None:
    assert said.keys() - types == set()


WITNESSES_SEE = {
    "case_opened", "phase_entered", "case_declined", "case_closed", "case_withdrawn", "case_reopened",  # where the matter stands
    "ruling_issued", "case_remitted", "past_decision_kept", "amount_stated",  # how it was decided
    "message_sent", "past_message_kept", "evidence_submitted",  # where it is meant for all
}  # fmt: skip
WITNESSES_HEAR = {"appeal_lodged", "appeal_withdrawn", "case_moved_in", "ruling_annulled", "case_disclosed"}
"""That the case stands otherwise since, and nothing of what passes between the sides."""


def test_a_witness_sees_how_the_matter_stands_and_nothing_that_passes_between_the_sides() -> None:
    """Reviewed by hand, and written without the topics."""
    assert {name for name, known in KNOWN.items() if known.third_parties not in ("nothing", "news")} == WITNESSES_SEE
    assert {name for name, known in KNOWN.items() if known.third_parties == "news"} == WITNESSES_HEAR


def test_what_no_topic_speaks_of_is_known_to_nobody_outside() -> None:
    class Forgotten:
        type = "forgotten"

    nobody: Any = None
    fact: Any = Forgotten()
    assert [audience for audience in OUTSIDE if knows(nobody, fact, audience)] == []


def test_two_topics_do_not_speak_of_the_same() -> None:
    with pytest.raises(ValueError, match="two topics speak of note"):
        merged([{"note": 1}, {"note": 2}])


def test_every_file_with_a_topic_has_its_line() -> None:
    with_topic = {path.stem for path in ROOM.glob("*.py") if "\nTOPIC = Topic(" in path.read_text(encoding="utf-8")}
    named = {path.stem for path in ROOM.glob("*.py") if f"    {path.stem}.TOPIC,\n" in (ROOM / "topics.py").read_text()}
    assert with_topic == named
    assert len(with_topic) == len(TOPICS)


def test_what_changes_are_fields_of_the_case() -> None:
    """A misspelt field would be set beside the others and lost at the next read."""
    wrong = {f"{path.name}: {name}" for path in ROOM.glob("*.py") for name in _changed(path) if name not in Case.model_fields}
    assert wrong == set()


def _changed(path: Path) -> Iterator[str]:
    """The keys of every dict that a function which answers a ``Change`` returns."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef) or ast.unparse(function.returns or ast.Constant(None)) != "Change":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
                yield from (str(key.value) for key in node.value.keys if isinstance(key, ast.Constant))
