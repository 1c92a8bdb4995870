"""What somebody signed by Standard Webhooks: a report as JSON, a form, or a raw e-mail that a mail server handed on."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from adapters.intake.errors import ReportInvalid

Read = TypeVar("Read", covariant=True)

TOLERANCE_FOR = timedelta(minutes=5)
"""Standard Webhooks' own: every attempt is signed anew, so an older signature is a replay."""
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class BodyAlone(Generic[Read]):
    """A reader for which the headers of the request say nothing."""

    of: Callable[[bytes], Read]

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> Read:
        return self.of(body)


class SignedIntake(Generic[Read]):
    """Proves who sent a body, and hands it on to what reads it. ``secrets``: two while one is being replaced.

    The standard's own library takes text alone; an e-mail is bytes, and what is signed must be what arrived.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        read: Callable[[bytes, Mapping[str, str]], Read],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = [key_of(secret) for secret in secrets]
        self._read = read
        self._now = now

    def prove(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when the body was signed within the last five minutes. Raises ``signature_invalid``; ``signature_expired`` for
        whoever signed it rightly, and only then: of a clock that is wrong nobody else learns."""
        message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        given = [part[3:] for part in headers.get("webhook-signature", "").split(" ")[:8] if part.startswith("v1,")]
        signed = f"{message_id}.{stamp}.".encode("utf-8", "surrogateescape") + body
        # Every secret is tried, whichever fits: how long it takes says nothing.
        fits = [_fits(key, signed, signature) for key in self._keys for signature in given or [""]]
        if not (any(fits) and message_id):
            raise ReportInvalid.one(
                "signature_invalid", "webhook-signature", "The signature does not fit the body and the secret."
            )
        if not self._is_fresh(stamp):
            raise ReportInvalid.one(
                "signature_expired", "webhook-timestamp", "It was signed more than five minutes ago, or from now."
            )

    def __getstate__(self) -> dict[str, object]:
        """What reads strangers' bytes in another process gets no secret."""
        return {**self.__dict__, "_keys": [], "_now": None}

    def read(self, body: bytes, headers: Mapping[str, str]) -> Read:
        """What stands in a body that was proved."""
        return self._read(body, headers)

    def _is_fresh(self, stamp: str) -> bool:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            return False
        return abs(self._now() - datetime.fromtimestamp(int(stamp), UTC)) <= TOLERANCE_FOR


def key_of(secret: str) -> bytes:
    """The key that a secret (``whsec_`` and base64) stands for. Raises ValueError for one that is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a signing secret is whsec_ and base64") from None
    if not 16 <= len(key) <= 64:
        raise ValueError("a signing secret has 16 to 64 bytes")
    return key


def _fits(key: bytes, signed: bytes, signature: str) -> bool:
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))
