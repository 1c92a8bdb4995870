"""Commands about evidence: ask somebody for it, hand it in."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, PartyId, Reference, Side
from domain.model.prose import SealedText

FileId = Annotated[str, Field(pattern=r"^fil_[A-Za-z0-9-]{8,64}$")]
"""The id of a file that was uploaded before."""

Confidentiality = Literal["shared", "own_side", "deciders"]
"""Who sees a piece of evidence: everybody on the case; the side that handed it in and the deciders; or the deciders alone, and
whoever handed it in.
"""


class RequestEvidence(CommandBase):
    """Ask a side, or one party of it, for evidence; the party-response clock starts and the ruling clock waits."""

    type: Literal["request_evidence"] = "request_evidence"
    of: Side
    what: SealedText
    party: PartyId | None = None
    """One party of that side (a witness, an insurer, one of several people); left out: whoever speaks for the side."""
    evidence_type: Code | None = None
    """What it should be: one of the pack's types, where it lists any."""
    due_at: Instant | None = None
    """By when; left out: the response time of the pack. A request with a date of its own lapses at that date and not before."""


class SubmitEvidence(CommandBase):
    """Hand evidence in; an answer to an open request closes it."""

    type: Literal["submit_evidence"] = "submit_evidence"
    text: SealedText
    confidential: bool = False
    """Seen by the own side and the deciders only."""
    confidentiality: Confidentiality | None = None
    """Who sees it; left out: `confidential` says so."""
    evidence_type: Code | None = None
    files: Annotated[tuple[FileId, ...], Field(max_length=20)] = ()
    """Files that whoever hands this in has uploaded to this case before."""
    answers: Annotated[tuple[Reference, ...] | None, Field(max_length=50)] = None
    """The requests that it answers. Left out: all that are open for whoever hands it in, but those for another type."""

    @model_validator(mode="after")
    def _one_confidentiality(self) -> Self:
        if self.confidential and self.confidentiality not in (None, "own_side"):
            raise PydanticCustomError(
                "confidentiality_twice", "`confidential` means `own_side`: leave it out where `confidentiality` says otherwise."
            )
        return self
