"""What is told through Temporal's own doors, sealed before it reaches Temporal: payloads of histories, and the words of failures.

Histories hold ids, and the texts that somebody sent by Temporal's own signal or update. With the setting ``aes`` those, too, are
sealed (AES-256-GCM), each with a key of its own case, bound to the case: whoever reaches the namespace reads nothing, and a
payload copied to another case does not open. What came unsealed is read as it is: the setting can change while cases run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

ENCODING = b"binary/encrypted"
"""What Temporal's own samples call a sealed payload; its pages know the word."""
_SCOPE = "ombud-scope"
"""The name of the metadata that says whose key it is: the id of the workflow, which Temporal shows anyway; empty: of no case."""
_NONCE = 12
KeyOf = Callable[[str], bytes]
"""Makes the key (32 bytes) of a scope."""


class SealedPayloads(PayloadCodec, WithSerializationContext):
    """Seals payloads, and opens sealed ones. ``key_of`` makes the key (32 bytes) of a scope. Without ``sealing`` it opens.

    What ``earlier`` make opens, too: a history outlives the master key under which it began.
    """

    def __init__(self, key_of: KeyOf, *, earlier: Sequence[KeyOf] = (), sealing: bool = True, scope: str = "") -> None:
        self._key_of, self._earlier, self.sealing, self._scope = key_of, earlier, sealing, scope

    def with_context(self, context: SerializationContext) -> Self:
        """The same for the payloads of one workflow."""
        known = isinstance(context, WorkflowSerializationContext | ActivitySerializationContext)
        scope = (context.workflow_id or "") if known else ""  # type: ignore[attr-defined]  # both have one
        return self.of(scope)

    def of(self, scope: str) -> Self:
        """The same for one scope."""
        return (
            self if scope == self._scope else type(self)(self._key_of, earlier=self._earlier, sealing=self.sealing, scope=scope)
        )

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal them, where it is asked for."""
        return [self.sealed(payload) for payload in payloads] if self.sealing else list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open what is sealed. What does not open stays sealed, and fails where it is used: somebody who tells a case nonsense at
        Temporal's door has their message dropped, and does not stop the case."""
        return [self.opened(payload) for payload in payloads]

    def sealed(self, payload: Payload) -> Payload:
        """One of them, sealed; what is sealed already stays as it is."""
        if payload.metadata.get("encoding") == ENCODING:
            return payload
        nonce, scope = os.urandom(_NONCE), self._scope.encode()
        data = AESGCM(self._key_of(self._scope)).encrypt(nonce, payload.SerializeToString(), scope)
        return Payload(metadata={"encoding": ENCODING, _SCOPE: scope}, data=nonce + data)

    def opened(self, payload: Payload) -> Payload:
        """One of them, opened; what is not sealed, or does not open with our keys, stays as it is."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        scope = payload.metadata.get(_SCOPE, b"")
        for key_of in (self._key_of, *self._earlier):
            try:
                plain = AESGCM(key_of(scope.decode())).decrypt(payload.data[:_NONCE], payload.data[_NONCE:], scope)
            except (InvalidTag, ValueError):
                continue
            return Payload.FromString(plain)
        return payload


def codec_of(setting: str, key_of: KeyOf, earlier: Sequence[KeyOf] = ()) -> SealedPayloads | None:
    """What `OMBUD_TEMPORAL_CODEC` asks for."""
    return None if setting == "none" else SealedPayloads(key_of, earlier=earlier, sealing=setting == "aes")


class SealedJson:
    """The same for payloads in JSON, as Temporal's pages and its command line send them to a *codec endpoint*.

    Implements :class:`services.parts.Payloads`. What is no such JSON raises ValueError.
    """

    def __init__(self, codec: SealedPayloads) -> None:
        self._codec = codec

    def scopes(self, body: bytes) -> frozenset[str]:
        """Whose sealed payloads these are: ids of workflows, and empty for what belongs to none."""
        sealed = [payload for payload in _read(body).payloads if payload.metadata.get("encoding") == ENCODING]
        return frozenset(payload.metadata.get(_SCOPE, b"").decode("utf-8", "replace") for payload in sealed)

    def opened(self, body: bytes) -> bytes:
        """All of them opened."""
        return _written(self._codec.opened(payload) for payload in _read(body).payloads)

    def sealed(self, body: bytes, scope: str) -> bytes:
        """All of them sealed for one workflow."""
        codec = self._codec.of(scope)
        return _written(codec.sealed(payload) for payload in _read(body).payloads)


def _read(body: bytes) -> Payloads:
    try:
        said = json.loads(body)
        # An object: by itself the parser takes an empty list for an empty message.
        return json_format.ParseDict({**said}, Payloads())
    except (json_format.ParseError, ValueError, TypeError) as error:
        raise ValueError("These are no payloads in JSON.") from error


def _written(payloads: Iterable[Payload]) -> bytes:
    return json_format.MessageToJson(Payloads(payloads=payloads), indent=None).encode()
