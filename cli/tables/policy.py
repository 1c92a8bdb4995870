"""What ``ombud policy`` prints for people: findings, differences, rehearsals, simulations, and who published what."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from rich.console import Group
from rich.table import Table

from cli.tables.cases import counted, when

Row = dict[str, Any]


def finding_line(row: Row) -> str:
    """What is wrong with a pack, with its file and line."""
    return f"{row['file']}:{row['line']}: {row['severity']}: {row['place']}: {row['problem']}"


def exception_table(found: Row) -> Group:
    """How many of each sort there were in the month, then one line an event."""
    counts = Table("kind", "from", "asked", "granted", "refused", header_style="bold")
    for one in found["counts"]:
        many = (str(one[name]) for name in ("asked", "granted", "refused"))
        counts.add_row(one["kind"], f"{one['of']}:{one['name']}", *many)
    events = Table("at (UTC)", "what", "from", "case", "who", "until (UTC)", header_style="bold")
    for one in found["data"]:
        what, sort = one["type"].removeprefix("exception_"), f"{one['of']}:{one['name']}"
        events.add_row(when(one["at"]), what, sort, one["case_id"], one["person"], when(one["until"]))
    return Group(counts, events)


_CELLS = ("kind", "of", "name", "type", "at", "case_id", "id", "asked_by", "person", "until", "amount", "currency")


def exception_csv(found: Row) -> str:
    """The same for other programs."""
    written = StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(("month", *_CELLS))
    table.writerows([found["month"], *("" if one[cell] is None else one[cell] for cell in _CELLS)] for one in found["data"])
    return written.getvalue().rstrip("\n")


def difference_table(rows: Iterable[Row]) -> Table:
    """One line a difference between two packs."""
    table = Table("section", "what", "old", "new")
    for row in rows:
        table.add_row(row["section"].replace("_", " "), row["what"], row["old"] or "—", row["new"] or "—")
    return table


def effect_table(rows: Iterable[Row]) -> Table:
    """One line a thing that means something to somebody, person by person."""
    table = Table("for", "", "what it means")
    marks = {"more": "gains", "less": "loses", "other": "changes"}
    for row in sorted(rows, key=lambda row: row["whom"]):
        table.add_row(row["whom"], marks[row["gives"]], row["words"])
    return table


def differences(told: Row) -> Group:
    """What a changed pack means to people, then every field that differs."""
    return Group(*([effect_table(told["effects"])] if told["effects"] else []), difference_table(told["differences"]))


def publication_table(rows: Iterable[Row]) -> Table:
    """One line a pack that binds, bound or would bind new reports."""
    table = Table("kind", "version", "state", "published by", "since (UTC)", "reason")
    for row in rows:
        who = " and ".join(person for person in (row["proposed_by"], row["approved_by"]) if person)
        since = (row["since"] or "")[:16].replace("T", " ")
        table.add_row(row["kind"], row["version"][:12], row["state"], who, since, row["reason"])
    return table


def rehearsal_table(lines: Iterable[Row]) -> Table:
    """One line a step of a story, and one a deadline between them."""
    table = Table("step", "at (UTC)", "by", "came to", "phase", "next deadline")
    for line in lines:
        refused = line["refused"]
        why = f"\n{refused['detail']}" if refused and refused["code"] == "malformed" else ""
        came = f"refused: {refused['code']}{why}" if refused else ", ".join(line["facts"])
        came += "".join(f"\ntells {notice}" for notice in line["notices"])
        first: Row = line["deadlines"][0] if line["deadlines"] else {}
        due = f"{first['clock']} {first['level']} {first['at'][:16]}" if first else ""
        step = " ".join(str(part) for part in (line["step"], line.get("case")) if part)
        table.add_row(step, line["at"][:16].replace("T", " "), line["by"], came, line["phase"] or "", due)
    return table


def missed_lines(lines: Iterable[Row]) -> Iterator[str]:
    """What the story expected of its steps and did not get."""
    for line in lines:
        place = f"step {line['step']}" if line["step"] else "a deadline"
        yield from (f"{place}: {missed}" for missed in line.get("missed", ()))


def simulation_table(cases: Iterable[Row]) -> Table | None:
    """One line a difference, case by case; None when nothing differs."""
    table = Table("case", "about", "what", "old", "new")
    for case in cases:
        if case["status"] == "not_simulated":
            table.add_row(case["case"], "not simulated", case["code"] or "", "", "")
        for change in case["changed"]:
            table.add_row(case["case"], change["about"], change["what"], change["old"] or "—", change["new"] or "—")
    return table if table.row_count else None


def simulation_sum(cases: list[Row]) -> str:
    """How many cases differ, and in what."""
    states = Counter(case["status"] for case in cases)
    abouts = Counter(about for case in cases for about in {change["about"] for change in case["changed"]})
    said = ", ".join(f"{about} in {number}" for about, number in sorted(abouts.items()))
    return (
        f"{counted(len(cases), 'case')}: {states['differs']} differ{f' ({said})' if said else ''}, {states['same']} the same, "
        f"{states['not_simulated']} not simulated"
    )
