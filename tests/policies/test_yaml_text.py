"""YAML is read alike whoever scans it, builds nothing but plain values, and never brings the process down."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.pack import PACKS_DIR
from policies.yaml_text import line_of, nodes, read


@pytest.mark.parametrize("path", sorted(PACKS_DIR.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_pack_says_what_the_plain_reader_reads(path: Path) -> None:
    text = path.read_text("utf-8")
    assert read(text) == yaml.safe_load(text)


def test_a_tag_that_would_build_an_object_is_an_error() -> None:
    with pytest.raises(yaml.YAMLError, match="could not determine a constructor"):
        read("a: !!python/object/apply:os.getcwd []")


def test_what_is_nested_too_deeply_is_an_error_and_no_crash() -> None:
    for reads in (read, nodes):
        with pytest.raises(RecursionError):
            reads("[" * 20_000 + "]" * 20_000)


def test_the_line_of_a_forbidden_character_is_counted_after_letters_of_several_bytes() -> None:
    text = "title: Müßiggänger\nreason: übel\nbad: \x07\n"
    with pytest.raises(yaml.reader.ReaderError) as caught:
        read(text)
    assert line_of(text, caught.value) == 3
