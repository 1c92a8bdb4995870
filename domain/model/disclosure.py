"""When the respondent learns of a case: at its opening, or when its owner tells them, and what they are told then."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase, Kept
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

Disclosure = Literal["at_opening", "by_owner"]
Words = Literal["shared", "desk"]
"""Who reads what a party says: both sides, or the team that handles the case and the party's own side."""


class Disclose(CommandBase):
    """Tell the respondent of the case, or, where they are reported in secret, what else a side is told by two persons. It cannot
    be taken back.
    """

    type: Literal["disclose"] = "disclose"
    to: Literal["respondent", "claimant"] = "respondent"
    """Whom two persons tell ``text`` while the respondent is reported in secret; the claimant reads it as a message."""
    text: SealedText | None = None
    """What they are told of what is held against them, in the team's words: whoever reported it need not be quoted. Needed, at
    least a sentence, unless the statement goes along."""
    with_statement: bool = False
    """The statement and the files of the report go along, in the words of whoever reported it."""
    ground: Code | None = None
    """The clause of the kind that is put to them by it; left out: what the report is called (its category), where that says
    anything. Nobody is hit by a clause that was not put to them."""
    reasons: SealedText | None = None
    """Why they are told although a financial intelligence unit was, or is to be: only two persons together tell them then."""


class DisclosureProposed(Kept):
    """One person would tell the respondent of a case that is secret by law; nothing is told before a second one agrees."""

    type: Literal["disclosure_proposed"] = "disclosure_proposed"
    reasons: Prose
    text: Prose | None = None
    with_statement: bool = False
    to: Literal["respondent", "claimant"] = "respondent"
    ground: str | None = None


class ProposedDisclosure(Kept):
    """What waits for the second person."""

    by: str
    credential: str | None = None
    text: Prose | None = None
    with_statement: bool = False
    to: Literal["respondent", "claimant"] = "respondent"
    ground: str | None = None


class CaseDisclosed(Kept):
    """The respondent was told of the case, and is a party to it from now on."""

    type: Literal["case_disclosed"] = "case_disclosed"
    because: Literal["by_hand", "asked", "ruling", "latest_date", "moved_in"] = "by_hand"
    """``asked``: something was asked of them; ``ruling``: they lost by one; ``latest_date``: the pack's last day had come;
    ``moved_in``: they knew of it where it ran before."""
    text: Prose | None = None
    with_statement: bool = False
    charge: str | None = None
    """What was put to them: a clause by name, or what the case was called then; None: told before this was kept."""


class NotDisclosed(Refusal):
    """The respondent has not been told of the case; ``disclose`` tells them."""

    code = "not_disclosed"


class AlreadyDisclosed(Refusal):
    """The respondent knows of the case already."""

    code = "already_disclosed"


class TippingOff(Refusal):
    """To tell the respondent now would tip them off about a report, which the law forbids; two persons may, with reasons."""

    code = "tipping_off"
