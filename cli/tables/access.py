"""What ``ombud key``, ``ombud person`` and ``ombud audit trail`` print for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from cli.tables.cases import when


def key_table(keys: Iterable[dict[str, Any]]) -> Table:
    """One line a key."""
    table = Table(
        Column("key", no_wrap=True), "name", "speaks as", "good for", "status", "expires (UTC)", "used (UTC)", header_style="bold"
    )
    for one in keys:
        expires, used = (when(one[name]) if one[name] else "never" for name in ("expires_at", "last_used_at"))
        scopes = " ".join(one["scopes"]) or "nothing"
        table.add_row(one["id"], Text(one["name"]), one["person"] or "the platform", scopes, one["status"], expires, used)
    return table


def people_table(people: Iterable[dict[str, Any]]) -> Table:
    """One line a person."""
    table = Table(Column("person", no_wrap=True), "name", "roles", "queues", "capacity", "manager", header_style="bold")
    for one in people:
        roles, queues = " ".join(one["roles"]), " ".join(one["queues"])
        table.add_row(one["id"], Text(one["name"]), roles, queues, str(one["capacity"]), one["manager"] or "")
    return table


def person_sheet(person: dict[str, Any]) -> Iterator[str]:
    """What is known of somebody, line by line."""
    state = "" if person["active"] else "  (does not work here any more)"
    yield f"{person['id']}  {person['name']}{state}"
    for name, value in person.items():
        if name not in ("object", "id", "name", "active", "links") and value not in (None, [], 0):
            yield f"{name.replace('_', ' ')}: {_said(value)}"


def trail_table(entries: Iterable[dict[str, Any]]) -> Table:
    """One line a deed."""
    table = Table(
        Column("#", justify="right"), "at (UTC)", "deed", Column("about", overflow="fold"), "by", "more", header_style="bold"
    )
    for one in entries:
        more = ", ".join(f"{name}: {_said(value)}" for name, value in one["more"].items() if value not in (None, []))
        # As text: nothing in it is markup.
        table.add_row(str(one["seq"]), when(one["at"]), one["deed"], Text(one["about"]), one["by"], Text(more))
    return table


def _said(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
