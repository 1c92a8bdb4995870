"""``ombud case personal-data``, ``ombud erasure``, ``ombud retention``: what is known of somebody is given out, or destroyed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.exits import IN_THE_WAY, fail
from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.send import given_only
from cli.kit.show import note, show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Erase a person or a case: ask, approve, drop, list.", no_args_is_help=True, rich_markup_mode=None)

ErasureId = Annotated[str, typer.Argument(help="The erasure (ers_…).")]
_PATH = "/v1/erasures"


@app.command("list")
def list_erasures(tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """What was asked for, the newest first."""
    found = _asked("GET", f"{_PATH}?limit=100", Target(tenant, speaker))
    show(found, json, lambda page: erasure_table(page["data"]) if page["data"] else None, nothing="Nothing was asked for.")


@app.command()
def ask(
    case: CaseId,
    reason: Annotated[str, typer.Option(help="request, objection, order or mistake.")],
    party: Annotated[
        str | None, typer.Option(help="A party of it (pty_…): this person, in every case of theirs; left out: the case.")
    ] = None,
    though_open: Annotated[
        str | None,
        typer.Option(
            help="On which ground although a case of theirs is open: consent_withdrawn, unlawful, legal_obligation, of_a_child."
        ),
    ] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Ask for the erasure of a closed case, or of a person. Usually another person of ops has to approve."""
    wanted = given_only({"case": case, "party": party, "reason": reason, "though_open": though_open})
    show(_asked("POST", _PATH, Target(tenant, speaker), wanted), json, said)


@app.command()
def approve(erasure: ErasureId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Agree as the second person, with your own credential. It is carried out at once; nothing brings it back."""
    show(_asked("POST", f"{_PATH}/{erasure}/approve", Target(tenant, speaker)), json, said)


@app.command()
def drop(erasure: ErasureId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """It is not wanted any more."""
    show(_asked("POST", f"{_PATH}/{erasure}/drop", Target(tenant, speaker)), json, said)


def personal_data(
    case: CaseId,
    party: Annotated[str, typer.Argument(help="A party of it (pty_…): this person, in every case of theirs.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip to write; nothing is overwritten.")],
    tenant: Tenant = None,
    speaker: As = None,
) -> None:
    """Write all that is held about a person, to answer a request for access. For ops, with their own key."""
    if out.exists():
        fail(f"{out} is there already.", "file_exists", IN_THE_WAY)
    path = f"/v1/cases/{case}/parties/{party}/personal-data"
    data, headers = run(lambda desk: desk.download(path), Target(tenant, speaker))
    out.write_bytes(data)
    note(f"{len(data)} bytes to {out}")
    if (withheld := headers["Ombud-Cases-Withheld"]) != "0":
        note(f"{withheld} case(s) of theirs are not in it: they have not been told of them. The audit trail says which.")
    if (lost := headers["Ombud-Unreadable"]) != "0":
        note(f"{lost} thing(s) could not be read, for they were changed or damaged; it names them. See `ombud audit verify`.")


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go, and what keeps the rest.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Erase closed cases whose time is over (`keep_for` of their pack). Have it run once a day."""
    target, data, after = Target(tenant, speaker), list[dict[str, Any]](), None
    while True:
        if dry_run:
            found = _asked("GET", "/v1/retention" + (f"?after={after}" if after else ""), target)
        else:
            found = _asked("POST", "/v1/retention", target, given_only({"after": after}))
        data += found["data"]
        # A place that does not move would be asked for ever.
        if found["next"] in (None, after):
            break
        after = found["next"]
    show({"object": "retention", "data": data, "next": None}, json, lambda _: retention_table(data) if data else None,
         nothing="No closed case of which anything can be read.")  # fmt: skip


def _asked(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, **({"json": said} if said is not None else {})), target)


def said(erasure: dict[str, Any]) -> str:
    """An erasure, and every case that it reaches: whoever agrees has to see them."""
    waits = "  waits for another person of ops: ombud erasure approve" if erasure["state"] == "waiting" else ""
    return "\n".join((f"{erasure['id']}  {erasure['state']}{waits}", *_cases(erasure)))


def _cases(erasure: dict[str, Any]) -> list[str]:
    verb = {"waiting": "reaches", "done": "reached"}.get(erasure["state"])
    if verb is None:
        return []
    count = erasure["case_count"]
    lines = [f"  {verb} {count} {'case' if count == 1 else 'cases'}:"]
    for one in erasure["cases"]:
        open_one = "  open" if one["open"] else ""
        doubt = "  found by the address alone: look whether it is them" if one["found_by"] == "address" else ""
        known = (f"  {one['number']}" if one["number"] else "") + open_one + doubt
        lines.append(f"    {one['case']}{known}")
    if erasure["mails"]:
        lines += ["  and mail that waits to be placed:", *(f"    {one}" for one in erasure["mails"])]
    if erasure["address_before"]:
        lines.append("  does not reach what came from an address that was theirs before it was changed; look whether it is them:")
        lines += [f"    {one}" for one in erasure["address_before"]]
    return lines


def erasure_table(erasures: list[dict[str, Any]]) -> Table:
    """What was asked for, and what became of it."""
    from rich.table import Table

    table = Table("erasure", "state", "what", "cases", "why", "asked by", "approved by", "done")
    for one in erasures:
        whose = (one["asked_by"], one["approved_by"] or "", one["done_at"] or "")
        table.add_row(
            one["id"], one["state"], one["party"] or one["case"], "\n".join(map(_short, one["cases"])), one["reason"], *whose
        )
    return table


def _short(case: dict[str, Any]) -> str:
    number = str(case["number"] or case["case"])
    return f"{number} (by address)" if case["found_by"] == "address" else number


def retention_table(cases: list[dict[str, Any]]) -> Table:
    """Closed cases, and what keeps each."""
    from rich.table import Table

    table = Table("case", "kept until", "what keeps it")
    for one in cases:
        table.add_row(one["case"], one["keep_until"] or "", one["kept_because"] or ("erased" if one["erased"] else "nothing"))
    return table
