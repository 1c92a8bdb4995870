"""What somebody approves or sends back: the draft, both letters, what changed since the one before, and what came since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.kit.gone import of_entries, of_team
from console.kit.render import Amounts
from console.kit.visit import Visit
from console.kit.words import in_words
from console.pages.case import Shown, since
from console.pages.changes import between_drafts, last_draft
from domain.base import Side
from services import timelines
from services.preview import Letter, of_draft
from services.timelines import Entry

LOOKS = frozenset({"approve", "return_ruling"})
"""Commands by which somebody looks at a draft a second time."""


@dataclass(frozen=True)
class Drafted:
    """A draft as it is read by whoever looks at it a second time."""

    by: str
    entry: Entry
    facts: tuple[tuple[str, str], ...]
    """What it says, and in which words."""
    reasons: str
    reply: str
    letters: Sequence[Letter]


async def second_look(visit: Visit, found: Shown, command: str) -> dict[str, Any]:
    """For the page of the form; nothing where no draft waits."""
    nothing = {"drafted": None, "changes": None, "came": (), "heard": ()}
    if command not in LOOKS or found.seen.case is None or found.seen.case.ruling is None:
        return nothing
    entries = of_entries(await timelines.first_entries(visit.parts, visit.caller, found.seen), of_team(visit.zones))
    draft = last_draft(entries)
    if draft is None:
        return nothing
    looked = await of_draft(visit.parts, visit.caller, found.seen)
    drafted = Drafted(
        by=found.names.get(str(draft.data.get("decider")), "Somebody"),
        entry=draft,
        facts=tuple(_facts(draft, entries, found, visit.house.amounts)),
        reasons=_text(draft, "reasons") or "The words were erased.",
        reply=_text(draft, "reply"),
        letters=looked.letters if looked is not None else (),
    )
    return {
        "drafted": drafted,
        "changes": between_drafts(entries, visit.house.amounts),
        "came": came_since(found, entries),
        "heard": said_by_sides(entries, found),
    }


def came_since(found: Shown, entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """What was said or handed in since the draft, by the names that a command calls it by."""
    case = found.seen.case
    ids = case.came_since if case is not None else ()
    lines = {line.n: line for line in since(found, entries, "0")}
    named = {f"message:{entry.n}": entry for entry in entries} | {
        str(entry.data.get("evidence_id")): entry for entry in entries if entry.type == "evidence_submitted"
    }
    return [(one, f"{lines[named[one].n].words}: {lines[named[one].n].detail}") for one in ids if one in named]


def _facts(draft: Entry, entries: Sequence[Entry], found: Shown, amounts: Amounts) -> list[tuple[str, str]]:
    data = draft.data
    sanction = next((one for one in reversed(entries) if one.type == "sanction_drafted" and one.n > draft.n), None)
    said = [
        ("Decision", in_words(data["decision"]) if data.get("decision") not in (None, "rule") else ""),
        ("Outcome", in_words(data.get("outcome") or "")),
        ("What it gives", _gives(data.get("remedies") or (), found, amounts)),
        ("Ground", in_words(data.get("ground") or "")),
        ("Sanction", in_words(sanction.data.get("sanction")) if sanction is not None else ""),
        *_why_not_the_ladders(sanction),
        ("Conditions", ", ".join(in_words(one) for one in data.get("conditions") or ())),
        ("Can be complained about", in_words(data.get("complaint_route") or "")),
        ("Pays for sending back", in_words(data.get("label_paid_by") or "")),
        ("Temporary measures", _measures(found)),
        ("Procedure", _steps(found)),
        ("Root cause", in_words(found.said.root_cause or "")),
        ("Looked at twice, because", in_words(data.get("approval_because") or "")),
    ]
    return [(name, words) for name, words in said if words]


def _why_not_the_ladders(sanction: Entry | None) -> list[tuple[str, str]]:
    """Of a sanction that is not the ladder's: what that said, and why it is another one, which is for the team alone."""
    if sanction is None or not sanction.data.get("departs"):
        return []
    ladder = in_words(sanction.data.get("ladder_says") or "nothing")
    return [
        ("The ladder says", f"{ladder}: this one is {sanction.data['departs']}"),
        ("Why it is another one", in_words(sanction.data.get("reason") or "")),
        ("The same in words, for the team alone", _text(sanction, "reasons")),
    ]


def _gives(remedies: Sequence[dict[str, Any]], found: Shown, amounts: Amounts) -> str:
    each = []
    for remedy in remedies:
        amount = remedy.get("amount")
        side = Side(remedy.get("to") or "claimant")
        whom = found.names.get(str(remedy.get("party"))) or found.of(side) or f"the {side.value}"
        money = f", {amounts.write(amount['amount'], amount['currency'])}" if amount else ""
        after = ", once the goods are back" if remedy.get("after_return") else ""
        each.append(f"{in_words(remedy.get('type'))}{money} ({whom}{after})")
    return "; ".join(each) or "Nothing"


def _measures(found: Shown) -> str:
    """What becomes of the measures in force when the ruling is told."""
    case = found.seen.case
    stays = case.ruling.stays if case is not None and case.ruling is not None else ()
    each = [
        f"{in_words(one.remedy.type)} ({found.whom(one.remedy)}) {'stays' if {one.id, one.remedy.type} & set(stays) else 'ends'}"
        for one in (case.interim if case is not None else ())
    ]
    return "; ".join(each)


def _steps(found: Shown) -> str:
    how = {"done": "done", "skipped": "left out", "open": "not done"}
    return "; ".join(f"{in_words(one.step)}: {how.get(one.state, one.state)}" for one in found.said.procedure or ())


def said_by_sides(entries: Sequence[Entry], found: Shown) -> list[tuple[str, str, str]]:
    """What the sides said and handed in to the matter, the oldest first: who, which side, and in which words."""
    told = []
    for entry in entries:
        side = str(entry.data.get("sender") or entry.data.get("side") or "")
        words = _text(entry, "text")
        if (
            entry.type in ("message_sent", "evidence_submitted", "past_message_kept")
            and side in ("claimant", "respondent")
            and words
        ):
            told.append((found.names.get(entry.actor_id or "", side), side, words))
    return told


def _text(entry: Entry, name: str) -> str:
    said = entry.data.get(name)
    return said if isinstance(said, str) else ""
