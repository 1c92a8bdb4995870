"""Plays the activities of a case on the bench: a tiny record with an inbox, so that tests see what was judged and what lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from activities.messages import Answer, CaseStart, Delivered, DueAt, Recorded
from tests.support.activation import Bench, Called, Job
from workflows.case import CaseWorkflow

START = CaseStart(tenant_id="acme", case_id="case_00000001")
RECORD, ASSIGN, DELIVER, CARRY_OUT = "records.record", "cases.assign", "notices.deliver", "effects.carry_out"


def a_bench(**given: Any) -> Bench:
    """A case on the bench."""
    return Bench(CaseWorkflow, START, **given)


def accepted(command_id: str, seq: int = 1) -> Answer:
    """A command was taken."""
    return Answer(command_id=command_id, status="accepted", seq=seq)


def refused(command_id: str, code: str = "phase_closed") -> Answer:
    """A command was refused."""
    return Answer(command_id=command_id, status="refused", code=code, detail="The case is closed.", fields={"phase": "closed"})


def due(at: datetime, clock: str = "ruling", level: str = "warn") -> DueAt:
    """One line of a timetable."""
    return DueAt(clock=clock, level=level, at=at)


def standing(*answers: Answer | None, **changes: Any) -> Recorded:
    """An open case in review, with an owner and nothing to do."""
    given = {
        "seq": 3,
        "kind": "bounty_dispute",
        "phase": "review",
        "status": "open",
        "queue": "disputes",
        "owner": "per_mia",
        **changes,
    }
    return Recorded(answers=answers, **given)


def closed(*answers: Answer | None, **changes: Any) -> Recorded:
    """A closed case of which nothing runs."""
    return standing(*answers, **{"phase": "closed", "status": "closed", "outcome": "ruled", "quiet": True, **changes})


def arrivals(call: Called) -> list[str]:
    """The command ids that were handed to one ``record``."""
    return [k["command_id"] if k["command_id"] is not None else k["command"]["id"] for k in call.body["knocks"]]


def opened(bench: Bench, known: Recorded) -> list[str]:
    """Start the case and let its first ``record`` answer this."""
    bench.start()
    return bench.now_comes(bench.done(RECORD, known))


class Clerk:
    """A record in miniature. What it reads is what was in the inbox when ``record`` was *asked for*: as late as it can be."""

    def __init__(self, bench: Bench, **standing: Any) -> None:
        """``standing`` are the fields of the case, besides its number of facts."""
        self.bench, self.standing = bench, standing
        self.seq = 1
        self.inbox: list[str] = []
        self.judged: list[str] = []
        self._read: dict[int, list[str]] = {}

    def looks(self) -> None:
        """Read the inbox for every ``record`` that has just been asked for."""
        for call in self.bench.open.activities.values():
            if call.name == RECORD and call.seq not in self._read:
                self._read[call.seq] = list(self.inbox)

    def answers(self) -> Job:
        """The open ``record`` ends: it has judged the inbox as it was, and what had arrived."""
        self.looks()
        call = self.bench.waiting(RECORD)
        read = self._read.pop(call.seq)
        self.inbox = [one for one in self.inbox if one not in read]
        self._judge(read)
        stood = arrivals(call)
        self._judge(one for one in stood if one not in read)
        return self.bench.done(RECORD, standing(*(accepted(one, self.seq) for one in stood), seq=self.seq, **self.standing))

    def _judge(self, commands: Iterable[str]) -> None:
        for one in commands:
            self.judged.append(one)
            self.seq += 1

    def finishes(self, name: str) -> Job:
        """Something beside the loop ends, leaving a command in the inbox."""
        if name == ASSIGN:
            self.inbox.append(f"cmd_assign-{self.bench.waiting(name).seq}")
            self.standing["wants_owner"] = False
        elif name == CARRY_OUT:
            effect = self.bench.waiting(name).body["effect_id"]
            self.inbox.append(f"cmd_effect-{effect}")
            self.standing["effects"] = tuple(e for e in self.standing["effects"] if e != effect)
        elif name == DELIVER:
            self.standing["undelivered"] = 0
            return self.bench.done(name, Delivered(sent=1))
        return self.bench.done(name)

    def settle(self) -> None:
        """Let everything that is open come to its end, one thing an activation, until nothing but the alarm is left."""
        self.looks()
        for _ in range(200):
            if self.bench.ended or not self.bench.open.activities:
                return
            name = next(iter(self.bench.open.activities.values())).name
            self.bench.now_comes(self.answers() if name == RECORD else self.finishes(name))
            self.looks()
        raise AssertionError("the case never came to rest")
