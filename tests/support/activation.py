"""A real workflow instance without a server: activations go in, with any clock and any order of jobs; commands come out.

The instance is the one that a worker runs: our sandbox, our converter. What a server and its client would do with the commands is
kept here in a few lines: which activities and timers are open, what each asker heard, how the run ended. Virtual months take
milliseconds. Some of the messages are half private to the SDK, so nothing outside this file touches them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from temporalio import workflow
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import RetryState, TimeoutType
from temporalio.api.failure.v1 import (
    ActivityFailureInfo,
    ApplicationFailureInfo,
    CanceledFailureInfo,
    Failure,
    TimeoutFailureInfo,
)
from temporalio.bridge.proto.activity_result import ActivityResolution, Cancellation, Success
from temporalio.bridge.proto.activity_result import Failure as ActivityFailed
from temporalio.bridge.proto.child_workflow import StartChildWorkflowExecutionFailedCause
from temporalio.bridge.proto.workflow_activation import (
    CancelWorkflow,
    DoUpdate,
    FireTimer,
    InitializeWorkflow,
    QueryWorkflow,
    RemoveFromCache,
    ResolveActivity,
    ResolveChildWorkflowExecutionStart,
    ResolveChildWorkflowExecutionStartFailure,
    ResolveChildWorkflowExecutionStartSuccess,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.common import MetricMeter, Priority, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import decode_typed_search_attributes
from temporalio.exceptions import FailureError
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from runtime.plugin import sandboxed_runner

QUEUE = "ombud-test"
NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)

Job = WorkflowActivationJob
_CONVERTER = pydantic_data_converter


class TaskFailed(AssertionError):
    """The workflow task failed: on a server it would be tried again for ever, and the case would stand still."""


@dataclass
class Called:
    """An activity that the workflow asked for."""

    seq: int
    name: str
    args: list[Any]
    local: bool
    proto: Any
    summary: str = ""

    @property
    def body(self) -> Any:
        """The first argument, as JSON."""
        return self.args[0] if self.args else None


@dataclass
class Timer:
    """A timer that runs."""

    seq: int
    at: datetime
    wait_for: timedelta
    summary: str = ""


@dataclass
class Child:
    """A child workflow that was asked for."""

    seq: int
    name: str
    id: str
    args: list[Any]
    proto: Any


@dataclass
class Heard:
    """What the caller of an update has heard so far."""

    accepted: bool = False
    answered: bool = False
    value: Any = None
    error: FailureError | None = None


@dataclass
class Ended:
    """How a run ended: ``completed``, ``failed``, ``cancelled`` or ``continued``."""

    how: str
    value: Any = None
    error: FailureError | None = None


@dataclass
class Reply:
    """The answer to a query."""

    value: Any = None
    error: FailureError | None = None


@dataclass
class Open:
    """What the server holds open for a run."""

    activities: dict[int, Called] = field(default_factory=dict)
    timers: dict[int, Timer] = field(default_factory=dict)
    children: dict[int, Child] = field(default_factory=dict)


def payload(value: Any) -> Payload:
    """A value as our clients send it."""
    return _CONVERTER.payload_converter.to_payload(value)


def plain(json: str) -> Payload:
    """A value as Temporal's own command line sends it: the JSON as typed."""
    return Payload(metadata={"encoding": b"json/plain"}, data=json.encode("utf-8", errors="surrogatepass"))


def _value(given: Payload) -> Any:
    return _CONVERTER.payload_converter.from_payload(given)


def _error(failure: Failure) -> FailureError:
    made = _CONVERTER.failure_converter.from_failure(failure, _CONVERTER.payload_converter)
    assert isinstance(made, FailureError)
    return made


