"""What ``ombud case rule --preview`` prints: what would follow, and the letters that the parties would get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.tables.cases import when
from domain.currencies import in_words


def preview_lines(found: dict[str, Any]) -> Iterator[str]:
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
