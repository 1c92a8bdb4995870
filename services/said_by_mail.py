"""A mail said on its case as a party's word, with its files as evidence: once, by whichever door and however often it comes.

What it is called on the case is the same for the same mail: at the door its ``Message-ID``, placed by somebody that and its
words. Whoever says it looks first whether it stands there by the other way.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from domain.model.facts import Actor, EvidenceSubmitted
from domain.model.prose import MAX_PROSE
from domain.model.report import Report
from domain.rules import confidence
from domain.rules.audiences import told_of
from services.callers import Caller
from services.cases import Seen, seen_by
from services.commands import CommandState, send
from services.handed_over import Filed, filed, handed_in
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


@dataclass(frozen=True)
class Placing:
    """That somebody places a mail which waited."""

    unplaced_id: str
    message_id: str
    preface: str
    """What stands above its words."""


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
    shown = parts.without_tokens(text, await parts.answered.tokens(caller.tenant_id, row.id))
    command_id, by_other_door = _ids(row, party, text, message_id, placing)
    there = await _there(parts, caller.tenant_id, row, command_id) if placing is not None else None
    case = row.case
    who = case.party(party) if case is not None else None
    locale = who.locale if who is not None else None
    words = _text(shown, [], locale) if placing is not None else None
    copy = await _copy(parts, caller.tenant_id, row, by_other_door, words)
    # Whoever was not told of a case has had a letter about a measure alone: what they answer is about that.
    of_measure = case is not None and who is not None and not who.left and not told_of(case, who)
    files, refused = (
        ([], [one.name for one in attachments]) if of_measure else await filed(parts, caller, row, party, attachments)
    )
    seen = Seen(row, Actor(id=caller.credential, role="platform"))
    standing = there or copy
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
    if standing is None:
        sent = await send(parts, caller, seen, command, channel="email")
    else:
        (now,) = await seen_by(parts, caller, [await parts.views.case(caller.tenant_id, row.id) or row], seen.viewer)
        sent = CommandState(standing.id, standing.answer, known=True, seen=now)
        files = await _missing(parts, caller.tenant_id, row, files)
    how = {name: command[name] for name in ("to", "more_follows") if command.get(name) in ("desk", True)}
    taken = await handed_in(parts, caller, seen, party, files, command_id, how)
    return Messaged(row.id, sent, taken, tuple(refused), copy=there is None and copy is not None)


async def stands(parts: Parts, tenant_id: str, row: CaseRow, party: str, found: Report | MailReply, placing: Placing) -> bool:
    """Whether a mail that somebody places stands on its case, or will once that is judged."""
    command_id, _ = _ids(row, party, words_of(found)[0], placing.message_id, placing)
    return await _there(parts, tenant_id, row, command_id) is not None


def _ids(row: CaseRow, party: str, text: str, message_id: str, placing: Placing | None) -> tuple[str, str | None]:
    """What saying it is called, and what it is called when the same mail comes the other way; None where nothing names it."""
    door = _id(row, party, message_id) if message_id else None
    words = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    placed = _id(row, party, f"{message_id}\n{words}") if message_id else None
    if placing is None:
        return door or _id(row, party, message_id), placed
    return placed or _id(row, party, f"unplaced/{placing.unplaced_id}"), door


def _id(row: CaseRow, party: str, what: str) -> str:
    digest = hashlib.sha256(f"{row.id}\n{party}\n{what}".encode("utf-8", "replace")).hexdigest()
    return f"cmd_mail-{digest[:40]}"


async def _there(parts: Parts, tenant_id: str, row: CaseRow, command_id: str | None) -> CommandRow | None:
    """A command that was accepted, or waits to be judged."""
    found = await parts.views.command(tenant_id, row.id, command_id) if command_id is not None else None
    return found if found is not None and (found.answer is None or found.answer.status == "accepted") else None


async def _copy(parts: Parts, tenant_id: str, row: CaseRow, command_id: str | None, words: str | None) -> CommandRow | None:
    """The same mail as it came the other way; with ``words`` only where it says the same: an id alone anybody can write."""
    found = await _there(parts, tenant_id, row, command_id)
    if found is None or words is None:
        return found
    fact = await parts.views.fact_of(tenant_id, row.id, found.id)
    texts = await parts.views.texts(tenant_id, content_ids(fact.fact.model_dump(mode="json"))) if fact is not None else {}
    said, now = (_bare(one) for one in (next(iter(texts.values()), None) or "", words))
    return found if said == now or (len(said) > _CUT and now.startswith(said)) else None


def _bare(text: str) -> str:
    """The words, without what is told below them."""
    for told in _LOST.values():
        text = text.rpartition("\n\n" + told.partition("{")[0])[0] or text
    return text.strip()


async def _missing(parts: Parts, tenant_id: str, row: CaseRow, files: list[Filed]) -> list[Filed]:
    """Those that are no evidence on the case yet."""
    facts = [one.fact for one in await parts.views.evidence(tenant_id, row.id)]
    given = {file.id for fact in facts if isinstance(fact, EvidenceSubmitted) for file in fact.files}
    return [one for one in files if one.id not in given]


def _text(text: str, refused: list[str], locale: str | None) -> str:
    """The words, and what could not be kept beside them, in the language in which their author is written to. What was kept is a
    piece of the case of its own, and stands nowhere in somebody's own words."""
    language = "de" if (locale or "").startswith("de") else "en"
    # The code of each reason is for whoever reads the mail that is kept.
    names = ", ".join(_CODE.sub("", one) for one in refused)[:1_000]
    left_out = f"\n\n{_LOST[language].format(names)}" if refused else ""
    return (text or _WORDLESS[language])[: MAX_PROSE - len(left_out)] + left_out
