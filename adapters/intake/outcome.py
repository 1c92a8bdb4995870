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
from domain.model.provider_news import OF_PAYMENT
from domain.model.report import Attachment, Report
from domain.rules import mail as rules
from domain.rules.mail import Addressed
from domain.rules.provider_news import why_declined

Kind = Literal["report", "answer", "signal", "ignored", "unplaced", "refused"]
PROVIDERS = ("mail", "stripe", "paypal", "generic")
_WHY = {
    "own_notice": "It is our own mail, come back ({code}): no case is opened and no letter sent.",
    "own_sender": "It is our own mail, come back ({code}): no case is opened and no letter sent.",
    "own_address": "It says that it comes from where it goes to ({code}): kept for the team, and no letter is sent.",
    "bounce": "It gives {notice} back: that counts as undelivered, if it is ours. No case is opened.",
    "machine_mail": "A machine may have written it ({sign}): kept for the team, and no letter is sent.",
    "unproven": "Its sender is shown to be forged, or it names no one author ({code}): it is nobody's word. Kept for the team.",
    "unreadable": "No report can be made of it ({code}): {problem}. Kept for the team.",
    "no_report": "A machine wrote it ({code}): no case is opened and no letter sent.",
}
"""What is said of each fate; any other is that of a machine's own mail."""


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
        return Outcome("refused", f"{error.code}: {_wrong(error)}.")


def _of_mail(raw: bytes, intake: MailIntake, reader: MarksReader, kind: str | None) -> Outcome:
    """Judged by the same three steps as at the door, with what only a database knows taken as the mail says it."""
    marks, mail = reader.read(raw), intake.opened(raw)
    worded = mail.worded
    given_back = any(one.token is not None for one in marks.returned)
    held = any(one.token is not None for one in marks.answers)
    by_relay = held and rules.proof(marks.verdict, one_author=marks.one_author, held=held, vouched=False) == "relay"
    fate = rules.by_its_marks(marks, came_back=rules.came_back(marks, "") if given_back else "no", proven=by_relay)
    if fate is not None:
        return _sent(mail, fate.outcome, _why(fate.reason, marks), worded.text, worded.files)
    try:
        found = intake.becomes(mail, kind=kind)
    except ReportInvalid as error:
        fate = rules.unread(marks, error.code)
        if fate.outcome == "refused":
            raise
        return _sent(mail, fate.outcome, _why(fate.reason, marks, _wrong(error)), worded.text, worded.files)
    if found is None:
        return _sent(mail, "ignored", _why("no_report", marks), worded.text, worded.files)
    statement = found.text if isinstance(found, Reply) else found.statement
    # Whoever brings a mail may vouch for its sender; what the relay shows to be forged nobody can vouch for.
    proven = rules.proof(marks.verdict, one_author=marks.one_author, held=held, vouched=True)
    answers = rules.answers_something(marks) or isinstance(found, Reply)
    fate = rules.answering(Addressed(True, True, True), proven) if answers else rules.reporting(proven)
    if fate is not None:
        return _sent(mail, fate.outcome, _why(fate.reason, marks), statement, found.attachments)
    if not answers:
        why = "It answers no notice of ours and names no case: a new report."
        return _sent(mail, "report", why, statement, found.attachments)
    return _sent(mail, "answer", _answers(marks, proven, found), statement, found.attachments)


def _answers(marks: MailMarks, proven: str, found: Report | Reply) -> str:
    notice = marks.answers[0].notice_id if marks.answers else found.notice_id if isinstance(found, Reply) else ""
    by_subject = f"Its subject names the case …{marks.case_token}" if marks.case_token else "It answers a letter about no case"
    what = f"It answers the notice {notice}" if notice else by_subject
    proof = {
        "relay": "the relay has proven the address",
        "token": "it bears the letter's token",
        "caller": "nothing in it proves the address, so only if whoever brings it vouches for that (sender_proven)",
    }[proven]
    return f"{what}: a message on its case, if its sender is who was written to ({proof}). Otherwise it is mail to place."


def _why(reason: str, marks: MailMarks, problem: str = "") -> str:
    said = _WHY.get(reason, "A machine wrote it ({code}): no case is opened and no letter sent.")
    notice = f"the notice {marks.returned[0].notice_id}" if marks.returned and marks.returned[0].notice_id else "a letter"
    return said.format(code=reason, notice=notice, sign=marks.sign.code if marks.sign else "a bounce", problem=problem)


def _wrong(error: ReportInvalid) -> str:
    return "; ".join(f"{one.field}: {one.message.rstrip('.')} ({one.code})" for one in error.errors[:5])


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
        about = f"payment {said.news.payment}" if said.news.stage in OF_PAYMENT else f"dispute {said.news.dispute}"
        why = f"News of the {about} ({what}): a signal to its case, kept until there is one."
        if said.news.test:
            why = f"{why} It is of {provider}'s test mode: no case of real money hears of it."
        money = said.news.amount.model_dump(mode="json") if said.news.amount else None
        return Outcome("signal", why, external_id=said.news.dispute, amount=money)
    why = f"A new dispute at {provider}: it opens a case, or is the one that is here already."
    if (declined := why_declined(said.news)) is not None:
        how = said.news.what.replace("_", " ")
        why = f"{why} It is over there already ({how}), so the case is declined at once ({declined})."
    if said.report.synthetic:
        why = f"{why} It is of {provider}'s test mode: a synthetic case, which pays nothing and reaches nobody outside."
    return _of_report(said.report, why)


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
