"""A key is read as it is written: itself, in a file, or sealed by a KMS, which can take it back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # brings no types
import pytest
from moto.server import ThreadedMotoServer

from runtime.embedded.stack import Stack
from runtime.errors import ServiceFault
from runtime.key_forms import AWS_KMS, is_written, opened, sealed_by_aws
from runtime.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a key in a KMS on this machine, which is found as AWS's own is."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    address, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": f"http://{address}:{port}",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "here",
        "AWS_SECRET_ACCESS_KEY": "here",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield boto3.client("kms").create_key(Description="ombud")["KeyMetadata"]["KeyId"]
    server.stop()


def test_as_it_is_and_in_a_file(tmp_path: Path) -> None:
    assert opened(KEY) == KEY
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert opened(f"file:{file}") == KEY
    for bad in (f"file:{tmp_path}/none", f"file:{tmp_path}"):
        with pytest.raises(ServiceFault, match="cannot be read"):
            opened(bad)
    file.write_text("c2hvcnQ=")
    with pytest.raises(ServiceFault, match="not 32 bytes"):
        opened(f"file:{file}")
    assert [is_written(text) for text in (KEY, "file:/x", "aws-kms:QQ==", "short", "")] == [True, True, True, False, False]


class TestAwsKms:
    def test_what_it_sealed_it_opens_and_what_is_written_has_nothing_of_the_key(self, kms: str) -> None:
        written = sealed_by_aws(KEY, kms)
        assert written.startswith(AWS_KMS)
        assert KEY[:20] not in written
        assert base64.b64decode(KEY) not in base64.b64decode(written.removeprefix(AWS_KMS))
        assert opened(written) == KEY
        boto3.client("kms").rotate_key_on_demand(KeyId=kms)
        assert opened(written) == KEY, "its own rotation is its own business"

    def test_what_was_altered_is_refused(self, kms: str) -> None:
        blob = bytearray(base64.b64decode(sealed_by_aws(KEY, kms).removeprefix(AWS_KMS)))
        blob[-1] ^= 1
        with pytest.raises(ServiceFault, match="refuses to decrypt"):
            opened(AWS_KMS + base64.b64encode(bytes(blob)).decode())

    def test_what_was_sealed_for_something_else_is_not_taken(self, kms: str) -> None:
        client = boto3.client("kms")
        for plain, context, said in (
            (base64.b64decode(KEY), {"for": "another"}, "refuses"),
            (b"short", {"ombud": "master-key"}, "not 32 bytes"),
        ):
            blob = client.encrypt(KeyId=kms, Plaintext=plain, EncryptionContext=context)["CiphertextBlob"]
            with pytest.raises(ServiceFault, match=said):
                opened(AWS_KMS + base64.b64encode(blob).decode())

    def test_one_that_does_not_answer_is_said_in_our_words(self, monkeypatch: pytest.MonkeyPatch, kms: str) -> None:
        written = sealed_by_aws(KEY, kms)
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
        with pytest.raises(ServiceFault, match=r"cannot be asked to decrypt \(EndpointConnectionError\)"):
            opened(written)

    def test_all_keys_of_a_process_come_from_it(self, tmp_path: Path, kms: str) -> None:
        settings = Settings(
            _env_file=None,
            state_dir=tmp_path,
            master_key=sealed_by_aws(KEY, kms),
            master_keys_earlier=f"{sealed_by_aws(OTHER, kms)},{KEY}",
            digest_key=sealed_by_aws(OTHER, kms),
        )
        assert Stack(settings).master_key() == f"{KEY},{OTHER},{KEY};{OTHER}"
