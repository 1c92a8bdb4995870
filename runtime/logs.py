"""One kind of log line for the whole process: ours, the web server's and Temporal's; text or JSON, without personal data."""

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, TextIO

import structlog

from runtime.settings import Settings

# Fields that can hold what a person wrote, or who somebody is. A log is read by many, kept long and never erased on request.
_PERSONAL = frozenset({
    "address", "body", "content", "display_name", "email", "emails", "from_addr", "html", "mail", "message", "name", "note",
    "notes", "phone", "reason", "reasons", "recipient", "recipients", "statement", "statements", "subject", "text", "to_addr",
})  # fmt: skip
_PERSONAL_ENDINGS = ("_email", "_name", "_text", "_phone", "_address", "_statement", "_reasons")
# Ends like a person's name, and is none.
_HARMLESS = frozenset({"event_name", "logger_name", "task_name", "host_name"})

_NOISY = {"temporalio.activity": logging.INFO, "temporalio.workflow": logging.INFO, "uvicorn.access": logging.WARNING}

Line = MutableMapping[str, Any]


def set_up_logs(settings: Settings, *, process: str, plain: Callable[[str], str], stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (None: stderr). `process` (api, worker, cli) is put into each line.

    `plain` (:func:`domain.base.plain`) takes out of every word what a terminal would obey.
    """
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(process),
        _tell_failure,
        without_personal_data,
        _saying(plain),
    ]
    renderer: list[structlog.typing.Processor]
    if settings.log_format == "json":
        renderer = [structlog.processors.JSONRenderer(default=str)]
    else:
        renderer = [_failure_as_text, structlog.dev.ConsoleRenderer(colors=out.isatty())]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer]
        )
    )
    _take_over(handler, settings.log_level)


def without_personal_data(_logger: Any, _method: str, line: Line) -> Line:
    """Take out of a log line every field whose name says that it may hold text or personal data, at any depth."""
    for key in [key for key in line if _is_personal(key)]:
        del line[key]
    for key, value in line.items():
        if isinstance(value, dict):
            line[key] = without_personal_data(_logger, _method, dict(value))
    return line


def _tell_failure(_logger: Any, _method: str, line: Line) -> Line:
    """Turn an exception into types, places and the first line of each message.

    Never locals, and never what follows that line, for there pydantic quotes the input and Postgres the row.
    """
    failure = line.pop("exc_info", None)
    if not failure:
        return line
    if isinstance(failure, BaseException):
        failure = (type(failure), failure, failure.__traceback__)
    elif not isinstance(failure, tuple):
        failure = sys.exc_info()
    if failure[1] is not None:
        line["failure"] = [
            {
                "type": f"{told.exc_type}{' (cause)' if told.is_cause else ''}",
                "said": told.exc_value.partition("\n")[0][:200],
                "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in told.frames],
            }
            for told in _stacks(structlog.tracebacks.extract(*failure, show_locals=False))
        ]
    return line


def _stacks(trace: structlog.tracebacks.Trace) -> Iterator[structlog.tracebacks.Stack]:
    for stack in trace.stacks:
        yield stack
        for part in stack.exceptions:
            yield from _stacks(part)


def _failure_as_text(_logger: Any, _method: str, line: Line) -> Line:
    if told := line.pop("failure", None):
        parts = [f"{error['type']}: {error['said']}\n" + "\n".join(f"    {at}" for at in error["at"]) for error in told]
        line["exception"] = "\n".join(parts)
    return line


def _is_personal(key: str) -> bool:
    lowered = key.lower()
    return lowered in _PERSONAL or (lowered.endswith(_PERSONAL_ENDINGS) and lowered not in _HARMLESS)


def _naming(process: str) -> structlog.typing.Processor:
    def named(_logger: Any, _method: str, line: Line) -> Line:
        line["process"] = process
        return line

    return named


def _saying(plain: Callable[[str], str]) -> structlog.typing.Processor:
    def said(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: said(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [said(part) for part in value]
        return plain(value) if isinstance(value, str) else value

    def shown(_logger: Any, _method: str, line: Line) -> Line:
        for key in line:
            line[key] = line[key] if key.startswith("_") else said(line[key])
        return line

    return shown


def _take_over(handler: logging.Handler, level: str) -> None:
    """Make `handler` the only one of the process; libraries that bring handlers of their own lose them."""
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "temporalio"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name, least in _NOISY.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelNamesMapping()[level]))
