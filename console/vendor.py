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
    "monitor", "moon", "paperclip", "pencil", "panel-right", "scale", "scroll-text", "search", "send", "shield-alert",
    "shield-check", "stamp", "sun", "tag", "timer", "triangle-alert", "undo-2", "user-plus", "user-round", "users", "x",
)  # fmt: skip

FILES = (
    Vendored("htmx.min.js", "htmx.org", "4.0.1", "0BSD", ("dist/htmx.min.js",)),
    Vendored("basecoat.css", "basecoat-css", "1.0.2", "MIT", ("dist/basecoat-base.cdn.min.css",)),
    Vendored("inter.woff2", "@fontsource-variable/inter", "5.3.0", "OFL-1.1", ("files/inter-latin-wght-normal.woff2",)),
    Vendored("icons.svg", "lucide-static", "1.62.0", "ISC", tuple(f"icons/{name}.svg" for name in ICONS)),
)
SIGNS = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2013-2014,U+2018-201A,U+201C-201E,U+2020,U+2022,U+2026,U+2030,U+2032-2033,"
    "U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212,U+21B5,U+21E7"
)
"""What of the font is kept: Western Europe's letters and the signs of the pages. Other letters are the system's."""
FEATURES = "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,case,cv11,ss03"
"""And of its features those that a style asks for, and those that letters stand beside each other by."""
_SUBSET_BY = ("fonttools==4.60.1", "brotli==1.1.0")
_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")
_INNER = re.compile(r"<svg\b[^>]*>(.*?)</svg>", re.DOTALL)


def made(one: Vendored, package: Path) -> bytes:
    """The file, from the unpacked package: as it is, a font with the signs that are needed, or one sprite of many icons."""
    if one.name.endswith(".woff2"):
        return _subset(package / one.sources[0])
    if one.name != "icons.svg":
        return _MAP.sub(b"\n", b"".join((package / source).read_bytes() for source in one.sources))
    symbols = []
    for source in one.sources:
        inner = _INNER.search((package / source).read_text(encoding="utf-8"))
        assert inner is not None, source
        drawn = " ".join(inner[1].split())
        symbols.append(f'<symbol id="{Path(source).stem}" viewBox="0 0 24 24">{drawn}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def _subset(font: Path) -> bytes:
    """The font with :data:`SIGNS` alone: a quarter less to load, by tools that nothing else needs and that no lock file lists."""
    with tempfile.TemporaryDirectory() as scratch:
        tools, made_of = Path(scratch) / "tools", Path(scratch) / "subset.woff2"
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        subprocess.run([tools / "bin" / "pip", "install", "--quiet", *_SUBSET_BY], check=True)
        said = [f"--unicodes={SIGNS}", f"--layout-features={FEATURES}", "--flavor=woff2", f"--output-file={made_of}"]
        subprocess.run([tools / "bin" / "pyftsubset", str(font), *said], check=True)
        return made_of.read_bytes()


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
