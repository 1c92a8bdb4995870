"""What ``ombud case rule --preview`` prints: what would follow, and the letters that the parties would get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import typer

from adapters.currencies import in_words
from cli.kit.client import print_json, run
from cli.kit.target import Target
from cli.tables.cases import when

_REFUSED = 1


def show(case_id: str, ruling: dict[str, Any], target: Target, *, json: bool) -> None:
    """Ask what would follow from a ruling. Exit code 1 when it would be refused."""
    path = f"/v1/cases/{quote(case_id, safe='')}/rulings/preview"
    body = {**ruling, **({"by": target.speaker} if target.speaker else {})}
    found = run(lambda desk: desk.ask("POST", path, json=body), target)
    if json:
        print_json(found)
    else:
        typer.echo("\n".join(lines(found)))
    if found["refused"]:
        raise typer.Exit(_REFUSED)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The preview in words."""
    if found["refused"]:
        yield f"It would be refused: {found['refused']['detail']} [{found['refused']['code']}]"
        return
    because = (found["approval_because"] or "").replace("_", " ")
    yield f"A second person would have to approve it ({because})." if because else "Nobody would have to approve it."
    yield f"The parties would be told on {when(found['told_at'])} UTC."
    for effect in found["effects"]:
        amount = effect["remedy"].get("amount")
        money = f" {in_words(amount['amount'], amount['currency'])}" if amount else ""
        yield f"{effect['does']}: {effect['remedy']['type']}{money} to the {effect['remedy']['to']}"
    for right in found["rights"]:
        yield f"The {right['side']} {'could' if right['allowed'] else 'could not'} appeal ({right['because'].replace('_', ' ')})."
    for letter in found["letters"]:
        yield f"\n--- to the {letter['side']}: {letter['subject']}\n\n{letter['text'].rstrip()}"
