"""A mail said on its case as a party's word, with its files as evidence: once, by whichever door and however often it comes.

What it is called on the case is the same for the same mail, at the door and placed by somebody: by its ``Message-ID`` and its
words. Of two who say it at the same moment the case takes it once, and what a case refused can be said there again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from domain.model.facts import Actor
from domain.model.prose import MAX_PROSE
from domain.model.report import Report
from domain.rules import confidence
from domain.rules.audiences import told_of
from services import letter_secrets
from services.callers import Caller
from services.cases import Seen, seen_by
from services.commands import CommandState, judged, refusal_in, send
from services.errors import Refused
from services.handed_over import evidence_of, filed, handed_in
from services.parts import MailReply, Parts
from services.rows import CaseRow, CommandRow
from services.texts import content_ids

MORE_FOLLOWS = ("more follows", "mehr folgt")
"""What letters say that an answer by e-mail begins with, in each of their languages and any case of letters, where it is not all
yet."""
_WORDLESS = {"en": "(No text; see the files.)", "de": "(Kein Text; siehe die Dateien.)"}
_LOST = {
    "en": "(These files of the e-mail could not be kept: {})",
    "de": "(Diese Dateien der E-Mail konnten nicht aufbewahrt werden: {})",
}
_CODE = re.compile(r" \([a-z_]+\)$")
_TRIES = 20
"""How often what a case refused is said there under another name; then it stays refused."""
_CUT = MAX_PROSE - 3_000
"""A text that is as long may have been cut where what came beside it is told."""


@dataclass(frozen=True)
class Messaged:
    """An e-mail that became a message on its case."""

    case_id: str
    sent: CommandState
    files: tuple[str, ...] = ()
    """Ids of its files that are evidence now."""
    refused: tuple[str, ...] = ()
    """Names of files that were not kept, with the reason."""
    copy: bool = False
    """The same mail stands there already: its words were not said again."""
    commands: tuple[str, ...] = ()
    """What says it on its case: its words, and its files."""
    left: tuple[str, ...] = ()
    """Names of files that the case did not take."""


@dataclass(frozen=True)
class Placing:
    """That somebody places a mail which waited."""

    preface: str
    """What stands above its words."""
    again: bool = False
    """It goes on where it stopped before."""


def words_of(found: Report | MailReply) -> tuple[str, tuple[Any, ...]]:
    """What a mail says, and its attachments."""
    return (found.statement if isinstance(found, Report) else found.text), found.attachments


async def say(
    parts: Parts, caller: Caller, row: CaseRow, party: str, found: Report | MailReply, message_id: str, *,
    to: str | None = None, placing: Placing | None = None,
) -> Messaged:  # fmt: skip
    """Put a mail onto its case as a party's word, with its files as evidence.

    What stands there already, because it came another way or somebody stopped half-way, is not said again, and the files that are
    missing are handed in. Raises what :func:`send` raises.
    """
    text, attachments = words_of(found)
    shown = await letter_secrets.of_text(parts, caller.tenant_id, row.id, text)
    command_id, there = await _called(parts, caller.tenant_id, row, party, text, message_id)
    case = row.case
    who = case.party(party) if case is not None else None
    locale = who.locale if who is not None else None
    there = there or await _formerly(parts, caller.tenant_id, row, party, message_id, _text(shown, [], locale))
    # Whoever was not told of a case has had a letter about a measure alone: what they answer is about that.
    of_measure = case is not None and who is not None and not who.left and not told_of(case, who)
    files, refused = (
        ([], [one.name for one in attachments]) if of_measure else await filed(parts, caller, row, party, attachments)
    )
    seen = Seen(row, Actor(id=caller.credential, role="platform"))
    command: dict[str, Any] = {
        "id": command_id,
        "type": "ask_interim_review" if of_measure else "message",
        "by": party,
        "text": _text((placing.preface if placing else "") + shown, refused, locale),
    }
    if not of_measure and shown.lstrip().casefold().startswith(MORE_FOLLOWS):
        command["more_follows"] = True
    # Where words go to the desk anyway, to say so keeps them from one's own side: nobody has said so by answering a letter.
    usual = case is not None and confidence.words_of(case, case.phase) == "desk"
    if not of_measure and (to == "confided" or (to is not None and not usual)):
        command["to"] = "desk"
    sent, said_here = await _said(parts, caller, seen, command, there)
    if not said_here:
        given = await evidence_of(parts, caller.tenant_id, row)
        files = [one for one in files if one.id not in given]
    how = {name: command[name] for name in ("to", "more_follows") if command.get(name) in ("desk", True)}
    taken, by = await handed_in(parts, caller, seen, party, files, command_id, how)
    left = tuple(one.name for one in files if one.id not in taken)
    copy = not said_here and not (placing is not None and placing.again)
    return Messaged(row.id, sent, taken, tuple(refused), copy, (sent.command_id, *by), left)


async def stands(parts: Parts, tenant_id: str, row: CaseRow, party: str, found: Report | MailReply, message_id: str) -> bool:
    """Whether a mail stands on its case, or will once that is judged."""
    _, there = await _called(parts, tenant_id, row, party, words_of(found)[0], message_id)
    return there is not None


async def _said(
    parts: Parts, caller: Caller, seen: Seen, command: dict[str, Any], there: CommandRow | None
) -> tuple[CommandState, bool]:
    """What became of the words, and whether they were said here: where they stand there already they are not said again."""
    if there is None:
        try:
            return await send(parts, caller, seen, command, channel="email"), True
        except Refused as refused:
            # Somebody else said the same mail in this moment.
            there = await _there(parts, caller.tenant_id, seen.row, command["id"]) if refused.code == "id_reused" else None
            if there is None:
                raise
    row = seen.row
    answer = there.answer or await judged(parts, caller.tenant_id, row, there.id)
    if answer is not None and answer.status != "accepted":
        raise refusal_in(answer)
    (now,) = await seen_by(parts, caller, [await parts.views.case(caller.tenant_id, row.id) or row], seen.viewer)
    return CommandState(there.id, answer, known=True, seen=now), False


async def _called(
    parts: Parts, tenant_id: str, row: CaseRow, party: str, text: str, message_id: str
) -> tuple[str, CommandRow | None]:
    """What saying a mail is called, and where it stands already, accepted or waiting to be judged. What the case refused is a
    try that is over: said again, as when a closed case was opened again, it is another one."""
    words = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    name = _id(row, party, f"{message_id}\n{words}")
    for command_id in (name, *(f"{name}-again{number}" for number in range(1, _TRIES))):
        found = await parts.views.command(tenant_id, row.id, command_id)
        if found is None or _counts(found):
            return command_id, found
    return name, None


def _counts(command: CommandRow) -> bool:
    return command.answer is None or command.answer.status == "accepted"


def _id(row: CaseRow, party: str, what: str) -> str:
    digest = hashlib.sha256(f"{row.id}\n{party}\n{what}".encode("utf-8", "replace")).hexdigest()
    return f"cmd_mail-{digest[:40]}"


async def _there(parts: Parts, tenant_id: str, row: CaseRow, command_id: str) -> CommandRow | None:
    """A command that was accepted, or waits to be judged."""
    found = await parts.views.command(tenant_id, row.id, command_id)
    return found if found is not None and _counts(found) else None


async def _formerly(parts: Parts, tenant_id: str, row: CaseRow, party: str, message_id: str, words: str) -> CommandRow | None:
    """The same mail as an earlier release called it at the door, by its id alone; only where it says the same: anybody can
    write an id."""
    found = await _there(parts, tenant_id, row, _id(row, party, message_id)) if message_id else None
    if found is None:
        return None
    fact = await parts.views.fact_of(tenant_id, row.id, found.id)
    texts = await parts.views.texts(tenant_id, content_ids(fact.fact.model_dump(mode="json"))) if fact is not None else {}
    said, now = (_bare(one) for one in (next(iter(texts.values()), None) or "", words))
    return found if said == now or (len(said) > _CUT and now.startswith(said)) else None


def _bare(text: str) -> str:
    """The words, without what is told below them."""
    for told in _LOST.values():
        text = text.rpartition("\n\n" + told.partition("{")[0])[0] or text
    return text.strip()


def _text(text: str, refused: list[str], locale: str | None) -> str:
    """The words, and what could not be kept beside them, in the language in which their author is written to. What was kept is a
    piece of the case of its own, and stands nowhere in somebody's own words."""
    language = "de" if (locale or "").startswith("de") else "en"
    # The code of each reason is for whoever reads the mail that is kept.
    names = ", ".join(_CODE.sub("", one) for one in refused)[:1_000]
    left_out = f"\n\n{_LOST[language].format(names)}" if refused else ""
    return (text or _WORDLESS[language])[: MAX_PROSE - len(left_out)] + left_out
