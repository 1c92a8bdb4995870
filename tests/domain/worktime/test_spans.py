"""Durations are one text outside and a checked value inside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.worktime.spans import Span, SpanUnit


class Target(BaseModel):
    """Something with a span in it."""

    within: Span


spans = st.builds(Span, unit=st.sampled_from(SpanUnit), amount=st.integers(0, 1200)) | st.builds(
    Span, unit=st.sampled_from([SpanUnit.WALL, SpanUnit.WORKING]), amount=st.integers(0, 10**14)
)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("8 working hours", Span.working(timedelta(hours=8))),
            ("30 working minutes", Span.working(timedelta(minutes=30))),
            ("1.5 business hours", Span.working(timedelta(minutes=90))),
            ("3 business days", Span.business_days(3)),
            ("1 working day", Span.business_days(1)),
            ("10 days", Span.days(10)),
            ("2 weeks", Span.days(14)),
            ("1 month", Span.months(1)),
            ("1 year", Span.months(12)),
            ("15 minutes", Span.wall(timedelta(minutes=15))),
            ("2.5 hours", Span.wall(timedelta(minutes=150))),
            ("20 seconds", Span.wall(timedelta(seconds=20))),
            ("  8  Working   Hours ", Span.working(timedelta(hours=8))),
            ("PT8H", Span.wall(timedelta(hours=8))),
            ("PT1H30M", Span.wall(timedelta(minutes=90))),
            ("PT0,5S", Span.wall(timedelta(milliseconds=500))),
            ("P1M", Span.months(1)),
            ("P1Y6M", Span.months(18)),
            ("P10D", Span.days(10)),
            ("P2W", Span.days(14)),
        ],
    )
    def test_reads_words_and_iso_8601(self, text: str, span: Span) -> None:
        assert Span.parse(text) == span

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "span_unknown"),
            ("soon", "span_unknown"),
            ("8 working weeks", "span_unknown"),
            ("-1 days", "span_unknown"),
            ("1 fortnight", "span_unknown"),
            ("P", "span_unknown"),
            ("PT", "span_unknown"),
            ("P1DT2H", "span_mixed"),
            ("P1M10D", "span_mixed"),
            ("2.5 days", "span_not_whole"),
            ("101 years", "span_too_long"),
            ("99999999999999999999999 days", "span_too_long"),
            ("P99999999999999999999999Y", "span_too_long"),
            ("9" * 5000 + " hours", "span_too_long"),
        ],
    )
    def test_refuses_with_stable_codes(self, text: str, code: str) -> None:
        with pytest.raises(ValidationError) as caught:
            Span.parse(text)
        assert [error["type"] for error in caught.value.errors()] == [code]

    def test_refuses_a_negative_number(self) -> None:
        with pytest.raises(ValidationError, match="cannot be negative"):
            Span.days(-1)


class TestText:
    @pytest.mark.parametrize(
        ("span", "text"),
        [
            (Span.working(timedelta(hours=8)), "8 working hours"),
            (Span.working(timedelta(hours=1)), "1 working hour"),
            (Span.wall(timedelta(minutes=150)), "150 minutes"),
            (Span.wall(timedelta(microseconds=1_500_000)), "1.5 seconds"),
            (Span.wall(timedelta(0)), "0 seconds"),
            (Span.business_days(1), "1 business day"),
            (Span.months(12), "12 months"),
        ],
    )
    def test_is_plain(self, span: Span, text: str) -> None:
        assert str(span) == text

    @given(span=spans)
    def test_comes_back_the_same(self, span: Span) -> None:
        assert Span.parse(str(span)) == span

    @given(span=spans)
    def test_is_what_json_holds(self, span: Span) -> None:
        json = Target(within=span).model_dump_json()
        assert json == f'{{"within":"{span}"}}'
        assert Target.model_validate_json(json).within == span

    def test_is_what_the_schema_promises(self) -> None:
        for mode in ("validation", "serialization"):
            assert Target.model_json_schema(mode=mode)["$defs"]["Span"]["type"] == "string"


class TestScaled:
    @pytest.mark.parametrize(
        ("text", "scaled"),
        [
            ("8 working hours", "8 seconds"),
            ("15 minutes", "0.25 seconds"),
            ("3 business days", "24 seconds"),
            ("1 day", "24 seconds"),
            ("1 month", "12 minutes"),
        ],
    )
    def test_makes_hours_into_seconds(self, text: str, scaled: str) -> None:
        assert Span.parse(text).scaled(1 / 3600) == Span.parse(scaled)


class TestTime:
    def test_is_known_for_clock_time_only(self) -> None:
        assert Span.parse("PT8H").time == timedelta(hours=8)
        with pytest.raises(ValueError, match="depends on the date"):
            _ = Span.months(1).time
