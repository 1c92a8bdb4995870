"""The master keys that a process knows: the one that seals, earlier and coming ones that only open, and the root of all digests.

The master key can be changed while everything runs: what it seals says which one sealed it. Digests cannot: facts hold them, and
facts never change. So they follow from a root of their own, which opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
_UNNAMED, _NAMED = b"\x01", b"\x02"
"""Before what is sealed: either its nonce follows (under keys of data, and in releases that knew one master key), or the id of
the master key, and the nonce."""
_ID = 8
_MAKE_ONE = "make one with: openssl rand -base64 32"


class VaultFault(Exception):
    """A key is unusable, or does not open what was sealed."""

    code = "vault_fault"

    @property
    def message(self) -> str:
        """What is wrong, for people."""
        return str(self)


class Damaged(VaultFault):
    """What was sealed was changed or damaged since: the key that it was sealed with is known, and does not open it."""


class MasterKey:
    """One master key (32 bytes), known in sealed data by the first half of a digest of it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise VaultFault(f"The master key must have 32 bytes; {_MAKE_ONE}")
        self._secret = secret
        self._derived: dict[tuple[str, ...], bytes] = {("wrap",): derived(secret, "wrap")}
        self.id = derived(secret, "id")[:_ID]

    def of(self, *purpose: str) -> bytes:
        """The key (32 bytes) that follows from it for a purpose."""
        return self._derived.get(purpose) or derived(self._secret, *purpose)

    @property
    def digest_root(self) -> bytes:
        """What the root of digests is unless it is given. Nobody finds this key by it."""
        return derived(self._secret, "digests")


class KeyRing:
    """What seals, what opens, and what digests follow from. ``known``: the other keys, the latest first."""

    def __init__(self, current: bytes, known: Sequence[bytes] = (), digest_root: bytes | None = None) -> None:
        self.current = MasterKey(current)
        self.others = tuple(MasterKey(secret) for secret in known if secret != current)
        root = self.current.digest_root if digest_root is None else digest_root
        if len(root) != 32:
            raise VaultFault(f"The root of digests must have 32 bytes; {_MAKE_ONE}")
        self.digest_root = root
        self.digests_follow_master = any(hmac.compare_digest(root, secret) for secret in (current, *known))
        """As in a house of before there was a root: there it is the master key itself."""
        self.root_is_given = digest_root is not None
        """Whether it stays when the first master key is forgotten."""
        self._by_id = {key.id: key for key in self}

    @classmethod
    def from_text(cls, text: str) -> KeyRing:
        """A ring as a process finds it (:meth:`runtime.embedded.stack.Stack.master_key`).

        Keys in base64 with commas, the current one first; behind a semicolon the root of digests, or nothing where it follows
        from the last key; behind another the key that comes next.
        """
        keys, root, following = (*text.split(";"), "", "")[:3]
        current, *earlier = (_decoded(key) for key in keys.split(","))
        first = MasterKey(earlier[-1] if earlier else current)
        known = [*earlier, *([_decoded(following)] if following else [])]
        ring = cls(current, known, _decoded(root) if root else first.digest_root)
        ring.root_is_given = bool(root)
        return ring

    def __iter__(self) -> Iterator[MasterKey]:
        yield self.current
        yield from self.others

    @property
    def digest_mark(self) -> str:
        """By which it is told whether another process has the same root (hex)."""
        return derived(self.digest_root, "mark").hex()[:32]

    @property
    def mark(self) -> bytes:
        """What stands before everything that the current key sealed."""
        return _NAMED + self.current.id

    def digest_key(self, *purpose: str) -> bytes:
        """The key of one kind of digest."""
        return derived(self.digest_root, *purpose)

    def seal(self, purpose: Sequence[str], data: bytes, place: bytes, nonce: bytes | None = None) -> bytes:
        """Encrypt with the current key; only the same purpose and place open it again."""
        nonce = os.urandom(NONCE) if nonce is None else nonce
        return self.mark + nonce + AESGCM(self.current.of(*purpose)).encrypt(nonce, data, place)

    def open(self, purpose: Sequence[str], sealed: bytes, place: bytes) -> bytes:
        """Decrypt with whichever key sealed it. Raises VaultFault when none that is known did, or it was changed."""
        if sealed[:1] == _NAMED:
            key = self._by_id.get(sealed[1 : 1 + _ID])
            if key is None:
                raise VaultFault("Sealed data does not open: its master key is not known here.")
            return _decrypted(key.of(*purpose), sealed[1 + _ID :], place)
        for key in self:
            try:
                return _decrypted(key.of(*purpose), sealed[1:], place)
            except VaultFault:
                continue
        raise VaultFault("Sealed data does not open: another master key, or it was changed.")


def sealed_under(key: bytes, data: bytes, place: bytes) -> bytes:
    """Encrypt with a key of data, whose name stands beside what it seals."""
    nonce = os.urandom(NONCE)
    return _UNNAMED + nonce + AESGCM(key).encrypt(nonce, data, place)


def opened_under(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """What :func:`sealed_under` sealed. Raises VaultFault."""
    return _decrypted(key, sealed[1:], place)


def derived(key: bytes, *purpose: str) -> bytes:
    """The key (32 bytes) that follows from a key for a purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info="/".join(("ombud", *purpose)).encode()).derive(key)


def keyed_digest(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.new(key, data, hashlib.sha256).digest()


def bound(*parts: str) -> bytes:
    """The place to which something sealed is bound."""
    return "\x1f".join(parts).encode()


def _decrypted(key: bytes, data: bytes, place: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], place)
    except (InvalidTag, ValueError):
        raise Damaged("Sealed data does not open: another master key, or it was changed.") from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise VaultFault(f"The master key is not base64; {_MAKE_ONE}") from None
