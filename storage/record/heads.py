"""Signed heads: for each case the number and hash of its last fact, signed, kept where the database's masters cannot reach them.

A file of JSON lines, one head each, only ever added to. Lines are numbered, and each covers the hash of the one before it, so one
that is taken out, changed or put in between shows. Whoever rewrites a chain in the database cannot rewrite the heads too: the key
that signs is in no process that serves anybody (see ``docs/adr/0017``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from storage.postgres.vault import Vault

OF_THE_TRAIL = "trail"
"""Stands among the signed heads, and in a flaw, where a case has its id: the tenant's audit trail."""
OF_THE_READS = "reads"
"""Stands there for who read what in the tenant's cases: how many reads there were up to ``until``, and a hash over them all."""
OF_THE_DAY = "day"
"""Stands there for a signing of the tenant: of how many
cases (and the trail) something was signed. Written also when nothing moved, so that no day is without."""


@dataclass(frozen=True)
class SignedHead:
    """The last fact of a case at some moment."""

    tenant: str
    case_id: str
    seq: int
    head: str
    signed_at: str
    signature: str
    """Ed25519, hex, over the other fields."""
    number: int = 0
    """Of its line in the file, from 1 on. 0: of a release that did not number them."""
    prev: str = ""
    """SHA-256 of the line before it; empty for the first."""
    turn: int = 0
    """How often the case had been written, refusals included."""
    around: str = ""
    """Hash of the notices of facts up to ``seq``, and of the commands that were answered by ``until``."""
    until: str = ""
    all_facts: str = ""
    """:func:`list_digest` of the facts up to ``seq``. Empty: of the trail, of the day, and of a release that did not sign it."""

    @property
    def line(self) -> str:
        """As it stands in the file."""
        kept = asdict(self)
        if not self.number:
            kept = {name: kept[name] for name in _FIRST_FORM}
        elif not self.all_facts:
            del kept["all_facts"]
        return json.dumps(kept, sort_keys=True)


_FIRST_FORM = ("tenant", "case_id", "seq", "head", "signed_at", "signature")


class Signer:
    """Signs heads with a key of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def of(cls, vault: Vault) -> Signer:
        """With the key that follows from the master key: what API and worker hold too, and what earlier releases signed with."""
        return cls(vault.signing_seed())

    @classmethod
    def from_pem(cls, text: bytes) -> Signer:
        """With a key of its own, as :func:`new_key` wrote it. Raises ValueError for anything else."""
        key = load_pem_private_key(text, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("this is not an Ed25519 key")  # noqa: TRY004 - what is wrong is what stands in the file
        return cls(key.private_bytes_raw())

    @property
    def public_key(self) -> str:
        """Hex of the public key: enough for a stranger to check the file."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, **said: Any) -> SignedHead:
        """One signed head."""
        unsigned = SignedHead(**said, signature="")
        return SignedHead(**{**asdict(unsigned), "signature": self._private.sign(message(unsigned)).hex()})


def new_key() -> bytes:
    """A key to sign heads with, as PEM (PKCS 8)."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def genuine(signed: SignedHead, public_key: str) -> bool:
    """Whether a head was signed with the key and not changed since."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signed.signature), message(signed))
    except (InvalidSignature, ValueError):
        return False
    return True


def message(head: SignedHead) -> bytes:
    """What is signed."""
    if not head.number:
        parts = ["ombud head 1", head.tenant, head.case_id, head.seq, head.head, head.signed_at]
    else:
        form, listed = ("ombud head 3", [head.all_facts]) if head.all_facts else ("ombud head 2", [])
        parts = [form, head.number, head.prev, head.tenant, head.case_id, head.seq, head.head, head.turn, head.around,
                 head.until, head.signed_at, *listed]  # fmt: skip
    return "\n".join(map(str, parts)).encode()


@dataclass(frozen=True)
class HeadFlaw:
    """What is wrong with the file itself."""

    what: str
    """``heads_missing``, ``heads_empty``, ``heads_cut``, ``heads_old``, ``heads_fewer``, ``head_forged``,
    ``head_unreadable``."""
    detail: str
    tenant: str = ""
    seq: int = 0


