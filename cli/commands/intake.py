"""``ombud intake``: what would become of an input, without a server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.exits import BAD_DATA, NOT_THERE, fail, misused
from cli.kit.options import AsJson
from cli.kit.show import show

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="What comes in: try how a mail or a webhook is read.", no_args_is_help=True, rich_markup_mode=None)

_SHOWN = 2_000
"""Characters of a statement that a terminal is shown."""


@app.callback()
def _group() -> None:
    """What comes in: try how a mail or a webhook is read."""


@app.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A raw e-mail (.eml), or a webhook's body (JSON); - reads stdin.")],
    provider: Annotated[str, typer.Option(help="mail, stripe, paypal, or generic (a report as JSON).")] = "mail",
    kind: Annotated[str | None, typer.Option(help="Kind of the case, where a mail opens one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what would become of an input: a report, an answer, a signal, nothing, and why. No server is asked.

    Exit code 65 when it would be refused, 66 when the file cannot be read.
    """
    from cli.kit.parsers import PROVIDERS, outcome
    from runtime.settings import Settings

    if provider not in PROVIDERS:
        misused(f"--provider is one of: {', '.join(PROVIDERS)}")
    found = outcome(Settings(), provider, _bytes(file), kind)
    show(found, as_json, outcome_table)
    if found["outcome"] == "refused":
        raise typer.Exit(BAD_DATA)


def _bytes(file: Path) -> bytes:
    try:
        return typer.get_binary_stream("stdin").read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror or error}", "file_unreadable", NOT_THERE, error)


def outcome_table(found: Mapping[str, Any]) -> Table:
    """An outcome for people."""
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    statement, amount, who = found["statement"] or "", found["amount"], found["claimant"]
    rows = {
        "Outcome": found["outcome"],
        "Why": found["why"],
        "From": " ".join(part for part in (who["name"], f"<{who['address']}>" if who["address"] else "") if part),
        "External id": found["external_id"],
        "Amount": f"{amount['amount']} {amount['currency']} (minor units)" if amount else "",
        "Statement": f"{statement[:_SHOWN]} … ({len(statement)} characters)" if len(statement) > _SHOWN else statement,
        "Files": "\n".join(f"{file['name']} ({file['type']}, {file['bytes']} bytes)" for file in found["files"]),
        "Guessed": ", ".join(found["guessed"]),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    return table
