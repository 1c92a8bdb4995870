"""Finds the Temporal server's program, or gets it once: nobody has to install anything before the first `make demo`.

Looked for in this order: the path that was set, the program search path, the project's cache, the SDK's own download, a build
with Go from the module proxy. The last two put it into the cache, under a lock, so that two processes never build at once.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from runtime.embedded.fetch import build_with_go, download_with_sdk
from runtime.errors import ServiceFault

VERSION = "1.5.1"
"""The release that the tests ran against; newer tags cannot be built through the module proxy (a `replace` directive)."""

# A program of 100 MB that says its version: seconds where the disk or the processors are busy.
_PATIENCE_SECONDS = 120.0

Progress = Callable[[str], None]
Getter = Callable[[str, Path, Progress], None]
"""Puts the program of a version at a path, or raises `OSError` with the reason why it cannot."""


class Found(NamedTuple):
    """A program that runs, and where it was found, in words for `ombud doctor`."""

    path: Path
    source: str


class BinaryFinder:
    """Looks for the program, and gets it when it is nowhere."""

    def __init__(
        self,
        *,
        explicit: Path | None = None,
        search_path: str | None = None,
        cache: Path | None = None,
        getters: tuple[tuple[str, Getter], ...] = (("download", download_with_sdk), ("build with Go", build_with_go)),
    ) -> None:
        """`explicit` is TEMPORAL_CLI_PATH; `search_path` None means PATH; `cache` None means the user's cache folder."""
        self._explicit = explicit
        self._search_path = search_path
        self._cached = (cache or default_cache()) / VERSION / "temporal"
        self._getters = getters

    def look(self) -> Found | None:
        """The program, when it is on this machine already. A set path that leads nowhere is a fault, not passed over."""
        if self._explicit is not None:
            if not runs(self._explicit):
                raise ServiceFault("temporal_path_wrong", f"TEMPORAL_CLI_PATH is set to {self._explicit}, which is no Temporal "
                                   "program that runs here: correct it, or unset it to let Ombud find or get one.")  # fmt: skip
            return Found(self._explicit, "TEMPORAL_CLI_PATH")
        on_path = shutil.which("temporal", path=self._search_path)
        if on_path and runs(Path(on_path)):
            return Found(Path(on_path), "PATH")
        return Found(self._cached, "cache") if self._cached.exists() else None

    def find(self, progress: Progress) -> Found:
        """The program, got if need be. Raises `ServiceFault` `temporal_missing` with what to do when there is no way."""
        if found := self.look():
            return found
        self._cached.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self._cached.parent / "lock", progress):
            if self._cached.exists():
                return Found(self._cached, "cache")
            return self._get(progress)

    def _get(self, progress: Progress) -> Found:
        reasons = []
        for name, getter in self._getters:
            draft = self._cached.with_name("temporal.new")
            draft.unlink(missing_ok=True)
            try:
                getter(VERSION, draft, progress)
            except OSError as error:
                progress(f"Temporal: {name} is not possible ({error})")
                reasons.append(f"{name}: {error}")
                continue
            if runs(draft):
                draft.replace(self._cached)
                return Found(self._cached, name)
            reasons.append(f"{name}: what came does not run here")
        raise ServiceFault("temporal_missing", _ADVICE.format(version=VERSION, reasons="; ".join(reasons) or "nothing tried"))


def default_cache() -> Path:
    """Where programs got by Ombud are kept for every checkout of this user."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "ombud" / "temporal"


def runs(program: Path) -> bool:
    """Whether this is Temporal's command-line program and runs on this machine."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and said.stdout.startswith("temporal version")


_ADVICE = """No Temporal server program was found, and none could be got ({reasons}). Three ways to get one:
  1. use a server that runs already: set TEMPORAL_ADDRESS=host:port
  2. install Temporal's command-line program (https://docs.temporal.io/cli), or set TEMPORAL_CLI_PATH to it
  3. install Go 1.24 or newer and try again: Ombud then builds it (github.com/temporalio/cli/cmd/temporal@v{version})"""


@contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Temporal: another process is getting the program; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
