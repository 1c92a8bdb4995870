"""One kind of log line for the whole process: ours, the web server's and Temporal's; text or JSON, without personal data."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from runtime.failures import class_and_code
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

_FRAMES = 50
"""Places that are told of one exception."""

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
        _without_messages,
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
    handler.addFilter(_OfLibraries())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer]
        )
    )
    _take_over(handler, settings.log_level)
    if process != "cli":
        # What a service dies of stands in its log, and is told as any failure is. Whoever types a command reads their own.
        sys.excepthook = _last_words


def without_personal_data(_logger: Any, _method: str, line: Line) -> Line:
    """Take out of a log line every field whose name says that it may hold text or personal data, at any depth."""
    for key in [key for key in line if _is_personal(key)]:
        del line[key]
    for key, value in line.items():
        if isinstance(value, dict):
            line[key] = without_personal_data(_logger, _method, dict(value))
    return line


def _tell_failure(_logger: Any, _method: str, line: Line) -> Line:
    """Turn an exception into classes, codes and places: never its message, which may quote a row, an address or an input."""
    failure = line.pop("exc_info", None)
    if not failure:
        return line
    if isinstance(failure, tuple):
        failure = failure[1]
    elif not isinstance(failure, BaseException):
        failure = sys.exc_info()[1]
    if failure is not None:
        line["failure"] = [
            {"type": f"{class_and_code(error)}{' (cause)' if caused else ''}", "at": _places(error)}
            for error, caused in _parts(failure, caused=False, met=set())
        ]
    return line


def _parts(error: BaseException, *, caused: bool, met: set[int]) -> Iterator[tuple[BaseException, bool]]:
    """The exception, the parts of a group, and what led to it."""
    if id(error) in met:
        return
    met.add(id(error))
    yield error, caused
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _parts(part, caused=caused, met=met)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _parts(before, caused=True, met=met)


def _places(error: BaseException) -> list[str]:
    """Where it went through, outermost first; of very many the last ones."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__, limit=-_FRAMES)]


def _without_messages(_logger: Any, _method: str, line: Line) -> Line:
    """An exception that somebody put into a line is told as its class and code."""
    return {key: value if key == "exc_info" else _told(value) for key, value in line.items()}


def _told(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_told(part) for part in value) if type(value) in (list, tuple) else value
    return class_and_code(value) if isinstance(value, BaseException) else value


_HEARD = ("temporalio", "uvicorn")
"""Libraries whose lines are read below a warning. Others chat: an HTTP client of addresses and of what was answered, a mail
server of recipients."""


class _OfLibraries(logging.Filter):
    """The same for lines of libraries: an exception among a line's arguments, and what follows its first line.

    There asyncio shows the task that failed, with what it failed of. What is no warning is dropped, but for those that are heard.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if isinstance(record.msg, dict):
            # Ours: structlog hands its line over as one.
            return True
        if isinstance(record.args, tuple):
            record.args = tuple(class_and_code(arg) if isinstance(arg, BaseException) else arg for arg in record.args)
        if isinstance(record.msg, BaseException):
            record.msg = class_and_code(record.msg)
        if isinstance(record.msg, str):
            record.msg = record.msg.partition("\n")[0]
        return record.levelno >= logging.WARNING or record.name.partition(".")[0] in _HEARD


def _failure_as_text(_logger: Any, _method: str, line: Line) -> Line:
    if told := line.pop("failure", None):
        parts = [f"{error['type']}\n" + "\n".join(f"    {at}" for at in error["at"]) for error in told]
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


def _last_words(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    logging.getLogger("ombud").critical("the process ends: nobody caught this", exc_info=error)


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
