"""The programs with which what is deployed is checked: Prometheus's promtool, and helm."""

from __future__ import annotations

from pathlib import Path

from runtime.embedded.binary import default_cache

HELM_VERSION = "v3.22.0"
"""As the Makefile builds it."""


def promtool() -> Path:
    """Where `make promtool` puts it."""
    return default_cache().parent / "promtool" / "promtool"


def helm() -> Path:
    """Where `make helm` puts it."""
    return default_cache().parent / "helm" / HELM_VERSION / "helm"
