"""How a command from outside is looked at before it is kept: is it one, whose is it, was it here before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from domain.model.commands import COMMANDS, SYSTEM_COMMANDS, Command, parse_command

MAX_BODY = 512 * 1024
"""Bytes of one command as JSON; the longest text fits several times over."""

MAX_KEPT = 64 * 1024
"""Bytes that are kept of something that is no command."""

_MAX_ERRORS = 20
_ACTOR = re.compile(r"(system|(per|pty|key)_[A-Za-z0-9_.-]+)")
_TYPES = frozenset(COMMANDS.json_schema()["discriminator"]["mapping"])
_RESERVED = ("dl_", "cmd_sys-", "cmd_assign.")
"""Ids of deadlines, and of what the system tells itself: a stranger must not occupy one."""


@dataclass(frozen=True)
class Incoming:
    """A command as it came, read once."""

    raw: object
    canonical: bytes
    """The same JSON is the same bytes, whatever its order of keys; without the id and the door it came through."""
    command: Command | None
    """Checked, its texts not sealed yet; None when it is not a command."""
    refusal: tuple[str, str, dict[str, Any]] | None
    """Code, detail and fields, when it is refused at the door."""

    @property
    def type(self) -> str:
        """The command's type, or ``unknown``."""
        return _known(self.raw, "type", lambda value: value in _TYPES)

    @property
    def actor_id(self) -> str:
        """Who speaks, or ``unknown``."""
        return _known(self.raw, "by", lambda value: len(value) <= 128 and _ACTOR.fullmatch(value) is not None)

    @property
    def texts(self) -> bool:
        """Whether it may hold text to be sealed."""
        return self.command is None or "cnt_unsealed" in self.command.model_dump_json()

    def own_id(self, case_id: str, digest: Callable[[bytes], bytes]) -> str:
        """The id under which a refused letter is kept: the same letter sent again is the same row.

        ``digest`` is keyed where text must not be guessable from ids.
        """
        said = self.raw.get("id") if isinstance(self.raw, Mapping) else None
        told = digest(b"\n".join((case_id.encode(), repr(said)[:500].encode("utf-8", "replace"), self.canonical)))
        return f"cmd_sys-refused-{told.hex()[:40]}"


def read_incoming(raw: object, channel: str) -> Incoming:
    """Look at a command as it came. ``channel`` is the door; ``system`` is the one inside, for the system's own commands."""
    try:
        canonical = _canonical(raw)
    except (ValueError, TypeError, RecursionError):
        return Incoming(
            None, b"", None, _malformed([{"field": "", "code": "not_json", "message": "This is not JSON that can be kept."}])
        )
    if len(canonical) > MAX_BODY:
        error = {"field": "", "code": "too_large", "message": f"At most {MAX_BODY} bytes are taken."}
        return Incoming(raw, canonical, None, _malformed([error]))
    try:
        command = parse_command({**raw, "channel": channel} if isinstance(raw, Mapping) else raw)
    except ValidationError as error:
        return Incoming(raw, canonical, None, _malformed(field_errors(error)))
    except RecursionError:
        return Incoming(raw, canonical, None, _malformed([{"field": "", "code": "too_deep", "message": "Nested too deeply."}]))
    return Incoming(raw, canonical, command, None if channel == "system" else _not_from_outside(command))


def signed_bytes(tenant_id: str, case_id: str, raw: Mapping[str, Any]) -> bytes:
    """What the signature of a command covers: of which tenant and case it is, its id, and all it says.

    The same JSON is the same bytes, whatever the order of its names. Raises ValueError for what is no JSON.
    """
    body = {name: value for name, value in raw.items() if name != "signature"}
    place = json.dumps([tenant_id, case_id, body.get("id")], separators=(",", ":"))
    return b"\n".join((b"ombud-command-v1", place.encode("ascii"), _canonical(body)))


def unstorable() -> tuple[str, str, dict[str, Any]]:
    """The refusal of something that Postgres does not take (a NUL character in an identifier)."""
    return _malformed([{"field": "", "code": "not_storable", "message": "It contains characters that cannot be stored."}])


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """Which fields are wrong and why, without what was in them."""
    errors = []
    for wrong in error.errors(include_url=False, include_input=False, include_context=False)[:_MAX_ERRORS]:
        path = [str(part) for part in wrong["loc"] if part not in _TYPES]
        told = plain_message(wrong["type"], wrong["msg"], _taken(wrong["loc"]) if wrong["type"] == "extra_forbidden" else ())
        errors.append({"field": _safe(".".join(path)), "code": _safe(wrong["type"]), "message": _safe(told)})
    return errors


def plain_message(code: str, message: str, taken: Iterable[str] = ()) -> str:
    """What is wrong with a field, with what would be right: the fields that are ``taken``, an instant with its zone."""
    if code == "timezone_aware":
        return "Give an instant with its zone, as in 2026-11-29T00:00:00Z."
    known = ", ".join(taken)
    return f"There is no such field; taken: {known}." if known else message


def _taken(place: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the command in which an unknown one stands; of something inside it none is said."""
    if len(place) != 2 or place[0] not in _TYPES:
        return ()
    own = next(one for one in get_args(get_args(Command)[0]) if one.model_fields["type"].default == place[0])
    return (field.alias or name for name, field in own.model_fields.items() if name != "channel")


def _not_from_outside(command: Command) -> tuple[str, str, dict[str, Any]] | None:
    if command.type in SYSTEM_COMMANDS or command.by == "system":
        return "system_only", f"'{command.type}' by '{command.by}' is sent by the system only.", {"command": command.type}
    if command.id.startswith(_RESERVED):
        return "system_only", "Ids that begin like this belong to the system; choose another.", {"command": command.type}
    return None


def _malformed(errors: list[dict[str, str]]) -> tuple[str, str, dict[str, Any]]:
    named = ", ".join(e["field"] for e in errors if e["field"])
    return "malformed", f"This is not a command{f': see {named}' if named else ''}.", {"errors": errors}


def _canonical(raw: object) -> bytes:
    body = {k: v for k, v in raw.items() if k not in ("id", "channel")} if isinstance(raw, Mapping) else raw
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _known(raw: object, key: str, test: Any) -> str:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, str) and test(value) else "unknown"


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:300])
