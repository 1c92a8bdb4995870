"""Signed heads: for each case the number and hash of its last fact, signed, kept where the database's masters cannot reach them.

A file of JSON lines, one head each, only ever added to. Whoever rewrites a chain in the database cannot rewrite the heads too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from storage.postgres.vault import Vault


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


class Signer:
    """Signs heads, and checks what was signed."""

    def __init__(self, vault: Vault) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(vault.signing_seed())

    @property
    def public_key(self) -> str:
        """Hex of the public key: enough for a stranger to check the file."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, tenant: str, case_id: str, seq: int, head: str, signed_at: str) -> SignedHead:
        """One signed head."""
        signature = self._private.sign(_message(tenant, case_id, seq, head, signed_at)).hex()
        return SignedHead(tenant, case_id, seq, head, signed_at, signature)

    def genuine(self, signed: SignedHead) -> bool:
        """Whether it was signed with this key and not changed since."""
        return genuine(signed, self.public_key)


def genuine(signed: SignedHead, public_key: str) -> bool:
    """Whether a head was signed with the key and not changed since."""
    message = _message(signed.tenant, signed.case_id, signed.seq, signed.head, signed.signed_at)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signed.signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def append_heads(path: Path, heads: Iterable[SignedHead]) -> int:
    """Add heads to the file, on disk when this returns; how many."""
    lines = [json.dumps(asdict(head), sort_keys=True) for head in heads]
    with path.open("a", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def read_heads(path: Path) -> Iterator[SignedHead]:
    """The heads of a file, in the order in which they were added. Raises ValueError for a line that is no head."""
    with path.open(encoding="ascii") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield SignedHead(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{path.name}, line {number}, is not a signed head") from error


def _message(tenant: str, case_id: str, seq: int, head: str, signed_at: str) -> bytes:
    return "\n".join(("ombud head 1", tenant, case_id, str(seq), head, signed_at)).encode()
