"""Who sent a mail, as far as our own mail relay vouches for it (SPF, DKIM and DMARC in its Authentication-Results, RFC 8601).

Anybody can write such a header into their own mail. Only that of the relay that is named in the settings counts, and of several
with its name the top-most, with those right below it where it has a filter for each question: a relay writes above what came,
and takes away what others wrote in its name (section 5 there).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

import authres  # type: ignore[import-untyped]  # it has no types

Network = IPv4Network | IPv6Network
Verdict = Literal["pass", "fail", "unproven", "none"]
"""``pass``: the domain in From sent it. ``fail``: it says so and it is not so. ``unproven``: our relay has looked, and does not
show that it is so, or has said nothing. ``none``: there is no relay that could look, or it could not ask just now."""

_BROKEN = (authres.AuthResError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]", re.IGNORECASE)
_MOST_HOPS = 10
"""Servers of our own that a mail passes on its way to the door."""
_FAILS = ("fail", "hardfail", "policy")
"""A softfail is no statement that a mail is forged (RFC 7208, section 8.5), nor is a record that cannot be read."""


def verdict_of(results: Sequence[str], relays: Sequence[str], address: str, together: int = 1) -> Verdict:
    """What the trusted relays (their ``authserv-id``) say of a mail from ``address``; ``results`` are the values of its
    Authentication-Results, the top-most first, and the first ``together`` of them stand on each other above what came.

    Without a relay nothing is ever proved. What speaks against the sender is believed of the top-most header, whoever wrote it:
    nobody gains by forging that. A relay that is named and has said nothing may not have seen the mail: it came by another way,
    and whoever found that way may have the letter's token from somebody else's files.
    """
    found = []
    for at, value in enumerate(results):
        parsed = _parsed(value)
        if parsed is None and any(relay.lower() in value.lower() for relay in relays):
            # Perhaps our relay's own, which nobody can read: what stands below it is nobody's word.
            return "unproven"
        if parsed is not None and _named(parsed, relays):
            return _judged(_whole(parsed, results[at + 1 : together]), _domain(address))
        found += [parsed] if parsed is not None else []
    if relays:
        return "unproven"
    return "fail" if found and _judged(found[0], "") == "fail" else "none"


def no_path_said(results: Sequence[str], relays: Sequence[str], together: int = 1) -> bool:
    """Whether nothing of what the relay says of SPF speaks against a mail that bears the null return path: a bounce has it (RFC
    3464, section 2), and SPF is asked for such a mail by its ``helo``, or for the postmaster there (RFC 7208, section 2.4).

    Where a relay is named in the settings and says nothing, or nothing that can be read, that is no proof of a server.
    """
    if not relays:
        return True
    for at, value in enumerate(results):
        parsed = _parsed(value)
        if parsed is None and any(relay.lower() in value.lower() for relay in relays):
            return False
        if parsed is not None and _named(parsed, relays):
            whole = _whole(parsed, results[at + 1 : together])
            asked = [one for one in whole.results if _method(one) == "spf"]
            paths = {_of(one, "smtp", "mailfrom").strip("<> ") for one in asked}
            return not any(_result(one) in _FAILS for one in asked) and all(
                not path or path.startswith("postmaster@") for path in paths
            )
    return False


def handed_back(results: Sequence[str], relays: Sequence[str], received: Sequence[str], networks: Sequence[Network] = ()) -> bool:
    """Whether a trusted relay wrote the mail itself, as it does where another server refused a letter.

    Of what it writes itself it has asked nobody's SPF, and its own ``Received`` has no ``from`` (RFC 5321, section 4.4: what came
    by SMTP has one). Whatever came from outside has such a field above all that others wrote. Above its own stand only those by
    which its mail went on inside: to one of ``relays``, from an address in one of ``networks``, as whoever took it wrote it.
    """
    for field in received[:_MOST_HOPS]:
        came, by = _hop(field)
        host = by.lower().rstrip(".;")
        if not any(host == relay.lower() or host.endswith(f".{relay.lower()}") for relay in relays):
            return False
        if came is None:
            break
        if not _within(came, networks):
            return False
    else:
        return False
    parsed = [_parsed(value) for value in results]
    return not any(one is None or any(_method(result) == "spf" for result in one.results) for one in parsed)


def _hop(field: str) -> tuple[str | None, str]:
    """From where a server took a mail, as its ``Received`` says (None: it wrote it itself), and by which name it goes."""
    words = field.split()
    if len(words) > 1 and words[0].lower() == "by":
        return None, words[1]
    at = next((n for n, word in enumerate(words) if word.lower() == "by"), len(words))
    return " ".join(words[:at]), words[at + 1] if at + 1 < len(words) else ""


def _within(came: str, networks: Sequence[Network]) -> bool:
    """Whether all addresses that stand there are of these networks, with one in the comment that the server itself wrote: what a
    stranger calls themselves stands before it."""
    found = _ADDRESS.findall(came)
    if not found or _ADDRESS.search(came.partition("(")[2]) is None:
        return False
    try:
        addresses = [ip_address(one) for one in found]
    except ValueError:
        return False
    return all(any(one in network for network in networks) for one in addresses)


def _domain(address: str) -> str:
    """As it stands in such a header: in the letters of the domain name system (RFC 8601, section 5, and RFC 5890)."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except ValueError:
        return domain


