"""Trusted flaggers: who has the status, their notices first, and what is told to the authority that awarded it.

Regulation (EU) 2022/2065 (the Digital Services Act), article 22: the coordinator of their country awards the status; their
notices are given priority, within the area for which they have it, and decided without undue delay (paragraph 1); many that are
not precise, not right or not founded are told to that coordinator (paragraph 6), by a person, who looks at them. While it
investigates, the status is suspended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from domain.base import Phase, Side
from domain.model.report import Report
from policies.pack import Pack
from services.callers import TEAM, Caller, only
from services.cases import Seen
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from services.rows import FlaggedCase, TrustedFlagger
from services.trail import administrator, note
from storage.intake import trusted_flaggers as kept

ATTRIBUTE = "trusted_flagger"
"""What the gates and the routing of a pack look at. Nobody outside says it of themselves."""
AREA = "area"
"""In which area a notice lies, as whoever sends it says."""
MANY, SHARE = 5, 0.2
"""So many notices in vain, and so large a share of what was decided in the time, are proposed to be told to the coordinator. The
law says "a significant number" and no figure: a person decides."""
_WHOSE = "Who is a trusted flagger is for people of the team to know."
_PLACE = "trusted-flagger"
_OF_NOTICES = ("content_url", "child_sexual_abuse")
_DEEDS: Mapping[str, tuple[str, str]] = {
    "suspend": (kept.SUSPEND, "trusted_flagger_suspended"),
    "resume": (kept.RESUME, "trusted_flagger_resumed"),
    "end": (kept.END, "trusted_flagger_ended"),
}
_TOLD = frozenset({Phase.APPEALABLE.value, Phase.APPEAL.value, Phase.CLOSED.value})

Change = Literal["suspend", "resume", "end"]


@dataclass(frozen=True)
class Figures:
    """What became of somebody's notices of a time."""

    notices: int = 0
    open: int = 0
    acted_on: int = 0
    """Something was removed or restricted."""
    in_vain: tuple[str, ...] = ()
    """The cases in which nothing was, or that were turned away."""

    @property
    def proposed(self) -> bool:
        """Whether it is proposed to tell the coordinator (article 22(6))."""
        decided = self.acted_on + len(self.in_vain)
        return len(self.in_vain) >= MANY and len(self.in_vain) >= SHARE * decided


@dataclass(frozen=True)
class Listed:
    """One of them, with what became of their notices."""

    flagger: TrustedFlagger
    figures: Figures = field(default_factory=Figures)

    def state(self, now: datetime) -> Literal["ahead", "in_force", "suspended", "over"]:
        """How their status stands."""
        one = self.flagger
        if one.until_at is not None and one.until_at <= now:
            return "over"
        if one.suspended_at is not None:
            return "suspended"
        return "ahead" if one.since_at > now else "in_force"


async def listed(parts: Parts, caller: Caller, year: int | None = None) -> Sequence[Listed]:
    """All of them, with the figures of a year, or of the last twelve months.

    Raises ``not_allowed`` for who is nobody of the team.
    """
    await only(parts, caller, TEAM, _WHOSE)
    until = datetime.now(UTC) if year is None else datetime(year + 1, 1, 1, tzinfo=UTC)
    since = until - timedelta(days=365) if year is None else datetime(year, 1, 1, tzinfo=UTC)
    found = await parts.trusted_flaggers.notices(caller.tenant_id, since, until)
    packs = (await parts.shelf_of(caller.tenant_id)).packs
    figures = {one: _figures([n for n in found if n.flagger_id == one], packs) for one in {n.flagger_id for n in found}}
    flaggers = await parts.trusted_flaggers.listed(caller.tenant_id)
    return [Listed(one, figures.get(one.id, Figures())) for one in flaggers]


async def of_case(parts: Parts, caller: Caller, seen: Seen) -> TrustedFlagger | None:
    """From which of them a case came; None for whoever is nobody of the team."""
    return await parts.trusted_flaggers.of_case(caller.tenant_id, seen.id) if seen.viewer.role in TEAM else None


