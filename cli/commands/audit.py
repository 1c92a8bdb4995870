"""``ombud audit``: does the record prove itself, and what did the administrators do?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.exits import guarded
from cli.kit.options import As, AsJson, instant_of
from cli.kit.options import Tenant as Tenants
from cli.kit.show import say, show

if TYPE_CHECKING:
    from services.audit import HeadSigner, Work

app = typer.Typer(
    help="The record: verify its chains, sign their heads; what administrators did.", no_args_is_help=True, rich_markup_mode=None
)

Tenant = Annotated[str | None, typer.Option("--tenant", "-t", help="Only this tenant; left out: all.")]
Heads = Annotated[
    Path | None, typer.Option(help="File with the signed heads, kept outside the database; left out: OMBUD_HEADS_FILE.")
]


@app.command("verify")
def verify_record(
    tenant: Tenant = None,
    heads: Heads = None,
    case: Annotated[str | None, typer.Option(help="Only this case (case_…).")] = None,
    since: Annotated[str | None, typer.Option(help="Only cases that moved from then on (2026-11-01T00:00:00Z).")] = None,
    public_key: Annotated[
        str | None, typer.Option(help="Public key of whoever signs the heads (hex); left out: OMBUD_HEADS_PUBLIC_KEY.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Compute every chain anew and the cases from their facts, and open every text, key and file that they refer to.

    Exit code 1 when anything does not agree.
    """
    from runtime.settings import Settings
    from services.audit import verify

    settings = Settings()
    kept = heads or settings.heads_file
    moved, longest = instant_of(since), timedelta(hours=settings.heads_max_age_hours)
    found = _run(
        lambda record: verify(record, tenant, kept, case=case, since=moved, longest=longest),
        tenant,
        public_key=public_key or settings.heads_public_key,
    )
    show(found, json, _verdict, notes=lambda told: _problems(told, compared=kept is not None))
    if found["problems"]:
        raise typer.Exit(1)


@app.command("sign-heads")
def sign(
    file: Annotated[Path | None, typer.Argument(help="JSON Lines file to add the heads to; left out: OMBUD_HEADS_FILE.")] = None,
    key: Annotated[
        Path | None, typer.Option(help="Key to sign with (ombud audit make-key); left out: OMBUD_HEADS_KEY_FILE.")
    ] = None,
    anew: Annotated[bool, typer.Option("--new-file", help="Begin a file, though heads were signed into another before.")] = False,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Verify everything, then sign the head of every chain that moved. For a job of each day, where API and worker do not run.

    Nothing is signed of a case that is not whole. Exit code 1 when anything does not agree.
    """
    from runtime.settings import Settings
    from services.audit import sign_heads

    settings = Settings()
    _run(_there, tenant, public_key=None)
    into, signer = file or settings.heads_file, guarded(lambda: _signer(key or settings.heads_key_file))
    if into is None:
        raise typer.BadParameter("Name the file, or set OMBUD_HEADS_FILE.")
    told = _run(lambda record: sign_heads(record, tenant, into, signer, anew=anew), tenant, public_key=signer.public_key)
    show(told, json, lambda done: f"{done['signed']} heads signed into {done['file']}", notes=_findings)
    if told["problems"]:
        raise typer.Exit(1)


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(help="Where the key is to lie: on no machine of API, worker or database.")],
) -> None:
    """Make a key to sign heads with, and print its public part for OMBUD_HEADS_PUBLIC_KEY."""
    import os

    from services.audit import new_head_key

    made, public = new_head_key()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written, or is there already: {error.strerror}") from None
    say(public)


@app.command("trail")
def read_trail(
    about: Annotated[
        str | None, typer.Option(help="Only what was done to this id (key_…), or to a person, their keys and codes (per_…).")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Only what this person did (per_…, or system).")] = None,
    deed: Annotated[str | None, typer.Option(help="Only this deed (key_created).")] = None,
    since: Annotated[str | None, typer.Option(help="From then on (2026-11-01T00:00:00Z).")] = None,
    until: Annotated[str | None, typer.Option(help="Before then.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most, the newest first.")] = 20,
    tenant: Tenants = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """What the tenant's administrators did, the newest first. For ops."""
    from cli.kit.client import run
    from cli.kit.target import Target
    from cli.tables.access import trail_table

    sought = {"about": about, "by": by, "deed": deed, "since": since, "until": until}
    params = {"limit": str(limit), **{name: value for name, value in sought.items() if value}}
    found = run(lambda desk: desk.ask("GET", "/v1/audit-trail", params=params), Target(tenant, speaker))
    show(found, json, lambda page: trail_table(page["data"]) if page["data"] else None, nothing="Nothing yet.")


def _verdict(found: dict[str, Any]) -> str:
    from cli.tables.cases import counted

    verdict = "the record is whole" if not found["problems"] else f"{len(found['problems'])} problem(s)"
    return (
        f"{counted(found['cases'], 'case')}, {counted(found['facts'], 'fact')}, {counted(found['texts'], 'text')}, "
        f"{counted(found['deeds'], 'deed')} of administrators, compared with {counted(found['heads'], 'signed head')}: {verdict}"
    )


def _findings(found: dict[str, Any]) -> Iterator[str]:
    for problem in found["problems"]:
        where = " ".join(
            part for part in (problem["tenant"], problem["case_id"], f"fact {problem['seq']}" * bool(problem["seq"])) if part
        )
        yield f"{where}: {problem['code']}: {problem['means']} {problem['detail']}. {problem['next_step']}"


def _problems(found: dict[str, Any], *, compared: bool) -> Iterator[str]:
    yield from _findings(found)
    if not compared:
        yield "No signed heads were given: whoever owns the database can compute a chain anew, and only they would show it."


async def _there(_: Any) -> dict[str, Any]:
    """Nothing but that the tenant is one: said before anything of the key."""
    return {}


def _signer(file: Path | None) -> HeadSigner:
    from services.audit import signer_of
    from services.errors import OperatorRefused

    if file is None:
        missing = "Name the key (--key), or set OMBUD_HEADS_KEY_FILE; make one with ombud audit make-key."
        raise OperatorRefused("heads_key_missing", missing)
    try:
        return signer_of(file.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorRefused("heads_key_invalid", f"{file} is no key to sign heads with: {error}") from None


def _run(work: Work, tenant: str | None, *, public_key: str | None) -> dict[str, Any]:
    from cli.kit.record import with_record

    return guarded(lambda: asyncio.run(with_record(work, tenant, public_key=public_key)))
