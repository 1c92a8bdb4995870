"""A workflow as it must not be: it imports a library into the sandbox that nobody let through."""

import yaml
from temporalio import workflow


@workflow.defn(name="Careless")
class CarelessWorkflow:
    """Reads a file format, for no reason."""

    @workflow.run
    async def run(self, given: None) -> object:
        return yaml.safe_load("{}")
