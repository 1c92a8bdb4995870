"""A small workflow that makes one command of each sort, to try the bench itself."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError


@workflow.defn(name="Sample")
class SampleWorkflow:
    """Remembers what it was told, and does what it is asked."""

    @workflow.init
    def __init__(self, given: dict[str, Any]) -> None:
        self._told: list[Any] = []
        self._over = False

    @workflow.run
    async def run(self, given: dict[str, Any]) -> Any:
        if given.get("nap"):
            await workflow.sleep(timedelta(days=given["nap"]), summary="a nap")
            self._told.append(workflow.now().isoformat())
        if given.get("fail"):
            raise ApplicationError("as asked", type="asked_for")
        if given.get("break"):
            raise KeyError("as asked")
        await workflow.wait_condition(lambda: self._over)
        return self._told

    @workflow.signal(name="tell")
    async def tell(self, said: Any) -> None:
        self._told.append(said)
        if said == "end":
            self._over = True

    @workflow.update(name="ask")
    async def ask(self, said: str) -> str:
        if said == "local":
            return str(await workflow.execute_local_activity("work", said, start_to_close_timeout=timedelta(seconds=1)))
        await asyncio.sleep(0)
        return said.upper()

    @ask.validator
    def _check(self, said: str) -> None:
        if said == "no":
            raise ApplicationError("no", type="refused")

    @workflow.query(name="told")
    def told(self) -> list[Any]:
        return self._told
