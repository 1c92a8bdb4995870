"""``ombud order``: orders of authorities, what was done about them, and who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import run
from cli.kit.options import As, AsJson, Tenant
from cli.kit.send import given_only
from cli.kit.show import show
from cli.kit.target import Target

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="Orders of authorities: add, list, show, change, answer, told, erase.", no_args_is_help=True, rich_markup_mode=None
)

OrderId = Annotated[str, typer.Argument(help="ord_…")]
Authority = Annotated[str | None, typer.Option(help="Who issued it.")]
AnswerTo = Annotated[str | None, typer.Option(help="Where the word of its effect goes: an address, or another authority.")]
Reference = Annotated[str | None, typer.Option(help="Their file number.")]
Basis = Annotated[str | None, typer.Option("--legal-basis", help="The provision on which they order it.")]
Reasons = Annotated[str | None, typer.Option(help="Its statement of reasons.")]
Where = Annotated[str | None, typer.Option(help="Article 9: where exactly the content is.")]
About = Annotated[
    str | None, typer.Option("--whom", help="Article 10: about whom information is wanted; 9: whose content it is.")
]
Scope = Annotated[str | None, typer.Option(help="Article 9: in which territory it holds.")]
Redress = Annotated[str | None, typer.Option(help="What can be done against it.")]
Kind = Annotated[str | None, typer.Option("--about", help="The kind of illegal content, as your reports count it (a code).")]
Declared = Annotated[bool | None, typer.Option("--declared/--undeclared", help="In a language you declared, or translated.")]
Withheld = Annotated[bool | None, typer.Option(help="Article 10: its reasons are kept back for an investigation.")]
Due = Annotated[str | None, typer.Option("--due", help="The authority is told by then (2026-03-03T08:00:00Z).")]
Hold = Annotated[str | None, typer.Option("--hold-until", help="The person is not told before; none: they may be.")]
Keeper = Annotated[str | None, typer.Option(help="Who looks after it (per_…); none: nobody.")]
At = Annotated[str | None, typer.Option(help="When; left out: now.")]
_PATH = "/v1/orders"
_TAKE_OUT = "none"


@app.command("list")
def list_orders(
    everything: Annotated[bool, typer.Option("--all", help="Also those about which nothing is left to be done.")] = False,
    cursor: Annotated[str | None, typer.Option(help="Go on where a list ended (`next_cursor`).")] = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """What is left to be done about which, the most pressing first."""
    params = given_only({"which": "all" if everything else None, "cursor": cursor, "limit": 100})
    found = run(lambda desk: desk.ask("GET", _PATH, params=params), Target(tenant, speaker))
    nothing = "There are no orders." if everything else "Nothing is to be done about any order."
    show(found, json, lambda page: _table(page["data"]) if page["data"] else None, nothing=nothing)


@app.command("show")
def show_order(order: OrderId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """An order, what it lacks, and the letters to copy."""
    show(_ask("GET", _at(order), Target(tenant, speaker)), json, _whole)


@app.command()
def add(
    article: Annotated[int, typer.Argument(min=9, max=10, help="9: act against content. 10: give information.")],
    country: Annotated[str, typer.Option(help="Of the authority: two letters (DE).")],
    language: Annotated[str, typer.Option(help="In which it is written (de).")],
    received: Annotated[str | None, typer.Option(help="When it came; left out: now.")] = None,
    authority: Authority = None, answer_to: AnswerTo = None, reference: Reference = None, legal_basis: Basis = None,
    reasons: Reasons = None, where: Where = None, whom: About = None, scope: Scope = None, redress: Redress = None,
    about: Kind = None, declared_language: Declared = None, reasons_withheld: Withheld = None, due_at: Due = None,
    hold_until: Hold = None, keeper: Keeper = None, tenant: Tenant = None, speaker: As = None, json: AsJson = False,
) -> None:  # fmt: skip
    """Note an order that has come in. What it does not say is left out, and told back."""
    said = {
        "article": article, "country": country, "language": language, "received_at": received, "authority": authority,
        "answer_to": answer_to, "reference": reference, "legal_basis": legal_basis, "reasons": reasons, "where": where,
        "whom": whom, "scope": scope, "redress": redress, "about": about, "declared_language": declared_language,
        "reasons_withheld": reasons_withheld, "due_at": due_at, "hold_until": hold_until, "keeper": keeper,
    }  # fmt: skip
    show(_ask("POST", _PATH, Target(tenant, speaker), given_only(said)), json, _line)


@app.command()
def change(
    order: OrderId, authority: Authority = None, answer_to: AnswerTo = None, reference: Reference = None,
    legal_basis: Basis = None, reasons: Reasons = None, where: Where = None, whom: About = None, scope: Scope = None,
    redress: Redress = None, about: Kind = None, declared_language: Declared = None, reasons_withheld: Withheld = None,
    due_at: Due = None, hold_until: Hold = None, keeper: Keeper = None,
    lift_reason: Annotated[
        str | None, typer.Option(help="Sooner because: investigation_over, order_withdrawn, court, noted_wrongly.")
    ] = None,
    authority_allows: Annotated[
        bool | None, typer.Option("--authority-allows", help="The authority, or a court over it, allows that.")
    ] = None,
    tenant: Tenant = None, speaker: As = None, json: AsJson = False,
) -> None:  # fmt: skip
    """What the authority added, another limit, until when the person is not told, who looks after it."""
    said = given_only({
        "authority": authority, "answer_to": answer_to, "reference": reference, "legal_basis": legal_basis, "reasons": reasons,
        "where": where, "whom": whom, "scope": scope, "redress": redress, "about": about,
        "declared_language": declared_language, "reasons_withheld": reasons_withheld, "due_at": due_at,
        "lift_reason": lift_reason, "authority_allows": authority_allows,
    })  # fmt: skip
    for name, value in (("hold_until", hold_until), ("keeper", keeper)):
        if value is not None:
            said[name] = None if value == _TAKE_OUT else value
    show(_ask("PATCH", _at(order), Target(tenant, speaker), said), json, _line)


@app.command()
def answer(
    order: OrderId,
    effect: Annotated[str, typer.Argument(help="given, in_part or not_given.")],
    because: Annotated[
        str | None, typer.Option(help="not_specified, outside_scope, not_held, gone, challenged or other: unless it was given.")
    ] = None,
    text: Annotated[str | None, typer.Option("--answer", help="What was done and how, or why not, in words.")] = None,
    although: Annotated[
        str | None, typer.Option(help="Where something is missing in it: asked_back, not_needed or danger.")
    ] = None,
    at: At = None,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Say whether and when effect was given to it, or why not."""
    said = given_only({"effect": effect, "because": because, "answer": text, "although": although, "at": at})
    show(_ask("POST", f"{_at(order)}/answer", Target(tenant, speaker), said), json, _line)


