"""Other people's scripts, styles, fonts and icons, fetched once at development time and kept in the tree: ``make vendor``.

Nothing is fetched while Ombud runs, and no page asks anybody else for anything. ``static/vendor/VENDORED.json`` says of each file
which package and version it came from, its licence and its SHA-256; a test compares it with the files.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent / "static" / "vendor"
LIST = HERE / "VENDORED.json"


class Vendored(NamedTuple):
    """A file of ours, and the files of a package that it is made of."""

    name: str
    package: str
    version: str
    licence: str
    sources: tuple[str, ...]


ICONS = (
    "archive", "arrow-left", "arrow-right", "at-sign", "badge-dollar-sign", "bell", "bookmark", "check", "chevron-down",
    "chevron-left", "chevron-right", "chevrons-up-down", "circle-check", "circle-pause", "circle-user-round", "clock",
    "clock-alert", "credit-card", "eye", "file-lock", "file-text", "flag", "flame", "gavel", "gauge",
    "hand", "handshake", "history",
    "image-plus", "inbox", "info", "key-round", "layers", "list-filter", "lock", "log-in", "log-out", "menu", "message-square",
    "monitor", "moon", "paperclip", "panel-right", "scale", "scroll-text", "search", "send", "shield-alert", "shield-check",
    "stamp", "sun", "timer", "triangle-alert", "undo-2", "user-plus", "user-round", "users", "x",
)  # fmt: skip

FILES = (
    Vendored("htmx.min.js", "htmx.org", "4.0.1", "0BSD", ("dist/htmx.min.js",)),
    Vendored("basecoat.css", "basecoat-css", "1.0.2", "MIT", ("dist/basecoat-base.cdn.min.css",)),
    Vendored("inter.woff2", "@fontsource-variable/inter", "5.3.0", "OFL-1.1", ("files/inter-latin-wght-normal.woff2",)),
    Vendored("icons.svg", "lucide-static", "1.62.0", "ISC", tuple(f"icons/{name}.svg" for name in ICONS)),
)
_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")
_INNER = re.compile(r"<svg\b[^>]*>(.*?)</svg>", re.DOTALL)


def made(one: Vendored, package: Path) -> bytes:
    """The file, from the unpacked package: as it is, or one sprite of many icons."""
    if one.name != "icons.svg":
        return _MAP.sub(b"\n", b"".join((package / source).read_bytes() for source in one.sources))
    symbols = []
    for source in one.sources:
        inner = _INNER.search((package / source).read_text(encoding="utf-8"))
        assert inner is not None, source
        drawn = " ".join(inner[1].split())
        symbols.append(f'<symbol id="{Path(source).stem}" viewBox="0 0 24 24">{drawn}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def fetched(one: Vendored, folder: Path) -> Path:
    """The package, unpacked. npm checks what it gets against the registry's own hash."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch what is vendored: on Debian, apt-get install npm.")
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), f"{one.package}@{one.version}"]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(folder / name) as archive:
        archive.extractall(folder / one.name.replace(".", "-"), filter="data")
    return folder / one.name.replace(".", "-") / "package"


def main() -> None:
    """Fetch everything anew and write the list."""
    HERE.mkdir(parents=True, exist_ok=True)
    listed = []
    with tempfile.TemporaryDirectory() as scratch:
        for one in FILES:
            content = made(one, fetched(one, Path(scratch)))
            (HERE / one.name).write_bytes(content)
            row = {"file": one.name, "package": one.package, "version": one.version, "licence": one.licence}
            listed.append(row | {"from": list(one.sources), "sha256": hashlib.sha256(content).hexdigest()})
    LIST.write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
