"""What `ombud policy new` writes lints clean, and its story comes true."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.lint import lint
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.rehearse import rehearse
from policies.scripts import read_script
from policies.skeleton import new_pack, new_story
from tests.support.cases import shelf

TITLES = ["Road fine", "Fine: road & co", "'quoted' # and more", "Bußgeld", "yes", "2026"]


@pytest.mark.parametrize("title", TITLES)
def test_a_plain_pack_lints_clean_whatever_it_is_called(title: str) -> None:
    text = new_pack("road_fine", title)
    assert lint(text, "road_fine.yaml", frozenset(shelf().calendars)) == []
    assert (load_pack(text, "x").kind, load_pack(text, "x").title) == ("road_fine", title)


def test_its_first_story_comes_true() -> None:
    story = read_script(new_story("road_fine"))
    lines = list(rehearse(shelf(), load_pack(new_pack("road_fine", "Road fine"), "x"), story))
    assert [missed for line in lines for missed in line.missed] == []
    assert lines[-1].phase == "appealable"


@pytest.mark.parametrize("path", sorted(PACKS_DIR.glob("*.yaml")), ids=lambda path: path.stem)
def test_one_like_another_pack_differs_in_its_name_alone(path: Path) -> None:
    old = path.read_text("utf-8")
    text = new_pack("mine", "My own", old)
    assert lint(text, "mine.yaml", frozenset(shelf().calendars)) == []
    mine, theirs = load_pack(text, "x"), load_pack(old, "x")
    names = {"kind", "title", "version"}
    assert (mine.kind, mine.title) == ("mine", "My own")
    assert mine.model_dump(exclude=names) == theirs.model_dump(exclude=names)
    assert text.count("\n#") >= old.count("\n#") - 2


def test_one_like_a_text_that_is_no_pack_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        new_pack("mine", "Mine", "- a list\n")
