"""Strangers' bytes on their way to a reader: never where everybody waits, and never lost where they can be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.errors import FieldError, Refused
from services.parts import Parts

Read = TypeVar("Read")
LIGHT = 64_000
"""Bytes of JSON that are read at once, in a millisecond: more goes where strangers' bytes are read."""


async def parsed(
    parts: Parts,
    tenant_id: str,
    job: Callable[[], Read],
    size: int,
    unread: Callable[[], Read] | None = None,
    *,
    light: int = LIGHT,
) -> Read:
    """What a parser reads, in a process for strangers' bytes; what it cannot read becomes a refusal that names each wrong field.

    A mail (which has an ``unread``, or no size that is ``light``) always goes there. A little JSON by somebody who was proved
    takes less than the way there. What stops its reader is handed to ``unread``, which keeps it as it came, so that it is not
    lost. Raises ``reading_busy`` and ``reading_failed``.
    """
    try:
        if unread is None and size <= light:
            return job()
        try:
            return await parts.readers.read(tenant_id, job, size)
        except parts.readers.failed:
            if unread is None:
                raise
            return await parts.readers.read(tenant_id, unread, size)
    except parts.parsers.invalid as error:
        errors = [FieldError(wrong.field, wrong.code, wrong.message) for wrong in getattr(error, "errors", [])]
        detail = "; ".join(f"{wrong.field}: {wrong.message}" for wrong in errors[:3])[:500]
        raise Refused(str(getattr(error, "code", "report_invalid")), detail or None, errors) from None
    except parts.readers.busy as busy:
        raise Refused("reading_busy", fields={"retry_after": getattr(busy, "retry_after", 5)}) from None
    except parts.readers.failed:
        raise Refused("reading_failed") from None
