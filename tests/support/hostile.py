"""What stops its reader, for processes in which strangers' bytes are read. They import it by its name."""

from __future__ import annotations

import os
from collections.abc import Callable

from adapters.intake.mail import MailIntake, Reply
from domain.model.report import Report


def spin() -> None:
    """Never ends."""
    while True:
        pass


def devour() -> int:
    """Takes all the memory that there is."""
    return len(bytes(64 << 30))


def crash() -> None:
    """Dies at once, as of a fault in a library."""
    os.abort()


def environment() -> frozenset[str]:
    """The names of the variables that a reader knows."""
    return frozenset(os.environ)


def grown() -> Callable[[], None]:
    """An answer that no reader gives: something that runs where it is taken apart."""
    return spin


class SpinningMail(MailIntake):
    """Reads no mail to its end whose subject says so."""

    def read(self, raw: bytes, *, kind: str | None = None) -> Report | Reply | None:
        if b"Subject: spin" in raw[:1_000]:
            spin()
        return super().read(raw, kind=kind)
