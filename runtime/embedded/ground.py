"""Where the embedded Postgres may live and as whom: Postgres refuses to run as root, and its user must reach its files."""

import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from runtime.embedded.credentials import write_durably


class Account(NamedTuple):
    """The unprivileged user as whom Postgres runs when everything else runs as root."""

    uid: int
    gid: int


def service_account() -> Account | None:
    """Nobody when this process is root, else None: Postgres then runs as the one who starts it."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def reaches(account: Account | None, path: Path) -> bool:
    """Whether the user may pass through every folder that leads to `path`, and through `path` itself."""
    return account is None or all(_passes(account, folder) for folder in (path, *path.parents))


def settle(state_dir: Path, account: Account | None) -> Path:
    """The folder of Postgres, made if need be: inside the state folder, or elsewhere when its user cannot get there.

    The place elsewhere is written down in the state folder. So the same state folder always finds the same database, and another
    one, even at the same path, never does.
    """
    pointer = state_dir / "postgres.home"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        home.mkdir(parents=True, exist_ok=True)
    elif reaches(account, state_dir):
        home = state_dir / "postgres"
        home.mkdir(exist_ok=True)
    else:
        home = Path(tempfile.mkdtemp(prefix="pg-", dir=_other_folder(state_dir)))
        write_durably(pointer, str(home))
    home.chmod(0o700)
    if account is not None:
        os.chown(home, account.uid, account.gid)
    return home


def reachable_copy(binaries: Path, home: Path, account: Account | None) -> Path:
    """`binaries` (a `bin` folder), or a copy of its installation in `home` when the user of Postgres cannot reach it."""
    if reaches(account, binaries):
        return binaries
    install, package = binaries.parent, binaries.parents[1]
    copy = home / f"{install.name}.copy"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=home))
        draft.chmod(0o755)
        # The programs look for the wheel's own libraries by a path relative to themselves, so the copy has the wheel's layout.
        for part in (install, package.with_name(f"{package.name}.libs"), package / ".dylibs"):
            if part.exists():
                target = draft / part.relative_to(package.parent)
                shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
        draft.rename(copy)
    return copy / package.name / install.name / "bin"


def _passes(account: Account, folder: Path) -> bool:
    facts = folder.stat()
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def _other_folder(state_dir: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    if state_dir.is_relative_to(temporary):
        return temporary
    lasting = Path("/var/lib/ombud")
    try:
        lasting.mkdir(mode=0o711, exist_ok=True)
    except OSError:
        return temporary
    return lasting
