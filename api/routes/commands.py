"""Commands: one address for all of them, and one for each verb that builds the same command."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.cases import command_answer, command_body, with_references
from api.examples.cases import COMMAND_ANSWER, COMMAND_ROW, COMMANDS, PENDING
from api.kit.context import Context, RequestContext
from api.kit.idempotent import Reply
from api.kit.reading import read_object
from api.kit.replies import shown
from api.schema import body_name, gives, takes
from services import commands
from services.cases import find
from services.references import references_of
from services.repeats import canonical

router = APIRouter(tags=["commands"])


class Verb(NamedTuple):
    """An address below a case, and the command that it sends."""

    path: str
    command: str
    summary: str


VERBS = (
    Verb("messages", "message", "Say something"),
    Verb("notes", "note", "Write an internal note"),
    Verb("translations", "translate", "Put a translation beside a text"),
    Verb("offers", "offer", "Propose how to settle"),
    Verb("offers/accept", "accept_offer", "Accept the open offer"),
    Verb("offers/decline", "decline_offer", "Decline the open offer"),
    Verb("concessions", "concede", "Grant what was asked"),
    Verb("escalate", "escalate", "Ask for a decision"),
    Verb("evidence", "submit_evidence", "Hand evidence in"),
    Verb("evidence-requests", "request_evidence", "Ask a side for evidence"),
    Verb("rulings", "rule", "Rule"),
    Verb("approvals", "approve", "Approve a ruling"),
    Verb("returns", "return_ruling", "Send a ruling back"),
    Verb("retractions", "retract", "Take a ruling back"),
    Verb("appeals", "appeal", "Appeal"),
    Verb("appeal-decisions", "decide_appeal", "Decide an appeal"),
    Verb("withdrawals", "withdraw", "Take the report or the appeal back"),
    Verb("withdrawals/accept", "accept_withdrawal", "Let the report be taken back"),
    Verb("withdrawals/continue", "continue_of_office", "Go on with it of office"),
    Verb("parties", "add_party", "Add a party"),
    Verb("parties/remove", "remove_party", "Remove a party"),
    Verb("parties/prove", "prove_address", "Say that a party is who the report names"),
    Verb("parties/replace", "replace_party", "Have another take a party's place"),
    Verb("assignments", "assign", "Assign the case"),
    Verb("take", "take", "Take the case"),
    Verb("skips", "skip", "Give the case back to its queue"),
    Verb("acknowledgements", "acknowledge", "Say that one has the case: nobody else is called"),
    Verb("admissions", "admit", "Let a report through the gate"),
    Verb("declinations", "decline", "Turn a report away"),
    Verb("close", "close", "End a case that cannot be decided"),
    Verb("reopen", "reopen", "Take a closed case up again"),
    Verb("pauses", "pause", "Let clocks stand still"),
    Verb("resumptions", "resume", "Let paused clocks go on"),
    Verb("snoozes", "snooze", "Put the case away until an instant"),
    Verb("extensions", "extend", "Give a clock more time"),
    Verb("retargets", "retarget", "Change what the targets follow from"),
    Verb("freezes", "freeze", "Freeze the clocks of this case for an incident"),
    Verb("thaws", "thaw", "Let the clocks of an incident go on"),
    Verb("identity-requests", "ask_identity", "Ask for proof of identity"),
    Verb("appointments", "propose_appointment", "Propose a hearing or a call"),
    Verb("appointments/answer", "answer_appointment", "Say which of the times would do"),
    Verb("appointments/move", "move_appointment", "Propose other times for it"),
    Verb("appointments/cancel", "cancel_appointment", "Call it off"),
    Verb("appointments/record", "record_appointment", "Put down who came and what was said"),
    Verb("appointments/comments", "comment_protocol", "Comment on what was put down"),
    Verb("legal-holds", "place_hold", "Keep the case from being deleted"),
    Verb("legal-holds/lift", "lift_hold", "Lift legal holds"),
    Verb("chargeback-evidence", "draft_chargeback_evidence", "Put together the evidence for a card network"),
    Verb("chargeback-evidence/submit", "submit_chargeback_evidence", "Send it now"),
    Verb("goods/ship", "ship_return", "Say that the goods are on their way back"),
    Verb("goods/confirm", "confirm_return", "Confirm that the goods are back"),
    Verb("goods/contest", "contest_return", "Object to what came back"),
    Verb("goods/decide", "decide_return", "Decide whether the goods count as back"),
    Verb("amount", "state_amount", "Say what was paid"),
    Verb("manual-work", "report_manual_work", "Say what became of something that waits for somebody's hands"),
    Verb("interim-measures", "impose_interim", "Impose an interim measure"),
    Verb("steps", "complete_step", "A step of the procedure is done"),
    Verb("skipped-steps", "skip_step", "Leave a step of the procedure out"),
    Verb("root-cause", "name_root_cause", "Name the root cause"),
    Verb("merges", "merge", "Merge the case into an older one"),
    Verb("links", "link", "Link the case with another"),
    Verb("links/remove", "unlink", "Take a link back"),
    Verb("splits", "split", "Make a part of the case a case of its own"),
    Verb("campaign", "join_campaign", "Count the case to a campaign"),
    Verb("campaign/leave", "leave_campaign", "Count the case to no campaign"),
    Verb("disclosures", "disclose", "Tell the respondent of the case"),
    Verb("interim-reviews/ask", "ask_interim_review", "Ask that a measure be looked at again"),
    Verb("interim-reviews", "review_interim", "Keep or lift interim measures"),
    Verb("signals", "signal", "Tell the case what a machine has noticed"),
    Verb("provisional-credits", "credit_provisionally", "Give the claimant the money until the matter is decided"),
    Verb("authority-reports", "report_to_authority", "Propose that an authority be told"),
    Verb("authority-reports/approve", "approve_report", "Let a report to an authority go out"),
    Verb("authority-reports/return", "return_report", "Send a report to an authority back"),
    Verb("exceptions", "ask_exception", "Ask that the pack be departed from in this case"),
    Verb("exceptions/grant", "grant_exception", "Let the pack be departed from in this case"),
    Verb("exceptions/refuse", "refuse_exception", "Keep to the pack in this case"),
    Verb("annulments", "annul", "Set a ruling aside that was told"),
    Verb("recusals", "recuse", "Say that one cannot decide this case"),
    Verb("handovers", "hand_over", "Hand the case over to another site or person"),
)

_ANSWERS = gives({200: ("CommandAnswer", COMMAND_ANSWER), 202: ("CommandAnswer", PENDING)})


async def _command(context: RequestContext, case_id: str, command_type: str | None) -> Response:
    caller, parts = await context.caller("cases:write"), context.parts
    key = context.key
    seen = await find(parts, caller, case_id)
    body = await read_object(context.request, may_be_empty=command_type is not None)
    command = commands.whole(caller, body, command_type)

    async def work() -> Reply:
        state = await commands.send(parts, caller, seen, command, key=key)
        shown_to = command_answer(state, may_read=caller.may_read)
        return Reply(200 if state.answer else 202, shown_to, replayed=state.known)

    # Who speaks belongs to the request: the same words from somebody else are another one.
    said = canonical({**body, "by": command["by"], "type": command["type"]})

    async def added(reply: Reply) -> Reply:
        told = (await references_of(parts, caller, seen)).get(seen.id)
        return replace(reply, body={**reply.body, "case": with_references(reply.body["case"], told)})

    return await context.once(caller, key, f"POST {case_id}", said, work, added=added if caller.may_read else None)


@router.post(
    "/v1/cases/{case_id}/commands",
    summary="Send any command",
    openapi_extra=takes("Command", COMMANDS["message"] | {"type": "message"}),
    responses=_ANSWERS,
)
async def send_command(context: Context, case_id: str) -> Response:
    """One flat JSON command. 200: judged and accepted; 202: on disk, judged later; a refusal is a problem with its code. `id`
    may be left out; sent again, the same id has no second effect. One that was used before, by whomever and for whatever in the
    tenant, is `id_reused`. `by` may be left out by a person's key. A key without `cases:read` is told what became of the command,
    and nothing of the case."""
    return await _command(context, case_id, None)


def _add(verb: Verb) -> None:
    async def handler(context: Context, case_id: str) -> Response:
        return await _command(context, case_id, verb.command)

    handler.__name__ = f"send_{verb.command}"
    router.add_api_route(
        f"/v1/cases/{{case_id}}/{verb.path}",
        handler,
        methods=["POST"],
        summary=verb.summary,
        description=f"Sends the command `{verb.command}`; see `POST /v1/cases/{{case_id}}/commands`.",
        openapi_extra=takes(body_name(verb.command), COMMANDS[verb.command], may_be_empty=True),
        responses=_ANSWERS,
    )


for _verb in VERBS:
    _add(_verb)


@router.get(
    "/v1/cases/{case_id}/commands/{command_id}",
    summary="What became of a command",
    responses=gives({200: ("CommandBody", COMMAND_ROW)}),
)
async def read_command(context: Context, case_id: str, command_id: str) -> Response:
    """The answer to a command that was taken with 202. Everybody reads their own; a platform's key also what it sent for others,
    and those of which the platform may know what they did."""
    caller = await context.caller("cases:read")
    return shown(command_body(await commands.read(context.parts, caller, case_id, command_id)))
