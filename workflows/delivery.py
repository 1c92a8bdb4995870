"""A notice that did not go through at once: ten tries over about three days, then a person's task. No case waits for it."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    # Named in full: `from workflows import …` would slip past the sandbox's importer and load them anew for every run.
    import workflows.options as options
    import workflows.summaries as summaries
    from activities.messages import NoticeRef


@workflow.defn(name="Delivery")
class DeliveryWorkflow:
    """Delivers one notice. The activity's retry policy is the schedule."""

    @workflow.run
    async def run(self, ref: NoticeRef) -> str:
        """``sent``, or the code of why it was given up."""
        queue = summaries.outbound_queue()
        try:
            await workflow.execute_activity(
                "notices.deliver_one", ref, task_queue=queue, summary="Deliver a notice", **options.PATIENT
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            cause = error.cause
            # Only what is raised as never going to work has a code of ours; anything else carries the name of its class.
            code = cause.type if isinstance(cause, ApplicationError) and cause.non_retryable else None
            code = code or "gave_up"
            summary = "Report a notice as undeliverable"
            await workflow.execute_activity(
                "notices.give_up", args=[ref, code], task_queue=queue, summary=summary, **options.GIVE_UP
            )
            return code
        return "sent"
