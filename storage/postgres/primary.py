"""Finds the server that takes writes: of the hosts that an address names, the first that answers and is no standby."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from asyncpg.connect_utils import SessionAttribute

if TYPE_CHECKING:
    RawConnection = asyncpg.Connection[asyncpg.Record]
else:
    RawConnection = asyncpg.Connection

HOST_WITHIN = 3.0
"""Seconds that one host of several may take: where a machine is gone nothing answers, and the next must have its turn."""
CONNECT_WITHIN = 60.0
"""Seconds for a new connection where nobody is in a hurry."""
_PORT = 5432
_NEXT = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""After these the next host is asked. A wrong password is wrong everywhere."""


class NoPrimary(ConnectionError):
    """Servers of the database answer, and none takes writes: as between the end of one primary and the start of the next."""

    def __init__(self) -> None:
        super().__init__("The database takes no writes: whoever answers is a standby, or was made read-only.")


class Hosts:
    """The hosts of one address (``postgresql://user@one,two:5433/ombud``); the one that took writes last is asked first."""

    def __init__(self, dsn: str) -> None:
        self._hosts = hosts_of(dsn)
        self._wanted = None if "target_session_attrs" in parse_qs(urlsplit(dsn).query) else SessionAttribute.read_write

    async def connect(self, dsn: str, *, timeout: float = CONNECT_WITHIN, **options: Any) -> RawConnection:  # noqa: ASYNC109 - it is asyncpg's
        """A new connection to the server that takes writes (or is what the address demands with ``target_session_attrs``).

        Raises :class:`NoPrimary` where only others answer, and else what asyncpg raises of the last host.
        """
        each = timeout if len(self._hosts) == 1 else min(timeout / len(self._hosts), HOST_WITHIN)
        read_only, last = False, None
        for host in self._hosts:
            try:
                found: RawConnection = await asyncpg.connect(
                    dsn, timeout=each, target_session_attrs=self._wanted, **_named(host), **options
                )
            except _NEXT as error:
                read_only |= isinstance(error, asyncpg.TargetServerAttributeNotMatched)
                last = error
            else:
                self._hosts = [host, *(other for other in self._hosts if other != host)]
                return found
        if read_only:
            raise NoPrimary from last
        assert last is not None  # there is at least one host
        raise last


async def connect(dsn: str, *, timeout: float = CONNECT_WITHIN, **options: Any) -> RawConnection:  # noqa: ASYNC109 - as above
    """One connection, beside any pool, to the server that takes writes. Raises as :meth:`Hosts.connect`."""
    return await Hosts(dsn).connect(dsn, timeout=timeout, **options)


Host = tuple[str, int] | None
"""None: whatever asyncpg finds by itself, as where the address names no host or a socket."""


def hosts_of(dsn: str) -> list[Host]:
    """The hosts that an address names, in its order; ``[None]`` where asyncpg can find its way alone, to one host."""
    listed = urlsplit(dsn).netloc.rpartition("@")[2].split(",")
    if len(listed) == 1:
        return [None]
    return [_host(unquote(one)) for one in listed]


def _host(text: str) -> Host:
    """A name or address with or without a port; an address of IPv6 stands in brackets."""
    name, _, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not name:
        name, port = port, ""
    return name.strip("[]"), int(port) if port else _PORT


def _named(host: Host) -> dict[str, Any]:
    return {} if host is None else {"host": host[0], "port": host[1]}
