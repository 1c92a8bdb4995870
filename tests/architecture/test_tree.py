"""What must never lie in the tree: paths of somebody's machine, private hosts, secrets, and work that was put off."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.house import modules, name_of, project_files

SUFFIXES = {
    "",
    ".py",
    ".pyi",
    ".toml",
    ".md",
    ".yaml",
    ".yml",
    ".sql",
    ".sh",
    ".json",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".example",
    ".eml",
}
MARK = "TO" + "DO|FIX" + "ME|XX" + "X"  # spelt apart, or this file would find itself

FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work)/[\w.-]+"),
    "a private host or address": re.compile(
        r"\b(?:10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3})\b"
        r"|\b[\w-]+\.(?:internal|corp|intranet|lan)\b(?!\()"
    ),
    "a secret": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b[sr]k_live_\w{8,}|\bgh[pousr]_\w{20,}|\bAKIA[0-9A-Z]{16}\b|\bxox[bp]-\w{8,}"
    ),
    "work put off": re.compile(rf"\b(?:{MARK})\b"),
    "a merge that was not finished": re.compile(r"^(?:<{7} |>{7} |\|{7} )"),
}
# Where a find is meant, and why.
MEANT = {
    "tests/architecture/test_tree.py": "holds the patterns",
    "uv.lock": "is written by uv",
}
MEANT_ADDRESSES = {
    "deploy/helm/": "lets no process out to private addresses",
    "adapters/": "refuses private addresses as targets of webhooks",
    "tests/adapters/": "tries private addresses as targets of webhooks",
    "tests/support/profiles.py": "names a part of Hypothesis that is called so",
}


def _finds(what: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for path in project_files():
        name = name_of(path)
        if path.suffix not in SUFFIXES or name in MEANT:
            continue
        if what == "a private host or address" and name.startswith(tuple(MEANT_ADDRESSES)):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if found := pattern.search(line):
                yield f"{name}:{number}: {found.group()}"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_holds_no(what: str) -> None:
    assert list(_finds(what, FORBIDDEN[what])) == []


def test_the_lock_names_no_registry_but_the_public_one() -> None:
    lock = next(path for path in project_files() if path.name == "uv.lock")
    hosts = set(re.findall(r"https?://([^/\"\s]+)/", lock.read_text(encoding="utf-8")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_nothing_is_printed_but_through_the_one_place_that_makes_it_plain() -> None:
    """A terminal obeys what strangers wrote: `cli/kit/show.py` prints, and nobody else."""
    printing = re.compile(r"typer\.s?echo\(|click\.s?echo\(|(?<![\w.])print\(|(?<!\w)Console\(|rich\.print|sys\.stdout\.write")
    found = [name_of(path) for path in modules("cli") if printing.search(path.read_text(encoding="utf-8"))]
    assert found == ["cli/kit/show.py"]
