"""What the actions of a page take: `python -m benchmarks.actions [--rounds 60]`. Against a bare page of the same framework,
served beside it in the same run.

Harbor on services of its own, one API process with its pages and one worker, as `ombud up` runs them. A browser without a screen
opens each form, sends it, and waits for the answer: timed is the sending, which ends when the deed is judged and recorded.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import asyncpg
import httpx2

from benchmarks.figures import Figure
from benchmarks.house import a_stack, measured_alone
from benchmarks.lists import BARE_PAGE, MEDIATOR
from benchmarks.serving import ready, running
from cli.seed.harbor import TENANT
from cli.seed.plan import HARBOR
from cli.seed.sowing import sow
from runtime.embedded import processes
from runtime.places import Places

GOAL = 200
"""Milliseconds in which an action answers on the machine it runs on."""
_HIDDEN = re.compile(r'<input type="hidden" name="(form_token|command_id|seq)" value="([^"]*)"')
_CASE = re.compile(r'href="/cases/(case_[0-9a-f-]+)"')


@asynccontextmanager
async def at_home(say: Callable[[str], None]) -> AsyncIterator[tuple[str, str]]:
    """The addresses of Harbor's pages and of the bare one, with a worker behind them."""
    # With a mail server, as there is one at home: without it every letter of Harbor's past is tried again and again meanwhile.
    async with a_stack(say, mail=True) as (settings, places, _):
        await sow(places, settings, cases=HARBOR)
        port, bare = processes.free_port(), processes.free_port()
        run = settings.model_copy(update={"api_port": port, "log_level": "WARNING"})
        environment = {**os.environ, **run.environment()}
        program = Path(sys.executable).with_name("ombud")
        serve = ("-m", "uvicorn", "--log-level", "warning", "--port", str(bare), BARE_PAGE)
        async with (
            running(environment, program, "api", "run"),
            running(environment, program, "worker", "run"),
            running(environment, sys.executable, *serve),
        ):
            addresses = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare}"
            await ready(f"{addresses[0]}/v1/readyz")
            await ready(addresses[1])
            await _at_rest(places)
            yield addresses


_WAITING = """
SELECT (SELECT count(*) FROM notices WHERE state = 'pending') + (SELECT count(*) FROM commands WHERE status = 'pending')
"""
REST_WITHIN = 120


async def _at_rest(places: Places) -> None:
    """Wait until the worker has sent what Harbor's past had left to send, and judged what had waited: two looks in a row."""
    conn = await asyncpg.connect(places.database_owner_url)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
        async with asyncio.timeout(REST_WITHIN):
            idle = 0
            while idle < 2:
                await asyncio.sleep(1)
                idle = 0 if await conn.fetchval(_WAITING) else idle + 1
    finally:
        await conn.close()


class Desk:
    """Somebody signed in, whose deeds are timed, in milliseconds."""

    def __init__(self, browser: httpx2.AsyncClient) -> None:
        self._browser = browser
        self.took: dict[str, list[float]] = {}

    async def sign_in(self, who: str) -> None:
        """Be one of Harbor's people."""
        answer = await self._browser.post("/sign-in/development", data={"who": f"{TENANT}/{who}"})
        assert answer.status_code == 303, answer.text

    async def read(self, what: str, path: str) -> str:
        """Open a page."""
        at = perf_counter()
        answer = await self._browser.get(path)
        self._keep(what, at)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    async def send(self, what: str, page: str, path: str, ends: int, /, **said: str) -> None:
        """Send a form of a page that was read. Its answer has a status of its own: to go on, or a part of the page."""
        fields = {**dict(_HIDDEN.findall(page)), **said}
        at = perf_counter()
        answer = await self._browser.post(path, data=fields)
        self._keep(what, at)
        assert answer.status_code == ends, f"{path}: {answer.status_code}"
        assert "waits=1" not in answer.headers.get("location", ""), f"{path}: kept, and not judged in time"

    def _keep(self, what: str, at: float) -> None:
        self.took.setdefault(what, []).append((perf_counter() - at) * 1000)


async def one_round(desk: Desk, case: str, number: int) -> None:
    """What a mediator does with a case of theirs, short of ending it."""
    here = f"/cases/{case}"
    page = await desk.read("open a case", here)
    await desk.send("leave a note", page, f"{here}/say", 303, to="staff", text=f"Looked at it, round {number}.", command_id="")
    page = await desk.read("open a form", f"{here}/do/snooze")
    await desk.send("put a case away", page, f"{here}/do/snooze", 303, until="2027-03-01T09:00", reason="waits_for_a_party")
    page = await desk.read("open a form", f"{here}/do/resume")
    await desk.send("take it up again", page, f"{here}/do/resume", 303, reason="news")
    page = await desk.read("open the page to rule on", f"{here}/ruling")
    draft = {"reasons": f"The goods arrived broken, as the pictures show. {number}"}
    await desk.send("keep a draft of a ruling", page, f"{here}/ruling/draft", 200, **draft)
    await desk.send("preview both letters", page, f"{here}/ruling/preview", 200, **draft)


async def _takes_all(desk: Desk, case: str) -> bool:
    """Whether everything that is measured can be done in it: one that is put away already cannot be so again."""
    page = await desk.read("open a case", f"/cases/{case}")
    return f"/cases/{case}/do/snooze" in page and f"/cases/{case}/ruling" in page


async def figures(rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """Each deed against a bare page."""
    async with at_home(say) as (address, bare_address):
        sent = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
        async with (
            httpx2.AsyncClient(base_url=address, headers=sent, timeout=30, trust_env=False) as browser,
            httpx2.AsyncClient(base_url=bare_address, trust_env=False) as nothing,
        ):
            desk = Desk(browser)
            await desk.sign_in(MEDIATOR)
            mine = dict.fromkeys(_CASE.findall(await desk.read("open the inbox", "/inbox?view=mine")))
            cases = [case for case in mine if await _takes_all(desk, case)]
            say(f"{len(cases)} cases of one mediator, {rounds} rounds")
            bare: list[float] = []
            for number in range(-max(2, len(cases)), rounds):
                if number == 0:
                    # The first rounds start the workflow of each case and fill what is read once.
                    desk.took.clear()
                await one_round(desk, cases[number % len(cases)], number)
                await desk.read("open the inbox", "/inbox?view=mine")
                for _ in range(5):
                    at = perf_counter()
                    await nothing.get("/")
                    bare.append((perf_counter() - at) * 1000)
    return list(_figures(desk.took, median(bare)))


def _figures(took: Mapping[str, list[float]], bare: float) -> list[Figure]:
    section = "A mediator's page, from sending to its answer"
    found = [Figure(section, "a bare page of the same framework", bare, "ms")]
    for what, times in took.items():
        found.append(Figure(section, f"{what}: p95", quantiles(times, n=20)[-1], "ms", GOAL))
        found.append(Figure(section, f"{what}: median, as a multiple of a bare page's", median(times) / bare, "×"))
    return found


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.actions", description=__doc__)
    reader.add_argument("--rounds", type=int, default=60, help="of twenty, the 95th percentile is the slowest one alone")
    asked = reader.parse_args()
    measured_alone(lambda say: figures(asked.rounds, say))


if __name__ == "__main__":
    main()
