"""Amounts in words, by the digits that each currency has (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal

_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217 (list one): digits after the point, where they are not two."""


def exponent(currency: str) -> int:
    """How many digits after the point the currency has."""
    return _EXPONENTS.get(currency, 2)


def in_words(amount: int, currency: str) -> str:
    """For people: ``1,250.00 EUR``, ``500 JPY``."""
    digits = exponent(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency}"
