"""Amounts are translated exactly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.currencies import NotExact, from_decimal, from_stripe
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


def test_amounts_for_people() -> None:
    assert [in_words(125000, "EUR"), in_words(500, "JPY"), in_words(12345, "KWD")] == ["1,250.00 EUR", "500 JPY", "12.345 KWD"]
    assert exponent("XYZ") == 2
