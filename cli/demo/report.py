"""The end of the demo: timelines, mails as they were received, what was paid, the cases, and the proof."""

from __future__ import annotations

import asyncio
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.demo.cast import NAMES
from cli.demo.stage import WIDTH, Stage
from cli.demo.story import Story
from cli.tables.cases import case_table, counted, remedy_words, timeline_table


def show(stage: Stage, story: Story) -> bool:
    """Print what happened; True when the record proves itself and everything was carried out once."""
    names = {case_id: name for name, case_id in story.cases.items()}
    _timelines(stage, story)
    _why_then(stage, story)
    _mails(stage, story, names)
    _platform(stage, story)
    stage.title("Cases")
    stage.console.print(case_table((stage.case(case_id) for case_id in names), names))
    return _audit(stage, story)


def _timelines(stage: Stage, story: Story) -> None:
    stage.title("What happened in each case")
    for name, case_id in story.cases.items():
        entries = stage.call("GET", f"/v1/cases/{case_id}/timeline", key="dana").json()["data"]
        for entry in entries:
            actor = entry.get("actor") or {}
            actor["id"] = NAMES.get(actor.get("id", ""), actor.get("id"))
        stage.console.print(timeline_table(entries, f"{name} ({case_id})"))
        stage.console.print()


def _why_then(stage: Stage, story: Story) -> None:
    stage.title("Why it was due then (ombud clock explain)")
    case_id = story.case("C boarding charge")
    said = stage.call("GET", f"/v1/cases/{case_id}/clocks/first_response/explanation", key="dana").json()
    stage.console.print("\n".join(said["words"]), highlight=False)
    reached = [level["name"] for level in said["levels"] if level["reached_at"]]
    story.check(reached == ["warn", "breach"] and said["agrees"], "its levels were reached once each, in order, and add up again")


def _mails(stage: Stage, story: Story, names: dict[str, str]) -> None:
    stage.title("Mails, as the mail server received them")
    mails = stage.mails()
    table = Table("to", "subject", "in reply to", header_style="bold")
    for mail in mails:
        threaded = "earlier notice of the case" if mail["In-Reply-To"] else ""
        table.add_row(str(mail["To"]), str(mail["Subject"]), threaded)
    stage.console.print(table)
    ids = [str(m["Message-ID"]).strip() for m in mails]
    story.check(len(mails) > 0, f"{len(mails)} mails were received, {len(ids) - len(set(ids))} of them repeats")
    ruled = story.case("A password reset")
    told = [m for m in mails if str(m["X-Ombud-Case"] or "") == ruled and "in scope on the day of the report" in _text(m)]
    story.check(len(told) == 2, "A password reset: both parties received the ruling with its reasons")
    for mail in told[:1]:
        headers = ("From", "To", "Subject", "Message-ID")
        head = "".join(f"{name}: {str(mail[name]).strip()}\n" for name in headers) + "\n"
        stage.console.print(Panel(Text(head + _text(mail).strip()), title="one of them, whole", title_align="left", width=WIDTH))


def _text(mail: Any) -> str:
    part = mail.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part else ""


def _platform(stage: Stage, story: Story) -> None:
    stage.title("What the platform was asked to carry out")
    table = Table("key", "what", header_style="bold")
    for key, body in stage.platform.remedies.items():
        table.add_row(key, remedy_words(_asked(body)))
    stage.console.print(table)
    paid = len(stage.platform.remedies)
    repeats = len(stage.platform.repeated)
    story.check(paid == 3, f"{paid} remedies arrived (settlement, refund, payout); {repeats} asked for again under the same key")
    story.check(bool(stage.platform.events), f"{len(stage.platform.events)} signed events arrived at the platform's webhook")


def _asked(body: dict[str, Any]) -> dict[str, Any]:
    """The remedy inside a signed body, whatever it is called there."""
    data = body.get("data", body)
    return {**data, "type": data.get("remedy") or data.get("type")}


def _audit(stage: Stage, story: Story) -> bool:
    from cli.kit.record import with_record
    from services.audit import verify

    stage.title("Does the record prove itself?")
    found = asyncio.run(with_record(lambda record: verify(record, stage.tenant, None), stage.tenant, state_dir=stage.state_dir))
    whole = not found["problems"]
    story.check(
        whole,
        f"ombud audit verify: {counted(found['cases'], 'case')}, {counted(found['facts'], 'fact')}, "
        f"{counted(len(found['problems']), 'problem')}",
    )
    return whole
