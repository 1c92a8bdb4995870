"""Commands about evidence: ask somebody for it, hand it in."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, Kept, PartyId, Reference, Side
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

FileId = Annotated[str, Field(pattern=r"^fil_[A-Za-z0-9-]{8,64}$")]
"""The id of a file that was uploaded before."""
Confidentiality = Literal["shared", "own_side", "deciders"]
"""Who sees a piece of evidence: everybody on the case; the side that handed it in and the deciders; or the deciders alone, and
whoever handed it in.
"""


class RequestEvidence(CommandBase):
    """Ask a side, or one party of it, for evidence; the party-response clock starts and the ruling clock waits. A date sooner
    than the time that the pack gives a side to answer becomes the end of that time: nobody has less."""

    type: Literal["request_evidence"] = "request_evidence"
    of: Side
    what: SealedText
    party: PartyId | None = None
    """One party of that side (a witness, an insurer, one of several people); left out: whoever speaks for the side."""
    evidence_type: Code | None = None
    """What it should be: one of the pack's types, where it lists any."""
    ground: Code | None = None
    """The clause that they are asked about by name; nobody is hit by one that was not put to them, by this or by the category."""
    due_at: Instant | None = None
    """By when; left out: the response time of the pack. A request with a date of its own lapses at that date and not before."""


class SubmitEvidence(CommandBase):
    """Hand evidence in; an answer to an open request closes it."""

    type: Literal["submit_evidence"] = "submit_evidence"
    text: SealedText
    confidential: bool = False
    """Seen by the own side and the deciders only."""
    confidentiality: Confidentiality | None = None
    """Who sees it; left out: `confidential` says so, else `to`, else the pack."""
    to: Literal["all", "desk"] | None = None
    """In shorter words: everybody on the case, or the team and the own side; of a party, in kinds whose words go to the desk, the
    team alone. Left out: where words go in this kind."""
    evidence_type: Code | None = None
    files: Annotated[tuple[FileId, ...], Field(max_length=20)] = ()
    """Files that whoever hands this in has uploaded to this case before."""
    answers: Annotated[tuple[Reference, ...] | None, Field(max_length=50)] = None
    """The requests that it answers. Left out: all that are open for whoever hands it in, but those for another type."""
    more_follows: bool = False
    """This is not all yet: it closes no request, and the time to answer runs on to its end."""

    @model_validator(mode="after")
    def _one_confidentiality(self) -> Self:
        if self.confidential and self.confidentiality not in (None, "own_side"):
            raise PydanticCustomError(
                "confidentiality_twice", "`confidential` means `own_side`: leave it out where `confidentiality` says otherwise."
            )
        if self.to is not None and (self.confidential or self.confidentiality is not None):
            raise PydanticCustomError("confidentiality_twice", "Say who sees it once: with `to`, or with `confidentiality`.")
        return self


class EvidenceFile(Kept):
    """A file as the record knows it: its keyed digest (HMAC-SHA-256, hex) proves that it is the one that was handed in."""

    id: str
    digest: str
    media_type: str
    length: int
    """In bytes."""


class EvidenceRequested(Kept):
    type: Literal["evidence_requested"] = "evidence_requested"
    request_id: str
    of: Side
    what: Prose
    party: str | None = None
    """The one party that was asked; None: whoever speaks for the side."""
    evidence_type: str | None = None
    ground: str | None = None
    """The clause that they were asked about by name."""
    due_at: Instant | None = None
    """A date of its own; None: the clock of the side says by when."""


class EvidenceSubmitted(Kept):
    type: Literal["evidence_submitted"] = "evidence_submitted"
    evidence_id: str
    side: Side | None = None
    """The side of whoever handed it in; None: the platform, or somebody of its team."""
    text: Prose
    confidential: bool = False
    """Not for everybody: also set where only the deciders see it."""
    answers: tuple[str, ...] = ()
    confidentiality: Confidentiality | None = None
    """None in older records: ``confidential`` says all."""
    evidence_type: str | None = None
    files: tuple[EvidenceFile, ...] = ()
    more_follows: bool = False

    @property
    def seen_by(self) -> Confidentiality:
        """Who sees it, however old the record is."""
        return self.confidentiality or ("own_side" if self.confidential else "shared")


