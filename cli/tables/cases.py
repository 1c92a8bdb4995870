"""Tables for people: cases, one case, a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from domain.currencies import in_words

_PHASE_STYLE = {"closed": "dim", "approval": "yellow", "ruled": "yellow", "appeal": "magenta", "appealable": "cyan"}

_TELLING = (
    "phase", "clock", "level", "action", "step", "withheld", "outcome", "decision", "owner", "queue", "priority", "why",
    "incident", "margin", "by_span", "because", "reason", "of", "result",
)  # fmt: skip
_IDS = {"owner", "queue", "incident"}
_THEN = {"warn": "a warning goes out", "escalate": "it is raised", "default": "what was announced for it follows"}
_INSTANTS = {"since": "since", "until": "until", "to_at": "now due"}


def when(text: str | None) -> str:
    """An instant in UTC as ``22 Nov 14:03:07``; with the year when it is not this one."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return at.strftime("%d %b %H:%M:%S") if at.year == datetime.now(UTC).year else at.strftime("%d %b %Y %H:%M")


def counted(number: int, thing: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def case_table(cases: Iterable[dict[str, Any]], names: dict[str, str] | None = None) -> Table:
    """One line a case: what it is, where it stands, whose turn it is, what falls due next."""
    case_column = Column("case", no_wrap=True)
    table = Table(
        case_column, "kind", "stands", "outcome", "owner or queue", "waits on", "next deadline (UTC)", header_style="bold"
    )
    for case in cases:
        phase = case.get("phase", "")
        due = (case.get("deadlines") or [{}])[0]
        has = case.get("owner") or (f"queue {case['queue']}" if case.get("queue") else "")
        table.add_row(
            (names or {}).get(case["id"], case["id"]),
            str(case.get("kind", "")).replace("_", " "),
            Text(case.get("phase_label") or phase, style=_PHASE_STYLE.get(phase, "")),
            case.get("outcome") or "",
            has,
            case.get("waiting_on") or "",
            f"{due.get('clock', '').replace('_', ' ')} {when(due.get('due_at'))}".strip(),
        )
    return table


def case_sheet(case: dict[str, Any]) -> Group:
    """One case: its standing, deadlines and possible actions."""
    facts = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name in (
        "id",
        "kind",
        "source",
        "external_id",
        "matter",
        "subject",
        "category",
        "phase_label",
        "outcome",
        "owner",
        "queue",
        "priority",
        "waiting_on",
        "root_cause",
        "your_side",
        "opened_at",
        "disclosed_at",
    ):
        if case.get(name) is not None:
            value = when(case[name]) if name.endswith("_at") else str(case[name])
            facts.add_row(Text(name.removesuffix("_label").replace("_", " "), style="dim"), Text(value))
    for name, told in _money(case):
        facts.add_row(Text(name, style="dim"), Text(told))
    for name, value in (case.get("metadata") or {}).items():
        facts.add_row(Text(f"metadata {name}", style="dim"), Text(value))
    parts: list[Any] = [facts]
    if any("ref" in party for party in case.get("parties") or []):
        parts.append(_parties(case["parties"]))
    if case.get("deadlines"):
        parts.append(_deadlines(case["deadlines"]))
    asked = [*(case.get("requests") or []), *(case.get("settled_requests") or [])]
    if asked:
        parts.append(_requests(asked))
    actions = case.get("available_actions") or []
    if actions:
        parts.append(_actions(actions))
    return Group(*parts)


def _money(case: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What the case is about, and what may still be paid, for those who are told."""
    about, left = case.get("amount"), case.get("payable")
    if about:
        yield "amount", in_words(about["amount"], about["currency"])
    if left:
        standing = f"; {in_words(left['standing'], left['currency'])} stands" if left["standing"] else ""
        others = "".join(f"; {in_words(money['amount'], money['currency'])} stands" for money in left["other"])
        yield "can be paid", in_words(left["amount"], left["currency"]) + standing + others


def _actions(actions: Iterable[dict[str, Any]]) -> Table:
    """What can be done now, a line each; what cannot, a line for each reason."""
    table = Table("action", "", title="Actions", title_justify="left")
    barred: dict[str, list[str]] = {}
    for action in actions:
        if action["allowed"]:
            table.add_row(action["command"], "yes")
        else:
            why = "for somebody else" if action.get("code") == "not_allowed" else action.get("detail") or "no"
            barred.setdefault(why, []).append(action["command"])
    for why, commands in barred.items():
        table.add_row(Text(", ".join(commands), style="dim"), Text(why, style="dim"))
    return table


def _parties(parties: Iterable[dict[str, Any]]) -> Table:
    table = Table("party", "side", "role", "the platform's id", "name", "address", title="Parties", title_justify="left")
    for one in parties:
        said = (one["id"], one["side"], one["role"], *(one.get(name) or "" for name in ("ref", "name", "email")))
        table.add_row(*(Text(cell) for cell in said))
    return table


def _deadlines(deadlines: Iterable[dict[str, Any]]) -> Table:
    table = Table("clock", "level", "due (UTC)", "then", title="Deadlines", title_justify="left")
    for due in deadlines:
        then = due.get("by_default") or due["action"]
        table.add_row(due["clock"].replace("_", " "), due["level"], when(due["due_at"]), then)
    return table


def _requests(asked: Iterable[dict[str, Any]]) -> Table:
    table = Table(
        "request", "of", "type", "asked (UTC)", "due (UTC)", "state", "", title="Evidence asked for", title_justify="left"
    )
    for request in asked:
        of = request.get("party") or request["of"]
        what = _short(request.get("what") or "")
        kind = request.get("evidence_type") or ""
        table.add_row(request["id"], of, kind, when(request["asked_at"]), when(request.get("due_at")), request["state"], what)
    return table


def evidence_table(pieces: Iterable[dict[str, Any]]) -> Table:
    """What was handed in, with its files."""
    table = Table("at (UTC)", "evidence", "by", "type", "seen by", "", "files", header_style="bold")
    for piece in pieces:
        files = "\n".join(f"{file['id']} {file['name'] or '(erased)'} ({file['bytes']} bytes)" for file in piece["files"])
        seen_by = piece["confidentiality"].replace("_", " ")
        by = piece["side"] or "platform"
        table.add_row(
            when(piece["at"]), piece["id"], by, piece["evidence_type"] or "", seen_by, _short(piece["text"] or "(erased)"), files
        )
    return table


def timeline_table(entries: Iterable[dict[str, Any]], title: str | None = None) -> Table:
    """What happened, fact by fact."""
    table = Table("at (UTC)", "what", "by", "", title=title, title_justify="left", title_style="bold", header_style="bold")
    for entry in entries:
        actor = entry.get("actor") or {}
        by = actor.get("id") if actor.get("role") not in ("claimant", "respondent", "system", "platform") else actor.get("role")
        said = said_of(entry)
        style = "yellow" if entry.get("type") == "level_reached" else ""
        table.add_row(when(entry.get("at")), Text(str(entry.get("type", "")).replace("_", " "), style=style), by or "", said)
    return table


def said_of(entry: dict[str, Any]) -> str:
    """The few words that tell one fact of a kind from another: codes, money, and the beginning of what somebody wrote."""
    fact = {**(entry.get("fact") or entry.get("data") or {}), **(entry.get("texts") or {})}
    if entry.get("type") == "level_reached" and {"clock", "level", "action"} <= fact.keys():
        return _level_words(fact)
    words = [_word(n, fact[n]) for n in _TELLING if isinstance(fact.get(n), str)]
    words += [f"{label} {when(fact[n])}" for n, label in _INSTANTS.items() if isinstance(fact.get(n), str)]
    words += [remedy_words(r) for r in (fact.get("remedy"), *(fact.get("remedies") or [])) if isinstance(r, dict)]
    if isinstance(fact.get("remedy"), str):
        words.append(remedy_words({"type": fact["remedy"], "amount": fact.get("amount")}))
    words += [f"“{_short(fact[n])}”" for n in ("reasons", "text", "what", "statement") if isinstance(fact.get(n), str)]
    return ", ".join(dict.fromkeys(words))


def _word(name: str, said: str) -> str:
    """A code as words; an id stays as it is, to be copied."""
    return said if name in _IDS or said.startswith(("per_", "pty_", "key_")) else said.replace("_", " ")


def _level_words(fact: dict[str, Any]) -> str:
    """What came with a deadline: ``the time of grace is over``, ``first response: warn, a reminder goes out``."""
    clock, level = str(fact["clock"]).replace("_", " "), str(fact["level"]).replace("_", " ")
    said = f"the time of {clock} is over" if level == "end" else f"{clock}: {level}"
    step = f" to {_word('step', str(fact['step']))}" if fact.get("step") else ""
    return f"{said}; {_THEN.get(str(fact['action']), str(fact['action']))}{step}"


def remedy_words(remedy: dict[str, Any]) -> str:
    """A remedy as ``refund 18.64 USD``, or ``undo refund …``."""
    money = remedy.get("amount")
    amount = f" {in_words(money['amount'], money['currency'])}" if isinstance(money, dict) else ""
    return f"{'undo ' if remedy.get('reverses') else ''}{str(remedy.get('type', '')).replace('_', ' ')}{amount}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
