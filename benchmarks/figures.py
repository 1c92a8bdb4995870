"""What was measured, as a table for people and as JSON for programs. Nothing is in either that was not measured in this run."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types
from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out" / "latest.json"


@dataclass(frozen=True)
class Figure:
    """One number, with the goal it is held to where there is one."""

    section: str
    what: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    """Whether the goal is a ceiling; else it is a floor."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def told(self) -> str:
        """The value as people read it."""
        shown = f"{self.value:,.0f}" if self.unit in ("", "B") else f"{self.value:,.2f}"
        return f"{shown} {self.unit}".strip()

    def goal_told(self) -> str:
        """``≤ 16``."""
        if self.goal is None:
            return ""
        shown = f"{self.goal:,.0f}" if self.unit in ("", "B") else f"{self.goal:,.4g}"
        return f"{'≤' if self.at_most else '≥'} {shown} {self.unit}".strip()


Verdict = Literal["reached", "missed", ""]


def verdict(figure: Figure) -> Verdict:
    """In a word."""
    return "" if figure.met is None else "reached" if figure.met else "missed"


def show(figures: list[Figure], console: Console) -> None:
    """One table a section."""
    for section in dict.fromkeys(figure.section for figure in figures):
        table = Table(title=section, title_justify="left", title_style="bold")
        table.add_column("measure", min_width=62, overflow="fold")
        for column in ("measured", "goal"):
            table.add_column(column, justify="right", no_wrap=True)
        table.add_column("")
        for figure in figures:
            if figure.section == section:
                style = {"reached": "green", "missed": "red", "": ""}[verdict(figure)]
                table.add_row(figure.what, figure.told(), figure.goal_told(), verdict(figure), style=style)
        console.print(table)
    for line in goals_told(figures):
        console.print(line, soft_wrap=True, highlight=False)


def goals_told(figures: list[Figure]) -> list[str]:
    """How many of the goals are reached, and each that is missed, with by how much. Empty without goals."""
    held = [figure for figure in figures if figure.met is not None]
    missed = [figure for figure in held if not figure.met]
    if not held:
        return []
    return [
        f"{len(held) - len(missed)} of {len(held)} goals reached, {len(missed)} missed" + (":" if missed else "."),
        *(f"  missed: {one.section}, {one.what}: {one.told()}, goal {one.goal_told()}" for one in missed),
    ]


def keep(figures: list[Figure], quick: bool, path: Path = OUT) -> Path:
    """Write everything, with what it was measured on."""
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": psutil.cpu_count(),
        "memory_mib": psutil.virtual_memory().total // 2**20,
        "load_at_the_end": psutil.getloadavg(),
        "temporalio": version("temporalio"),
    }
    body = {"quick": quick, "machine": machine, "figures": [{**asdict(f), "met": f.met} for f in figures]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(body, indent=1, default=str) + "\n", encoding="utf-8")
    return path
