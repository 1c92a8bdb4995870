"""The words of a PDF, for whoever cannot or would not open a stranger's file.

A file can be made to stop its reader. So this runs where all strangers' bytes are read: in a process of its own, with an end to
time and memory, and a share for each tenant (:mod:`adapters.reading.pool`).
"""

from __future__ import annotations

import io

PAGES = 50
"""So many pages are read at most."""
LONGEST = 200_000
"""Characters that are given at most."""


def text_of(data: bytes) -> str | None:
    """The words of a PDF, its pages apart by a form feed; None: it has none (a scan), is locked, or cannot be read."""
    from pypdf import PdfReader

    said: list[str] = []
    left = LONGEST
    try:
        for _, page in zip(range(PAGES), PdfReader(io.BytesIO(data)).pages, strict=False):
            said.append(page.extract_text())
            left -= len(said[-1])
            if left < 0:
                break
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with a stranger's file, it cannot be read here, and can be fetched
        return None
    return "\f".join(said).strip()[:LONGEST] or None
