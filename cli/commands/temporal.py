"""``ombud temporal …``: Temporal's own command line, on the server where Ombud's cases run."""

from __future__ import annotations

import os
import subprocess

import typer

from cli.kit.exits import guarded

TAKES = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Every word is Temporal's, also ``--help``."""


def temporal(context: typer.Context) -> None:
    """Temporal's own command line, on the server of the cases: its program is found, and told address and namespace."""
    from runtime.embedded.binary import BinaryFinder
    from runtime.patience import silent
    from runtime.places import find_places
    from runtime.settings import Settings

    settings = Settings()
    address = settings.temporal_address or guarded(lambda: find_places(settings).temporal_address)
    program = guarded(lambda: BinaryFinder(explicit=settings.temporal_cli_path).find(silent)).path
    there = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": settings.temporal_namespace}
    raise typer.Exit(_code_of([str(program), *context.args], there))


def _code_of(words: list[str], env: dict[str, str]) -> int:
    return subprocess.run(words, env={**os.environ, **env}, check=False).returncode
