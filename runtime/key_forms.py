"""How a key is written in the settings: in base64 as it is, in a file, or sealed by a KMS that gives its own key to nobody.

Sealed by a KMS, what lies in the settings and their backups opens nothing by itself: who may open it, and until when, is said and
logged there. It is opened once, when a process starts.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from runtime.errors import ServiceFault

FILE, AWS_KMS = "file:", "aws-kms:"
_CONTEXT = {"ombud": "master-key"}
"""To what a sealed key is bound in the KMS, as its log shows it."""
WANTED = "must be 32 bytes in base64 (`openssl rand -base64 32`), file:PATH, or aws-kms: and what `ombud master-key new` made"


def is_key(text: str) -> bool:
    """Whether this is 32 bytes in base64."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False


def is_written(text: str) -> bool:
    """Whether this is a key, or says where one is."""
    return text.startswith((FILE, AWS_KMS)) or is_key(text)


def opened(written: str) -> str:
    """The key itself, in base64. Raises ServiceFault ``master_key_unusable`` where what is to give it does not."""
    if written.startswith(FILE):
        try:
            return opened(Path(written.removeprefix(FILE)).read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError, RecursionError) as error:
            raise _fault(f"{written} cannot be read ({type(error).__name__})") from error
    if written.startswith(AWS_KMS):
        return _opened_by_aws(written.removeprefix(AWS_KMS))
    if not is_key(written):
        raise _fault("what was found is not 32 bytes in base64")
    return written


def sealed_by_aws(key: str, key_id: str) -> str:
    """A key (base64) as it is written when AWS KMS seals it under the key that is named there. Raises ServiceFault as above."""
    done = _asked_of_aws("encrypt", KeyId=key_id, Plaintext=base64.b64decode(key), EncryptionContext=_CONTEXT)
    return AWS_KMS + base64.b64encode(done["CiphertextBlob"]).decode()


def _opened_by_aws(sealed: str) -> str:
    try:
        blob = base64.b64decode(sealed, validate=True)
    except binascii.Error:
        raise _fault("what follows aws-kms: is not base64") from None
    key = base64.b64encode(_asked_of_aws("decrypt", CiphertextBlob=blob, EncryptionContext=_CONTEXT)["Plaintext"]).decode()
    if not is_key(key):
        raise _fault("what AWS KMS opened is not 32 bytes long")
    return key


def _asked_of_aws(what: str, **said: Any) -> Any:
    try:
        import boto3  # type: ignore[import-untyped]  # brings no types
        from botocore.config import Config  # type: ignore[import-untyped]  # nor does this
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # nor this
    except ImportError:
        raise _fault("AWS KMS needs boto3: install Ombud with its extra `kms`") from None
    try:
        # Region, credentials and address are found as AWS's own tools find them.
        client = boto3.client("kms", config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3}))
        return getattr(client, what)(**said)
    except ClientError as error:
        raise _fault(f"AWS KMS refuses to {what} ({error.response['Error'].get('Code', 'unknown')})") from error
    except BotoCoreError as error:
        raise _fault(f"AWS KMS cannot be asked to {what} ({type(error).__name__})") from error


def _fault(why: str) -> ServiceFault:
    return ServiceFault("master_key_unusable", f"A master key cannot be had: {why}. See docs/how-to/master-key.md.")
