"""What an e-mail address is: one function for every door by which one comes in (the API, pages, mail, providers, files)."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from domain.base import plain

LONGEST, LONGEST_LOCAL, LONGEST_LABEL = 254, 64, 63
"""Octets of an address, of what stands before its ``@``, and of each part of the name behind it (RFC 5321, 4.5.3.1; RFC 1034)."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
"""A local part in quotation marks may hold a space, or any other sign (RFC 5321, section 4.1.2)."""
_ATOMS = re.compile(r'[^\s"\\(),:;<>@\[\]]+')
"""Any other one, in any script (RFC 6531). Where its dots may stand is its host's affair: some have given out ``a..b``."""
_LABEL = re.compile(r"[^\x00-,./:-@\[-^`{-\x7f\s]+")
"""Part of the name of a host, in any script (RFC 5890); of ASCII letters, digits and strokes."""
_DOTS = str.maketrans("\u3002", ".")
"""The full stop of Chinese and Japanese keyboards, which browsers take for a dot (UTS 46); NFKC knows its other forms."""


def address_of(given: str) -> str | None:
    """The address as letters go there: no blanks around it, its host in the usual letters. None: there can be none."""
    value = given.strip()
    local, at, host = value.rpartition("@")
    host = host if host.isascii() else unicodedata.normalize("NFKC", host).translate(_DOTS)
    host = host.removesuffix(".") if "." in host[:-1] else host
    address = f"{local}{at}{host}"
    if plain(value) != value or plain(host) != host or _octets(address) > LONGEST or not 0 < _octets(local) <= LONGEST_LOCAL:
        return None
    if not (_ATOMS.fullmatch(local) or _QUOTED.fullmatch(local)):
        return None
    return address if (_is_literal(host) if host.startswith("[") else _is_name(host)) else None


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _is_literal(host: str) -> bool:
    """The number of a host in brackets (RFC 5321, section 4.1.3)."""
    inside = host[1:-1] if host.endswith("]") else ""
    try:
        if inside[:5].lower() == "ipv6:":
            return "%" not in inside and bool(IPv6Address(inside[5:]))
        return bool(IPv4Address(inside))
    except AddressValueError:
        return False


def _is_name(host: str) -> bool:
    """The name of a host below a top-level domain: no such one is a number (RFC 3696, section 2)."""
    labels = host.split(".")
    return len(labels) > 1 and not labels[-1].isdigit() and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    if not _LABEL.fullmatch(label) or not label.isprintable() or label.startswith("-") or label.endswith("-"):
        return False
    try:
        if label[:4].lower() == "xn--":
            script = label[4:].encode("ascii").decode("punycode")
            # What stands for letters of a script has some, is no other spelling of it, and nothing that a label cannot hold.
            same = script.encode("punycode").decode("ascii").lower() == label[4:].lower()
            return len(label) <= LONGEST_LABEL and same and not script.isascii() and script.isprintable()
        return len(label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}") <= LONGEST_LABEL
    except UnicodeError:
        return False
