"""Has files looked through by clamd in its own protocol (INSTREAM, clamd(8)): a file goes there in pieces, a word comes back."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta

from activities.ports.errors import Never

PIECE = 64_000
"""Bytes of one piece; clamd takes any that fits its StreamMaxLength."""
SCAN_FOR = timedelta(seconds=60)
_FOUND = re.compile(rb"^stream: (.{1,200}) FOUND\s*$")


class ScannerAway(ConnectionError):
    """No scanner answers; nothing is taken unscanned where one was asked for."""

    code = "scanner_away"


@dataclass(frozen=True)
class Clamd:
    """A clamd at ``address``: ``host:port``, or the path of its socket."""

    address: str
    scan_for: timedelta = SCAN_FOR

    async def scan(self, data: bytes) -> None:
        """Returns when nothing was found. Raises :class:`Never` (``file_infected``) and :class:`ScannerAway`."""
        answer = await self._asked(b"zINSTREAM\0", data)
        if _FOUND.match(answer):
            raise Never("file_infected", "A scanner found something harmful in the file.")
        if answer.strip() != b"stream: OK":
            # Its limit on size, or a fault of its own: then it has not looked.
            raise ScannerAway("clamd has not looked at the file")

    async def check(self) -> None:
        """Returns when it answers. Raises :class:`ScannerAway`."""
        if (await self._asked(b"zPING\0", None)).strip() != b"PONG":
            raise ScannerAway("clamd gives another answer than it should")

    async def _asked(self, command: bytes, data: bytes | None) -> bytes:
        try:
            async with asyncio.timeout(self.scan_for.total_seconds()):
                reader, writer = await self._connected()
                try:
                    writer.write(command)
                    if data is not None:
                        await _streamed(writer, data)
                    await writer.drain()
                    return (await reader.read(4_096)).rstrip(b"\0")
                finally:
                    writer.close()
        except (OSError, TimeoutError) as error:
            raise ScannerAway(f"clamd does not answer: {type(error).__name__}") from error

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


async def _streamed(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Each piece with its length before it; a piece of no length ends it. clamd hangs up in the middle of what is too long."""
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        writer.write(len(piece).to_bytes(4, "big") + piece)
        await writer.drain()
    writer.write((0).to_bytes(4, "big"))
