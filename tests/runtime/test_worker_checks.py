"""What Temporal knows of the workers: that nobody takes tasks, or runs the version that gets them; unknown is not well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.checks import Server
from runtime.embedded.processes import free_port
from runtime.embedded.stack import Stack
from runtime.pollers import Poller, Queue
from runtime.settings import Settings
from runtime.worker_checks import deployment, judged_versions, workers

CASES = Queue("ombud", "workflow")
NOW = datetime.now(UTC)


class Answering(Server):
    """A server that answers everything in one way."""

    def __init__(self, error: RPCError) -> None:
        self.patience, self.heard_within, self._error = timedelta(seconds=1), timedelta(seconds=75), error

    async def client(self) -> Client:
        error = self._error

        class Service:
            def __getattr__(self, name: str) -> Any:
                async def refuse(*_: object, **__: object) -> None:
                    raise error

                return refuse

        class Refusing:
            namespace, workflow_service = "default", Service()

        return Refusing()  # type: ignore[return-value]  # nothing else of it is asked


def of(build: str | None, deployment: str | None = "ombud") -> Poller:
    return Poller(f"worker-{build}", NOW, deployment if build else None, build)


@pytest.mark.parametrize(
    ("current", "at_work", "verdict", "found", "step"),
    [
        ("b1", [of("b1")], "ok", "b1 is current, and its workers run", ""),
        ("b1", [of("b1"), of("b2")], "ok", "workers of b2 get no new tasks", ""),
        ("b1", [of("b2")], "fail", "no worker of it runs: every case waits; workers run of b2", "ombud worker promote b2"),
        ("b1", [], "fail", "none of its workers runs", "Start workers of b1."),
        ("b1", [of(None)], "fail", "none of its workers runs", "Start workers of b1."),
        (None, [of("b2")], "fail", "no version of ombud is current: every case waits", "Run `ombud worker promote b2`."),
        (None, [], "fail", "no version of ombud is current", "Start a worker, then run `ombud worker promote BUILD`."),
        (None, [of(None)], "warn", "workers without one take the tasks", "OMBUD_WORKER_DEPLOYMENT_NAME=ombud"),
    ],
)
def test_the_version_that_gets_tasks_must_be_one_that_runs(
    current: str | None, at_work: list[Poller], verdict: str, found: str, step: str
) -> None:
    look = judged_versions("ombud", current, at_work)
    assert (look.verdict, found in look.found, step in look.next_step) == (verdict, True, True), look
    assert bool(look.next_step) is (verdict != "ok")


def test_the_build_of_this_release_is_the_one_to_promote() -> None:
    assert judged_versions("ombud", None, [], "b7").next_step == "Start a worker, then run `ombud worker promote b7`."
    assert judged_versions("ombud", None, [of("b8"), of("b7")], "b7").next_step == "Run `ombud worker promote b7`."


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (RPCStatusCode.UNIMPLEMENTED, "not known: this server does not say"),
        (RPCStatusCode.PERMISSION_DENIED, "not known: this access may not ask"),
        (RPCStatusCode.UNAVAILABLE, "not looked at: UNAVAILABLE"),
    ],
)
async def test_what_a_server_does_not_say_is_not_called_well(status: RPCStatusCode, said: str) -> None:
    server = Answering(RPCError("no", status, b""))
    for look in (await workers(server, [CASES]), await deployment(server, CASES, None)):
        assert (look.verdict, look.found.startswith(said), bool(look.next_step)) == ("warn", True, True)


async def test_a_server_that_is_away_is_told_of_elsewhere(tmp_path: Path) -> None:
    given = Settings(_env_file=None, state_dir=tmp_path, temporal_address=f"127.0.0.1:{free_port()}")
    server = Server(given, Stack(given), timedelta(0))
    for look in (await workers(server, [CASES]), await deployment(server, CASES, "ombud")):
        assert (look.verdict, look.next_step) == ("warn", "See what it says of Temporal.")
