"""Styles, scripts, icons and fonts, each under a name that holds its hash: kept by browsers for ever, and never stale."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from services.errors import not_found

FOLDER = Path(__file__).parents[1] / "static"
PREFIX = "/static/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FOR_US = {
    ".css": re.compile(rb"/\*.*?\*/|^[ \t]+", re.DOTALL | re.MULTILINE),
    ".js": re.compile(rb"^[ \t]*//.*\n", re.MULTILINE),
}
"""Comments, and the indentation of styles: for whoever reads the source, and for no browser."""
_REFERENCE = re.compile(rb"/static/([a-z0-9.-]+)")


class Asset(NamedTuple):
    """A file as it is sent."""

    content: bytes
    packed: bytes | None
    """The same, compressed; None for what is compressed already."""
    media_type: str


class Assets:
    """The files of a folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._named: dict[str, str] = {}
        self._found: dict[str, Asset] = {}
        files = [path for path in sorted(folder.rglob("*")) if path.suffix in _TYPES]
        # What a style refers to has its name first.
        for path in sorted(files, key=lambda path: path.suffix == ".css"):
            self._add(path, own=path.parent == folder)

    @property
    def named(self) -> Mapping[str, str]:
        """Addresses by the files' own names."""
        return self._named

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that there is not."""
        return self._named[name]

    def answer(self, request: Request) -> Response:
        """The file that is asked for. Raises ``not_found``, also for a name with another hash."""
        found = self._found.get(request.url.path)
        if found is None:
            raise not_found()
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(found.packed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(found.content, media_type=found.media_type, headers=headers)

    def _add(self, path: Path, *, own: bool) -> None:
        content = path.read_bytes()
        # What others made is sent as they made it: its hash stands in a list.
        if own and path.suffix in _FOR_US:
            content = _FOR_US[path.suffix].sub(b"", content)
        if path.suffix == ".css":
            content = _REFERENCE.sub(lambda found: self._named.get(found[1].decode(), found[0].decode()).encode(), content)
        mark = hashlib.sha256(content).hexdigest()[:10]
        address = f"{PREFIX}{path.stem}.{mark}{path.suffix}"
        packed = None if path.suffix == ".woff2" else gzip.compress(content, 9, mtime=0)
        self._named[path.name] = address
        self._found[address] = Asset(content, packed, _TYPES[path.suffix])
