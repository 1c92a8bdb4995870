"""What the workflow says of itself: summaries for an ops lead in Temporal's own pages, queries, search attributes.

No text that somebody wrote, and no person but by id.
"""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.messages import NOTHING_DUE, Answer, NoticeRef, Recorded
    from workflows import arrivals, options

CASE_STATUS = SearchAttributeKey.for_keyword("CaseStatus")
OUTCOME = SearchAttributeKey.for_keyword("Outcome")
PHASE = SearchAttributeKey.for_keyword("Phase")
QUEUE = SearchAttributeKey.for_keyword("Queue")
PRIORITY = SearchAttributeKey.for_keyword("Priority")
NEXT_DUE_AT = SearchAttributeKey.for_datetime("NextDueAt")

ASK = (
    "Send a command, as a JSON object with an id of its own, and wait for what was recorded. A refusal is an error with its code."
)
TELL = "`tell`: send a command, and wait for no answer. Any other signal is kept as refused."
VIEW = "How the case stands, as this run last heard it from the record: codes and instants, no text."
TIMETABLE = "What falls due, earliest first: which clock, which level of it, when."

_UNSEEN = {"answers", "more", "undelivered", "lists"}
"""Fields that say how the work goes on and nothing about the case: left out of the query."""


def answer_of(pending: arrivals.PendingUpdate) -> Answer:
    """What an asker hears. Raises what was refused as an error that keeps code, detail and fields."""
    given = pending.answer
    assert given is not None
    if given.status == "accepted":
        return given
    raise ApplicationError(
        given.detail or "", given.fields or {}, type=given.code, non_retryable=True, category=ApplicationErrorCategory.BENIGN
    )


def outbound_queue() -> str:
    """The queue of everything that talks to the outside for this case."""
    return workflow.info().task_queue + options.OUTBOUND


def kind_of(known: Recorded) -> str:
    """The kind in words."""
    return known.kind.replace("_", " ") or "case"


def record_summary(known: Recorded) -> str:
    """One line for a regular ``record``."""
    return f"Record what happened in this {kind_of(known)}"


def deliver_summary(known: Recorded) -> str:
    """One line for ``deliver``."""
    return f"Tell the people of this {kind_of(known)}"


def alarm_summary(known: Recorded) -> str:
    """One line for the timer: which clock it waits for."""
    first = known.timetable[0]
    return f"{first.clock.replace('_', ' ')} {first.level} due for {kind_of(known)}"


def details(known: Recorded) -> str:
    """The current details: where the case stands, who has it, what comes next."""
    if known.status == "unknown":
        return "The record has no such case."
    lines = [f"**{kind_of(known)}**: {known.phase}" + (f" ({known.outcome})" if known.outcome else "")]
    lines.append(f"owner: {known.owner}" if known.owner else f"queue: {known.queue}")
    if known.status == "open":
        lines.append(f"waiting on: {known.waiting_on}")
    lines += [f"next: {d.clock.replace('_', ' ')} {d.level} at {d.at.isoformat(timespec='seconds')}" for d in known.timetable[:1]]
    return "\n\n".join(lines)


def view(known: Recorded, loaded: bool) -> dict[str, Any]:
    """The answer of the query ``view``; before the first record it says that nothing is known yet."""
    if not loaded:
        return {"loaded": False, "detail": "This workflow has not read the record yet; ask again in a moment."}
    # The message leaves its defaults out; somebody who asks sees every field.
    fields = {name: field.default for name, field in Recorded.model_fields.items() if name not in _UNSEEN}
    return {"loaded": True, **fields, **known.model_dump(mode="json", exclude=_UNSEEN)}


def timetable(known: Recorded) -> list[dict[str, Any]]:
    """The answer of the query ``timetable``."""
    return [row.model_dump(mode="json") for row in known.timetable]


def bring_up_to_date(known: Recorded) -> None:
    """Have Temporal's lists say how the case stands: all that differs in one change, for each change is billed.

    Called before the case waits, so that what comes together is one change. A case that is closed while a ban of it runs is
    closed, although its workflow goes on.
    """
    if known.status == "unknown":
        return
    shown = workflow.info().typed_search_attributes
    wanted: list[tuple[SearchAttributeKey[Any], Any]] = [
        (CASE_STATUS, known.status), (OUTCOME, known.outcome), (PHASE, known.phase), (QUEUE, known.queue),
        (PRIORITY, known.priority), (NEXT_DUE_AT, known.due_at or (NOTHING_DUE if shown.get(NEXT_DUE_AT) else None)),
    ]  # fmt: skip
    changes = [key.value_unset() if value is None else key.value_set(value) for key, value in wanted if shown.get(key) != value]
    if not changes:
        return
    workflow.upsert_search_attributes(changes)


def close(known: Recorded) -> None:
    """Mark the run's end in Temporal's lists, where they say something else: they did not follow it."""
    attributes = workflow.info().typed_search_attributes
    if known.status != "closed" or attributes.get(CASE_STATUS) == "closed":
        return
    changes = [CASE_STATUS.value_set("closed")]
    if known.outcome:
        changes.append(OUTCOME.value_set(known.outcome))
    workflow.upsert_search_attributes(changes)


async def hand_over(ref: NoticeRef, known: Recorded) -> None:
    """Give one notice to a ``Delivery`` workflow of its own, which outlives this run."""
    try:
        await workflow.start_child_workflow(
            "Delivery",
            ref,
            id=f"delivery/{ref.notice_id}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            priority=options.place_in_line(ref.tenant_id, known.priority),
            static_summary="Deliver a notice that did not go through at once",
        )
    except WorkflowAlreadyStartedError:
        # It has been handed over before; that one goes on.
        await asyncio.sleep(0)
