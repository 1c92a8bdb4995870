"""``ombud case VERB`` for each command that has no options of a kind of its own: what it takes is read from one table."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple

import typer

from cli.commands.case import preview_ruling, remedy_of
from cli.kit.exits import BAD_DATA, fail, misused
from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.send import send
from cli.kit.target import Target

app = typer.Typer()

TEXT, LIST, NAMED, MONEY, FLAG, JSON, REMEDIES = "text", "list", "named", "money", "flag", "json", "remedies"


class Field(NamedTuple):
    """A field of a command, and the option that fills it."""

    name: str
    help: str
    needed: bool = False
    kind: str = TEXT
    option: str = ""
    """Where it is not named like the field."""


def _needs(name: str, said: str, kind: str = TEXT) -> Field:
    return Field(name, said, needed=True, kind=kind)


_RELIES_ON: Final = Field(
    "relies_on",
    "What it rests on (evd_…, message:N, signal:N, a joined case), or `none` of what came in; repeatable.",
    kind=NAMED,
)
_DECISION: Final = (
    Field("reasons", "The reasons, as the parties will read them; - reads them from stdin.", needed=True),
    Field("ground", "The clause it rests on."),
    Field("remedies", "TYPE or TYPE:AMOUNT:CURRENCY, in minor units; repeatable.", kind=REMEDIES, option="remedy"),
    _RELIES_ON,
    Field("conditions", "A condition; repeatable.", kind=LIST, option="condition"),
    Field("reply", "What whoever asked or appealed is answered."),
    Field("complaint_route", "Where to complain next, as a code."),
    Field("sanction", "Another sanction than the ladder's; needs the two reasons below."),
    Field("sanction_reason", "Why it is another, as a code of the pack."),
    Field("sanction_reasons", "The same in words."),
    Field("misuse", "Misuse that is found beside the outcome: a clause of the pack's ladders of misuse."),
    Field("misuse_by", "Whose: claimant or respondent."),
    Field("misuse_total", "How many they handed in or provided in all in the period.", kind=JSON),
    Field("misuse_gravity", "slight, serious or grave."),
    Field("misuse_intention", "unknown, careless or intended."),
    Field("misuse_reasons", "Why it is misuse, as they will read it."),
    Field("label_paid_by", "claimant, respondent or platform."),
    Field("statement", "The statement of reasons.", kind=JSON),
    Field("stays", "An interim measure that stays until --until, for what an authority has yet to say; repeatable.", kind=LIST),
    Field("until", "Until when it stays: an instant, a day ahead at least."),
    Field("less_because", "Why whoever wins gets less than half: not_proven, not_owed, own_share or had_already."),
)


REASONS = _needs("reasons", "The reasons, in words; - reads them from stdin.")
_MEASURES: Final = (
    Field("ends", "An interim measure that ends now (suspend, or itm_…); repeatable.", kind=LIST),
    Field("stays", "One that stays in force until --until; repeatable.", kind=LIST),
    Field("until", "Until when it stays: an instant, a day ahead at least."),
)
VERBS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "take": ("Take a case that waits in a queue.", ()),
    "acknowledge": ("Say that you have a case because of which people are called: nobody else is, for a while.", (
        Field("until", "Until when, with the zone; left out: as long as the pack allows."),)),
    "ask_exception": ("Ask that the pack be departed from in this case; another person has to agree.", (
        _needs("of", "step, limit or amount."),
        _needs("name", "The step, the clock or the remedy, as the pack's `exceptions` name it."),
        _needs("until", "Until when it may be relied on, with the zone; of a limit: when the clock is to run out."),
        Field("amount", "Of an amount: how much more than was paid, AMOUNT:CURRENCY in minor units.", kind=MONEY),
        REASONS),
    ),
    "grant_exception": ("Let the pack be departed from in this case. For a lead who did not ask for it.", (
        Field("exception_id", "Which (exc_…); left out: the oldest that waits."),)),
    "refuse_exception": ("Keep to the pack in this case. For a lead who did not ask for it.", (
        Field("exception_id", "Which (exc_…); left out: the oldest that waits."), REASONS)),
    "assign": ("Give the case to a person, or back to its queue.", (
        Field("owner", "The person (per_…); left out: back to its queue.", option="to"),
        Field("reason", "Why, as a code (on_leave).")),
    ),
    "approve": ("Let a ruling go out that waits for a second person. For a lead who did not draft it.", (
        Field("seen", "What has come since it was drafted and you have read (not_seen names it); repeatable.", kind=LIST),)),
    "return_ruling": ("Send a ruling that waits for a second person back to whoever drafted it.", (REASONS,)),
    "retract": ("Take your ruling back before the parties are told.", ()),
    "rule": ("Rule on a case.", (_needs("outcome", "An outcome of the kind's pack."), *_DECISION)),
    "decide_appeal": ("Decide an appeal.", (
        _needs("decision", "uphold, overturn, vary or remit."), *_DECISION, Field("outcome", "The new outcome."),
        Field("same_decider", "After remit: the same person may decide again.", kind=FLAG)),
    ),
    "admit": ("Let a report through the gate.", ()),
    "decline": ("Turn a report away.", (_needs("reason", "Why, as a code."), REASONS, *_MEASURES)),
    "report_manual_work": ("Say that what waits for somebody's hands is done, cannot be done, or was not done after all.", (
        _needs("effect_id", "Which (eff_…), of those under `hands` of the case; or one that was reported as done."),
        _needs("result", "done, impossible or not_done."),
        Field("reference", "Of money: by which number the payment is found; for the team."),
        Field("done_at", "When it was done, with the zone; wanted where the agreement is in question again."),
        Field("text", "How it was done, why it cannot be, or how the mistake came about; for the team.")),
    ),
    "message": ("Say something to the people of the case.", (
        _needs("text", "The words."), Field("to", "all, claimant, respondent or desk."),
        Field("more_follows", "This is not all yet: your time to answer runs on. For a party.", kind=FLAG)),
    ),
    "note": ("Note something for the team; no party sees it.", (
        _needs("text", "The words."), Field("mentions", "Who is told of it (per_…); repeatable.", kind=LIST, option="mention")),
    ),
    "request_evidence": ("Ask a side for evidence.", (
        _needs("of", "claimant or respondent."), _needs("what", "What is asked for, as they will read it."),
        Field("party", "One party of the side (pty_…)."), Field("evidence_type", "A type of the pack."),
        Field("ground", "The clause they are asked about, where the category says another."),
        Field("due_at", "Until when, with the zone.")),
    ),
    "propose_appointment": ("Propose a hearing or a call, with the times that would do.", (
        _needs("times", "A time, with the zone; repeatable, up to five.", kind=LIST),
        _needs("about", "What it is about and how to take part, as they will read it."),
        Field("sides", "both (when left out), claimant or respondent."),
        Field("party", "One person of that side alone (pty_…): nobody else there learns of it."),
        Field("form", "call (when left out), video or in_person."),
        Field("minutes", "How long it takes; 60 when left out.")),
    ),
    "answer_appointment": ("Say which of the proposed times would do; none: the side cannot come. For a party.", (
        Field("times", "One of the proposed times; repeatable.", kind=LIST),
        Field("joint", "Whether the side agrees to meet the other one; left out: nothing is said of it.", kind=FLAG),
        Field("appointment", "Which one (apt_…); left out: the newest.")),
    ),
    "move_appointment": ("Propose other times for a hearing or a call.", (
        _needs("times", "A time, with the zone; repeatable, up to five.", kind=LIST), REASONS,
        Field("appointment", "Which one (apt_…); left out: the newest.")),
    ),
    "cancel_appointment": ("Call a hearing or a call off.", (
        REASONS, Field("told_why", "Why, as everybody invited reads it; left out: nothing of why."),
        Field("appointment", "Which one (apt_…); left out: the newest.")),
    ),
    "record_appointment": ("Put down who came to a hearing or a call, and what was said.", (
        Field("protocol", "What was said, as everybody invited will read it; - reads it from stdin."),
        Field("missed_by", "A side that did not come; repeatable.", kind=LIST),
        Field("appointment", "Which one (apt_…); left out: the newest.")),
    ),
    "translate": ("Put a translation beside a text of the case; whoever reads the original reads it.", (
        _needs("of", "The number of what holds the original, as the timeline shows it."),
        Field("field", "Which of its texts (statement, reasons, protocol); left out: the only one."),
        Field("from_language", "The language of the original, as BCP 47 tag (ru, pt-BR).", needed=True, option="from"),
        Field("into_language", "The language of the translation.", needed=True, option="into"),
        _needs("text", "The translation; - reads it from stdin."),
        Field("translator", "The name of whoever translated it, if it was nobody of the team, as its readers see it."),
        Field("machine", "The name of the machine that translated it."),
        Field("translated_at", "When, with the zone; left out: now.")),
    ),
    "comment_protocol": ("Say what your side thinks of the protocol. For a party.", (
        _needs("text", "The words."), Field("appointment", "Which one (apt_…); left out: the newest."),
        Field("was_there", "Whether they were at it; left out: not said.", kind=FLAG)),
    ),
    "ask_identity": ("Ask the claimant to prove who they are.", (
        _needs("what", "What is asked for, as they will read it."),
        Field("reasons", "Why they are asked again: what is still in doubt."))),
    "escalate": ("Leave the settlement and ask for a decision. For a party.", ()),
    "offer": ("Propose how to settle. A party to the other side; whoever handles the case to both.", (
        _needs("remedy", "A remedy of the pack."), Field("amount", "AMOUNT:CURRENCY in minor units (1250:USD).", kind=MONEY),
        Field("label_paid_by", "claimant, respondent or platform."), Field("text", "The words beside it."),
        Field("expires_at", "Until when it can be accepted, with the zone.")),
    ),
    "concede": ("Grant what was asked: it ends the case. For the respondent.", (Field("text", "The words beside it."),)),
    "accept_offer": ("Accept the other side's open offer: binding. For a party.", (Field("offer_id", "Which one."),)),
    "decline_offer": ("Turn the open offer down. For a party.", (Field("offer_id", "Which one."),)),
    "appeal": ("Ask for another decider to look again. For a party.", (REASONS,)),
    "withdraw": ("Take the report back, or in appeal the appeal. For a party.", (
        Field("reasons", "Why, in words."), Field("revoke", "You want it no more: the report stands.", kind=FLAG)),
    ),
    "close": ("End a case that cannot be decided. For ops.", (
        _needs("reason", "Why, as a code."), REASONS, Field("outcome", "expired (when left out) or declined."), *_MEASURES),
    ),
    "reopen": ("Take a closed case up again. For ops.", (
        _needs("reason", "Why, as a code."), Field("reasons", "The same in words."),
        Field("new_decider", "Whoever decided before stays out.", kind=FLAG)),
    ),
    "impose_interim": ("Impose a measure that can be undone, before the ruling.", (
        _needs("measure", "A measure of the pack."), REASONS, Field("of", "claimant or respondent."),
        Field("told", "What they are told.")),
    ),
    "review_interim": ("Look at a measure again: keep it or lift it.", (
        _needs("decision", "keep or lift."), REASONS, Field("measure_id", "Which one (itm_…)."),
        Field("told", "What they are told instead of the reasons.")),
    ),
    "ask_interim_review": ("Ask that somebody look at a measure again. For whom it hits.", (
        _needs("text", "Why."), Field("measure_id", "Which one (itm_…).")),
    ),
    "ship_return": ("Say that the goods are on their way back.", (
        Field("carrier", "The carrier."), Field("tracking", "Its number.")),
    ),
    "confirm_return": ("Say that the goods are back.", ()),
    "contest_return": ("Say that what came back is not what was agreed.", (REASONS,)),
    "decide_return": ("Say whether the goods count as back.", (
        _needs("received", "Whether they do.", FLAG), REASONS,
        Field("amount", "AMOUNT:CURRENCY in minor units (1250:USD).", kind=MONEY), _RELIES_ON),
    ),
    "merge": ("Let this case go on in an older one.", (_needs("into", "The older case (case_…)."), REASONS)),
    "link": ("Note what this case has to do with another.", (
        _needs("to", "The other case (case_…)."), Field("relation", "related, duplicate, retaliation or appeal_of."),
        Field("note", "The words beside it.")),
    ),
    "unlink": ("Take a link back.", (_needs("link_id", "Which one."), Field("reason", "Why, as a code."))),
    "split": ("Make a part of this case a case of its own.", (
        _needs("statement", "What that part is about."), REASONS,
        Field("parties", "A party it is about (pty_…); repeatable.", kind=LIST, option="party"),
        Field("category", "What that part is; of a request over data the right that it asks for."),
        Field("amount", "AMOUNT:CURRENCY in minor units (1250:USD).", kind=MONEY)),
    ),
    "leave_campaign": ("Count the case to its campaign no more.", (Field("reason", "Why, as a code."),)),
    "draft_chargeback_evidence": ("Put together what the card network is to be told.", (
        _needs("text", "The words."), Field("due_at", "When it is due, with the zone."),
        Field("files", "Files that go along: [{\"file\": \"fil_…\", \"shows\": \"receipt\"}].", kind=JSON)),
    ),
    "submit_chargeback_evidence": ("Send the draft to the card network now. There is no second time.", ()),
}  # fmt: skip
"""By the command's type: what it does, and the fields that it takes. A test compares them with the commands themselves."""
_TYPES: dict[str, Any] = {LIST: list[str], NAMED: list[str], FLAG: bool, REMEDIES: list[str]}