class EvidenceLapsed(Kept):
    """Nothing came in time: the case goes on with what is on file."""

    type: Literal["evidence_lapsed"] = "evidence_lapsed"
    of: Side
    requests: tuple[str, ...]


class EvidenceTypeUnknown(Refusal):
    """The pack lists types of evidence, and this is none of them."""

    code = "evidence_type_unknown"


class PartyNotAsked(Refusal):
    """Nobody on the side that is asked has this id."""

    code = "party_unknown"


class RequestUnknown(Refusal):
    """No such request is open for whoever hands this in."""

    code = "request_unknown"


class FileUnknown(Refusal):
    """Whoever hands this in has not uploaded such a file to this case."""

    code = "file_unknown"


class EvidenceRequest(Kept):
    """A slot that a hand-in closes."""

    id: str
    of: Side
    asked_at: Instant
    party: str | None = None
    """The one party that was asked; None: whoever speaks for the side."""
    evidence_type: str | None = None
    ground: str | None = None
    """The clause that they were asked about by name."""
    due_at: Instant | None = None
    """A date of its own; None: the clock of the side says by when."""
    what: Prose | None = None
    number: int = 0
    """Of the requests to this side, the first is 1."""
    reminded: bool = False
    state: Literal["open", "answered", "lapsed"] = "open"
    settled_at: Instant | None = None


class ClausePut(Kept):
    """A clause that was put to a principal by name, and they have answered or let the time for it go by."""

    party: str
    clause: str


class Unanswered(Kept):
    """Something that came in from elsewhere, and a side has not answered: evidence by its id, a joined report by its case,
    what was said to the desk and what a machine noticed by ``message:`` or ``signal:`` and the number of the fact."""

    id: str
    against: Side
    shown_at: Instant | None = None
    """Since when that side knows of it; None: it does not."""
    party: str | None = None
    """Whom alone of several on the side it could hit, as another of them handed it in; None: the side."""
    by: str | None = None
    """Which other of them that was."""
    read: bool = False
    """Whether that side could read it itself when it came in. What was said to the desk alone it knows of at most by its gist."""
    was_there: bool = False
    """Whether it was put down that they were there when it was said: they have until then to say that it was otherwise."""
    until: Instant | None = None
    """Until when they have at least; None: as long as the pack gives them to answer anything."""
    appointment: str | None = None
    """The hearing of which it was put down; None: it is something else."""

    @property
    def of_amount(self) -> bool:
        """Whether it is that the case is about more than was reported (``amount:`` and the number of the fact): no piece of
        evidence."""
        return self.id.startswith("amount:")


class AnswerableView(Kept):
    """Something that came in and speaks against a side, as that side itself may read it."""

    id: str
    until: Instant
    """Until then nothing is held against the side that rests on it, unless they have said something since."""


class AskIdentity(CommandBase):
    """Ask the claimant to prove who they are. Limits of laws that allow it wait until they have answered or the time is over;
    asked again they wait no more."""

    type: Literal["ask_identity"] = "ask_identity"
    what: SealedText
    reasons: SealedText | None = None
    """Why they are asked again, where they were asked before: what is still in doubt. For the team."""


class IdentityAskedBefore(Refusal):
    """Whoever asked was asked before who they are; ``because`` says how it stands (``unanswered``, ``reasons``)."""

    code = "identity_asked_before"


class IdentityAsked(Kept):
    """What was just asked of the claimant is a proof of who they are."""

    type: Literal["identity_asked"] = "identity_asked"
    request_id: str
    again: bool = False
    """They were asked before: no limit of the law waits for it."""
    reasons: Prose | None = None
    """Why they were asked again."""