@dataclass
class Heads:
    """A file of heads, read from its first line to its last."""

    by_case: dict[tuple[str, str], list[SignedHead]] = field(default_factory=dict)
    flaws: list[HeadFlaw] = field(default_factory=list)
    lines: int = 0
    number: int = 0
    """Of the last line."""
    last: str = ""
    """Hash of the last line."""
    cases: dict[str, int] = field(default_factory=dict)
    """Of how many cases of a tenant something was signed."""
    newest: dict[str, datetime] = field(default_factory=dict)
    """When a tenant's heads were signed last."""

    def of(self, tenant: str, case_id: str) -> Sequence[SignedHead]:
        """What was signed of a case, oldest first."""
        return self.by_case.get((tenant, case_id), ())

    def take(self, head: SignedHead, own_key: str, earlier_key: str) -> None:
        """The next line; those without a number were signed with the key of earlier releases."""
        self.lines += 1
        if not genuine(head, own_key if head.number else earlier_key):
            self._flaw("head_forged", head, f"{head.case_id}: its signature is not ours")
        if head.number:
            if (head.number, head.prev) != (self.number + 1, self.last if self.lines > 1 else ""):
                self._flaw("heads_cut", head, f"number {head.number} does not follow number {self.number}")
            self.number = head.number
        elif self.number:
            self._flaw("heads_cut", head, f"one without a number follows number {self.number}")
        self.last = line_hash(head.line)
        kept = self.by_case.setdefault((head.tenant, head.case_id), [])
        if head.case_id == OF_THE_DAY:
            if head.seq != self.cases.get(head.tenant, 0):
                self._flaw("heads_cut", head, f"number {head.number} counts other cases than stand before it")
        elif not kept:
            self.cases[head.tenant] = self.cases.get(head.tenant, 0) + 1
        kept.append(head)
        self.newest[head.tenant] = datetime.fromisoformat(head.signed_at)

    def _flaw(self, what: str, head: SignedHead, detail: str) -> None:
        self.flaws.append(HeadFlaw(what, detail, head.tenant, head.seq))


def list_digest(hashes: Iterable[str]) -> str:
    """What a head signs of all facts of a case, so that each is bound by its hash alone, also to whoever may not read what stands
    between it and the head: SHA-256 over their hashes (64 hexadecimal digits each), one after the other."""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def line_hash(line: str) -> str:
    """By which the next line names it."""
    return hashlib.sha256(line.encode()).hexdigest()


def read(path: Path, own_key: str, earlier_key: str) -> Heads:
    """The heads of a file, checked against the public keys (hex)."""
    heads = Heads()
    if not path.exists():
        heads.flaws.append(HeadFlaw("heads_missing", f"there is no file {path.name}"))
        return heads
    for number, head in read_heads(path):
        if head is None:
            heads.flaws.append(HeadFlaw("head_unreadable", f"line {number} of {path.name} is no signed head"))
        else:
            heads.take(head, own_key, earlier_key)
    if not heads.lines and not heads.flaws:
        heads.flaws.append(HeadFlaw("heads_empty", f"{path.name} has no head in it"))
    return heads


def too_old(heads: Heads, tenant: str, now: datetime, longest: timedelta) -> Iterator[HeadFlaw]:
    """Whether a tenant's heads were signed too long ago, or never."""
    signed_at = heads.newest.get(tenant)
    if signed_at is None:
        yield HeadFlaw("heads_missing", "no head of this tenant was ever signed", tenant)
    elif now - signed_at > longest:
        yield HeadFlaw("heads_old", f"signed last at {signed_at:%Y-%m-%d %H:%M} UTC", tenant)


def append_heads(path: Path, heads: Iterable[SignedHead]) -> int:
    """Add heads to the file, on disk when this returns; how many."""
    lines = [head.line for head in heads]
    with path.open("a", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def read_heads(path: Path) -> Iterator[tuple[int, SignedHead | None]]:
    """The heads of a file with the number of the line, in the order in which they were added; None for a line that is no head."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            yield number, _head_of(line)


def last_signed(path: Path) -> datetime | None:
    """When the last head of a file was signed, by its own word; None: there is none. Raises OSError for no file."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 65_536))
        heads = [head for line in file.read().splitlines() if (head := _head_of(line)) is not None]
    return datetime.fromisoformat(heads[-1].signed_at) if heads else None


def _head_of(line: bytes) -> SignedHead | None:
    try:
        head = SignedHead(**json.loads(line.decode("ascii")))
        for said in filter(None, (head.signed_at, head.until)):
            datetime.fromisoformat(said)
    except (ValueError, TypeError, RecursionError):
        return None
    whole = all(type(getattr(head, name)) is int for name in ("seq", "number", "turn"))
    texts = (head.tenant, head.case_id, head.head, head.signature, head.prev, head.around, head.until, head.all_facts)
    return head if whole and all(isinstance(text, str) for text in texts) else None


def around_hash(notices: Iterable[Mapping[str, Any]], commands: Iterable[Mapping[str, Any]]) -> str:
    """The hash of what stands beside the facts: each row as canonical JSON, in order of its id."""
    rows = [*sorted(notices, key=lambda row: row["id"]), *sorted(commands, key=lambda row: row["id"])]
    return hashlib.sha256(b"\n".join(_row(row) for row in rows)).hexdigest()


def _row(row: Mapping[str, Any]) -> bytes:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