_Preview = Annotated[bool, typer.Option("--preview", help="Only show what would follow, and the parties' letters.")]


def _register(command: str, help_text: str, fields: tuple[Field, ...]) -> None:
    def sending(case_id: str, tenant: str | None, speaker: str | None, json: bool, preview: bool = False, **given: Any) -> None:
        said = {field.name: _READ[field.kind](field, given[field.name]) for field in fields if given[field.name] is not None}
        tell = preview_ruling if preview else send
        tell(case_id, {"type": command, **said}, Target(tenant, speaker), as_json=json)

    has: list[tuple[str, Any, Any]] = [("case_id", CaseId, inspect.Parameter.empty)]
    for field in fields:
        option = (field.option or field.name).replace("_", "-")
        names = f"--{option}/--not-{option}" if field.kind == FLAG else f"--{option}"
        kind: Any = _TYPES.get(field.kind, str)
        as_typed: Any = Annotated[Any, typer.Option(names, help=field.help)]
        as_typed = as_typed.copy_with((kind if field.needed else kind | None,))
        has.append((field.name, as_typed, inspect.Parameter.empty if field.needed else None))
    if command == "rule":
        has.append(("preview", _Preview, False))
    has += [("tenant", Tenant, None), ("speaker", As, None), ("json", AsJson, False)]
    sending.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # where typer looks for the options
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=usual, annotation=kind) for name, kind, usual in has]
    )
    sending.__annotations__ = {name: kind for name, kind, _ in has}
    sending.__doc__ = help_text
    app.command(command.replace("_", "-"))(sending)


def _money(field: Field, said: str) -> dict[str, Any]:
    amount, colon, currency = said.partition(":")
    if not colon or not amount.isdecimal():
        misused(f"--{field.name} {said}: write AMOUNT:CURRENCY with the amount in minor units (1250:USD).")
    return {"amount": int(amount), "currency": currency.upper()}


def _json(field: Field, said: str) -> Any:
    from json import JSONDecodeError, loads

    try:
        return loads(said)
    except (JSONDecodeError, RecursionError) as error:
        fail(f"--{field.name} is not JSON: {error}", "json_invalid", BAD_DATA, error)


_READ: dict[str, Callable[[Field, Any], Any]] = {
    TEXT: lambda _, said: sys.stdin.read() if said == "-" else said,
    LIST: lambda _, said: said,
    NAMED: lambda _, said: [one for one in said if one != "none"],
    FLAG: lambda _, said: said,
    MONEY: _money,
    JSON: _json,
    REMEDIES: lambda _, said: [remedy_of(one) for one in said],
}
for _command, (_help, _fields) in VERBS.items():
    _register(_command, _help, _fields)
