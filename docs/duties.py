"""The worked table of the Digital Services Act: each duty, where it stands in the shipped pack, and an example with dates."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

from domain.worktime.calculator import day_over, due
from domain.worktime.spans import Span
from policies.pack import PACKS_DIR
from policies.shelf import Shelf

KIND = "moderation_appeal"
STORIES = PACKS_DIR.parent / "stories" / KIND


class Duty(NamedTuple):
    """A duty of Regulation (EU) 2022/2065."""

    article: str
    says: str
    field: str
    """Where it stands in the pack, with dots."""
    story: str
    """An example with its dates: a story that is shipped."""


DUTIES = (
    Duty("16(2)", "A notice says why, where, who sends it and that they believe it; what is missing is asked for", "gates",
         "notice-incomplete-comes-before-a-person"),
    Duty("16(2)(c)", "No name where it is about the sexual abuse of a child", "gates",
         "notice-of-abuse-of-children-needs-no-name"),
    Duty("16(4)", "Its receipt is confirmed", "notices.case_opened", "notice-decided-first-and-complained-of"),
    Duty("16(5), (6)", "Each is decided, and none is put away by one of the team", "decision_elsewhere.first_instance",
         "notice-is-decided-and-not-put-away"),
    Duty("16(5), 20(5)", "Whoever sent it or complained is told of the decision, and where else they can go", "appeal_needs",
         "notice-kept-and-complained-of"),
    Duty("17", "Whom a restriction hits is told its reasons, in the fields of the database", "statement_of_reasons.outcomes",
         "statement-incomplete"),
    Duty("17(3)(b)", "Whom a notice accuses reads neither its words nor who sent it", "decision_elsewhere.first_instance",
         "notice-is-not-read-by-whom-it-accuses"),
    Duty("18(1)", "What suggests a threat to somebody's life or safety is read within the hour; a person tells the authorities",
         "priority", "notice-of-a-threat-to-a-life-on-a-friday"),
    Duty("18(1)", "So is what says that a child is abused, also where it lacks something", "priority",
         "notice-of-abuse-of-children-at-night-without-its-place"),
    Duty("20(1)(a)", "Decisions on content can be complained of", "decision_elsewhere.decisions.remove",
         "author-overturned-restored"),
    Duty("20(1)(b)", "So can those that suspend a service", "decision_elsewhere.decisions.suspend_service",
         "suspend-service-upheld"),
    Duty("20(1)(c)", "So can those that suspend or close an account", "decision_elsewhere.decisions.suspend_account",
         "suspend-account-upheld"),
    Duty("20(1)(d)", "So can those that take away payments", "decision_elsewhere.decisions.demonetise", "demonetise-upheld"),
    Duty("20(1)", "Whoever sent a notice complains of less than was asked for", "decision_elsewhere.decisions.restrict",
         "reporter-complains-of-a-mere-restriction"),
    Duty("20(1)", "So they do of a suspension, or of the loss of payments, upon their notice",
         "decision_elsewhere.decisions.demonetise", "notice-answered-by-demonetise"),
    Duty("20(1), (2)", "For six months from the day on which they were informed", "decision_elsewhere.window",
         "window-over-a-weekend"),
    Duty("20(6)", "Not by machines alone: whoever decided first, and who reports to them, stays out", "opens_in",
         "first-decider-stays-out"),
    Duty("20(4), (5)", "A complaint is answered with reasons, however few words it has", "gates", "few-words"),
    Duty("21(1)", "The certified bodies are named, and the court", "complaint_routes", "author-upheld"),
    Duty("22(1)", "Notices of trusted flaggers go first", "priority", "notice-of-a-trusted-flagger-goes-first"),
    Duty("23(1)", "Who often provides what is manifestly illegal is suspended for a time", "sanctions.kinds",
         "misuse-never-suspends-without-a-warning"),
    Duty("23(2)", "Notices and complaints of who often sends unfounded ones are put away for a time, after a warning",
         "sanctions.bars", "misuse-suspends-after-a-warning"),
    Duty("23(2)", "What they hand in meanwhile is declined at once, and they are told why", "notices.case_declined",
         "put-away-while-suspended"),
    Duty("23(3)", "But never a notice of the sexual abuse of a child: by the gravity of what follows", "priority",
         "notice-of-abuse-of-children-while-suspended"),
    Duty("20(1), 23(2)", "Whoever is suspended complains of what was decided against themselves", "sanctions.bars",
         "own-account-complained-of-while-suspended"),
    Duty("20(1), 23(2)", "The six months stand still while what somebody hands in is put away", "decision_elsewhere.window",
         "six-months-stand-still-while-suspended"),
    Duty("23(2)", "The time is reasonable and ends by itself", "sanctions.kinds", "processed-again-after-thirty-days"),
)  # fmt: skip
INFORMED = ("2026-01-15T11:00", "2025-08-31T10:00", "2025-10-04T11:00", "2026-06-26T11:00")
"""Days on which somebody was informed: one usual, one whose month is too short, one before Easter, one before Christmas."""
_HEAD = """\
# The Digital Services Act, worked out

