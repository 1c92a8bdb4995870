"""Terms say of a clock only what is unusual, and every form that was ever written reads the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.model.terms import ClockTerms, Level, Terms
from domain.rules.reference import ReferenceData
from domain.worktime.spans import Span
from tests.support.cases import shelf
from tests.support.packs import a_report


class TestCompactTerms:
    """What goes without saying is not written; what was written out before still reads."""

    def clock(self, **fields: Any) -> ClockTerms:
        return ClockTerms.model_validate({"name": "ruling", "target": "8 working hours", **fields})

    @pytest.mark.parametrize(
        ("level", "written"),
        [
            (Level(name="warn", action="warn", audience=("owner",)), {"audience": "owner"}),
            (Level(name="breach", action="escalate"), {"action": "escalate"}),
            (Level(name="end", action="default", default="close"), {"default": "close"}),
            (Level(name="look", action="warn", at=0.5), {"name": "look", "at": 0.5}),
            (Level(name="warn", action="escalate"), {"name": "warn", "action": "escalate"}),
            (Level(name="breach", action="default", default="close"), {"name": "breach", "default": "close"}),
            (
                Level(name="breach", action="escalate", audience=("leads", "ops"), before=Span.days(2), repeat=Span.days(1)),
                {"action": "escalate", "audience": "leads ops", "before": "2 days", "repeat": "1 day"},
            ),
        ],
    )
    def test_a_level_says_only_what_is_unusual(self, level: Level, written: dict[str, Any]) -> None:
        assert level.model_dump(mode="json") == written
        assert Level.model_validate(written) == level

    def test_the_form_of_the_first_releases_reads_the_same(self) -> None:
        """Lists for words, every level with its name, and every default spelt out."""
        first = {
            "name": "ruling", "waits_for": "staff", "target": "8 working hours", "roll": False, "calendar": None,
            "during": "review", "starts": [], "stops": [], "pauses": ["evidence_requested"], "resumes": ["requests_settled"],
            "levels": [
                {"name": "warn", "at": 0.8, "action": "warn", "default": None, "audience": ["owner"], "reassign": False},
                {"name": "breach", "at": 1.0, "action": "escalate", "audience": ["leads", "ops"], "repeat": "1 business day"},
            ],
        }  # fmt: skip
        now = self.clock(
            during="review", pauses="evidence_requested", resumes="requests_settled",
            levels=[
                {"at": 0.8, "audience": "owner"},
                {"action": "escalate", "audience": "leads ops", "repeat": "1 business day"},
            ],
        )  # fmt: skip
        assert ClockTerms.model_validate(first) == now
        assert ClockTerms.model_validate_json(now.model_dump_json()) == now

    def test_words_are_codes_and_nothing_else(self) -> None:
        for wrong in ("everybody", "Owner", "owner, leads"):
            with pytest.raises(ValidationError):
                Level.model_validate({"audience": wrong})
        with pytest.raises(ValidationError):
            self.clock(starts="Case-Opened", levels=[{}])

    def test_terms_that_carry_their_notices_still_do(self) -> None:
        """So they were written before notices were found in the pack."""
        terms, _ = shelf().terms(a_report("bounty_dispute"))
        raw = terms.model_dump(mode="json") | {"notices": {"ruling_issued": ["all"]}, "version": "0" * 64}
        old = Terms.model_validate(raw)
        assert ReferenceData({}, shelf().notices, "2026a").notices_of(old) == {"ruling_issued": ("all",)}
        assert Terms.model_validate_json(old.model_dump_json()) == old

    def test_the_notices_of_others_are_found_by_the_version_of_their_pack(self) -> None:
        terms, _ = shelf().terms(a_report("bounty_dispute"))
        reference = ReferenceData({}, shelf().notices, "2026a")
        assert reference.notices_of(terms) == shelf().packs["bounty_dispute"].notices
        with pytest.raises(KeyError):
            reference.notices_of(terms.model_copy(update={"version": "0" * 64}))
