"""What is said and answered about trusted flaggers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.trusted_flaggers import Listed


class TrustedFlaggerRequest(Frozen):
    """Somebody has been awarded the status of a trusted flagger."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    ref: Annotated[str, Field(min_length=1, max_length=254)]
    """By which their reports are known: your id of them, or the address by which they write."""
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    """The Digital Services Coordinator that awarded it."""
    area: Annotated[str, Field(max_length=500)] = ""
    """For which area they have it; several between semicolons. A notice goes first where it names one of them
    (`attributes.area`); where none is noted, every notice of theirs does."""
    since_at: AwareDatetime | None = None
    """Left out: from now on."""
    until_at: AwareDatetime | None = None
    """Left out: until somebody ends it."""


class TrustedFlaggerChange(Frozen):
    """What became of their status."""

    change: Literal["suspend", "resume", "end"]


class FlaggerFigures(Body):
    """What became of their notices of a time."""

    notices: int
    open: int
    acted_on: int
    in_vain: tuple[str, ...]
    """The cases in which nothing was removed or restricted, or that were turned away."""
    report_proposed: bool
    """Whether it is proposed to tell the coordinator (Regulation (EU) 2022/2065, article 22(6)). A person decides and does it."""


class TrustedFlaggerBody(Body):
    """One trusted flagger."""

    object: Literal["trusted_flagger"] = "trusted_flagger"
    id: str
    name: str
    ref: str
    authority: str
    area: str
    since_at: Instant
    until_at: Instant | None
    suspended_at: Instant | None
    state: Literal["ahead", "in_force", "suspended", "over"]
    made_by: str
    figures: FlaggerFigures


class TrustedFlaggerList(Body):
    """Trusted flaggers, by name."""

    object: Literal["list"] = "list"
    data: tuple[TrustedFlaggerBody, ...]


class FormKeyBody(Body):
    """What stands behind the address of a form."""

    object: Literal["form_key"] = "form_key"
    flagger: str
    query: str
    """`?flagger=…`, to be put behind the address of a form for notices. Whoever has it speaks as them."""


def flagger_body(one: Listed) -> dict[str, Any]:
    """One of them as JSON."""
    return _made(one).model_dump(mode="json")


def flagger_list(found: Sequence[Listed]) -> dict[str, Any]:
    """All of them as JSON."""
    return TrustedFlaggerList(data=tuple(_made(one) for one in found)).model_dump(mode="json")


def form_key_body(flagger_id: str, key: str) -> dict[str, Any]:
    """A key as JSON."""
    return FormKeyBody(flagger=flagger_id, query=f"?flagger={key}").model_dump(mode="json")


def _made(one: Listed) -> TrustedFlaggerBody:
    who, said = one.flagger, one.figures
    return TrustedFlaggerBody(
        id=who.id, name=who.name, ref=who.ref, authority=who.authority, area=who.area, since_at=who.since_at,
        until_at=who.until_at, suspended_at=who.suspended_at, state=one.state(datetime.now(UTC)), made_by=who.made_by,
        figures=FlaggerFigures(
            notices=said.notices, open=said.open, acted_on=said.acted_on, in_vain=said.in_vain, report_proposed=said.proposed
        ),
    )  # fmt: skip
