"""``ombud command``: commands for Temporal's own doors, signed by the person who sends them."""

from __future__ import annotations

import base64
import json as json_text
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.exits import BAD_DATA, IN_THE_WAY, NOT_THERE, fail
from cli.kit.options import As, AsJson, Tenant
from cli.kit.show import note, print_json_line, show
from cli.kit.target import Target

app = typer.Typer(
    help="Commands that are told by Temporal's own signal or update: sign them, and look after signing keys.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_PRIVATE = Annotated[Path, typer.Argument(help="File of the private key (PEM).")]


@app.command("key")
def make_key(file: _PRIVATE) -> None:
    """Make a private signing key in a new file that only its owner can read. Register it with `ombud command register`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
    except FileExistsError:
        fail(f"{file} is there already; name a new file.", "file_exists", IN_THE_WAY)
    note(f"Made {file}. Register it: ombud command register {file} --as per_…")


@app.command()
def register(file: _PRIVATE, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Register the public half of a key as one's own. Log in first: nobody registers a key for somebody else."""

    async def registering(desk: Any) -> Any:
        public = base64.b64encode(_private(file).public_key().public_bytes_raw()).decode()
        return await desk.ask("POST", "/v1/signing-keys", json={"public_key": public})

    show(run(registering, Target(tenant, speaker)), json, lambda made: made["id"], notes=_registered)


def _registered(made: dict[str, Any]) -> Iterator[str]:
    yield f"Registered for {made['person']}; sign with: ombud command sign FILE --case CASE --key KEY --key-id {made['id']}"


@app.command("keys")
def list_keys(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """One's own signing keys; ops and the operator see everybody's."""

    async def asking(desk: Any) -> Any:
        return await desk.ask("GET", "/v1/signing-keys")

    def lines(found: dict[str, Any]) -> str | None:
        told = (f"{key['id']}  {key['person']}  {'revoked' if key['revoked_at'] else 'live'}" for key in found["data"])
        return "\n".join(told) or None

    show(run(asking, Target(tenant, speaker)), json, lines, nothing="No signing keys: make one with `ombud command key FILE`.")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id (sig_…).")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Take a signing key back, at once: nothing that is signed with it is taken any more."""

    async def revoking(desk: Any) -> Any:
        return await desk.ask("POST", f"/v1/signing-keys/{quote(key, safe='')}/revoke")

    show(run(revoking, Target(tenant, speaker)), json, lambda taken: f"{taken['id']}  revoked")


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="The command as JSON, with its own id, as for `temporal workflow signal`.")],
    case: Annotated[str, typer.Option(help="The case it is for (case_…): the signature is good for no other.")],
    key: Annotated[Path, typer.Option(help="File of the private key (PEM).")],
    key_id: Annotated[str, typer.Option(help="The id under which it was registered (sig_…).")],
    of_tenant: Annotated[str, typer.Option("--tenant", "-t", envvar="OMBUD_TENANT", help="Whose case it is.")],
) -> None:
    """Print a command with its signature: the input for `temporal workflow signal --name tell`. Nothing is sent."""
    from domain.model.reading import read_incoming, signed_bytes

    private = _private(key)
    try:
        said = json_text.loads(file.read_text("utf-8"))
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", "file_unreadable", NOT_THERE)
    except ValueError:
        fail(f"{file} is not JSON.", "json_invalid", BAD_DATA)
    incoming = read_incoming(said, "temporal")
    if incoming.refusal is not None:
        code, detail, _ = incoming.refusal
        fail(detail, code, BAD_DATA)
    said.pop("signature", None)
    value = base64.b64encode(private.sign(signed_bytes(of_tenant, case, said))).decode()
    print_json_line({**said, "signature": {"key": key_id, "value": value}})


@app.command()
def refused(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most, the newest first.")] = 20,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """What Temporal's door did not let in: who was named, in which case, and why. For ops."""

    def lines(found: dict[str, Any]) -> str | None:
        return "\n".join(_told(one) for one in found["data"]) or None

    params = {"limit": str(limit)}
    found = run(lambda desk: desk.ask("GET", "/v1/refused-commands", params=params), Target(tenant, speaker))
    show(found, json, lines, nothing="Nothing was refused there.")


def _told(one: dict[str, Any]) -> str:
    what = f"{one['claimed']}  {one['type']}  {one['command']}  {one['case']}" if one["case"] else "more, beyond the day's bound"
    return f"{one['last_at']}  {one['code']}  {what}  ({one['times']}x)"


def _private(file: Path) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", "file_unreadable", NOT_THERE)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        fail(f"{file} holds no Ed25519 private key; `ombud command key` makes one.", "signing_key_invalid", BAD_DATA)
    return found
