"""The program with which alerts are checked: Prometheus's promtool."""

from __future__ import annotations

from pathlib import Path

from runtime.embedded.binary import default_cache


def promtool() -> Path:
    """Where `make promtool` puts it."""
    return default_cache().parent / "promtool" / "promtool"
