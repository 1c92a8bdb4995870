"""A real mail server that keeps every message it accepts as a file: for the demo, for `make up` and for tests.

It answers 250 only when the message is on disk. Nothing is merged or dropped: a mail that comes twice makes two files.
"""

import argparse
import asyncio
import os
import signal
import sys
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailSink:
    """Listens on 127.0.0.1 and puts each message into `folder` as `000001.eml`, `000002.eml`, … in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> int:
        """Begin to listen; 0 takes a free port. The port is returned."""
        self._folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", ident="Ombud mail catcher", enable_SMTPUTF8=True, loop=loop),
            "127.0.0.1",
            port,
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Take no more mail. What was accepted stays."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def mails(self) -> list[EmailMessage]:
        """Everything that was accepted, in the order of arrival."""
        return read_mails(self._folder)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep one message with its envelope, then accept it."""
        stamp = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        try:
            name = self._keep("\r\n".join(stamp).encode() + b"\r\n" + content)
        except OSError as error:
            return f"451 cannot be kept now: {error.strerror}"
        return f"250 kept as {name}"

    def _keep(self, message: bytes) -> str:
        """Write the message whole under the next free number; other processes may write into the same folder."""
        draft = self._folder / f".{os.getpid()}-{id(message)}"
        with draft.open("wb") as out:
            out.write(message)
            out.flush()
            os.fsync(out.fileno())
        number = max((int(path.stem) for path in self._folder.glob("[0-9]*.eml")), default=0) + 1
        while True:
            try:
                os.link(draft, self._folder / f"{number:06}.eml")
            except FileExistsError:
                number += 1
            else:
                draft.unlink()
                return f"{number:06}.eml"


def read_mails(folder: Path) -> list[EmailMessage]:
    """The messages kept in `folder`, in the order of arrival; `Delivered-To` says to whom each really went."""
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(path.read_bytes()) for path in sorted(folder.glob("[0-9]*.eml"))]


async def _serve(folder: Path, port: int) -> None:
    sink, ended = MailSink(folder), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    sys.stdout.write(f"{await sink.start(port)}\n")
    sys.stdout.flush()  # the one who started this reads the port from here
    await ended.wait()
    await sink.stop()


def main() -> None:
    """Run the mail server until it is asked to end; prints its port."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where the messages are kept")
    wanted = parser.parse_args()
    asyncio.run(_serve(wanted.folder, wanted.port))


if __name__ == "__main__":
    main()
