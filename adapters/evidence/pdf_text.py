"""The words of a PDF, for whoever cannot or would not open a stranger's file.

It is read in a process of its own with little time and memory: a file that is made to stop a reader stops that one.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import resource
import sys

PAGES = 50
"""So many pages are read at most."""
LONGEST = 200_000
"""Characters that are given at most."""
_SECONDS = 10
_BYTES = 1 << 30
_NOTHING = 3
"""How the process ends that found no words."""


async def text_of(data: bytes) -> str | None:
    """The words of a PDF, its pages apart by a form feed; None: it has none (a scan), is locked, or cannot be read."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        __file__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_SECONDS + 5):
            said, _ = await reader.communicate(data)
    except TimeoutError:
        return None
    finally:
        if reader.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                reader.kill()
            await reader.wait()
    return said.decode("utf-8", "replace")[:LONGEST] if reader.returncode == 0 else None


def main() -> int:
    """Read a PDF from standard input and write its words; nothing is written where there are none."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    from pypdf import PdfReader

    data = sys.stdin.buffer.read()
    try:
        pages = [page.extract_text() for _, page in zip(range(PAGES), PdfReader(io.BytesIO(data)).pages, strict=False)]
    except Exception:  # noqa: BLE001 - whatever is wrong with a stranger's file, it cannot be read here, and can be fetched
        return _NOTHING
    text = "\f".join(pages).strip()
    sys.stdout.buffer.write(text[:LONGEST].encode("utf-8", "replace"))
    return 0 if text else _NOTHING


if __name__ == "__main__":
    sys.exit(main())
