"""Amounts are translated exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.currencies import NotExact, from_decimal, from_stripe, from_typed
from domain.base import Money
from domain.currencies import exponent, in_words


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("86.36", "USD", 8636),
        ("86.3", "USD", 8630),
        ("86", "USD", 8600),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("12.345", "KWD", 12345),
        ("1.5", "CLF", 15000),
        ("0.01", "EUR", 1),
        ("10000000000000.00", "EUR", 10**15),
    ],
)
def test_decimals_become_minor_units(value: str, currency: str, minor: int) -> None:
    assert from_decimal(value, currency) == Money(amount=minor, currency=currency)


@pytest.mark.parametrize(
    ("value", "currency"),
    [
        ("500.50", "JPY"),
        ("1.234", "USD"),
        ("-1.00", "USD"),
        ("1,000.00", "USD"),
        ("1e5", "USD"),
        ("NaN", "USD"),
        ("", "USD"),
        ("١٢", "USD"),
        ("1.00\n", "USD"),
        ("99999999999999.99", "USD"),
        ("1.00", "usd"),
        ("1.00", "US"),
    ],
)
def test_what_is_not_exact_is_refused(value: str, currency: str) -> None:
    with pytest.raises(NotExact):
        from_decimal(value, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(1000, "usd", 1000), (500, "jpy", 500), (12340, "kwd", 12340), (500, "isk", 5), (700, "ugx", 7), (3, "mga", 300)],
)
def test_stripes_units_become_isos(amount: int, currency: str, minor: int) -> None:
    assert from_stripe(amount, currency) == Money(amount=minor, currency=currency.upper())


def test_half_a_krona_is_refused() -> None:
    with pytest.raises(NotExact):
        from_stripe(550, "isk")


@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD", "CLF", "EUR"]))
def test_written_and_read_again_is_the_same(amount: int, currency: str) -> None:
    written, code = in_words(amount, currency).split(" ")
    assert from_decimal(written.replace(",", ""), code) == Money(amount=amount, currency=currency)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12,50", "EUR", 1250),
        ("12,5", "EUR", 1250),
        (" 12.50 ", "EUR", 1250),
        ("1,250.00", "EUR", 125000),
        ("1.250,00", "EUR", 125000),
        ("1 250", "EUR", 125000),
        ("1\u202f250,00", "EUR", 125000),
        ("1’250.50", "CHF", 125050),
        ("1,250,000", "EUR", 125000000),
        ("1.250.000", "EUR", 125000000),
        ("1,250.00 EUR", "EUR", 125000),
        ("1,250", "JPY", 1250),
        ("1.250", "KWD", 1250),
        ("1250,500", "KWD", 1250500),
    ],
)
def test_what_somebody_types_is_read_where_it_can_be_read_in_one_way(typed: str, currency: str, minor: int) -> None:
    assert from_typed(typed, currency) == Money(amount=minor, currency=currency)


@pytest.mark.parametrize(
    ("typed", "currency", "words"),
    [
        ("1,250", "EUR", "Write 1250.00, or as in 12.50."),
        ("1.250", "EUR", "Write 1250.00, or as in 12.50."),
        ("1,250", "KWD", "Write 1250.000, or as in 12.500."),
        ("1.250", "JPY", "Write 1250."),
        ("12,505", "EUR", "Write 12505.00"),
        ("0,500", "EUR", "at most 2 digits"),
        ("500.00", "JPY", "no digits after a point"),
        ("-5", "EUR", "without sign"),
        ("+5", "EUR", "without sign"),
        ("€5", "EUR", "12.50"),
        ("5 USD", "EUR", "12.50"),
        ("12 50", "EUR", "12.50"),
        ("1,25,000", "EUR", "12.50"),
        ("1,250,00", "EUR", "12.50"),
        ("1.2.3", "EUR", "12.50"),
        ("12,", "EUR", "12.50"),
        ("", "EUR", "12.50"),
        ("1_000", "EUR", "12.50"),
        ("١٢", "EUR", "12.50"),
        ("1e5", "EUR", "12.50"),
        ("9" * 16, "EUR", "too large"),
        ("5", "euro", "three-letter"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_the_way_to_write_it(typed: str, currency: str, words: str) -> None:
    with pytest.raises(NotExact) as refused:
        from_typed(typed, currency)
    assert words in str(refused.value)


CODES = st.sampled_from(["USD", "JPY", "KWD", "CLF", "EUR"])


@given(st.integers(0, 10**12), CODES)
def test_what_is_shown_of_an_amount_is_read_as_the_same_amount(amount: int, currency: str) -> None:
    shown = in_words(amount, currency)
    for typed in (shown, shown.split(" ")[0], shown.split(" ")[0].replace(",", "")):
        assert from_typed(typed, currency) == Money(amount=amount, currency=currency)


@given(st.text(alphabet="0123456789.,' -+\u00a0’", max_size=12), CODES)
def test_nothing_is_ever_read_larger_than_whoever_reads_its_last_mark_as_the_point_would(typed: str, currency: str) -> None:
    try:
        read = from_typed(typed, currency).amount
    except NotExact:
        return
    marks = [mark for mark in typed if mark in ".,"]
    shown = Decimal(in_words(read, currency).split(" ")[0].replace(",", ""))
    if (len(set(marks)) > 1 or len(marks) == 1) and exponent(currency):
        before, _, after = typed.rpartition(marks[-1])
        point = Decimal("".join(c for c in before if c.isdigit()) + "." + "".join(c for c in after if c.isdigit()))
        assert shown == point
    assert from_typed(in_words(read, currency), currency).amount == read


def test_amounts_for_people() -> None:
    assert [in_words(125000, "EUR"), in_words(500, "JPY"), in_words(12345, "KWD")] == ["1,250.00 EUR", "500 JPY", "12.345 KWD"]
    assert exponent("XYZ") == 2
