"""The hash chain: each hash covers its fact and the hash before it, and a fact is written down in one way alone."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.model.case import Case
from domain.model.chain import canonical, chained, link, root
from domain.model.facts import Recording
from tests.support.cases import a_case

RECORDINGS = a_case().in_review().recordings


def test_each_link_covers_the_one_before() -> None:
    links = chained("", RECORDINGS)
    assert [one.prev_hash for one in links] == ["", *(one.hash for one in links[:-1])]
    assert [one.hash for one in links] == [link(one.prev_hash, one.recording) for one in links]


def test_a_hash_covers_tenant_and_case() -> None:
    places = [("acme", "case_1"), ("acme", "case_2"), ("umbrella", "case_1")]
    ends = {chained(root(*place), RECORDINGS)[-1].hash for place in places}
    assert len(ends) == len(places), "the same facts, and yet each chain is that of its own case"


def test_a_changed_fact_changes_every_hash_after_it() -> None:
    forged = RECORDINGS[1].model_copy(update={"seq": 99})
    before, after = chained("", RECORDINGS), chained("", (RECORDINGS[0], forged, *RECORDINGS[2:]))
    assert before[0].hash == after[0].hash
    assert not {one.hash for one in before[1:]} & {one.hash for one in after[1:]}


def test_what_was_read_back_hashes_like_what_was_written() -> None:
    for one in chained("", RECORDINGS):
        body = json.loads(one.written)
        assert canonical(dict(reversed(body.items()))) == canonical(one.recording) == one.written


def test_what_is_null_is_not_written_and_reads_the_same() -> None:
    for recording in RECORDINGS:
        written = canonical(recording)
        assert "null" not in written
        assert Recording.model_validate_json(written) == recording


def test_a_fact_of_the_first_form_hashes_as_it_was_written() -> None:
    first = RECORDINGS[0].model_copy(update={"form": 1})
    body = first.model_dump(mode="json")
    assert body["received_at"] is None
    assert canonical(first) == canonical(body) != canonical(RECORDINGS[0])


def _models(root: Any, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if isinstance(root, type) and issubclass(root, BaseModel) and root not in seen:
        seen.add(root)
        for field in root.model_fields.values():
            _models(field.annotation, seen)
    for inner in get_args(root):
        _models(inner, seen)
    return seen


@pytest.mark.parametrize("kept", [Recording, Case], ids=["facts", "state"])
def test_what_may_be_null_is_null_unless_it_is_said(kept: type[BaseModel]) -> None:
    """What is null is not written: a field that may be null and is something else by default would come back as that."""
    wrong = [
        f"{model.__name__}.{name}"
        for model in _models(kept, set())
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation) and (field.is_required() or field.get_default() is not None)
    ]
    assert not wrong


def test_a_json_column_may_forget_that_a_number_was_a_float() -> None:
    assert canonical({"scale": 1.0}) == canonical({"scale": 1}) == '{"scale":1}'


@pytest.mark.parametrize("value", [1.0, -2.0, 0.0, 1e22, [3.0], {"deep": [0, -4.0]}])
def test_a_whole_float_is_found_wherever_it_stands(value: Any) -> None:
    written = canonical({"id": "5e4.2", "value": value})
    assert canonical(json.loads(written)) == written
    assert ".0" not in written


def test_a_number_that_json_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"scale": float("nan")})
