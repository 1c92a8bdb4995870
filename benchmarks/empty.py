"""A workflow with nothing in it, alone in its module: what the sandbox costs by itself."""

import asyncio

from temporalio import workflow


@workflow.defn(name="Empty")
class EmptyWorkflow:
    """Waits for ever."""

    @workflow.run
    async def run(self) -> None:
        """Wait."""
        await asyncio.Event().wait()
