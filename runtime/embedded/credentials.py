"""The secrets of one state folder: made once, kept in a file that only its owner can read."""

import base64
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Credentials(BaseModel):
    """Passwords of the embedded database's three roles, and the key under which the keys of contents are encrypted."""

    model_config = ConfigDict(frozen=True)

    owner_password: str = Field(repr=False)
    app_password: str = Field(repr=False)
    admin_password: str = Field("", repr=False)
    """Empty in a state folder of before there was this role."""
    master_key: str = Field(repr=False)
    """32 random bytes in base64. Whoever loses it can read no text of any case again."""
    digest_key: str = Field("", repr=False)
    """The root of digests, as much. Empty in a state folder of before there was one."""

    @property
    def digest_root(self) -> str:
        """The root of digests; before there was one it was the master key."""
        return self.digest_key or self.master_key


def read_credentials(state_dir: Path) -> Credentials | None:
    """The secrets of this state folder, or None when none were made yet."""
    path = state_dir / "credentials.json"
    return Credentials.model_validate_json(path.read_bytes()) if path.exists() else None


def make_credentials(state_dir: Path) -> Credentials:
    """Make new secrets and put them on disk, with mode 600, before anything relies on them."""
    made = Credentials(
        owner_password=_new_password(),
        app_password=_new_password(),
        admin_password=_new_password(),
        master_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        digest_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )
    state_dir.mkdir(parents=True, exist_ok=True)
    draft, path = state_dir / f"credentials.{secrets.token_hex(4)}", state_dir / "credentials.json"
    write_durably(draft, made.model_dump_json(indent=2))
    try:
        # A link, for it fails when another process was first: two keys would mean texts that nobody can read.
        os.link(draft, path)
    except FileExistsError:
        return Credentials.model_validate_json(path.read_bytes())
    finally:
        draft.unlink()
    return made


def with_admin(credentials: Credentials) -> Credentials:
    """The same secrets, with a password for the administrator's role; not on disk yet."""
    return credentials.model_copy(update={"admin_password": _new_password()})


def keep_credentials(state_dir: Path, credentials: Credentials) -> None:
    """Put secrets in the place of those that are there, whole or not at all."""
    write_durably(state_dir / "credentials.json", credentials.model_dump_json(indent=2))


def _new_password() -> str:
    return secrets.token_urlsafe(24)


def write_durably(path: Path, text: str) -> None:
    """Put `text` into a file of mode 600, whole or not at all, and on disk when this returns."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
