"""The record of every case and its inbox, as activities use them: one read, one write, one place where commands land.

Implemented by ``storage`` on Postgres and by ``adapters.memory``; tests bring small fakes. How a port may fail:
:mod:`activities.ports.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from domain.base import Kept
from domain.model.case import Case
from domain.model.chain import Chained
from domain.model.clocks import DueLevel
from domain.model.facts import EvidenceFile
from domain.model.legal_hold import HeldPerson
from domain.model.links import KnownCampaign, OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import Actor, Colleague, Standing
from domain.model.policy_exceptions import ExceptionsGranted
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.notices.plan import NoticeDraft
from domain.rules.reference import Notices
from domain.worktime.calendars import Calendar


class Pending(Kept):
    """A command in the inbox that has not been answered."""

    command_id: str
    received_at: datetime
    body: dict[str, Any]
    """The command as JSON, its texts sealed."""
    credential: str | None = None
    """By which credential it came; None: it was kept before that was noted."""
    actor: Actor | None = None
    """Who speaks, looked up now; None: nobody with this id has anything to do with the case."""
    standing: Standing | None = None
    """What they are to the case beside what it says itself, looked up now; None: they are nobody of the team."""
    target: Actor | None = None
    """The person whom the command names (``assign``), looked up now."""
    mentioned: tuple[str, ...] | None = None
    """Whom a note mentions and who works here, looked up now by ``Roster``."""
    terms: Terms | None = None
    """The terms that a re-target leads to, resolved now by ``Policies``."""
    appealed_before: str | None = None
    """The case in which whoever opens this one appealed already, looked up now by ``OtherCases``."""
    other: OtherCase | None = None
    """The other case that the command names, looked up now by ``OtherCases``; None also where whoever speaks may not know it."""
    closed_links: tuple[str, ...] = ()
    """Links of the case with others of which whoever speaks may not know, likewise; asked for by ``unlink``."""
    decided: OtherCase | None = None
    """The case in which a report's matter was decided, likewise."""
    campaign: KnownCampaign | None = None
    """The campaign that the command names, likewise."""
    files: tuple[EvidenceFile, ...] | None = None
    """The files that the command names and that whoever speaks has uploaded, looked up now by ``EvidenceFiles``."""


class KeptAnswer(Kept):
    """An answer as it is stored with its command. What crosses to a workflow is ``activities.messages.Answer``."""

    command_id: str
    status: Literal["accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None
    fields: dict[str, Any] | None = None
    seq: int = 0


class CaseSnapshot(Kept):
    """What one read of the record says: enough to decide everything that waits."""

    turn: int
    now: datetime
    """Postgres's clock, taken after the case's row was locked when a lock was asked for."""
    case: Case | None = None
    """The folded state; None before the opening fact, or when ``unchanged``."""
    unchanged: bool = False
    """The turn is the caller's known one, so the state was not sent again."""
    head: str = ""
    """Hash of the last fact; empty before the first."""
    pending: tuple[Pending, ...] = ()
    more: bool = False
    answers: Mapping[str, KeptAnswer] = {}
    """Stored answers of the command ids that were asked about."""
    calendars: Mapping[str, Calendar] = {}
    """Calendars by reference, as the terms of the case name them (of the opening command's terms before it is opened)."""
    notices: Mapping[str, Notices] = {}
    """Whom packs tell of what, by the version of the pack, in the pack's order; a pack that nobody kept is left out."""
    undelivered: bool = False
    effects: tuple[str, ...] = ()
    cannot_decide: tuple[str, ...] = ()
    """Whose word waits in the case for a second one, and who must not decide it, as it is known now."""
    team: tuple[Colleague, ...] | None = None
    """The people whom an escalation could land on, where one may be due; looked up by ``Roster``."""
    held: tuple[HeldPerson, ...] = ()
    """Parties of whom another case is under legal hold, where something could be destroyed; or who must not be told of one."""
    paid_elsewhere: tuple[PaidElsewhere, ...] | None = None
    """What stands in other cases of the same matter, where money may be given."""
    exceptions: tuple[ExceptionsGranted, ...] | None = None
    """Departures from the pack granted this month in other cases of the kind, where one may be asked for or granted."""
    earlier: tuple[EarlierSanction, ...] | None = None
    """Sanctions of other cases against the parties, where a ruling may be judged."""


class Transition(Kept):
    """Everything that one write changes, together or not at all."""

    turn: int
    """The turn that was read; when it has moved, nothing is written."""
    case: Case | None = None
    facts: tuple[Chained, ...] = ()
    answers: tuple[KeptAnswer, ...] = ()
    deadlines: tuple[DueLevel, ...] = ()
    """Deadline commands that were decided in this transition: archived with their answers."""
    notices: tuple[tuple[int, NoticeDraft], ...] = ()
    """With the number of the fact that caused each."""
    paid_elsewhere: tuple[PaidElsewhere, ...] | None = None
    """What stood in other cases of the matter when money was given; when that has changed, nothing is written. None: none was, or
    nobody looked.
    """
    exceptions: tuple[ExceptionsGranted, ...] | None = None
    """How many departures from the pack there were when one was granted; when that has changed, nothing is written."""
    substitute: bool = False
    """Write only the answers (status ``broken``): what was decided could not be stored as it came."""


class Records(Protocol):
    """The record of every case: one read, one write."""

    async def read(
        self,
        tenant_id: str,
        case_id: str,
        *,
        ask: Sequence[str] = (),
        known_turn: int | None = None,
        limit: int = 50,
        lock: bool = False,
    ) -> CaseSnapshot | None:
        """How the case stands; None when the tenant has no such case. ``lock`` waits for commands being received just now."""
        ...

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """Store the transition in one statement; False when the turn has moved and nothing was written.

        Raises :class:`Unstorable` when the database refuses the data itself (SQLSTATE classes 22, 23, 54).
        """
        ...


class Inbox(Protocol):
    """Where commands land before anything else happens."""

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        """Keep a command as it came, its texts sealed, and return its id.

        A known id with the same body changes nothing; a malformed one, or a known id with another body, is kept as refused under
        an id of its own. Raises :class:`Never` (``case_unknown``), and otherwise only in a temporary failure.
        """
        ...
