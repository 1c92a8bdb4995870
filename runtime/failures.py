"""What may be said of an exception: its class and its code, never its message.

A mail server's answer quotes an address, Postgres a row, pydantic the input, an endpoint whatever it likes. Histories and logs
are read by many, kept long, and erased on nobody's request: so a message goes into neither, whoever wrote it, and nobody has to
know which library quotes what. Where it happened is told beside it.
"""

from __future__ import annotations

import errno
import re

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""How our codes look: no address, no number, and nothing that has a blank in it."""
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")


def class_and_code(error: BaseException) -> str:
    """``UniqueViolationError 23505``, ``Never address_refused``, ``SMTPDataError 554``, ``OSError EHOSTUNREACH``."""
    code = _code_of(error)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _code_of(error: BaseException) -> str | None:
    state, code = getattr(error, "sqlstate", None), getattr(error, "code", None)
    if isinstance(state, str) and _SQLSTATE.fullmatch(state):
        return state
    if isinstance(code, str) and _CODE.fullmatch(code):
        return code
    if isinstance(code, int) and 100 <= code < 600:
        # What a mail server or a web server answered.
        return str(int(code))
    return errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
