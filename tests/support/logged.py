"""What is logged while a test runs, as a worker logs it."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from domain.base import plain
from runtime.logs import set_up_logs
from runtime.settings import Settings


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Lines of JSON; afterwards logging is as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    before, hook = (root.handlers[:], root.level), sys.excepthook
    set_up_logs(Settings(_env_file=None, log_format="json"), process="worker", plain=plain, stream=stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()
    sys.excepthook = hook
