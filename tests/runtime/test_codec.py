"""Sealed payloads: what Temporal sees says nothing, opens for its own workflow alone, and what was there before is still read."""

from __future__ import annotations

import json

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from runtime.codec import ENCODING, SealedJson, SealedPayloads, codec_of
from storage.postgres.ring import KeyRing
from storage.postgres.vault import Vault

MINE, OTHER = "case/acme/case_1", "case/acme/case_2"
KEYS = Vault(bytes(range(32))).payload_key
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"text": "canary-word"}')


def of(workflow: str, *, sealing: bool = True) -> SealedPayloads:
    return SealedPayloads(KEYS, sealing=sealing).with_context(WorkflowSerializationContext("default", workflow))


async def test_a_sealed_payload_says_nothing_and_comes_back_whole() -> None:
    (sealed,) = await of(MINE).encode([PLAIN])
    assert b"canary" not in sealed.SerializeToString()
    assert sealed.metadata["encoding"] == ENCODING
    assert await of(MINE).decode([sealed]) == [PLAIN]


async def test_whoever_reads_needs_no_context_to_open_it() -> None:
    (sealed,) = await of(MINE).encode([PLAIN])
    assert await SealedPayloads(KEYS).decode([sealed]) == [PLAIN]


async def test_the_same_twice_is_sealed_differently() -> None:
    first, second = await of(MINE).encode([PLAIN, PLAIN])
    assert first.data != second.data


async def test_it_opens_for_no_other_case_with_no_other_master_key_and_not_once_changed() -> None:
    (sealed,) = await of(MINE).encode([PLAIN])
    moved = Payload(metadata={**sealed.metadata, "ombud-scope": OTHER.encode()}, data=sealed.data)
    changed = Payload(metadata=sealed.metadata, data=sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    assert await of(MINE).decode([moved, changed]) == [moved, changed]
    strangers = SealedPayloads(Vault(b"k" * 32).payload_key)
    assert await strangers.decode([sealed]) == [sealed]


async def test_what_an_earlier_key_sealed_is_read_and_sealed_with_the_one_of_now() -> None:
    later = Vault(KeyRing(bytes(range(1, 33)), [bytes(range(32))]))
    codec = codec_of("aes", later.payload_key, later.earlier_payload_keys)
    assert codec is not None
    now = codec.with_context(WorkflowSerializationContext("default", MINE))
    (before,) = await of(MINE).encode([PLAIN])
    (after,) = await now.encode([PLAIN])
    assert await now.decode([before, after]) == [PLAIN, PLAIN]
    assert await of(MINE).decode([after]) == [after]
    assert SealedJson(now).opened(SealedJson(of(MINE)).sealed(b'{"payloads": []}', MINE)) == b"{}"


async def test_what_was_kept_unsealed_is_read_as_it_is() -> None:
    assert await of(MINE).decode([PLAIN]) == [PLAIN]


async def test_on_the_way_back_it_opens_and_seals_nothing() -> None:
    (sealed,) = await of(MINE).encode([PLAIN])
    reader = of(MINE, sealing=False)
    assert await reader.decode(await reader.encode([sealed])) == [PLAIN]
    assert await reader.encode([PLAIN]) == [PLAIN]


def test_the_setting() -> None:
    assert codec_of("none", KEYS) is None
    assert [found.sealing for name in ("opens", "aes") if (found := codec_of(name, KEYS))] == [False, True]


class TestJson:
    """The form in which Temporal's pages and its command line ask."""

    def test_there_and_back(self) -> None:
        body = json.dumps({"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "ImNhbmFyeS13b3JkIg=="}]}).encode()
        box = SealedJson(SealedPayloads(KEYS))
        sealed = box.sealed(body, MINE)
        assert box.scopes(body) == frozenset()
        assert box.scopes(sealed) == {MINE}
        assert json.loads(box.opened(sealed)) == json.loads(body)

    @pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"payloads": 7}', b'{"surprise": []}'])
    def test_what_is_none_is_a_fault_of_whoever_asks(self, body: bytes) -> None:
        with pytest.raises(ValueError, match="payloads"):
            SealedJson(SealedPayloads(KEYS)).opened(body)
