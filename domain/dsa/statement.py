"""A statement of reasons against the rules of the DSA transparency database: what is missing, and how it is exported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain.dsa.rules import Fault, faults
from domain.model.prose import Prose
from domain.model.statement import StatementOfReasons, prose_of


def gaps(statement: StatementOfReasons | None, ruling_id: str, redress: tuple[str, ...]) -> tuple[Fault, ...]:
    """Every field that is missing or wrong; empty when it is complete. ``redress`` is what the pack says of it."""
    said = statement or StatementOfReasons()
    found = faults(_whole(said, ruling_id, lambda prose: "x" * prose.length))
    if said.redress or redress:
        return found
    return (*found, Fault("redress", "missing", "Say how the decision can be complained about."))


def exported(statement: StatementOfReasons, ruling_id: str, texts: Mapping[str, str | None]) -> dict[str, Any] | None:
    """The statement as the database takes it, its texts by content id; None when one of them was erased."""
    if any(texts.get(prose.content_id) is None for prose in prose_of(statement)):
        return None
    return _whole(statement, ruling_id, lambda prose: texts[prose.content_id])


def _whole(statement: StatementOfReasons, ruling_id: str, text_of: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, value in statement:
        if name == "redress" or value in (None, ()):
            continue
        whole[name] = text_of(value) if isinstance(value, Prose) else list(value) if isinstance(value, tuple) else value
    whole.setdefault("puid", re.sub(r"[^A-Za-z0-9_-]", "-", ruling_id))
    return whole
