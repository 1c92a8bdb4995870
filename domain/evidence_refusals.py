"""Why evidence was not asked for, or not taken."""

from __future__ import annotations

from domain.model.refusals import Refusal


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
