"""What is asked to be erased, and what is past its time, as they are said and shown."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import CaseId, Frozen, Instant, PartyId
from domain.model.erasure import ErasureGround, ErasureReason, RetentionBar
from services.erasures import Erasure
from services.retention import Looked


class ErasureRequest(Frozen):
    """What is to be erased, and why."""

    case: CaseId
    """The case; or, with `party`, any case in which the person is one."""
    party: PartyId | None = None
    """The person, who is erased in every case of theirs; left out: the case as a whole, once it is closed."""
    reason: ErasureReason
    though_open: ErasureGround | None = None
    """The ground in law on which a person is erased while a case of theirs is open (GDPR article 17(1)(b), (d), (e), (f))."""


class ErasureCaseBody(Body):
    """A case that an erasure reaches, or reached."""

    case: str
    number: str | None
    """The platform's own number of the report, or the id of the mail it came by; null once carried out."""
    open: bool
    found_by: Literal["id", "address"] | None
    """`address`: by an address alone, as cases that came by mail are; look whether it is the same person. Null once carried
    out."""


class ErasureBody(Body):
    """What somebody asked to be erased, and what became of it."""

    object: Literal["erasure"] = "erasure"
    id: str
    state: Literal["waiting", "done", "dropped"]
    """`waiting`: for another person of ops to agree."""
    scope: Literal["case", "person"]
    case: str
    party: str | None
    reason: str
    though_open: str | None
    asked_by: str
    asked_at: Instant
    approved_by: str | None
    approved_at: Instant | None
    dropped_by: str | None
    dropped_at: Instant | None
    done_at: Instant | None
    """Since then what was meant can be read by nobody."""
    case_count: int
    cases: list[ErasureCaseBody]
    """What it reaches as things stand, or reached."""
    mails: list[str]
    """Mail that waits to be placed, or was dismissed, and goes with it: what came from an address of theirs. Empty once it has
    ended."""
    address_before: list[str]
    """Cases and mails that it does not reach: they are of an address that was theirs before somebody of the team changed it. It
    may have been misspelt, and another's. Look, and ask for those of the person's own. Empty once it has ended."""


class ErasurePage(Body):
    """Erasures, the newest first."""

    object: Literal["list"] = "list"
    data: list[ErasureBody]
    has_more: bool
    next_cursor: str | None


class RetentionRequest(Frozen):
    """Which closed cases are looked at."""

    after: str | None = Field(None, max_length=1000, description="Go on there (`next` of the answer before).")


class RetainedBody(Body):
    """A closed case, and what keeps it."""

    case: str
    keep_until: Instant | None
    kept_because: RetentionBar | None
    """Null: its time is over, and nothing keeps it."""
    erased: bool


class RetentionBody(Body):
    """A batch of closed cases of which something can still be read."""

    object: Literal["retention"] = "retention"
    data: list[RetainedBody]
    next: str | None
    """Where the next batch begins; null: this was the last."""


def erasure_body(erasure: Erasure) -> dict[str, Any]:
    """An erasure as JSON."""
    return ErasureBody(
        id=erasure.id, state=erasure.state, scope=erasure.scope, case=erasure.case_id, party=erasure.party_id,
        reason=erasure.reason, though_open=erasure.though_open, asked_by=erasure.asked_by, asked_at=erasure.asked_at,
        approved_by=erasure.approved_by, approved_at=erasure.approved_at, dropped_by=erasure.dropped_by,
        dropped_at=erasure.dropped_at, done_at=erasure.done_at,
        case_count=len(erasure.cases), cases=[
            ErasureCaseBody(case=one.case_id, number=one.number, open=one.open, found_by=one.found_by) for one in erasure.cases
        ],
        mails=list(erasure.mails), address_before=list(erasure.address_before),
    ).model_dump(mode="json")  # fmt: skip


def retention_body(looked: Looked) -> dict[str, Any]:
    """A batch as JSON."""
    gone = frozenset(looked.erased)
    data = [
        RetainedBody(case=kept.case_id, keep_until=kept.keep_until, kept_because=kept.bar, erased=kept.case_id in gone)
        for kept in looked.cases
    ]
    return RetentionBody(data=data, next=looked.after).model_dump(mode="json")
