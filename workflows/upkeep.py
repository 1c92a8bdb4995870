"""What a schedule has done once a day: one activity, tried until it works or says that it never will."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    import workflows.options as options


@workflow.defn(name="Upkeep")
class UpkeepWorkflow:
    """Does one job of upkeep. It knows its name and nothing else, so that its history has nobody's data."""

    @workflow.run
    async def run(self, job: str) -> dict[str, int]:
        """How much was done, by what."""
        done: dict[str, int] = await workflow.execute_activity(
            "upkeep.run", job, result_type=dict[str, int], summary=f"Upkeep: {job}", **options.UPKEEP
        )
        return done
