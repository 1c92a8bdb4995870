"""Does what is to be done once a day, in the process that has the role or the key for it."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports.errors import Never
from activities.ports.upkeep import Job


class UpkeepActivities:
    """Holds ``upkeep.run``."""

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs

    @activity.defn(name="upkeep.run")
    async def run(self, job: str) -> dict[str, int]:
        """Do a job; how much was done, by what. What a person has to look at first is tried no more until the next day."""
        try:
            return dict(await self._jobs[job].run(activity.heartbeat))
        except Never as never:
            raise ApplicationError(never.code, type=never.code, non_retryable=True) from None
