"""``ombud case``: open, look at, decide and revive cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.exits import BAD_DATA, fail, guarded, misused, need_file
from cli.kit.options import As, AsJson, CaseId, Tenant, instant_of
from cli.kit.send import send
from cli.kit.show import show
from cli.kit.target import Target

app = typer.Typer(
    help="Cases: open, list, show, decide. Each command has a verb; `command` sends any as JSON.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_REFUSED = 1
_RANGE = "Only from … to …: 2026-01-01T00:00Z..2026-02-01T00:00Z; either end may be left out."
_IGNORED = "Not a report: this mail was sent by a machine (a bounce or an automatic reply). Nothing was opened."


@app.command("open")
def open_case(
    file: Annotated[Path, typer.Option("--file", "-f", help="A report: .json (as for POST /v1/cases) or .eml (a raw e-mail).")],
    kind: Annotated[str | None, typer.Option(help="Kind of an e-mail's case; left out: the tenant's.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same key and file give the same case.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Open a case from a file."""
    need_file(file)
    body, mail = file.read_bytes(), file.suffix.lower() == ".eml"
    path = ("/v1/intake/email" + (f"?kind={kind}" if kind else "")) if mail else "/v1/cases"
    headers = {"Content-Type": "message/rfc822" if mail else "application/json"} | ({"Idempotency-Key": key} if key else {})
    answer = run(lambda desk: desk.ask("POST", path, content=body, headers=headers), Target(tenant))
    show(answer, json, _became)


def _became(case: dict[str, Any]) -> str:
    """What became of a report or a mail."""
    if case["id"]:
        return f"{case['id']}  {case.get('phase_label') or case.get('status')}"
    if case.get("status") == "unplaced":
        return f"{case['unplaced']}  waits to be placed ({case['reason']}): `ombud unplaced show {case['unplaced']}`"
    return _IGNORED


