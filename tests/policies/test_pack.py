"""The shipped packs bind cases as they say, and their terms travel in every opening fact."""

from __future__ import annotations

import json

import pytest

from domain.base import Priority
from domain.model.terms import MAX_TERMS_BYTES, Terms
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from tests.support.cases import KINDS, shelf
from tests.support.packs import a_report

MARGIN = 200
"""Bytes that the longest terms of a shipped pack leave for what a later release adds, also where a danger was said."""


def size(terms: Terms) -> int:
    """What they take; the names of a tenant's calendars are the tenant's."""
    return len(terms.model_dump_json(exclude={"names"}).encode())


class TestShippedPacks:
    def test_have_the_kinds_that_tests_live_by(self) -> None:
        assert set(KINDS) <= set(shelf().packs)

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_version_follows_from_the_content(self, kind: str) -> None:
        text = (PACKS_DIR / f"{kind}.yaml").read_text("utf-8")
        assert load_pack(text, kind).version == shelf().packs[kind].version
        assert load_pack(text + "\n# a comment\n", kind).version != shelf().packs[kind].version

    @pytest.mark.parametrize("kind", sorted(shelf().packs))
    @pytest.mark.parametrize("priority", list(Priority))
    def test_terms_travel_in_every_opening_fact_and_stay_small(self, kind: str, priority: Priority) -> None:
        for scale in (1.0, 1 / 3600):
            terms, _ = shelf().terms(a_report(kind, priority=priority), scale)
            assert terms.priority is priority
            # Spans of a development tenant take longer to write ("9h 44m 24s", not "1461 days"), and so do ladders of such spans.
            longer = -MARGIN if scale == 1.0 else 512
            assert size(terms) <= MAX_TERMS_BYTES + longer
            assert Terms.model_validate_json(terms.model_dump_json()) == terms
            assert Terms.model_validate(terms.model_dump()) == terms

    @pytest.mark.parametrize("kind", sorted(shelf().packs))
    def test_terms_of_a_report_of_a_danger_leave_as_much(self, kind: str) -> None:
        terms, _ = shelf().terms(a_report(kind, attributes={"threat_to_life": True}))
        assert size(terms) <= MAX_TERMS_BYTES - MARGIN
        assert Terms.model_validate_json(terms.model_dump_json()) == terms

    @pytest.mark.parametrize("kind", sorted(shelf().packs))
    def test_terms_that_an_earlier_release_wrote_at_length_are_read(self, kind: str) -> None:
        """What is short now was a list, and every rung of every ladder."""
        terms, _ = shelf().terms(a_report(kind, priority=Priority.URGENT))
        said = json.loads(terms.model_dump_json())
        said["ladder"] = [step.model_dump(mode="json") for step in terms.ladder]
        said["ladders"] = {key: [step.model_dump(mode="json") for step in steps] for key, steps in terms.ladders.items()}
        for name in ("conditions", "complaint_routes", "by_hand", "appeal_needs"):
            said[name] = list(getattr(terms, name))
        for row, outcome in zip(said["outcomes"], terms.outcomes, strict=True):
            row["lost_by"] = list(outcome.lost_by)
        assert Terms.model_validate(said) == terms

    def test_say_until_when_what_is_known_is_kept(self) -> None:
        """Without it nothing of the kind is ever past its time; and what can be taken up again can be read."""
        for kind in shelf().packs:
            terms, _ = shelf().terms(a_report(kind))
            assert terms.keep_for is not None, kind
            assert terms.keep_for > terms.reopen_for, kind

    @pytest.mark.parametrize("hour_lasts", [7200, 13, 7, 3.7, 3, 0.3, 0.0072])
    def test_open_a_case_however_long_an_hour_of_the_rules_lasts(self, hour_lasts: float) -> None:
        for kind in shelf().packs:
            for priority in Priority:
                terms, _ = shelf().terms(a_report(kind, priority=priority), hour_lasts / 3600)
                assert terms.time_scale == hour_lasts / 3600

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_more_urgent_the_sooner(self, kind: str) -> None:
        order = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]
        for name in ("first_response", "ruling"):
            targets = [clock.target for p in order if (clock := shelf().terms(a_report(kind, priority=p))[0].clock(name))]
            assert len(targets) == 4
            assert [t.amount for t in targets] == sorted(t.amount for t in targets)

    @pytest.mark.parametrize("kind", KINDS)
    def test_whoever_is_told_of_something_is_told_that_it_is_over(self, kind: str) -> None:
        told = shelf().packs[kind].notices
        for begun, over in (("appeal_lodged", "appeal_withdrawn"), ("interim_imposed", "interim_ended")):
            assert set(told.get(begun, ())) <= set(told.get(over, ())), over

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_outcome_is_lost_by_somebody(self, kind: str) -> None:
        assert all(outcome.lost_by for outcome in shelf().packs[kind].outcomes)
