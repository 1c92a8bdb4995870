"""A slip of the pen anywhere in a pack is found: in fields and triggers, and in names that anybody may choose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from policies.folders import calendar_files
from policies.lint import lint
from policies.pack import PACKS_DIR
from policies.yaml_text import nodes

CALENDARS = frozenset(calendar_files())
NAME = re.compile(r"[a-z][a-z0-9]*([_./:-][a-z0-9]+)*")
FREE = frozenset({"title", "labels"})
"""What people read: no name."""
SAFETY = (PACKS_DIR / "safety_incident.yaml").read_text(encoding="utf-8")


def misspelt(word: str) -> str:
    """Two letters in the middle of its longest part changed about."""
    part = max(re.split("[_./:-]", word), key=len)
    for at in range(max(0, len(part) // 2 - 1), len(part) - 1):
        if part[at] != part[at + 1]:
            return word.replace(part, part[:at] + part[at + 1] + part[at] + part[at + 2 :], 1)
    return f"{word}q"


def names(node: yaml.Node | None, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    """Every field and every value of a pack that is a name, with the kind of place where it stands."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield ((*place, "a field" if place[-1:] != ("categories",) else "a category"), key)
            if key.value not in FREE:
                yield from names(value, (*place, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from names(item, (*place, "item"))
    elif isinstance(node, yaml.ScalarNode) and place[-1] != "when":
        yield place, node


def said(text: str) -> set[tuple[str, str]]:
    return {(found.place, found.problem) for found in lint(text, "mine.yaml", CALENDARS)}


@pytest.mark.parametrize("path", sorted(PACKS_DIR.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_slip_of_the_pen_is_found_wherever_a_name_stands(path: Path) -> None:
    text, tried, missed = path.read_text(encoding="utf-8"), set[tuple[tuple[str, ...], str]](), list[str]()
    for place, node in names(nodes(text), ()):
        # One of each kind of place and first letter: some hundred, and not the thousands that there are.
        word = str(node.value)
        like_it = (place, word[0])
        if node.tag != "tag:yaml.org,2002:str" or len(word) < 5 or not NAME.fullmatch(word) or like_it in tried:
            continue
        tried.add(like_it)
        start, end = node.start_mark.index, node.end_mark.index
        wrong = text[:start] + text[start:end].replace(word, misspelt(word), 1) + text[end:]
        if not said(wrong):
            missed.append(f"{'.'.join(place)}: {word} as {misspelt(word)}")
    assert len(tried) > 50
    assert missed == []


class TestWhatAConditionCanNeverFind:
    MODERATION = (PACKS_DIR / "moderation_appeal.yaml").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("right", "wrong", "meant"),
        [
            ('report.appellant == "reporter"', 'report.appellant == "reportr"', "reporter"),
            ('report.appellant == "reporter"', "report.appellant != 'authro'", "author"),
            ('"demonetise"]', '"demonetize"]', "demonetise"),
        ],
    )
    def test_it_is_an_error_and_says_what_was_meant(self, right: str, wrong: str, meant: str) -> None:
        assert right in self.MODERATION
        (found,) = lint(self.MODERATION.replace(right, wrong, 1), "mine.yaml", CALENDARS)
        assert found.severity == "error"
        assert f"did you mean '{meant}'?" in found.problem

    def test_whether_anything_was_said_can_be_asked(self) -> None:
        assert 'report.decision == ""' in self.MODERATION
        assert said(self.MODERATION) == set()


class TestNamesThatAreLikeNoOther:
    @pytest.mark.parametrize("name", ["safety-uk", "zone_a", "zone_b", "safety-partner-2", "night_desk"])
    def test_are_whoever_s_who_chose_them(self, name: str) -> None:
        assert said(SAFETY.replace("sites: [", f"sites: [{name}, ", 1)) == set()

    def test_the_one_that_stands_in_the_pack_once_is_the_slip(self) -> None:
        own = SAFETY.replace("sites: [", "sites: [harbour_desk, harbuor_desk, ", 1).replace(
            "queue_calendars: {", "queue_calendars: {harbour_desk: us-office, ", 1
        )
        problems = [problem for _, problem in said(own) if "harb" in problem]
        assert [problem.split(";")[0] for problem in problems] == [
            "'harbuor_desk' is written like 'harbour_desk' elsewhere in this pack"
        ]