async def add(
    parts: Parts, caller: Caller, name: str, ref: str, authority: str, *, area: str = "", since_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Listed:  # fmt: skip
    """Note that somebody has been awarded the status. For administrators.

    Raises what :func:`administrator` raises, and ``parameter_invalid`` for words that are missing or too long, a time that is
    none, or whoever has the status in that time already.
    """
    who = await administrator(parts, caller)
    said = [" ".join(value.replace("\x00", "").split()) for value in (name, ref, authority, area)]
    for key, value, most in zip(("name", "ref", "authority"), said, (200, 254, 200), strict=False):
        if not 1 <= len(value) <= most:
            raise _wrong(key, f"Write it, with at most {most} characters.")
    if len(said[3]) > 500:
        raise _wrong("area", "Write it with at most 500 characters.")
    begins = since_at or datetime.now(UTC)
    if until_at is not None and until_at <= begins:
        raise _wrong("until_at", "It ends after it begins.")
    async with parts.trail.deed(caller.tenant_id) as conn:
        words = (said[0], said[1], said[2], said[3])
        made = await kept.add(conn, caller.tenant_id, *words, begins, until_at, who.by)
        if made is None:
            raise _wrong("ref", "Whoever is known by this has the status in that time already.")
        end = until_at.isoformat() if until_at else None
        await note(conn, who, "trusted_flagger_added", made.id, since=begins.isoformat(), until=end)
    return Listed(made)


async def change(parts: Parts, caller: Caller, flagger_id: str, what: Change) -> Listed:
    """The coordinator suspended the status while it investigates, gave it back, or it is over. For administrators.

    Raises what :func:`administrator` raises, ``not_found``, and ``parameter_invalid`` where it is so already.
    """
    who = await administrator(parts, caller)
    if await parts.trusted_flaggers.one(caller.tenant_id, flagger_id) is None:
        raise not_found()
    statement, deed = _DEEDS[what]
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await kept.change(conn, caller.tenant_id, flagger_id, statement):
            raise _wrong("id", "It is so already, or their status is over.")
        await note(conn, who, deed, flagger_id)
    there = await parts.trusted_flaggers.one(caller.tenant_id, flagger_id)
    assert there is not None, "nobody is deleted"
    return Listed(there)


async def form_key(parts: Parts, caller: Caller, flagger_id: str) -> str:
    """What stands behind the address of a form (``?flagger=``), so that it is known who fills it in. For administrators.

    Whoever has it speaks as them, until their status is over.
    """
    who = await administrator(parts, caller)
    if await parts.trusted_flaggers.one(caller.tenant_id, flagger_id) is None:
        raise not_found()
    async with parts.trail.deed(caller.tenant_id) as conn:
        await note(conn, who, "trusted_flagger_key_made", flagger_id)
    return parts.seals.seal_cursor(caller.tenant_id, _PLACE, flagger_id.encode()).hex()


async def by_form_key(parts: Parts, tenant_id: str, key: str) -> TrustedFlagger | None:
    """Whose form it is, while they have the status; None for a key of nobody."""
    try:
        opened = parts.seals.open_cursor(tenant_id, _PLACE, bytes.fromhex(key[:600])) if key else None
        one = await parts.trusted_flaggers.one(tenant_id, (opened or b"").decode()) if opened else None
    except ValueError:
        return None
    return one if one is not None and Listed(one).state(datetime.now(UTC)) == "in_force" else None


async def of_report(parts: Parts, tenant_id: str, report: Report, *, unproven: bool) -> TrustedFlagger | None:
    """Whose notice it is that has come; None where it is none, where nothing shows who sent it, or for anybody else."""
    pack = (await parts.shelf_of(tenant_id)).packs.get(report.kind)
    first = pack.decision_elsewhere.first_instance if pack is not None and pack.decision_elsewhere is not None else ()
    if unproven or report.decision is not None or not (first and _may_be_notice(report, first)):
        return None
    sender = next(p for p in report.parties if p.side is Side.CLAIMANT and p.role == "principal")
    return await parts.trusted_flaggers.in_force(tenant_id, sender.ref)


def _may_be_notice(report: Report, first: Sequence[str]) -> bool:
    """Whether it is a notice by its name, or by what it says: where something is, or that it abuses a child. The law asks who
    sends it and within which area, and for no word of ours."""
    return report.category in first or any(report.attributes.get(name) not in (None, "", False) for name in _OF_NOTICES)


async def came(parts: Parts, tenant_id: str, case_id: str, flagger: TrustedFlagger | None) -> None:
    """Count a case as the notice of one of them, where it is."""
    if flagger is not None:
        await parts.trusted_flaggers.came(tenant_id, case_id, flagger.id)


def within(report: Report, flagger: TrustedFlagger) -> bool:
    """Whether a notice says that it lies in the area for which they were awarded the status (article 22(1)).

    It names what is noted: the whole of it, or one of several between semicolons. Where none is noted nothing can be asked for.
    """
    whole = _plain(flagger.area)
    named = report.attributes.get(AREA)
    several = {part for part in map(_plain, flagger.area.split(";")) if part}
    return not whole or (isinstance(named, str) and _plain(named) in {whole, *several})


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def marked(report: Report, flagger: TrustedFlagger | None) -> Report:
    """The report as it is routed: it says itself that it comes from one of them, in their area, only where it does."""
    others = {name: value for name, value in report.attributes.items() if name != ATTRIBUTE}
    said = {**others, ATTRIBUTE: True} if flagger is not None and within(report, flagger) else others
    return report if said == report.attributes else report.model_copy(update={"attributes": said})


def _figures(notices: Sequence[FlaggedCase], packs: Mapping[str, Pack]) -> Figures:
    vain = tuple(one.case_id for one in notices if _in_vain(one, packs.get(one.kind)))
    acted = sum(1 for one in notices if _decided(one) and one.case_id not in vain)
    ended = sum(1 for one in notices if one.phase == Phase.CLOSED.value and not _decided(one) and one.case_id not in vain)
    return Figures(len(notices), len(notices) - len(vain) - acted - ended, acted, vain)


def _decided(one: FlaggedCase) -> bool:
    return one.ruled is not None and one.phase in _TOLD


def _in_vain(one: FlaggedCase, pack: Pack | None) -> bool:
    if one.outcome == "declined":
        return True
    row = next((row for row in pack.outcomes if row.name == one.ruled), None) if pack is not None else None
    return _decided(one) and row is not None and "author" not in row.lost_by


def _wrong(name: str, why: str) -> Refused:
    return Refused("parameter_invalid", errors=[FieldError(name, "parameter_invalid", why)])
