"""Of an exception its class and its code are told, whatever it says."""

import errno
from typing import Any

import aiosmtplib
import asyncpg
import pytest
from pydantic import TypeAdapter, ValidationError

from activities.ports.errors import Never
from adapters.delivery.endpoints import EndpointFailed
from runtime.errors import ServiceFault
from runtime.failures import class_and_code

CANARY = "<canary@example.org>"


def unique() -> BaseException:
    error: Any = asyncpg.UniqueViolationError(f"Key (address)=({CANARY}) already exists")
    error.detail = CANARY
    made: BaseException = error
    return made


def unread() -> BaseException:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python(CANARY)
    return caught.value


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (unique(), "UniqueViolationError 23505"),
        (unread(), "ValidationError"),
        (aiosmtplib.SMTPDataError(554, f"{CANARY} unknown"), "SMTPDataError 554"),
        (aiosmtplib.SMTPRecipientRefused(550, f"{CANARY} unknown", CANARY), "SMTPRecipientRefused 550"),
        (Never("address_refused", CANARY), "Never address_refused"),
        (Never(CANARY), "Never"),
        (ServiceFault("postgres_away", CANARY), "ServiceFault postgres_away"),
        (OSError(errno.EHOSTUNREACH, CANARY), "OSError EHOSTUNREACH"),
        (FileNotFoundError(errno.ENOENT, "No such file", CANARY), "FileNotFoundError ENOENT"),
        (EndpointFailed(500), "EndpointFailed"),
        (KeyError(CANARY), "KeyError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_class_and_code_are_told_and_nothing_else(error: BaseException, told: str) -> None:
    assert class_and_code(error) == told