def _parsed(value: str) -> authres.AuthenticationResultsHeader | None:
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {' '.join(value.split())}")
    except _BROKEN:
        return None


def _whole(top: authres.AuthenticationResultsHeader, below: Sequence[str]) -> authres.AuthenticationResultsHeader:
    """What the same relay says in several headers, one on the other: of each question the top-most answer."""
    for value in below:
        more = _parsed(value)
        if more is None or str(more.authserv_id or "").lower() != str(top.authserv_id or "").lower():
            break
        known = {_method(one) for one in top.results}
        top.results.extend(one for one in more.results if _method(one) not in known)
    return top


def _named(header: authres.AuthenticationResultsHeader, relays: Sequence[str]) -> bool:
    return str(header.authserv_id or "").lower() in {relay.lower() for relay in relays}


def _judged(header: authres.AuthenticationResultsHeader, domain: str) -> Verdict:
    """DMARC's verdict when there is one (RFC 7489); else what of SPF and DKIM is about the domain in From. What the relay says of
    the domain in another From than the one that is read here speaks against the mail: two readers saw two authors."""
    dmarc = [result for result in header.results if _method(result) == "dmarc"]
    if any(_result(one) in _FAILS for one in dmarc):
        return "fail"
    of = {_of(one, "header", "from").rstrip(".") for one in dmarc} - {""}
    if domain and of and domain not in of:
        return "fail"
    if any(_result(one) == "pass" for one in dmarc):
        return "pass" if domain else "none"
    others = [result for result in header.results if _method(result) in ("spf", "dkim")]
    if domain and any(_result(one) == "pass" and _aligned(one, domain) for one in others):
        return "pass"
    passed = any(_result(one) == "pass" for one in others)
    # Where DMARC was asked and says nothing, the others alone show nobody to be forged: whatever is forwarded fails them. Nor
    # does a signature that does not fit: it is as none (RFC 6376, section 6.1).
    fails = not dmarc and any(_result(one) in _FAILS and _method(one) == "spf" for one in others)
    if not passed and fails:
        return "fail"
    # A domain that could not be asked for just now says nothing, and nobody else has sent it as far as is known.
    asked_in_vain = any(_result(one) == "temperror" for one in dmarc) and not passed
    return "none" if asked_in_vain or not domain else "unproven"


def _aligned(result: object, domain: str) -> bool:
    """Whether it is about the domain in From, or about one that holds it. An empty one is about nothing."""
    if _method(result) == "dkim":
        signed = _of(result, "header", "d") or _of(result, "header", "i")
    else:
        signed = _of(result, "smtp", "mailfrom")
    about = signed.rpartition("@")[2].rstrip(".")
    return "." in about and (domain == about or domain.endswith(f".{about}"))


def _method(result: object) -> str:
    return str(getattr(result, "method", "") or "").lower()


def _result(result: object) -> str:
    return str(getattr(result, "result", "") or "").lower()


def _of(result: object, kind: str, name: str) -> str:
    for one in getattr(result, "properties", ()):
        if str(one.type).lower() == kind and str(one.name).lower() == name:
            return str(one.value or "").lower()
    return ""
