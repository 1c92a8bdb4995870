"""``ombud case`` where money or people are at risk: credit, signal, tell an authority or the respondent, have others decide."""

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
def annul(
    case_id: CaseId,
    reason: Annotated[str, typer.Argument(help="Why, as a code (decider_was_biased, not_heard, procedural_fault).")],
    reasons: Annotated[str, typer.Option(help="What both sides are told.")],
    speaker: Annotated[str, typer.Option("--as", help="A lead or ops who had no part in it (per_…).")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Set a ruling aside that was told: it is undone, and somebody else decides afresh."""
    send(case_id, {"type": "annul", "reason": reason, "reasons": reasons}, Target(tenant, speaker), as_json=json)


@app.command()
def recuse(
    case_id: CaseId,
    reason: Annotated[str, typer.Argument(help="Why, as a code (knows_a_party, took_part_before, own_interest).")],
    speaker: Annotated[str, typer.Option("--as", help="Whoever cannot decide it (per_…).")],
    reasons: Annotated[str | None, typer.Option(help="More about it, for the team.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Say that you cannot decide this case; it goes back to its queue, and never to you."""
    said = {"type": "recuse", "reason": reason} | ({"reasons": reasons} if reasons else {})
    send(case_id, said, Target(tenant, speaker), as_json=json)


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
    ground: Annotated[
        str | None, typer.Option(help="The clause that is put to them; left out: the category of the report.")
    ] = None,
    reasons: Annotated[
        str | None, typer.Option(help="Why, where an authority is told of them: a second person says so too.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="claimant: what two persons tell that side while somebody is reported.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Tell the respondent of the case, once and for good."""
    said: dict[str, Any] = {"type": "disclose"} | ({"text": text} if text else {}) | ({"reasons": reasons} if reasons else {})
    said |= ({"to": to} if to else {}) | ({"ground": ground} if ground else {})
    send(case_id, said | ({"with_statement": True} if with_statement else {}), Target(tenant, speaker), as_json=json)


@app.command("withdrawal-accept")
def withdrawal_accept(
    case_id: CaseId,
    speaker: Owner,
    ends: Annotated[
        list[str] | None, typer.Option("--ends", help="An interim measure that ends now (suspend, or itm_…).")
    ] = None,
    stays: Annotated[list[str] | None, typer.Option("--stays", help="One that stays in force until --until.")] = None,
    until: Annotated[str | None, typer.Option(help="An instant, at most ninety days ahead.")] = None,
    reasons: Annotated[str | None, typer.Option(help="What whoever took it back is told.")] = None,
    seen: Annotated[
        list[str] | None, typer.Option("--seen", help="What they have said since, which you have read (not_seen names it).")
    ] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Let a report be taken back; say of each interim measure in force what becomes of it."""
    said: dict[str, Any] = {"type": "accept_withdrawal", "ends": ends or [], "stays": stays or []}
    said |= {"seen": seen} if seen else {}
    said |= {name: value for name, value in (("until", until), ("reasons", reasons)) if value}
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("of-office")
def of_office(case_id: CaseId, reasons: Why, speaker: Owner, tenant: Tenant = None, json: AsJson = False) -> None:
    """Go on with a report that its reporter wants to take back: the platform is the claimant from now on."""
    send(case_id, {"type": "continue_of_office", "reasons": reasons}, Target(tenant, speaker), as_json=json)