class Bench:
    """One run of one workflow on the bench. Use it as a context manager: at the end the run is evicted, as a worker does."""

    def __init__(
        self,
        cls: type,
        start: Any,
        *,
        now: datetime = NOON,
        attributes: TypedSearchAttributes = TypedSearchAttributes.empty,
        single_batch: bool = False,
        runner: WorkflowRunner | None = None,
    ) -> None:
        """``single_batch`` is the order of jobs that a later SDK brings (all jobs are applied before anything runs)."""
        defn = workflow._Definition.must_from_class(cls)
        self.now, self.started = now, False
        self.open, self.heard, self.ended = Open(), dict[str, Heard](), None
        self.calls: list[Called] = []
        self.children: list[Child] = []
        self.timers: list[Timer] = []
        self.upserts: list[TypedSearchAttributes] = []
        self.trace: list[str] = []
        self.variants: list[str] = []
        self.log: list[WorkflowActivation] = []
        self.details = ""
        self._init = InitializeWorkflow(
            workflow_type=defn.name or "", workflow_id="case/acme/case_00000001", arguments=[payload(start)], attempt=1
        )
        self._suggest, self._evicted = False, False
        self._flags = [2] if single_batch else []
        details = self._bench_details(defn, attributes)
        # Made inside a running loop, as in a worker; from then on the instance is a loop of its own.
        with asyncio.Runner() as loop:
            self._instance = loop.run(_made(runner or sandboxed_runner(), details))

    ended: Ended | None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.evict()

    def how(self) -> str | None:
        """How the run ended; None while it runs."""
        return self.ended.how if self.ended else None

    # What happens to the run. Each of these makes a job; `now_comes` puts jobs into one activation.

    def now_comes(self, *jobs: Job, after: timedelta = timedelta(0), replaying: bool = False) -> list[str]:
        """One activation with these jobs in this order; the names of the commands that came out."""
        self.now += after
        act = WorkflowActivation(run_id="run", is_replaying=replaying, jobs=jobs, continue_as_new_suggested=self._suggest)
        act.timestamp.FromDatetime(self.now)
        act.available_internal_flags.extend(self._flags)
        self.log.append(act)
        done = self._instance.activate(act)
        if done.HasField("failed"):
            raise TaskFailed(done.failed.failure.message)
        return [self._take(command) for command in done.successful.commands]

    def start(self, *also: Job) -> list[str]:
        """The first activation."""
        self.started = True
        return self.now_comes(Job(initialize_workflow=self._init), *also)

    def update(self, command: Any, update_id: str = "u1", *, name: str = "ask", raw: Sequence[Payload] | None = None) -> Job:
        """Somebody asks, and waits for the answer."""
        self.heard[update_id] = Heard()
        given = [payload(command)] if raw is None else raw
        asked = DoUpdate(id=update_id, protocol_instance_id=update_id, name=name, input=given, run_validator=True)
        return Job(do_update=asked)

    def signal(self, command: Any = None, *, name: str = "tell", raw: Sequence[Payload] | None = None) -> Job:
        """Somebody tells."""
        given = [payload(command)] if raw is None else raw
        return Job(signal_workflow=SignalWorkflow(signal_name=name, input=given, originating_event_id=5))

    def ring(self, timer: Timer | None = None) -> Job:
        """The timer goes off; without one, the earliest."""
        timer = timer or min(self.open.timers.values(), key=lambda t: t.at)
        self.open.timers.pop(timer.seq)
        self.now = max(self.now, timer.at)
        return Job(fire_timer=FireTimer(seq=timer.seq))

    def cancel(self) -> Job:
        """Somebody cancels the workflow."""
        return Job(cancel_workflow=CancelWorkflow(reason="because"))

    def suggest_continue_as_new(self, on: bool = True) -> None:
        """From the next activation on the server finds the history long."""
        self._suggest = on

    # What becomes of what it asked for.

    def waiting(self, name: str) -> Called:
        """The open activity of this name (the oldest)."""
        found = [call for call in self.open.activities.values() if call.name == name]
        assert found, f"no open {name}; open are {[c.name for c in self.open.activities.values()]}"
        return found[0]

    def done(self, name: str, result: Any = None) -> Job:
        """The open activity of this name ends well."""
        return self._resolved(self.waiting(name), ActivityResolution(completed=Success(result=payload(result))))

    def failed(self, name: str, *, code: str = "RuntimeError", non_retryable: bool = False) -> Job:
        """The open activity finally fails: a local one with the bare error, a regular one wrapped in an activity error."""
        call = self.waiting(name)
        info = ApplicationFailureInfo(type=code, non_retryable=non_retryable)
        error = Failure(message="it failed", application_failure_info=info)
        failure = error if call.local else _wrapped(call, error)
        return self._resolved(call, ActivityResolution(failed=ActivityFailed(failure=failure)))

    def timed_out(self, name: str) -> Job:
        """The open activity runs into its time-out; here local and regular ones look alike."""
        call = self.waiting(name)
        kind = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
        error = Failure(message="too late", timeout_failure_info=TimeoutFailureInfo(timeout_type=kind))
        return self._resolved(call, ActivityResolution(failed=ActivityFailed(failure=_wrapped(call, error))))

    def cancelled(self, name: str) -> Job:
        """The open activity was cancelled."""
        call = self.waiting(name)
        error = Failure(message="cancelled", canceled_failure_info=CanceledFailureInfo())
        return self._resolved(call, ActivityResolution(cancelled=Cancellation(failure=_wrapped(call, error))))

    def child_started(self, child_id: str, *, already: bool = False) -> Job:
        """The child workflow runs, or ran already."""
        child = next(c for c in self.open.children.values() if c.id == child_id)
        del self.open.children[child.seq]
        if already:
            cause = StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
            failed = ResolveChildWorkflowExecutionStartFailure(workflow_id=child.id, workflow_type=child.name, cause=cause)
            return Job(resolve_child_workflow_execution_start=ResolveChildWorkflowExecutionStart(seq=child.seq, failed=failed))
        succeeded = ResolveChildWorkflowExecutionStartSuccess(run_id="child")
        return Job(resolve_child_workflow_execution_start=ResolveChildWorkflowExecutionStart(seq=child.seq, succeeded=succeeded))

    def query(self, name: str, *args: Any) -> Reply:
        """Ask a query, in an activation of its own."""
        job = Job(query_workflow=QueryWorkflow(query_id="q", query_type=name, arguments=[payload(a) for a in args]))
        act = WorkflowActivation(run_id="run", jobs=[job])
        act.timestamp.FromDatetime(self.now)
        act.available_internal_flags.extend(self._flags)
        done = self._instance.activate(act)
        assert not done.HasField("failed"), done.failed.failure.message
        [command] = done.successful.commands
        reply = command.respond_to_query
        if reply.HasField("failed"):
            return Reply(error=_error(reply.failed))
        return Reply(value=_value(reply.succeeded.response))

    def commands_again(self, other: Bench) -> list[str]:
        """The commands that come out when another instance is fed everything that came to this one: what a replay does."""
        done = [other._instance.activate(act) for act in self.log]
        return [str(command.WhichOneof("variant")) for one in done for command in one.successful.commands]

    def evict(self) -> None:
        """Let the run go, as a worker does with its cache. Nothing may be left behind."""
        if not self._evicted:
            self._evicted = True
            act = WorkflowActivation(run_id="run", jobs=[Job(remove_from_cache=RemoveFromCache())])
            act.timestamp.FromDatetime(self.now)
            self._instance.activate(act)

    # How commands are taken in.

    def _take(self, command: WorkflowCommand) -> str:
        kind: str = command.WhichOneof("variant") or ""
        self.variants.append(kind)
        summary = _value(command.user_metadata.summary) if command.user_metadata.summary.data else ""
        label = kind
        match kind:
            case "schedule_activity" | "schedule_local_activity":
                call = self._called(kind, getattr(command, kind), summary)
                label = f"{'local' if call.local else 'regular'} {call.name}"
            case "start_timer":
                wait_for = command.start_timer.start_to_fire_timeout.ToTimedelta()
                timer = Timer(command.start_timer.seq, self.now + wait_for, wait_for, summary)
                self.open.timers[timer.seq] = timer
                self.timers.append(timer)
            case "cancel_timer":
                self.open.timers.pop(command.cancel_timer.seq, None)
            case "start_child_workflow_execution":
                proto = command.start_child_workflow_execution
                child = Child(proto.seq, proto.workflow_type, proto.workflow_id, [_value(i) for i in proto.input], proto)
                self.open.children[child.seq] = child
                self.children.append(child)
            case "upsert_workflow_search_attributes":
                self.upserts.append(decode_typed_search_attributes(command.upsert_workflow_search_attributes.search_attributes))
            case "update_response":
                label = self._heard(command)
            case "set_patch_marker":
                pass  # the core writes it; a replay that finds it takes the new steps
            case "request_cancel_activity" | "request_cancel_local_activity":
                pass  # the activity stays open until the test says what became of it
            case _:
                self._ended(kind, command)
        self.trace.append(label)
        return label

    def _called(self, kind: str, proto: Any, summary: str) -> Called:
        args = [_value(a) for a in proto.arguments]
        call = Called(proto.seq, proto.activity_type, args, kind == "schedule_local_activity", proto, summary)
        self.open.activities[call.seq] = call
        self.calls.append(call)
        return call

    def _heard(self, command: WorkflowCommand) -> str:
        response = command.update_response
        heard = self.heard[response.protocol_instance_id]
        assert not heard.answered, f"{response.protocol_instance_id} was answered twice"
        how = response.WhichOneof("response") or ""
        heard.accepted = heard.accepted or how == "accepted"
        heard.answered = how != "accepted"
        if how == "completed":
            heard.value = _value(response.completed)
        elif how == "rejected":
            heard.error = _error(response.rejected)
        return f"{how} {response.protocol_instance_id}"

    def _ended(self, kind: str, command: WorkflowCommand) -> None:
        assert self.ended is None, f"{kind} after the run had {self.ended}"
        match kind:
            case "complete_workflow_execution":
                self.ended = Ended("completed", value=_value(command.complete_workflow_execution.result))
            case "fail_workflow_execution":
                self.ended = Ended("failed", error=_error(command.fail_workflow_execution.failure))
            case "cancel_workflow_execution":
                self.ended = Ended("cancelled")
            case "continue_as_new_workflow_execution":
                self.ended = Ended("continued", value=[_value(a) for a in command.continue_as_new_workflow_execution.arguments])
            case _:
                raise AssertionError(f"the bench does not know the command {kind}")

    def _resolved(self, call: Called, result: ActivityResolution) -> Job:
        del self.open.activities[call.seq]
        return Job(resolve_activity=ResolveActivity(seq=call.seq, result=result, is_local=call.local))

    def _bench_details(self, defn: Any, attributes: TypedSearchAttributes) -> WorkflowInstanceDetails:
        # A list of its own: the SDK puts what is changed into it.
        shown = TypedSearchAttributes(list(attributes.search_attributes))
        info = workflow.Info(
            attempt=1, continued_run_id=None, cron_schedule=None, execution_timeout=None, first_execution_run_id="run",
            headers={}, namespace="default", original_execution_run_id="run", parent=None, root=None, priority=Priority.default,
            raw_memo={}, retry_policy=None, run_id="run", run_timeout=None, search_attributes={}, start_time=self.now,
            workflow_start_time=self.now, task_queue=QUEUE, task_timeout=timedelta(seconds=5), typed_search_attributes=shown,
            workflow_id=self._init.workflow_id, workflow_type=self._init.workflow_type,
        )  # fmt: skip
        extern: dict[str, Callable[..., Any]] = {
            "__temporal_get_metric_meter": lambda: MetricMeter.noop,
            "__temporal_assert_local_activity_valid": lambda name: None,
        }
        return WorkflowInstanceDetails(
            payload_converter_factory=_CONVERTER._new_payload_converter,
            failure_converter_class=_CONVERTER.failure_converter_class,
            interceptor_classes=[], defn=defn, info=info, randomness_seed=7, extern_functions=extern,
            disable_eager_activity_execution=False, worker_level_failure_exception_types=[], patch_activation_callback=None,
            last_completion_result=Payloads(), last_failure=None,
        )  # fmt: skip


async def _made(runner: WorkflowRunner, details: WorkflowInstanceDetails) -> WorkflowInstance:
    return runner.create_instance(details)


def _wrapped(call: Called, cause: Failure) -> Failure:
    info = ActivityFailureInfo(activity_id=str(call.seq), retry_state=RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED)
    info.activity_type.name = call.name
    return Failure(message="Activity task failed", cause=cause, activity_failure_info=info)
