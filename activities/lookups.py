"""What a few commands and levels need beside the record: who of the team is there, other cases, files, the policies of now.

Most steps need none of it, so nothing is read for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from activities.ports.cross_case import OtherCases, SanctionBook
from activities.ports.evidence import EvidenceFiles, UploadedFile
from activities.ports.people import Roster
from activities.ports.policies import Policies, Resolved
from activities.ports.records import CaseSnapshot, Pending
from domain.base import Phase
from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.commands import read_command
from domain.model.facts import EvidenceFile
from domain.rules import first_words
from domain.rules.fairness import in_conflict
from domain.rules.legal_hold import could_destroy
from domain.rules.money import GIVES

_MOVES_LEVELS = frozenset({"retarget", "resume", "thaw", "assign", "take", "hand_over"})
"""After these a level can be due that was not before; the others only stop clocks or start new ones."""
NAMES_OTHERS = {"open": "same_as", "merge": "into", "link": "to", "unlink": "link_id", "join_campaign": "campaign"}
"""Commands that name another case, a link with one, or a campaign, and the field in which they do. Whoever names one has to know
of it: an id of a case that is closed to them is answered as one that nobody has."""
_ESCALATES_TO = ("lead", "ops")
_DEPARTS = frozenset({"ask_exception", "grant_exception"})
_RULES = frozenset({"rule", "decide_appeal"})


@dataclass(frozen=True)
class Lookups:
    """Completes what was read of a case."""

    roster: Roster
    policies: Policies
    sanctions: SanctionBook | None = None
    other_cases: OtherCases | None = None
    files: EvidenceFiles | None = None
    """None, as with the two above: of these nothing is known, and commands that need them are judged without."""

    async def complete(self, tenant_id: str, case_id: str, case: Case | None, snapshot: CaseSnapshot) -> CaseSnapshot:
        """The snapshot with what some steps need beside the record.

        The people for an escalation that may be due; what counts against the parties where a ruling waits; who of them
        is kept by a legal hold elsewhere, where something could be destroyed, or hit by a measure there, where one is to be
        imposed; what stands in other cases of the matter, where money may be given; how often the pack was departed from this
        month, where it may be again; the case, campaign or files that a command names; new terms for re-targets that ask for
        them.
        """
        if self.sanctions is not None and _may_sanction(case, snapshot):
            earlier = await self.sanctions.against(tenant_id, case_id)
            snapshot = snapshot.model_copy(update={"earlier": tuple(earlier)})
        if self.other_cases is not None and any(p.body.get("type") in NAMES_OTHERS for p in snapshot.pending):
            pending = [await self._with_others(tenant_id, self.other_cases, case, waiting) for waiting in snapshot.pending]
            snapshot = snapshot.model_copy(update={"pending": tuple(pending)})
        if self.other_cases is not None and case is not None and _needs_held(case, snapshot):
            held = await self.other_cases.held(tenant_id, case_id)
            snapshot = snapshot.model_copy(update={"held": tuple(held)})
        if self.other_cases is not None and case is not None and _may_pay(case, snapshot):
            paid = await self.other_cases.paid(tenant_id, case_id)
            snapshot = snapshot.model_copy(update={"paid_elsewhere": tuple(paid)})
        if self.other_cases is not None and any(p.body.get("type") in _DEPARTS for p in snapshot.pending):
            granted = await self.other_cases.exceptions(tenant_id, case_id)
            snapshot = snapshot.model_copy(update={"exceptions": tuple(granted)})
        if case is None:
            return await self._with_prior_appeals(tenant_id, case_id, snapshot)
        if _may_escalate(case, snapshot):
            people = [person for person in (case.owner, case.ruling.decider if case.ruling else None) if person]
            team = await self.roster.colleagues(tenant_id, people, _ESCALATES_TO, snapshot.now, case.queue)
            snapshot = snapshot.model_copy(update={"team": tuple(team)})
        snapshot = await self._with_first_words(tenant_id, case, snapshot)
        snapshot = await self._with_mentions(tenant_id, case, snapshot)
        snapshot = await self._with_files(tenant_id, case.id, snapshot)
        if any(pending.body.get("type") == "retarget" for pending in snapshot.pending):
            snapshot = await self._with_terms(tenant_id, case, snapshot)
        return snapshot

    async def _with_prior_appeals(self, tenant_id: str, case_id: str, snapshot: CaseSnapshot) -> CaseSnapshot:
        if self.other_cases is None or not any(_brings_decision(pending) for pending in snapshot.pending):
            return snapshot
        before = await self.other_cases.appealed_before(tenant_id, case_id)
        told = {"appealed_before": before}
        return snapshot.model_copy(
            update={"pending": tuple(p.model_copy(update=told) if _brings_decision(p) else p for p in snapshot.pending)}
        )

    async def _with_first_words(self, tenant_id: str, case: Case, snapshot: CaseSnapshot) -> CaseSnapshot:
        """Whose first of two words counts no more: they have come to be in conflict with a party, or work here no longer."""
        people = sorted(first_words.authors(case) - {*case.recused}) if snapshot.pending else []
        if not people:
            return snapshot
        here = {one.actor.id: one.actor for one in await self.roster.colleagues(tenant_id, people, (), snapshot.now)}
        cannot = tuple(one for one in people if one not in here or in_conflict(case, here[one]))
        return snapshot.model_copy(update={"cannot_decide": cannot})

    async def _with_mentions(self, tenant_id: str, case: Case, snapshot: CaseSnapshot) -> CaseSnapshot:
        """Those whom waiting notes mention, as far as they work here and are close to nobody in the case: they read it."""
        named = {person for pending in snapshot.pending for person in _mentions(pending)}
        if not named:
            return snapshot
        found = await self.roster.colleagues(tenant_id, sorted(named), (), snapshot.now)
        here = {colleague.actor.id for colleague in found if not in_conflict(case, colleague.actor)}
        pending = tuple(
            p.model_copy(update={"mentioned": tuple(m for m in _mentions(p) if m in here)}) if _mentions(p) else p
            for p in snapshot.pending
        )
        return snapshot.model_copy(update={"pending": pending})

    async def _with_others(self, tenant_id: str, other_cases: OtherCases, case: Case | None, pending: Pending) -> Pending:
        """The pending command with the case or campaign that it names, as they stand now and as far as its sender may know."""
        # The system names what intake found; it reads everything.
        reader = pending.actor if pending.actor is not None and pending.actor.role != "system" else None
        field = NAMES_OTHERS.get(str(pending.body.get("type")))
        before = pending.body.get("decided_in") if field == "same_as" else None
        if isinstance(before, str):
            pending = pending.model_copy(update={"decided": await other_cases.case(tenant_id, before)})
        named = pending.body.get(field) if field else None
        if not isinstance(named, str):
            return pending
        if field == "campaign":
            return pending.model_copy(update={"campaign": await other_cases.campaign(tenant_id, named)})
        if field == "link_id":
            closed = [
                link.id
                for link in (case.links if case is not None else ())
                if await other_cases.case(tenant_id, link.other, reader=reader) is None
            ]
            return pending.model_copy(update={"closed_links": tuple(closed)})
        # A report that intake found to be of the same matter goes to wherever that matter has gone in the meantime.
        beside = case.id if case is not None else None
        found = await other_cases.case(tenant_id, named, follow=field == "same_as", reader=reader, beside=beside)
        return pending.model_copy(update={"other": found})

    async def _with_files(self, tenant_id: str, case_id: str, snapshot: CaseSnapshot) -> CaseSnapshot:
        named = [file_id for pending in snapshot.pending for file_id in _named_files(pending)]
        if self.files is None or not named:
            return snapshot
        uploaded = await self.files.uploaded(tenant_id, case_id, list(dict.fromkeys(named)))
        return snapshot.model_copy(update={"pending": tuple(_with_own(p, uploaded) for p in snapshot.pending)})

    async def _with_terms(self, tenant_id: str, case: Case, snapshot: CaseSnapshot) -> CaseSnapshot:
        for number, retarget in enumerate(snapshot.pending):
            found = await self._resolved(tenant_id, case, retarget)
            if found is None:
                continue
            # What comes after it is judged by the new terms, also another re-target: it waits for the next look.
            pending = (*snapshot.pending[:number], retarget.model_copy(update={"terms": found.terms}))
            return snapshot.model_copy(
                update={
                    "pending": pending,
                    "more": snapshot.more or len(snapshot.pending) > len(pending),
                    "calendars": {**snapshot.calendars, **found.calendars},
                    "notices": {**snapshot.notices, **found.notices},
                }
            )
        return snapshot

    async def _resolved(self, tenant_id: str, case: Case, pending: Pending) -> Resolved | None:
        if pending.body.get("type") != "retarget":
            return None
        try:
            command = read_command(pending.body)
        except ValidationError:
            # It is judged, and answered, with the others.
            return None
        if not isinstance(command, Retarget) or (command.calendar is None and command.newest is None):
            return None
        return await self.policies.resolve(tenant_id, case, command)


def _brings_decision(pending: Pending) -> bool:
    return pending.body.get("type") == "open" and pending.body.get("decision") is not None


def _mentions(pending: Pending) -> list[str]:
    """Whom a note mentions. What is no note, or none that can be read, is judged and answered with the others."""
    return _strings(pending.body.get("mentions")) if pending.body.get("type") == "note" else []


def _may_sanction(case: Case | None, snapshot: CaseSnapshot) -> bool:
    if case is not None and case.terms.sanctions is None:
        return False
    return any(pending.body.get("type") in _RULES or _may_be_barred(pending) for pending in snapshot.pending)


def _may_pay(case: Case, snapshot: CaseSnapshot) -> bool:
    """Whether money may be given now: by a command, or by a level that tells a ruling or ends a return."""
    if not any(one.bounded_by for one in case.terms.remedies):
        return False
    due = bool(case.timetable) and case.timetable[0].due_at <= snapshot.now
    return any(p.body.get("type") in GIVES for p in snapshot.pending) or (
        due and (case.phase is Phase.RULED or case.returning is not None)
    )


def _needs_held(case: Case, snapshot: CaseSnapshot) -> bool:
    """Whether it matters how others have the people of the case."""
    imposes = any(pending.body.get("type") == "impose_interim" for pending in snapshot.pending)
    return imposes or could_destroy(case) or _may_tell(case, snapshot)


def _may_tell(case: Case, snapshot: CaseSnapshot) -> bool:
    """Whether a respondent who does not know of the case could be told of it now."""
    due = bool(case.timetable) and case.timetable[0].due_at <= snapshot.now
    return not case.is_disclosed and (due or bool(snapshot.pending))


def _may_be_barred(pending: Pending) -> bool:
    """A report of a kind in which the right to ask can be withdrawn."""
    terms = pending.body.get("terms") if pending.body.get("type") == "open" else None
    known = terms.get("sanctions") if isinstance(terms, dict) else None
    return isinstance(known, dict) and bool(known.get("bars"))


def _named_files(pending: Pending) -> list[str]:
    listed = pending.body.get("files")
    of_network = [one.get("file") if isinstance(one, dict) else one for one in listed] if isinstance(listed, list) else listed
    return _strings(of_network)


def _strings(listed: object) -> list[str]:
    """What of a list in a body can be an id; nothing of what is no list."""
    return [value for value in listed if isinstance(value, str)] if isinstance(listed, list) else []


def _with_own(pending: Pending, uploaded: Sequence[UploadedFile]) -> Pending:
    """With the files among them that whoever speaks has uploaded: nobody hands in what somebody else has put away. For a card
    network those, too, that both sides read."""
    named, for_network = set(_named_files(pending)), pending.body.get("type") == "draft_chargeback_evidence"
    own = tuple(
        EvidenceFile.model_validate(file.model_dump(exclude={"uploader", "shared"}))
        for file in uploaded
        if file.id in named and (file.uploader == pending.body.get("by") or (for_network and file.shared))
    )
    return pending.model_copy(update={"files": own}) if named else pending


def _may_escalate(case: Case, snapshot: CaseSnapshot) -> bool:
    if any(pending.body.get("type") in _MOVES_LEVELS for pending in snapshot.pending):
        return True
    for row in case.timetable:
        if row.due_at > snapshot.now:
            return False
        level = case.terms.level(row.clock, row.level)
        if level is not None and level.action == "escalate":
            return True
    return False
