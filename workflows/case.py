"""One durable workflow for one case. It waits, wakes, has things recorded and carried out, and holds no rule.

Whatever is asked of the case waits among the arrivals until ``records.record`` has judged it; what happens next depends only on
what that activity answers (docs/adr/0002). No models and no date arithmetic here: a replay months later must find the same steps.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RawValue
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    # Named in full: `from workflows import …` would slip past the sandbox's importer and load them anew for every run.
    import workflows.arrivals as arrivals
    import workflows.options as options
    import workflows.summaries as summaries
    from activities.messages import CaseRef, CaseStart, Delivered, EffectRef, NoticeRef, Recorded, RecordInput


@workflow.defn(name="Case")
class CaseWorkflow:
    """The life of one case, from the first report to the last appeal; started again it takes up where the record stands."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._start = start
        self._ref = CaseRef(tenant_id=start.tenant_id, case_id=start.case_id)
        self._arrivals: list[arrivals.PendingUpdate] = []
        self._known, self._loaded = Recorded(), False
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._rang_early = 0
        self._look = True
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._carried: list[str] = []
        self._told = 0
        self._sought_at = 0

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        """Record, carry out, wait; until the case is closed and nothing of it is running."""
        while True:
            await self._record()
            if workflow.info().is_continue_as_new_suggested() and workflow.patched("continue-when-due"):
                if self._arrivals or not await self._winds_up():
                    continue
                break
            self._start_beside()
            if self._look or self._arrivals:
                continue
            if self._known.lists:
                summaries.bring_up_to_date(self._known)
            self._set_alarm()
            if self._known.quiet or workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(lambda: self._has_news() or self._is_idle())
                if not self._has_news():
                    break
            await workflow.wait_condition(self._has_news)
        self._set_alarm(off=True)
        if not self._known.quiet:
            workflow.continue_as_new(self._start)
        summaries.close(self._known)

    @workflow.update(name="ask", description=summaries.ASK)
    async def ask(self, command: RawValue) -> Any:
        """Send a command and wait for what was recorded; a refusal comes back as an error whose type is its code."""
        pending = arrivals.asked(command)
        self._arrivals.append(pending)
        await workflow.wait_condition(lambda: pending.answer is not None)
        return summaries.answer_of(pending)

    @ask.validator
    def _shape(self, command: RawValue) -> None:
        try:
            arrivals.asked(command)
        except ValueError as error:
            detail = "A command is a JSON object, or the id of one in the inbox."
            raise ApplicationError(detail, type="malformed", non_retryable=True) from error

    @workflow.signal(dynamic=True, description=summaries.TELL)
    async def tell(self, name: str, given: Sequence[RawValue]) -> None:
        """Send a command without waiting for an answer: the signal ``tell``. Whatever else comes is kept as refused, not lost."""
        self._arrivals.append(arrivals.told(name, given))

    @workflow.query(name="view", description=summaries.VIEW)
    def view(self) -> dict[str, Any]:
        """How the case stands, as this workflow last heard it: codes and instants only."""
        return summaries.view(self._known, loaded=self._loaded)

    @workflow.query(name="timetable", description=summaries.TIMETABLE)
    def timetable(self) -> list[dict[str, Any]]:
        """The levels ahead, earliest first."""
        return summaries.timetable(self._known)

    async def _winds_up(self) -> bool:
        """Begin nothing more and wait for what must not be torn off; False when something came meanwhile.

        What carries out an effect is let go: it may take days, is keyed, and the next run begins it again. Letters have no key.
        """
        for effect in [name for name in self._beside if name not in ("assign", "deliver")]:
            self._beside.pop(effect).cancel()
        if not self._is_idle():
            self._set_alarm()
            await workflow.wait_condition(lambda: bool(self._arrivals) or self._has_rung() or self._is_idle())
        return self._is_idle() and not self._arrivals

    def _has_rung(self) -> bool:
        return self._alarm is not None and self._alarm.done()

    def _has_news(self) -> bool:
        return bool(self._arrivals) or self._look or self._has_rung()

    def _is_idle(self) -> bool:
        return not self._beside and workflow.all_handlers_finished()

    async def _record(self) -> None:
        pending_updates = arrivals.first_of(self._arrivals)
        self._arrivals, self._look = self._arrivals[len(pending_updates) :], False
        ask = RecordInput(**self._ref.model_dump(), arrivals=tuple(v.arrival for v in pending_updates), saw_seq=self._known.seq)
        summary = summaries.record_summary(self._known)
        try:
            known = await workflow.execute_local_activity("records.record", ask, result_type=Recorded, **options.RECORD_LOCAL)
        except FailureError as error:
            # A local activity that finally fails raises what it failed with, bare. Its time-out comes as an ActivityError in the
            # worker that saw it, and on replay as a bare TimeoutError: both must lead the same way.
            if is_cancelled_exception(error):
                raise
            known = await workflow.execute_activity(
                "records.record", ask, result_type=Recorded, summary=summary, priority=self._place(), **options.RECORD
            )
        for pending, answer in zip(pending_updates, known.answers, strict=True):
            pending.answer = answer
        if known.more:
            # Whoever stands further back in the inbox than one batch reaches goes on waiting among the arrivals.
            self._look, self._arrivals = True, [v for v in pending_updates if v.answer is None] + self._arrivals
        self._known, self._loaded = known, True
        workflow.set_current_details(summaries.details(known))

    def _start_beside(self) -> None:
        """Start what runs beside the loop, each at most once at a time; notices wait for an assignment, to go out together."""
        if self._known.wants_owner and self._known.seq > self._sought_at and "assign" not in self._beside:
            self._sought_at = self._known.seq
            self._beside["assign"] = asyncio.create_task(self._assign())
        for effect in self._known.effects:
            if effect not in self._carried:
                self._carried.append(effect)
                self._beside[effect] = asyncio.create_task(self._carry_out(effect))
        if self._known.undelivered > self._told and "assign" not in self._beside and "deliver" not in self._beside:
            self._beside["deliver"] = asyncio.create_task(self._deliver())

    async def _assign(self) -> None:
        try:
            await workflow.execute_local_activity("cases.assign", self._ref, **options.RECORD_LOCAL)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            place = self._place()
            await workflow.execute_activity("cases.assign", self._ref, summary="Find an owner", priority=place, **options.RECORD)
        self._done("assign")

    async def _carry_out(self, effect: str) -> None:
        ref = EffectRef(**self._ref.model_dump(), effect_id=effect)
        to: dict[str, Any] = {"task_queue": summaries.outbound_queue(), "priority": self._place()}
        try:
            await workflow.execute_activity("effects.carry_out", ref, summary="Carry out a remedy", **to, **options.CARRY_OUT)
        except FailureError as error:
            if is_cancelled_exception(error):
                return  # Let go of: nobody waits for this task any more, and the next run begins the effect again.
            raise
        self._done(effect)

    async def _deliver(self) -> None:
        upto = self._known.undelivered
        to: dict[str, Any] = {"task_queue": summaries.outbound_queue(), "priority": self._place()}
        to["summary"] = summaries.deliver_summary(self._known)
        try:
            sent = await workflow.execute_activity("notices.deliver", self._ref, result_type=Delivered, **to, **options.DELIVER)
        except FailureError as error:
            if is_cancelled_exception(error) or not workflow.patched("deliver-bounded"):
                raise
            # Whoever wakes the case for what waits has it tried again; until then nothing of this keeps the run.
            self._done("deliver", look=False)
            return
        for notice in sent.slow:
            await summaries.hand_over(NoticeRef(**self._ref.model_dump(), notice_id=notice), self._known)
        self._told = self._told if sent.more else upto
        # What can never be delivered is a command in the inbox now, and a notice recorded meanwhile is unsent: look again.
        self._done("deliver", look=sent.failed > 0 or sent.more or self._known.undelivered > upto)

    def _place(self) -> Priority:
        return options.place_in_line(self._ref.tenant_id, self._known.priority)

    def _done(self, name: str, look: bool = True) -> None:
        del self._beside[name]
        self._look = self._look or look

    def _set_alarm(self, off: bool = False) -> None:
        """Keep one alarm, made anew only when the nearest instant moved or the last alarm rang too early."""
        at = self._known.timetable[0].at if self._known.timetable and not off else None
        again = self._alarm is not None and at == self._alarm_at
        if self._alarm is not None and not self._alarm.done():
            if again:
                return
            self._alarm.cancel()
        self._alarm, self._alarm_at = None, at
        self._rang_early = self._rang_early + 1 if again else 0
        if at is not None:
            wait_for = max(at - workflow.now(), options.rearm_for(self._rang_early) if again else options.SOON_FOR)
            self._alarm = asyncio.create_task(workflow.sleep(wait_for, summary=summaries.alarm_summary(self._known)))
