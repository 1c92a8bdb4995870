"""The page in an export of personal data, for whoever does not read JSON: plain, without a script, nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from domain.currencies import in_words

_WHO = {"you": "you", "own": "your side", "other": "the other side", "staff": "the team"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "p.said{white-space:pre-wrap;margin:.2rem 0 1rem;padding-left:1rem;border-left:3px solid #888}.meta{color:#555}"
)
_WORDS = frozenset({"text", "statement", "reasons", "told", "what", "reply", "tracking"})
"""Fields of what happened that hold words of people."""
_OF_ENTRY = frozenset({"at", "type", "by", "erased", "translations"})
_TOLD_ABOVE = frozenset({"id", "object", "kind", "category", "status", "amount"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def written(whole: Mapping[str, Any]) -> str:
    """The page of an export, as HTML. Whatever somebody wrote is text in it, and nothing else."""
    cases = whole.get("cases", [whole])
    body = "\n".join(part for case in cases for part in _case(case))
    head = f"<h1>What {escape(whole.get('company') or 'we')} {'holds' if whole.get('company') else 'hold'} about you</h1>"
    made = f"<p class=meta>Written down on {_when(whole['exported_at'])}. The same for machines lies beside it.</p>"
    none = "" if cases else "<p>Nothing that can be given.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What is held about you</title>'
        f"<style>{_STYLE}</style></head><body>\n{head}{made}{none}\n{body}\n</body></html>\n"
    )


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    said, you = case["case"], case["you"]
    yield f"<h2>Case {escape(said['id'])}</h2>"
    if case["unreadable"]:
        where = "".join(f"<li>{_place(case, one)}</li>" for one in case["unreadable"])
        yield f"<p><b>{_LOST}</b></p><ul>{where}</ul>"
    if case["erased_at"]:
        yield f"<p><b>Your words and who you are were erased on {_when(case['erased_at'])}{_why(case['erased_because'])}.</b></p>"
    facts = {
        "kind": said.get("kind"),
        "category": said.get("category"),
        "state": said.get("status"),
        "about": case["matter"],
        "what it is called": case["report"]["subject"],
        "number of the report": case["report"]["number"],
        "amount": said.get("amount"),
        "your side": you["side"],
        "your role": you["role"],
    }
    facts |= {"your name": you["name"], "your address": you["email"], "the platform's id of you": you["reference"]}
    facts |= {"your language": you["language"], "your time zone": you["zone"]}
    facts["kept until"] = case["kept_until"]
    yield "<ul>" + "".join(f"<li>{name}: {_plain(value)}</li>" for name, value in facts.items() if value) + "</ul>"
    yield from (f"<p class=meta>{_NOT_IN_HERE[one]}</p>" for one in case["not_in_here"])
    yield "<h3>What happened</h3>"
    for entry in case["what_happened"]:
        yield f"<p>{_when(entry['at'])}: {_plain(entry['type'])} <span class=meta>({_WHO[entry['by']]})</span></p>"
        yield from _said(entry)
    yield from _handed_in(case)
    held = _fields({name: value for name, value in said.items() if name not in _TOLD_ABOVE}, case["texts"])
    yield f"<h3>How the case stands</h3>{held}"
    if case["begun"]:
        yield "<h3>What you have begun to write</h3>"
        for form, values in case["begun"].items():
            yield f"<p>{_plain(form)}</p>"
            yield from (f'<p class="said">{escape(value)}</p>' for value in values.values() if value.strip())
    if case["letters"]:
        sent = "".join(f"<li>{_when(one['sent_at'])}: {_plain(one['event'])}</li>" for one in case["letters"])
        yield f"<h3>Letters that were sent to you</h3><p class=meta>{_LETTERS}</p><ul>{sent}</ul>"


def _handed_in(case: Mapping[str, Any]) -> Iterator[str]:
    if case["handed_in"]:
        yield "<h3>What was handed in</h3>"
        for piece in case["handed_in"]:
            text = escape(piece["text"]) if piece["text"] is not None else _gone(piece["erased"])
            yield f'<p>{_when(piece["at"])}</p><p class="said">{text}</p>'
    if case["files"]:
        yield "<h3>Files</h3><ul>"
        for file in case["files"]:
            gone = file.get("erased")
            name = escape(file["name"] or (f"A file that was erased on {_when(gone['at'])}" if gone else "erased"))
            path = file["path"]
            why = "" if path or not file["name"] else f" ({_LEFT_OUT.get(file['left_out'], 'not in here')})"
            yield f'<li><a href="{escape(path)}">{name}</a></li>' if path else f"<li>{name}{why}</li>"
        yield "</ul>"


_REASONS = {
    "request": "you asked for it",
    "objection": "you objected to it",
    "order": "an authority or a court says so",
    "retention": "the time is over for which it was to be kept",
    "mistake": "it should never have been here",
}
"""Why it was erased, as the person is told."""
_NOT_IN_HERE = {
    "organisation": "That you belong to an organisation is held as a code alone, from which nobody can read which one it is.",
    "attributes": "What the platform noted beside the report, so that its rules could sort it, is not in here, because it can be"
    " about others too. The platform that noted it has it, and can tell you what of it is about you.",
}
"""What is held and not in an export."""
_LETTERS = "Of a letter it is kept what it was about and when it was sent, and not its words."
_LOST = "Some of it could not be read, because it was changed or damaged after it was written. It was not erased:"
_LEFT_OUT = {
    "much": "not in here: too large for one export; fetch it from the page of the case",
    "vault_fault": "not in here: it could not be read",
    "file_missing": "not in here: it could not be found where files are kept",
}
"""Why a file is not in an export."""
_PLACES = {
    "you": "who you are",
    "matter": "what it is about",
    "texts": "a text of the case",
    "translations": "a translation",
    "begun": "what you have begun to write",
}


def _place(case: Mapping[str, Any], where: str) -> str:
    """What could not be read, said of the place where it stands in the export for machines."""
    top, _, rest = where.partition(".")
    number = int(rest.partition(".")[0]) if rest.partition(".")[0].isdecimal() else 0
    match top:
        case "what_happened":
            entry = case["what_happened"][number]
            return f"{_plain(entry['type'])} of {_when(entry['at'])}"
        case "handed_in":
            return f"what was handed in on {_when(case['handed_in'][number]['at'])}"
        case "files":
            return f"a file: {escape(case['files'][number]['name'] or '')}"
        case _:
            return _PLACES.get(top, _plain(top))


def _gone(erased: Mapping[str, str] | None) -> str:
    """What stands where words were that were erased."""
    when = f" on {_when(erased['at'])}{_why(erased['reason'])}" if erased else ""
    return f"<i>These words were erased{when}.</i>"


def _why(reason: str | None) -> str:
    return f" ({_REASONS[reason]})" if reason in _REASONS else ""


def _said(entry: Mapping[str, Any]) -> Iterator[str]:
    for erased in entry.get("erased", {}).values():
        yield f'<p class="said">{_gone(erased)}</p>'
    for name, value in entry.items():
        if name in _WORDS and isinstance(value, str):
            yield f'<p class="said">{escape(value)}</p>'
    yield _fields({n: v for n, v in entry.items() if n not in _OF_ENTRY and not (n in _WORDS and isinstance(v, str))}, {})


def _fields(told: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    """Whatever else is held, name by name: what lies inside of it stands inside of it. ``texts`` are the words that it names."""
    items = (f"<li>{_plain(name)}: {_value(value, texts)}</li>" for name, value in told.items() if not _empty(value))
    lines = "".join(items)
    return f"<ul>{lines}</ul>" if lines else ""


def _value(value: Any, texts: Mapping[str, Any]) -> str:
    match value:
        case {"amount": int(), "currency": str()} if len(value) == 2:
            return _plain(value)
        case {"content_id": str(named), **_rest}:
            words = texts.get(named)
            return f'<span class="said">{escape(words)}</span>' if isinstance(words, str) else "<i>words, see above</i>"
        case Mapping():
            return _fields(value, texts)
        case str() | bytes():
            return _plain(value)
        case Sequence() if any(isinstance(one, Mapping) for one in value):
            return "<ul>" + "".join(f"<li>{_value(one, texts)}</li>" for one in value) + "</ul>"
        case _:
            return _plain(value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())


def _plain(value: Any) -> str:
    match value:
        case {"amount": int(amount), "currency": str(currency)}:
            return escape(in_words(amount, currency))
        case bool():
            return "yes" if value else "no"
        case Sequence() if not isinstance(value, str):
            return ", ".join(map(_plain, value))
        case str() if _INSTANT.match(value):
            return _when(value)
        case _:
            return escape(str(value).replace("_", " "))


def _when(at: str | datetime) -> str:
    instant = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return f"{instant:%d %B %Y, %H:%M} UTC"
