"""The measurements, each answering figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks import clocks, sandbox
from benchmarks.figures import Figure
from benchmarks.histories import bytes_by_kind, census, cost_of
from benchmarks.house import House
from benchmarks.measured_lives import RULINGS, CaseOnDisk, Lives
from benchmarks.one_life import NOTICES_OUT_FOR, counted, counted_figures, processor_time
from benchmarks.transitions import transitions

Say = Callable[[str], None]

KINDS = {
    "fraud_report": "fraud report",
    "bounty_dispute": "bounty dispute, escalated",
    "payment_dispute": "payment dispute, claimed",
    "conduct_report": "conduct report, after its procedure",
    "safety_incident": "safety incident, after its procedure",
    "moderation_appeal": "moderation appeal",
    "compliance_request": "compliance request",
}


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    lives: int = 96
    at_once: int = 24
    turns: int = 5
    paths: int = 40
    activations: int = 200
    live: int = 300
    processes: int = 3
    questions: int = 200
    opening_for: float = 10.0
    """Seconds of a turn of openings."""
    opening_turns: int = 3
    looks: int = 40
    """At each list and page."""


QUICK = Effort(
    lives=40,
    at_once=16,
    turns=3,
    paths=15,
    activations=60,
    live=150,
    processes=1,
    questions=60,
    opening_for=6.0,
    opening_turns=2,
    looks=20,
)


async def costs(house: House, say: Say) -> list[Figure]:
    """Actions, events and bytes of whole lives, counted from their histories."""
    lives, figures = Lives(house, NOTICES_OUT_FOR), list[Figure]()

    async def count(case: CaseOnDisk, name: str, *, held: bool = False) -> None:
        events = await lives.events(case)
        cost = cost_of(events)
        told = [notice.event for notice in house.notifier.notices.get(case.id, [])]
        details = {"actions": cost.by, "events": census(events), "bytes": bytes_by_kind(events), "notices": told}
        section = "One life, counted from its history"
        goals = (16, 55, 16_000) if held else (None, None, None)
        figures.append(Figure(section, f"{name}: billed actions", cost.actions, "", goals[0], details=details))
        figures.append(Figure(section, f"{name}: events", cost.events, "", goals[1]))
        figures.append(Figure(section, f"{name}: bytes", cost.bytes, "B", goals[2]))

    for kind, name in KINDS.items():
        say(f"a {name} lives")
        await count(await lives.happy(kind), f"{name}, happy path", held=True)
        if f"{kind}/paid" in RULINGS:
            await count(await lives.happy(kind, asked=True, paid=True), f"{name}, evidence asked for, a remedy paid")
    say("disputes are settled")
    await count(await lives.settled("bounty_dispute", "payout"), "bounty dispute, settled and paid", held=True)
    await count(await lives.settled("payment_dispute", "refund"), "payment dispute, settled and refunded", held=True)
    return figures


async def one_life(house: House, effort: Effort, say: Say, only_counted: bool) -> list[Figure]:
    """What a life costs the machine: counted, and unless only that is wanted in processor time beside a bare workflow."""
    figures = counted_figures(await counted(house, effort.lives, say))
    return figures if only_counted else figures + await processor_time(house, effort.lives, effort.at_once, effort.turns, say)


def sandbox_cost(effort: Effort, say: Say) -> list[Figure]:
    """First activation and memory."""
    say(f"{effort.activations} first activations, and as many of an empty workflow")
    times = sandbox.first_activations(effort.activations)
    say(f"{effort.live} cached cases in a process of their own, {effort.processes} times")
    sizes = sandbox.memory(effort.live, effort.processes)
    ratio = median(case / empty for case, empty in zip(times["case"], times["empty"], strict=True))
    section = "The workflow sandbox"
    return [
        Figure(section, "first activation of a case", median(times["case"]) * 1000, "ms"),
        Figure(section, "first activation of an empty workflow", median(times["empty"]) * 1000, "ms"),
        Figure(section, "case against empty", ratio, "×", 2.5),
        Figure(section, "memory of a cached case", sizes["case"], "KiB", 60),
        Figure(section, "memory of a cached empty workflow", sizes["empty"], "KiB"),
    ]


async def one_transition(house: House, effort: Effort, say: Say) -> list[Figure]:
    """``record`` against a bare insert."""
    say(f"{effort.paths} paths of six transitions, each beside a bare insert of what it wrote")
    timed = await transitions(house, effort.paths)
    section = "One transition (records.record: read, decide, write)"
    figures = [
        Figure(
            section,
            f"{name} ({timed.bytes[name]:,} bytes)",
            median(times) * 1000,
            "ms",
            details={"bare_ms": median(timed.bare[name]) * 1000},
        )
        for name, times in timed.ours.items()
    ]
    bare = sum(median(times) for times in timed.bare.values()) / len(timed.bare)
    return [
        *figures,
        Figure(section, "mean of the six, bare insert", bare * 1000, "ms"),
        Figure(section, "transitions against bare inserts", timed.ratio(), "×", 0.5, at_most=False),
    ]


def deadlines(effort: Effort, say: Say) -> list[Figure]:
    """The calculator against the slow one of the tests."""
    say(f"{effort.questions} deadlines, three ways")
    costs = clocks.measure(effort.questions)
    section = "A deadline: a month of work over an office's calendar"
    return [
        *(Figure(section, f"{name}: median", median(times) * 1000, "ms") for name, times in costs.items()),
        Figure(section, "slow against warm", median(costs["slow"]) / median(costs["warm"]), "×"),
        Figure(section, "slow against cold", median(costs["slow"]) / median(costs["cold"]), "×"),
    ]
