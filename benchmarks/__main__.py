"""Measure what the README's table names: `python -m benchmarks [--quick | --costs]`, or `make bench`.

Starts services of its own in a temporary folder and stops exactly those. Figures are medians; rates are ratios of turns taken on
the same machine in the same run, because absolute numbers say little about another one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from time import perf_counter

from rich.console import Console

from benchmarks import lists, measures, openings
from benchmarks.figures import Figure, keep, show
from benchmarks.house import a_house, at_work, kept_bytecode
from runtime.zones import use_wheel_zones


async def with_services(effort: measures.Effort, say: measures.Say, only_costs: bool) -> list[Figure]:
    """What needs Postgres and Temporal, one measurement after the other: none may disturb another."""
    async with a_house(say) as house:
        if only_costs:
            async with at_work(house):
                return await measures.costs(house, say) + await measures.one_life(house, effort, say, only_counted=True)
        figures = await measures.one_transition(house, effort, say)
        async with at_work(house):
            figures += await measures.costs(house, say)
            figures += await measures.one_life(house, effort, say, only_counted=False)
        return figures


async def of_the_api(effort: measures.Effort, say: measures.Say) -> list[Figure]:
    """Opening and listing, each in a stack of its own."""
    opened = await openings.figures(effort.opening_for, effort.opening_turns, say)
    return [*opened, *await lists.few(effort.looks, say)]


def main() -> int:
    """Measure, print, write."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reader.add_argument("--quick", action="store_true", help="fewer rounds: to see that it works, not to quote")
    reader.add_argument("--costs", action="store_true", help="only what one life of each kind costs: counted, not timed")
    asked = reader.parse_args()
    quick = asked.quick or asked.costs
    use_wheel_zones()
    # Into a file or a log, lines are not folded at 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    begin = perf_counter()

    def say(what: str) -> None:
        console.print(f"[dim]{perf_counter() - begin:6.1f} s  {what}[/dim]", highlight=False)

    with kept_bytecode():
        effort = measures.QUICK if quick else measures.Effort()
        alone = [] if asked.costs else [*measures.deadlines(effort, say), *measures.sandbox_cost(effort, say)]
        figures = [*asyncio.run(with_services(effort, say, asked.costs)), *alone]
        if not asked.costs:
            figures += asyncio.run(of_the_api(effort, say))
    show(figures, console)
    console.print(f"Written to {keep(figures, quick)}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # A process that used temporalio sometimes aborts while the interpreter shuts down (PyGILState_Release).
    os._exit(code)
