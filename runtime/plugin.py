"""The one Temporal plugin of client, worker, replayer and tests: how values travel, and what the workflow sandbox lets through.

The workflows and activities are handed in, so that this room needs none of ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.plugin import SimplePlugin
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from runtime.codec import SealedPayloads
from runtime.failures import class_and_code

PASSED_THROUGH = (
    # The messages that cross to activities: frozen models without state. Building them anew in each sandbox costs milliseconds.
    "activities",
    # Imported by those; pure functions and frozen models. Lint keeps clocks and chance out (banned-api).
    "domain",
    # Libraries without state that matters to a replay, expensive to import afresh.
    "pydantic",
    "pydantic_core",
    "annotated_types",
)


class CodedFailures(DefaultFailureConverter):
    """Turns what fails in an activity, in a workflow, or in the reading of what was sent to one, into what Temporal keeps of it.

    What we raise as Temporal's own error goes as it is, for its words are ours; anything else, causes included, as its class and
    code. The type stays what it was: retry policies and the workflows look at that.
    """

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """As the base class, without messages of others."""
        super().to_failure(_without_message(exception), payload_converter, failure)


class SealedCodedFailures(CodedFailures):
    """The same, with what is left of words and places in a payload, which a codec seals."""

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)


def _without_message(exception: BaseException) -> FailureError:
    if isinstance(exception, FailureError):
        return exception
    bare = ApplicationError(class_and_code(exception), type=type(exception).__name__)
    bare.__traceback__, bare.__cause__ = exception.__traceback__, exception.__cause__
    return bare


def sandboxed_runner() -> SandboxedWorkflowRunner:
    """The sandbox as Ombud runs it: on, with the modules above passed through."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def _runner(given: WorkflowRunner | None) -> WorkflowRunner:
    if isinstance(given, SandboxedWorkflowRunner):
        restrictions = given.restrictions.with_passthrough_modules(*PASSED_THROUGH)
        return replace(given, restrictions=restrictions)
    return given or sandboxed_runner()


def ombud_plugin(
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    interceptors: Sequence[ClientInterceptor | WorkerInterceptor] = (),
    codec: SealedPayloads | None = None,
) -> SimplePlugin:
    """The plugin. A client needs none of the workflows; a replayer needs no activities.

    A ``codec`` seals and opens payloads, and the words of failures, which travel as a payload then. With or without one a failure
    says no more than its class and code.
    """
    failures = SealedCodedFailures if codec is not None and codec.sealing else CodedFailures
    converter = replace(pydantic_data_converter, payload_codec=codec, failure_converter_class=failures)
    return SimplePlugin(
        "ombud",
        data_converter=converter,
        interceptors=list(interceptors),
        workflows=list(workflows),
        activities=list(activities),
        workflow_runner=_runner,
    )
