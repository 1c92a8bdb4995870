"""The schema for editors takes every pack that can be used, and marks what is misspelt; each field says what it means."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
import pytest

from policies.pack import PACKS_DIR
from policies.schema import pack_schema
from policies.skeleton import new_pack
from policies.yaml_text import read

SCHEMA = pack_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
SHIPPED = sorted(PACKS_DIR.glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_takes_the_packs_that_ship(path: Any) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(path.read_text("utf-8")))] == []


def test_takes_a_new_pack() -> None:
    assert VALIDATOR.is_valid(read(new_pack("road_fine", "Road fine")))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("quue",), "x"),
        (("opens_in",), "claim"),
        (("notices", "offer_made:shop"), ["all"]),
        (("notices", "case_opened"), ["press"]),
        (("clocks", 0, "like"), "triag"),
        (("clocks", 0, "starts"), ["message_sent:respondant"]),
        (("clocks", 0, "strats"), ["case_opened"]),
        (("outcomes", 0, "lost_by"), ["everybody"]),
        (("gates", 0, "then"), "refuse"),
    ],
)
def test_marks_what_lint_calls_misspelt(place: tuple[Any, ...], value: object) -> None:
    raw = copy.deepcopy(read((PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")))
    where = raw
    for step in place[:-1]:
        where = where[step]
    where[place[-1]] = value
    assert not VALIDATOR.is_valid(raw)


def test_every_field_says_what_it_means() -> None:
    parts = {"Pack": SCHEMA, **SCHEMA["$defs"]}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, about in part.get("properties", {}).items()
        if not about["description"].endswith((".", "one."))
    ]
    assert silent == []
