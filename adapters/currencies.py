"""Money as the outside world writes it, to and from minor units. Exact: nothing is ever rounded."""

from __future__ import annotations

import re
from decimal import Decimal

from domain.base import Money
from domain.currencies import exponent

_STRIPE_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe's "smallest unit" is not ISO's: it kept two digits for ISK and UGX when they lost theirs, and counts MGA whole."""

_DECIMAL = re.compile(r"^[0-9]{1,15}(\.[0-9]{1,6})?$")
_TYPED = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}([ ,.'])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)([.,])([0-9]+))?")
"""Groups of three with one sign between them, and another one before the part."""
_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
"""Spaces and apostrophes that look the same."""
_GROUP, _LONGEST = 3, 15
_CURRENCY = re.compile(r"^[A-Z]{3}$")


class NotExact(ValueError):
    """The amount cannot be written in whole minor units of its currency, or is no amount at all."""


def from_decimal(value: str, currency: str) -> Money:
    """``("86.36", "USD")`` is 8636 cents, ``("500", "JPY")`` is 500 yen. Raises :class:`NotExact`."""
    if not _DECIMAL.fullmatch(value):
        raise NotExact("Write the amount as digits with a point, without sign or separators.")
    return _money(Decimal(value), _checked_code(currency))


def from_typed(text: str, currency: str) -> Money:
    """What somebody typed: ``12.50`` and ``12,50`` are 1250 cents, ``1,250.00``, ``1.250,00`` and ``1 250`` are 125000.

    Only what can be read in one way is read. ``1,250`` in euros is what one writes for 1250.00 and another for 1.25, so it is
    neither. Raises :class:`NotExact`, which says how to write it.
    """
    digits = exponent(_checked_code(currency))
    said = text.translate(_SAME).strip().removesuffix(currency).removeprefix(currency).strip()
    grouped = _GROUPED.fullmatch(said)
    if grouped is not None and grouped[4] is None and _could_be_a_part(said, grouped[2], digits):
        if grouped[2] == "." and digits == _GROUP:
            return from_decimal(said, currency)
        whole = f"{said.replace(grouped[2], '')}{'.' if digits else ''}{'0' * digits}"
        other = f", or as in {_such_as(digits)}" if digits else ""
        raise NotExact(f"“{said}” can be read in two ways. Write {whole}{other}.")
    plain = _TYPED.fullmatch(said)
    if grouped is not None:
        whole, part = re.sub("[^0-9]", "", grouped[1]), grouped[4] or ""
    elif plain is not None:
        whole, part = plain[1], plain[3] or ""
    else:
        raise NotExact(f"Write the amount as digits with a point, without sign or words, as in {_such_as(digits)}.")
    if len(part) > digits:
        most = f"at most {digits} digits after the point" if digits else "no digits after a point"
        raise NotExact(f"{currency} has {most}: write it as in {_such_as(digits)}.")
    if len(whole) > _LONGEST:
        raise NotExact("The amount is too large.")
    return from_decimal(f"{whole}.{part}" if part else whole, currency)


def _could_be_a_part(said: str, mark: str, digits: int) -> bool:
    """One mark with three digits behind it: a thousand to some, a part to others. A comma in a currency without a part is what we
    write ourselves."""
    return mark in ",." and said.count(mark) == 1 and bool(digits or mark == ".")


def _such_as(digits: int) -> str:
    return f"12.{'50'.ljust(digits, '0')[:digits]}" if digits else "1250"


def from_stripe(amount: int, currency: str) -> Money:
    """Stripe's smallest units (lower-case currency) as ISO minor units. Raises :class:`NotExact`."""
    code = _checked_code(currency.upper())
    return _money(Decimal(amount).scaleb(-_STRIPE_EXPONENTS.get(code, exponent(code))), code)


def _checked_code(currency: str) -> str:
    if not _CURRENCY.fullmatch(currency):
        raise NotExact("The currency is the three-letter code of ISO 4217.")
    return currency


def _money(value: Decimal, currency: str) -> Money:
    minor = value.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise NotExact(f"{currency} has {exponent(currency)} digits after the point; the amount has more.")
    if not 0 <= minor <= 10**15:
        raise NotExact("The amount is below zero or too large.")
    return Money(amount=int(minor), currency=currency)
