"""What would become of an input, as far as its reader knows without a database: for whoever asks why a mail did what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from adapters.intake.errors import ReportInvalid
from adapters.intake.generic import report_from_json
from adapters.intake.mail import Mail, MailIntake, Reply
from adapters.intake.mail_marks import MailMarks, MarksReader
from adapters.intake.paypal import PayPalIntake
from adapters.intake.stripe import StripeIntake
from domain.base import Side
from domain.model.report import Attachment, Report

Kind = Literal["report", "answer", "signal", "ignored", "unplaced", "refused"]
PROVIDERS = ("mail", "stripe", "paypal", "generic")
_NOBODY = {
    "automatic_answer": "A machine answered by itself (Auto-Submitted): no case is opened and no letter sent.",
    "bounce": "A mail server sent it back (an empty Return-Path, or a multipart/report): no case is opened and no letter sent.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of it, and what was read. Fields that the input says nothing of are None or empty."""

    outcome: Kind
    why: str
    address: str | None = None
    """Of whoever sent or reported it, as claimed."""
    name: str | None = None
    statement: str | None = None
    files: tuple[Attachment, ...] = ()
    external_id: str | None = None
    amount: dict[str, Any] | None = None
    guessed: tuple[str, ...] = ()
    """Codes of what was guessed, skipped or cut: then the mail is attached as it came."""

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "outcome": self.outcome,
            "why": self.why,
            "claimant": {"address": self.address, "name": self.name},
            "statement": self.statement,
            "files": [{"name": file.name, "type": file.media_type, "bytes": len(file.data)} for file in self.files],
            "external_id": self.external_id,
            "amount": self.amount,
            "guessed": list(self.guessed),
        }


def outcome_of(
    provider: str, raw: bytes, mail: MailIntake, kind: str | None = None, *, marks: MarksReader | None = None
) -> Outcome:
    """What would become of an input of this provider. It is not asked who sent it: signatures and keys are the door's."""
    try:
        if provider == "mail":
            return _of_mail(raw, mail, marks or MarksReader(""), kind)
        if provider == "generic":
            return _of_report(report_from_json(raw), "It is a report, and opens a case.")
        return _of_payment(StripeIntake() if provider == "stripe" else PayPalIntake("", None), raw, provider)
    except ReportInvalid as error:
        wrong = "; ".join(f"{one.field}: {one.message} ({one.code})" for one in error.errors[:5])
        return Outcome("refused", f"{error.code}: {wrong}")


def _of_mail(raw: bytes, intake: MailIntake, reader: MarksReader, kind: str | None) -> Outcome:
    marks, mail = reader.read(raw), intake.opened(raw)
    if (marked := _marked(marks)) is not None:
        outcome, why = marked
        return _sent(mail, outcome, why, mail.contents.text, mail.contents.files)
    if mail.automatic is not None:
        return _sent(mail, "ignored", _NOBODY[mail.automatic], mail.contents.text, mail.contents.files)
    found = intake.becomes(mail, kind=kind)
    if isinstance(found, Reply):
        why = f"It answers the notice {found.notice_id}: a message on its case, if its sender is who was written to."
        return _sent(mail, "answer", why, found.text, found.attachments)
    assert isinstance(found, Report), "a mail by somebody is a report or an answer"
    if mail.case_token is not None:
        why = f"Its subject names the case …{mail.case_token}: a message there, if the sender is its party; else a new report."
        return _sent(mail, "answer", why, found.statement, found.attachments)
    why = "It answers no notice of ours and names no case: a new report."
    return _sent(mail, "report", why, found.statement, found.attachments)


def _marked(marks: MailMarks) -> tuple[Kind, str] | None:
    """What becomes of a mail by what it says about itself, before anybody reads it."""
    if marks.own in ("own_notice", "own_sender"):
        return "ignored", f"It is our own mail, come back ({marks.own}): no case is opened and no letter sent."
    if marks.own is not None:
        return "unplaced", f"It says that it comes from where it goes to ({marks.own}): kept for the team, and no letter is sent."
    if marks.sign is None:
        return None
    if marks.returned:
        return (
            "ignored",
            f"It gives the notice {marks.returned[0].notice_id} back: that one counts as undelivered, if it is ours.",
        )
    if marks.sign.certain:
        return "ignored", f"A machine wrote it ({marks.sign.code}): no case is opened and no letter sent."
    return "unplaced", f"A machine may have written it ({marks.sign.code}): kept for the team, and no letter is sent."


def _sent(mail: Mail, outcome: Kind, why: str, statement: str, files: tuple[Attachment, ...]) -> Outcome:
    doubts = mail.worded.doubts
    return Outcome(
        outcome, why, mail.sender.address or None, mail.sender.name or None, statement, files, mail.message_id, None, doubts
    )


def _of_payment(reader: StripeIntake | PayPalIntake, raw: bytes, provider: str) -> Outcome:
    said = reader.said(raw, {})
    if said is None:
        return Outcome("ignored", f"{provider} tells of something that is no dispute: it is acknowledged, and opens nothing.")
    if said.report is None:
        what = said.news.what.replace("_", " ")
        why = f"News of the dispute {said.news.dispute} ({what}): a signal to its case, kept until there is one."
        money = said.news.amount.model_dump(mode="json") if said.news.amount else None
        return Outcome("signal", why, external_id=said.news.dispute, amount=money)
    return _of_report(said.report, f"A new dispute at {provider}: it opens a case, or is the one that is here already.")


def _of_report(report: Report, why: str) -> Outcome:
    claimant = next(party for party in report.parties if party.side is Side.CLAIMANT and party.role == "principal")
    return Outcome(
        "report",
        why,
        claimant.email,
        claimant.name,
        report.statement,
        report.attachments,
        report.external_id,
        report.amount.model_dump(mode="json") if report.amount else None,
    )
