"""``ombud case`` where money or people are at risk: hand over, credit, signal, tell an authority, tell the respondent."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.kit.options import AsJson, CaseId, Tenant
from cli.kit.send import send
from cli.kit.target import Target

app = typer.Typer()

Owner = Annotated[str, typer.Option("--as", help="The owner of the case (per_…).")]
Why = Annotated[str, typer.Option(help="Why, in words.")]


@app.command("hand-over")
def hand_over(
    case_id: CaseId,
    reasons: Why,
    speaker: Annotated[str, typer.Option("--as", help="The owner, a lead or ops (per_…).")],
    queue: Annotated[str | None, typer.Option(help="The other site's queue.")] = None,
    to: Annotated[str | None, typer.Option(help="A person (per_…); left out: whoever is found in the queue.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Give the case to another site or person; its clocks keep what they had promised."""
    where = {name: value for name, value in (("queue", queue), ("to", to)) if value}
    send(case_id, {"type": "hand_over", "reasons": reasons, **where}, Target(tenant, speaker), as_json=json)


@app.command()
def credit(
    case_id: CaseId,
    amount: Annotated[int, typer.Argument(help="In minor units (1250 is 12.50).")],
    currency: Annotated[str, typer.Argument(help="ISO 4217, for example USD.")],
    speaker: Owner,
    reasons: Annotated[str | None, typer.Option(help="What the claimant is told.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Give the claimant the money until the matter is decided."""
    said: dict[str, Any] = {"type": "credit_provisionally", "amount": {"amount": amount, "currency": currency.upper()}}
    send(case_id, said | ({"reasons": reasons} if reasons else {}), Target(tenant, speaker), as_json=json)


@app.command()
def signal(
    case_id: CaseId,
    name: Annotated[str, typer.Argument(help="What was noticed (chargeback_received).")],
    speaker: Annotated[str, typer.Option("--as", help="A key of the platform (key_…).")],
    text: Annotated[str | None, typer.Option(help="More about it, in words.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Tell the case what a machine has noticed: it wakes, and can be taken up again."""
    said = {"type": "signal", "signal": name} | ({"text": text} if text else {})
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("report-to")
def report_to(
    case_id: CaseId,
    authority: Annotated[str, typer.Argument(help="An authority of the kind's pack.")],
    reasons: Why,
    speaker: Owner,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Propose that an authority be told; nothing leaves before a second person agrees."""
    said = {"type": "report_to_authority", "authority": authority, "reasons": reasons}
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("report-approve")
def report_approve(
    case_id: CaseId,
    speaker: Annotated[str, typer.Option("--as", help="A lead who did not propose it (per_…).")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Let a report to an authority go out, once."""
    send(case_id, {"type": "approve_report"}, Target(tenant, speaker), as_json=json)


@app.command("report-return")
def report_return(
    case_id: CaseId,
    reasons: Why,
    speaker: Annotated[str, typer.Option("--as", help="A lead who did not propose it (per_…).")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Send a report to an authority back, with reasons."""
    send(case_id, {"type": "return_report", "reasons": reasons}, Target(tenant, speaker), as_json=json)


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
