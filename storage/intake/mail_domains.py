"""Whose a domain is, for counting mail: whoever has registered it may write from as many below it as they like."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=2)
def _list(only_icann: bool) -> PublicSuffixList:
    # Read once (some 50 ms), from the package: nobody is asked on the network.
    return PublicSuffixList(only_icann=only_icann)


@lru_cache(maxsize=4_096)
def registered(domain: str, *, hosts: bool = False) -> str:
    """The domain that somebody has registered, by the public suffix list (publicsuffix.org): ``x.co.uk`` for ``a.b.x.co.uk``.
    What is none (an address in numbers, a suffix itself) is as it is. ``hosts``: a provider's domain below which it gives places
    to others (``x.github.io``) counts as its own, and each of them alone otherwise.
    """
    plain = domain.lower().rstrip(".")
    if plain.startswith("[") or plain.replace(".", "").isdigit():
        return plain
    try:
        plain = plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except ValueError:
        return plain
    return _list(hosts).privatesuffix(plain) or plain