@app.command("list")
def list_cases(
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    phase: Annotated[str | None, typer.Option(help="Only this phase.")] = None,
    status: Annotated[str | None, typer.Option(help="open or closed.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this person.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only of this queue.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    priority: Annotated[str | None, typer.Option(help="Only this priority.")] = None,
    source: Annotated[str | None, typer.Option(help="Only reports from there (api, stripe, email).")] = None,
    external_id: Annotated[str | None, typer.Option(help="Only the report with this id of its sender's.")] = None,
    party_ref: Annotated[str | None, typer.Option(help="Only with the party that the platform calls so.")] = None,
    matter: Annotated[str | None, typer.Option(help="Only about this matter.")] = None,
    opened: Annotated[str | None, typer.Option(help=_RANGE)] = None,
    updated: Annotated[str | None, typer.Option(help=_RANGE)] = None,
    closed: Annotated[str | None, typer.Option(help=_RANGE)] = None,
    due_before: Annotated[str | None, typer.Option(help="Only with a deadline before this instant (ISO 8601).")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """List cases, the most urgent first."""
    asked = {
        "kind": kind, "phase": phase, "status": status, "owner": owner, "queue": queue, "campaign": campaign,
        "category": category, "priority": priority, "source": source, "external_id": external_id, "party_ref": party_ref,
        "matter": matter, "due_before": due_before, "limit": limit,
    }  # fmt: skip
    for name, said in (("opened", opened), ("updated", updated), ("closed", closed)):
        asked |= _range(name, said)
    params = {k: v for k, v in asked.items() if v is not None}
    answer = run(lambda desk: desk.ask("GET", "/v1/cases", params=params), Target(tenant, speaker, owner))
    from cli.tables.cases import case_table

    nothing = "No cases match. Open one with `ombud case open --file report.json`."
    show(answer, json, lambda found: case_table(found["data"]) if found["data"] else None, nothing=nothing)


def _range(name: str, said: str | None) -> dict[str, str]:
    """A range of instants as the two parameters of the API."""
    begin, dots, end = (said or "").partition("..")
    if said is not None and not dots:
        misused(f"--{name} {said}: write a range, as in 2026-01-01T00:00Z.. or ..2026-02-01T00:00Z.")
    return {f"{name}_{side}": at for side, at in (("after", begin), ("before", end)) if at}


@app.command("show")
def show_case(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Show one case as somebody may see it."""
    answer = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}"), Target(tenant, speaker))
    from cli.tables.cases import case_sheet

    show(answer, json, case_sheet)


@app.command()
def metadata(
    case_id: CaseId,
    noted: Annotated[list[str] | None, typer.Option("--set", help="key=value; repeatable.")] = None,
    gone: Annotated[list[str] | None, typer.Option("--remove", help="A key to take away; repeatable.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Note something on a case for the platform itself; no party sees it, and no rule looks at it."""
    changes: dict[str, str | None] = dict.fromkeys(gone or [])
    for pair in noted or []:
        name, equals, value = pair.partition("=")
        if not equals:
            misused(f"--set {pair}: write key=value.")
        changes[name] = value
    path, body = f"/v1/cases/{quote(case_id, safe='')}/metadata", {"metadata": changes}
    answer = run(lambda desk: desk.ask("PATCH", path, json=body), Target(tenant))
    show(answer, json, lambda found: "\n".join(f"{name}={value}" for name, value in found["metadata"].items()))


@app.command()
def timeline(
    case_id: CaseId,
    thread: Annotated[
        str | None, typer.Option(help="Only the private talk of the desk with one side: claimant or respondent.")
    ] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Show what happened in a case, fact by fact."""
    params = {"thread": thread} if thread else None
    answer = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/timeline", params=params), Target(tenant, speaker))
    from cli.tables.cases import timeline_table

    show(answer, json, lambda found: timeline_table(found["data"]))


@app.command()
def proof(
    case_id: CaseId,
    folder: Annotated[Path | None, typer.Option(help="Where to put it; left out: a folder with the case's id.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Write what proves a case to a stranger, with a script that checks it: it needs Python alone."""
    from services.proof import files

    answer = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/proof"), Target(tenant, speaker))
    into = folder or Path(case_id)
    into.mkdir(parents=True, exist_ok=True)
    for name, text in files(answer).items():
        (into / name).write_text(text, encoding="utf-8")
    told = {"folder": str(into), "facts": len(answer["facts"]), "signed": answer["head"] is not None}
    check = f"python3 -I verify_proof.py proof.json {answer['public_key']}"
    show(told, json, lambda done: f"{done['facts']} facts in {done['folder']}. Check them there with: {check}")


@app.command()
def sanctions(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """What counts against each party of a case, until when, and what the ladder would say now. For the team."""
    answer = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/sanctions"), Target(tenant, speaker))
    from cli.tables.sanctions import sanction_sheet

    show(answer, json, sanction_sheet)


@app.command()
def step(
    case_id: CaseId,
    names: Annotated[list[str], typer.Argument(help="Steps of the kind's procedure; `ombud case show` lists them.")],
    speaker: Annotated[str, typer.Option("--as", help="The owner of the case (per_…).")],
    evidence: Annotated[list[str] | None, typer.Option(help="Evidence that shows it (evd_…); repeatable.")] = None,
    skip: Annotated[bool, typer.Option("--skip", help="Leave the step out; needs --reasons.")] = False,
    reasons: Annotated[str | None, typer.Option(help="What was found, or why it is left out.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Do steps of the procedure, or leave one out with a reason."""
    if skip and len(names) > 1:
        misused("Leave out one step at a time: each needs its own reason.")
    said: dict[str, Any] = {"type": "skip_step", "step": names[0]} if skip else {"type": "complete_step", "steps": names}
    said |= {"reasons": reasons} if reasons else {}
    said |= {"evidence": evidence} if evidence and not skip else {}
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command()
def hold(
    case_id: CaseId,
    reason: Annotated[str, typer.Option(help="Why, as a code (litigation, preservation_order).")],
    reasons: Annotated[str, typer.Option(help="Why, in words; never shown to a party.")],
    speaker: Annotated[str, typer.Option("--as", help="A lead or ops (per_…).")],
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Place a legal hold: nothing of the case or of its people is deleted until it is lifted."""
    send(case_id, {"type": "place_hold", "reason": reason, "reasons": reasons}, Target(tenant, speaker), as_json=json)


@app.command()
def release(
    case_id: CaseId,
    reasons: Annotated[str, typer.Option(help="Why, in words.")],
    speaker: Annotated[str, typer.Option("--as", help="A lead or ops (per_…).")],
    hold_id: Annotated[str | None, typer.Option(help="One hold (lgh_…); left out: every one.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Lift legal holds."""
    said = {"type": "lift_hold", "reasons": reasons} | ({"hold_id": hold_id} if hold_id else {})
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command("amount")
def state_amount(
    case_id: CaseId,
    amount: Annotated[int, typer.Argument(help="What was paid, in minor units (12000 is 120.00).")],
    currency: Annotated[str, typer.Argument(help="ISO 4217, for example USD.")],
    speaker: Annotated[str, typer.Option("--as", help="The owner, a lead, ops (per_…) or a key of the platform.")],
    reasons: Annotated[str | None, typer.Option(help="How it is known; never shown to a party.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Say what was paid: no ruling and no offer gives back more than that."""
    said = {"type": "state_amount", "amount": {"amount": amount, "currency": currency.upper()}}
    send(case_id, said | ({"reasons": reasons} if reasons else {}), Target(tenant, speaker), as_json=json)


@app.command("root-cause")
def root_cause(
    case_id: CaseId,
    cause: Annotated[str, typer.Argument(help="A root cause of the kind's pack.")],
    speaker: Annotated[str, typer.Option("--as", help="The owner, a lead or ops (per_…).")],
    insight: Annotated[str | None, typer.Option(help="What could be learnt from it; never shown to a party.")] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Say where the matter comes from."""
    said = {"type": "name_root_cause", "cause": cause} | ({"insight": insight} if insight else {})
    send(case_id, said, Target(tenant, speaker), as_json=json)


@app.command()
def command(
    case_id: CaseId,
    body: Annotated[str, typer.Argument(help="A command as JSON, or - to read it from stdin.")],
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Send any command as JSON."""
    from json import JSONDecodeError, loads

    try:
        parsed = loads(sys.stdin.read() if body == "-" else body)
    except (JSONDecodeError, RecursionError) as error:
        fail(f"The command is not JSON: {error}", "json_invalid", BAD_DATA, error)
    send(case_id, parsed, Target(tenant, speaker), as_json=json)


@app.command()
def revive(
    case_id: Annotated[str | None, typer.Argument(help="The case's id; or use --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All open cases, and closed ones with something still running.")] = False,
    stuck: Annotated[bool, typer.Option("--stuck", help="All whose workflow task fails again and again: begun anew.")] = False,
    began_before: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="All whose run began before it (2026-11-01T00:00:00Z): begun anew.")
    ] = None,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Start the workflows of cases again from the record, as after the loss of Temporal's database. Harmless for those that
    run. With --stuck, once a release has mended why: runs whose workflow task fails are ended and begun anew from the record;
    what was told to them meanwhile is told again. Runs that somebody pinned to a build which is away go on with the current one.
    With --began-before all that began earlier are ended and begun anew, before the master key of their histories is taken away.
    """
    if [case_id is not None, every, stuck, began_before is not None].count(True) != 1:
        misused("Name one case, or say --all, --stuck, or --began-before.")
    import asyncio

    from cli.kit.record import begin_cases_anew, restart_stuck_cases, revive_cases

    if (before := instant_of(began_before)) is not None:
        found = guarded(lambda: asyncio.run(begin_cases_anew(tenant, before)))
        show(
            found,
            json,
            lambda n: f"{n['restarted']} begun anew, {n['deliveries']} deliveries ended, {n['refused']} refused by Temporal.",
        )
    elif stuck:
        found = guarded(lambda: asyncio.run(restart_stuck_cases(tenant)))
        show(found, json, _unstuck)
    else:
        found = guarded(lambda: asyncio.run(revive_cases(case_id, tenant)))
        show(found, json, lambda n: f"{n['started']} started, {n['running']} ran already, {n['checked']} looked at.")


def _unstuck(n: dict[str, int]) -> str:
    anew = f"{n['restarted']} begun anew, {n['unpinned']} let go that were pinned to a build which is away"
    return f"{anew}, {n['refused']} refused by Temporal, {n['checked']} looked at."


def remedy_of(text: str) -> dict[str, Any]:
    """A remedy as it is typed. What is none ends the command."""
    kind, *money = text.split(":")
    if not money:
        return {"type": kind}
    try:
        amount, currency = money
        return {"type": kind, "amount": {"amount": int(amount), "currency": currency.upper()}}
    except ValueError as error:
        shape = "write type, or type:amount:currency with the amount in minor units (refund:1250:USD)."
        misused(f"--remedy {text}: {shape}", error)


def preview_ruling(case_id: str, ruling: dict[str, Any], target: Target, *, as_json: bool) -> None:
    """Ask what would follow from a ruling. Exit code 1 when it would be refused."""
    from cli.tables.preview import preview_lines

    path = f"/v1/cases/{quote(case_id, safe='')}/rulings/preview"
    body = {**ruling, **({"by": target.speaker} if target.speaker else {})}
    found = run(lambda desk: desk.ask("POST", path, json=body), target)
    show(found, as_json, lambda preview: "\n".join(preview_lines(preview)))
    if found["refused"]:
        raise typer.Exit(_REFUSED)
