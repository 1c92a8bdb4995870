"""The platform's mail server, on loopback: it takes mail by SMTP and hands each one to Ombud as it came, as a real one would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.embedded.processes import free_port


class MailDoor:
    """Listens on 127.0.0.1. ``hand_over`` takes a raw mail to ``POST /v1/intake/email``.

    It answers as the API does: 250 when the mail is on disk there, 451 when it is to come again, 554 when it is none.
    """

    def __init__(self, hand_over: Callable[[bytes], httpx2.Response]) -> None:
        self._hand_over = hand_over
        self._controller: Controller | None = None
        self.answers: list[httpx2.Response] = []
        """What the API answered, in the order in which mail came."""

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._controller is not None, "it was started"
        return int(self._controller.port)

    def start(self) -> None:
        """Begin to listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
        self._controller.start()

    def stop(self) -> None:
        """Take no more mail."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Hand one mail over, below what every server writes above it."""
        stamp = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        content: Any = envelope.content or b""
        raw = "\r\n".join(stamp).encode() + b"\r\n" + (content if isinstance(content, bytes) else content.encode())
        try:
            answer = await asyncio.to_thread(self._hand_over, raw)
        except httpx2.HTTPError as away:
            return f"451 not now: {type(away).__name__}"
        self.answers.append(answer)
        if answer.is_success:
            return "250 taken"
        return (
            "451 not now" if answer.status_code == 429 or answer.status_code >= 500 else "554 this is no mail that can be taken"
        )
