"""Money as the outside world writes it, to and from minor units. Exact: nothing is ever rounded."""

from __future__ import annotations

import re
from decimal import Decimal

from domain.base import Money
from domain.currencies import exponent

_STRIPE_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe's "smallest unit" is not ISO's: it kept two digits for ISK and UGX when they lost theirs, and counts MGA whole."""

_DECIMAL = re.compile(r"^[0-9]{1,15}(\.[0-9]{1,6})?$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")


class NotExact(ValueError):
    """The amount cannot be written in whole minor units of its currency, or is no amount at all."""


def from_decimal(value: str, currency: str) -> Money:
    """``("86.36", "USD")`` is 8636 cents, ``("500", "JPY")`` is 500 yen. Raises :class:`NotExact`."""
    if not _DECIMAL.fullmatch(value):
        raise NotExact("Write the amount as digits with a point, without sign or separators.")
    return _money(Decimal(value), _checked_code(currency))


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
