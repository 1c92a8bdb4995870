"""``ombud case disclose``: tell the respondent of a case."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.kit.options import AsJson, CaseId, Tenant
from cli.kit.send import send
from cli.kit.target import Target

app = typer.Typer()


@app.command()
def disclose(
    case_id: CaseId,
    speaker: Annotated[str, typer.Option("--as", help="The owner, a lead or ops (per_…).")],
    text: Annotated[str | None, typer.Option(help="What they are told of what is held against them, in your own words.")] = None,
    with_statement: Annotated[
        bool, typer.Option("--with-statement", help="The report goes along, in the words of whoever reported it.")
    ] = False,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Tell the respondent of the case, once and for good."""
    said: dict[str, Any] = {"type": "disclose"} | ({"text": text} if text else {})
    send(case_id, said | ({"with_statement": True} if with_statement else {}), Target(tenant, speaker), as_json=json)
