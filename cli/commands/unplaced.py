"""``ombud unplaced``: mail that could not be placed, until somebody places or dismisses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Mail that could not be placed: list, show, place, dismiss.", no_args_is_help=True, rich_markup_mode=None)

MailId = Annotated[str, typer.Argument(help="The mail (unp_…).")]
_PATH = "/v1/unplaced"
_NONE = "No mail waits to be placed."


@app.command("list")
def list_unplaced(
    state: Annotated[str, typer.Option(help="waiting, placed, dismissed or all.")] = "waiting",
    sender_of: Annotated[str | None, typer.Option(help="A mail (unp_…): those of its sender alone.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """What waits, the newest first, and why."""
    of_one = f"&sender_of={sender_of}" if sender_of else ""
    found = _asked("GET", f"{_PATH}?state={state}&limit=100{of_one}", Target(tenant, speaker))
    show(found, json, lambda answer: unplaced_table(answer["data"]) if answer["data"] else None, nothing=_NONE)


@app.command("show")
def show_one(mail: MailId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Read one: its words, whether its sender is proven, and who looked at it. That it was read is kept."""
    show(_asked("GET", f"{_PATH}/{mail}", Target(tenant, speaker)), json, in_words)


@app.command()
def place(
    mail: MailId,
    case: Annotated[str | None, typer.Option(help="The case that it belongs to; left out: it becomes a case of its own.")] = None,
    party: Annotated[str | None, typer.Option(help="The party whose word it is (with --case).")] = None,
    sender_checked: Annotated[
        bool, typer.Option("--sender-checked", help="You made sure in another way that this party wrote it.")
    ] = False,
    kind: Annotated[str | None, typer.Option(help="Kind of the new case; left out: the usual one for mail.")] = None,
    link: Annotated[str | None, typer.Option(help="A case that the new one has to do with.")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Put it onto a case as the word of a party, with its files; or open a case of it."""
    if (case is None) != (party is None):
        raise typer.BadParameter("--case and --party go together.")
    if case is not None:
        said: dict[str, Any] = {"case": case, "party": party, "sender_checked": sender_checked}
        done = _asked("POST", f"{_PATH}/{mail}/place", Target(tenant, speaker), said)
    else:
        said = {name: value for name, value in (("kind", kind), ("link", link)) if value is not None}
        done = _asked("POST", f"{_PATH}/{mail}/report", Target(tenant, speaker), said)
    show(done, json, lambda answer: f"{mail}  {answer['status']}  {answer['id']}")


@app.command()
def dismiss(
    mail: MailId,
    reason: Annotated[str, typer.Option(help="Why, as a code (spam, machine, answered_elsewhere).")],
    erase: Annotated[bool, typer.Option("--erase", help="Destroy it at once: its sender asked for that.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Put it away; for 30 days it can still be placed, and then it is gone. With --erase it is gone at once."""
    show(
        _asked("POST", f"{_PATH}/{mail}/dismiss", Target(tenant, speaker), {"reason": reason, "erase": erase}),
        json,
        lambda _: f"{mail}  dismissed",
    )


def _asked(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, **({"json": said} if said is not None else {})), target)


def unplaced_table(mails: list[dict[str, Any]]) -> Table:
    """Mails, and what is known of them."""
    from rich.table import Table

    from cli.tables.cases import when

    table = Table("mail", "came", "why", "sender", "proven", "subject", "case")
    for mail in mails:
        proven = "yes" if mail["proven"] else "forged" if mail["proof"] == "failed" else "no"
        texts = (mail["id"], when(mail["received_at"]), mail["reason"], mail["sender"] or "", proven, mail["subject"] or "")
        table.add_row(*texts, mail["placed_case"] or mail["case"] or "")
    return table


def in_words(mail: dict[str, Any]) -> str:
    """One mail for people."""
    from cli.tables.cases import when

    proven = (
        f"proven by {mail['proof']}" if mail["proven"] else "shown to be forged" if mail["proof"] == "failed" else "not proven"
    )
    lines = [
        f"{mail['id']}  {mail['state']}  {mail['reason']}",
        f"from     {mail['sender'] or '(nobody)'} ({proven})",
        f"subject  {mail['subject'] or ''}",
        f"came     {when(mail['received_at'])} UTC" + (f", {mail['times']} times" if mail["times"] > 1 else ""),
    ]
    lines += [f"case     {mail['case']}" + (f"  {mail['party']}" if mail["party"] else "")] if mail["case"] else []
    lines += [f"files    {', '.join(mail['files'])}"] if mail["files"] else []
    lines += [f"problem  {mail['problem']}"] if mail["problem"] else []
    lines += ["", mail["text"] or "(no text)", ""]
    lines += [f"{when(deed['at'])}  {deed['deed']}  {deed['by']}" for deed in mail["deeds"] or ()]
    return "\n".join(lines)
