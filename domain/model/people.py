"""Who does something in a case."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen, Instant, Kept, PartyId, Side

Superiors = Annotated[tuple[str, ...], Field(exclude_if=lambda above: not above)]
"""Who stands above somebody's manager, nearest first; none where it was recorded before that was noted. Written only where
there is somebody."""


def line_above(manager: str | None, above: tuple[str, ...]) -> frozenset[str]:
    """Everybody to whom somebody reports, directly or by others: each could make them say something."""
    return frozenset(above) if manager is None else frozenset((manager, *above))


class Actor(Kept):
    """Who did it, as resolved when it was recorded; somebody who changes team later stays who they were here."""

    id: str
    role: Literal["claimant", "respondent", "mediator", "lead", "ops", "platform", "system"]
    side: Side | None = None
    team: str | None = None
    site: str | None = None
    vendor: str | None = None
    manager: str | None = None
    above: Superiors = ()
    conflicts: tuple[str, ...] = ()
    """Keyed digests of the parties, and of the organisations of parties, that this person may not judge."""

    @property
    def superiors(self) -> frozenset[str]:
        """Everybody to whom they report."""
        return line_above(self.manager, self.above)


class Standing(Kept):
    """What somebody of the team is to a case, beside what the case itself says."""

    in_queue: bool = False
    worked_on: bool = False
    """They worked on it as its owner."""
    access_id: str | None = None
    """An access that they took and that still holds: they read, and do no more."""


SYSTEM = Actor(id="system", role="system")


class Colleague(Kept):
    """Somebody of the team whom an escalation could land on, as looked up at that moment."""

    actor: Actor
    roles: tuple[str, ...]
    on_shift: bool = True
    free: bool = True
    """Carries fewer open cases than they can."""
    next_shift_at: Instant | None = None
    """When their next shift begins; None while they are there, and for somebody who always is."""
    on_call: int | None = None
    """On call for the queue of the case now: 1 who is called first, 2 who is called next; None: they are not."""
    on_call_until: Instant | None = None
    """When somebody else has the turn."""


Role = Literal["principal", "witness", "insurer", "representative", "authority", "co_claimant"]
"""``co_claimant``: reported the same matter in a case that was merged into this one."""


class OpenedParty(Frozen):
    """A party as the rules see it: no name, no address."""

    id: PartyId
    side: Side
    role: Role = "principal"
    ref_digest: str
    """Keyed digest of the platform's id for this user: equal for equal users, readable by nobody."""
    locale: str = "en"
    zone: str = "UTC"
    org_digest: str | None = None
    """The same of the organisation that they belong to: an employer, a programme."""
    represents: PartyId | None = None
    """Whom a representative speaks for, where that was said; None: their side."""
    left: bool = False
    """They were a party, and are none any more: what they said stays, and to them there is no such case."""
    minor: bool = False
    """Under age."""
    flagged_by: str | None = None
    """Who of the team found out that they are; they are not the second one to say who represents them."""
    chosen_by_minor: bool = False
    """A representative whom somebody under age has added themselves: they speak for them, and bind nobody."""
    stated_by: str | None = None
    """Who alone has said that they may speak for somebody else: until a second one has, or that one, they bind nobody."""
    since: Instant | None = None
    """When they came, where that was after the opening; None: the report named them."""
    sees_seq: int = 0
    """The number of the fact from which on they read along; 0: all that their side may read."""
    unproven: bool = False
    """A form names them, and nothing has shown yet that it was they who filled it in."""
    address_digest: str | None = None
    """As ``ref_digest``, of their address: who is known by it in one report may be known by the platform's id in another."""

    def is_same_person(self, other: OpenedParty) -> bool:
        """Whether two parties are one: by the platform's id, by the address, or by one here and the other there."""
        mine, theirs = ({p.ref_digest, p.address_digest} - {None} for p in (self, other))
        return bool(mine & theirs)

    @property
    def speaks(self) -> bool:
        """Whether what they do is done by their side; witnesses, insurers and co-claimants speak for themselves alone."""
        return self.role in ("principal", "representative") and not self.left

    @property
    def stands_for_side(self) -> bool:
        """Whether what they say is their side's answer: not that of somebody whom one alone has put there to speak for it."""
        return self.speaks and self.stated_by is None