<!-- Generated by docs/generate.py (`make docs`): edit docs/duties.py, or the pack. -->

Each duty of Regulation (EU) 2022/2065 that the pack `moderation_appeal` keeps, where it stands in the pack, and a story that is
played with every run of the tests. How to work with it: [moderation appeals](../how-to/moderation-appeals.md).
"""
_WINDOW = """\
## Six months, in days

The window ({window}, `{field}`) runs from the day on which somebody was informed (article 20(2)), ends with the last hour of its
last day, and moves from a Saturday, Sunday or holiday to the end of the next working day (Regulation (EEC, Euratom) No
1182/71, article 3(1), (2)(c) and (4)). Days are those of the calendar `{calendar}` ({zone}).
"""
_MISSING = """\
## What is not in the pack

Orders of authorities (articles 9 and 10) are no cases and stand in no pack:
[how they are kept](../how-to/orders-of-authorities.md).

| article | duty | where |
| --- | --- | --- |
| 9(2), 10(2) | What an order must say; what is missing is told back | `missing` of an order, and the letter `receipt` |
| 9(1), 10(1) | The authority is told if and when effect was given | `answer`, `told authority`; late after `due_at` |
| 10(1) | It is told of the receipt of an order to give information | `told authority_receipt` |
| 9(5), 10(5) | The person concerned is told as effect is given, or when the authority says | `told person`, `hold_until` |

A person sends these letters and says so; nothing is sent by itself, and nobody is paged. A complaint against what an authority
ordered comes before a person (`ordered_by_authority`): article 20 gives no right to it. What is reported to the Commission or a
coordinator (articles 15, 22(6) and 24) is not sent by itself.
"""


def last_day(informed: datetime, pack: Mapping[str, Any], shelf: Shelf) -> datetime:
    """The local instant at which the window of somebody who was informed then is over."""
    calendar = shelf.calendars[pack["calendar"]]
    end = due(calendar, informed, Span.model_validate(pack["decision_elsewhere"]["window"]), roll=True)
    assert end is not None, "nothing pauses it"
    return day_over(calendar, end).astimezone(calendar.zone)


def page() -> str:
    """The page, worked out from the pack and the calendar as they are shipped."""
    pack: dict[str, Any] = yaml.safe_load((PACKS_DIR / f"{KIND}.yaml").read_text("utf-8"))
    shelf = Shelf.load(2026)
    zone: ZoneInfo = shelf.calendars[pack["calendar"]].zone
    lines = [_HEAD, "| article | duty | in the pack | example |", "| --- | --- | --- | --- |"]
    for duty in DUTIES:
        story = (STORIES / f"{duty.story}.yaml").read_text("utf-8")
        (title,), (at, *_) = re.findall(r"^title: (.+)$", story, re.MULTILINE), re.findall(r"^at: (\S{10})", story, re.MULTILINE)
        day = datetime.fromisoformat(at)
        example = f"[{title}](../../policies/stories/{KIND}/{duty.story}.yaml) ({day:%-d %B %Y})"
        lines.append(f"| {duty.article} | {duty.says} | `{duty.field}`{_value(_found(pack, duty.field))} | {example} |")
    told = {"window": pack["decision_elsewhere"]["window"], "field": "decision_elsewhere.window", "calendar": pack["calendar"]}
    lines += [
        "",
        _WINDOW.format(**told, zone=zone.key),
        "| informed | the same day six months later | in time until the end of |",
    ]
    lines.append("| --- | --- | --- |")
    for said in INFORMED:
        at = datetime.fromisoformat(said).replace(tzinfo=zone)
        plain = due(None, at, Span.model_validate(told["window"]))
        assert plain is not None, "nothing pauses it"
        over = last_day(at, pack, shelf) - timedelta(minutes=1)
        lines.append(f"| {at:%A, %-d %B %Y, %H:%M} | {plain:%A, %-d %B %Y} | {over:%A, %-d %B %Y} |")
    return "\n".join([*lines, "", _MISSING])


def _found(pack: Mapping[str, Any], field: str) -> Any:
    """What stands at a place of the pack. Raises KeyError where nothing does."""
    found: Any = pack
    for part in field.split("."):
        found = found[part]
    return found


def _value(found: Any) -> str:
    if isinstance(found, str):
        return f": {found}"
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return ": " + ", ".join(f"`{one}`" for one in found)
    return ""
