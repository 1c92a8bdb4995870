"""The hash chain: each hash covers its fact and the hash before it, and a fact is written down in one way alone."""

from __future__ import annotations

import pytest

from domain.model.chain import canonical, chained, link, root
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
    for recording in RECORDINGS:
        body = recording.model_dump(mode="json")
        assert canonical(dict(reversed(body.items()))) == canonical(recording)


def test_a_json_column_may_forget_that_a_number_was_a_float() -> None:
    assert canonical({"scale": 1.0}) == canonical({"scale": 1}) == '{"scale":1}'


def test_a_number_that_json_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"scale": float("nan")})