@app.command()
def told(
    order: OrderId,
    whom: Annotated[str, typer.Argument(help="authority_receipt, authority, person or coordinator.")],
    at: At = None,
    unreachable: Annotated[bool, typer.Option("--unreachable", help="There is nobody concerned who could be told.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Say that somebody was told. Ombud sends nothing itself."""
    said = given_only({"whom": whom, "at": at, "unreachable": unreachable or None})
    show(_ask("POST", f"{_at(order)}/told", Target(tenant, speaker), said), json, _line)


@app.command()
def erase(order: OrderId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Destroy what it says, once nothing is left to be done about it. Nothing brings it back."""
    show(_ask("POST", f"{_at(order)}/erase", Target(tenant, speaker)), json, _line)


def _at(order: str) -> str:
    return f"{_PATH}/{quote(order, safe='')}"


def _ask(method: str, path: str, target: Target, said: dict[str, Any] | None = None) -> Any:
    return run(lambda desk: desk.ask(method, path, json=said), target)


def _line(one: dict[str, Any]) -> str:
    lacks = ", ".join(f"{lack['element']} ({lack['source']})" for lack in one["missing"])
    left = ", ".join(one["to_do"])
    return f"{one['id']}  {one['state']}" + (f"  to do: {left}" if left else "") + (f"  missing: {lacks}" if lacks else "")


def _whole(one: dict[str, Any]) -> str:
    facts = {
        key: value for key, value in one.items() if key not in ("object", "id", "state", "to_do", "missing", "words", "letters")
    }
    said = {**facts, **(one["words"] or {})}
    rows = [f"{key}: {value}" for key, value in said.items() if value not in (None, "", False)]
    letters = [f"--- letter: {name} ---\n{text}" for name, text in one["letters"].items()]
    return "\n".join((_line(one), *rows, *letters))


def _table(found: list[dict[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("order", "article", "authority", "number", "due", "state", "to do", "keeper")
    for one in found:
        words = one["words"] or {}
        who = (Text(words.get("authority") or "(erased)"), Text(words.get("reference") or ""))
        left = ", ".join(one["to_do"])
        table.add_row(one["id"], str(one["article"]), *who, one["due_at"], one["state"], left, one["keeper"] or "")
    return table
