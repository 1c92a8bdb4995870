"""The people of a story (:mod:`policies.scripts`): who each is to the rules, and what each may do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.base import Side
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.people import SYSTEM, Actor
from domain.model.prose import Prose, Sealer
from domain.model.report import Report, ReportedParty
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.worktime.calculator import due
from domain.worktime.spans import Span
from policies.script_shapes import SIDES, bare
from policies.scripts import Script, ScriptError, Speaker

_TEAM = ("mediator", "lead", "ops")
_A_PARTY = ("party", "represents")
"""Fields of a command that name a party."""
_A_SIDE = {"request_evidence": "of", "impose_interim": "of", "message": "to"}
"""Commands that name a side, and the field in which they do."""


class Cast:
    """Everybody in a story. People are known with or without ``per_``, parties by ref, id or side."""

    def __init__(self, script: Script, report: Report) -> None:
        self.parties = _parties(script, report)
        """As the case knows them, in the report's order."""
        self._known = {p.id: p for p in self.parties} | {r.ref: p for r, p in zip(report.parties, self.parties, strict=True)}
        self._known |= {name: self._known[ref] for name, ref in script.party_ids.items() if ref in self._known}
        self._team: dict[str, Speaker] = {}
        # Who has several roles is named by a command in the first that is said; more about them may stand anywhere.
        for speaker in (*script.people, *(step.by for step in script.steps if step.by is not None)):
            if speaker.role in _TEAM:
                self._team.setdefault(self.person_id(speaker.id), speaker)

    @property
    def claimant(self) -> OpenedParty:
        """Whoever handed the report in."""
        return next(p for p in self.parties if p.side is Side.CLAIMANT and p.role == "principal")

    def person_id(self, name: Any) -> Any:
        """The id of a person of the team; what is no name stays as it is."""
        if not isinstance(name, str) or name == "nobody":
            return name
        return _id("per_", name)

    def actor(self, speaker: Speaker, case: Case | None = None) -> Actor:
        """Who does a step, as the rules see them; ``case`` knows those who came with a report that went into it."""
        if speaker.role == "system":
            return SYSTEM
        if speaker.role == "platform":
            return Actor(id=_id("key_", speaker.id), role="platform")
        if speaker.role in ("claimant", "respondent", "witness"):
            return self._party_actor(speaker, case)
        person = self.person_id(speaker.id)
        more = self._team.get(person)
        said = (speaker,) if more is None else (speaker, more)
        manager = next((x.manager for x in said if x.manager), None)
        # Whoever bears the ref of a party is that party, and judges nothing here.
        refs = [ref for x in said for ref in x.conflicts] + [speaker.id]
        conflicts = tuple(dict.fromkeys(filter(None, map(self._digest_of, map(self._side_or, refs)))))
        manager_id = self.person_id(manager)
        return Actor(id=person, role=speaker.role, manager=manager_id, above=self._above(manager_id), conflicts=conflicts)

    def _above(self, manager_id: str | None) -> tuple[str, ...]:
        """Whom a manager reports to, and so on upwards."""
        found: list[str] = []
        while manager_id is not None and (one := self._team.get(manager_id)) is not None and one.manager is not None:
            manager_id = self.person_id(one.manager)
            if manager_id is None or manager_id in found:
                break
            found.append(manager_id)
        return tuple(found)

    def named(self, owner: str | None) -> Actor | None:
        """Somebody of the team whom a command names; None for a stranger."""
        found = self._team.get(owner) if owner else None
        return self.actor(found) if found else None

    def may(self, case: Case, allowed: Callable[[Actor], Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """What each may do now: the sides, the owner, and for each role whatever any of its people may."""
        found: dict[str, tuple[str, ...]] = {}
        for side in Side:
            principal = next((p for p in self.parties if p.side is side and p.role == "principal"), None)
            found[side.value] = tuple(allowed(_speaks_for(principal))) if principal else ()
        if (owner := self.named(case.owner)) is not None:
            found["owner"] = tuple(allowed(owner))
        for role in _TEAM:
            anybody = Actor.model_validate({"id": f"per_any-{role}", "role": role})
            people = [anybody, *(self.actor(speaker) for speaker in self._team.values() if speaker.role == role)]
            found[role] = tuple(dict.fromkeys(command for person in people for command in allowed(person)))
        found["platform"] = tuple(allowed(Actor(id="key_any-platform", role="platform")))
        return found

    def as_sent(self, command: dict[str, Any]) -> dict[str, Any]:
        """A command whose parties are named as the story names them, by ref or by side, as it goes over the wire.

        Where a side is meant, whoever is alone on theirs stands for it.
        """
        said = {**command, **{name: self._id_of(command[name]) for name in _A_PARTY if isinstance(command.get(name), str)}}
        if isinstance(remedies := said.get("remedies"), list | tuple):
            said["remedies"] = [
                {**one, "party": self._id_of(one["party"])}
                if isinstance(one, Mapping) and isinstance(one.get("party"), str)
                else one
                for one in remedies
            ]
        field = _A_SIDE.get(str(said.get("type")))
        named = self._known.get(str(said.get(field))) if field else None
        if field and named is not None and sum(p.side is named.side for p in self.parties) == 1:
            said[field] = named.side.value
        return said

    def _id_of(self, name: str) -> str:
        party = self.party_called(name)
        return party.id if party is not None else name

    def viewer(self, name: str) -> Actor:
        """Who looks at the case: a party by side, ref or id, a role, somebody of the team, or the platform."""
        party = self.party_called(name)
        if party is not None:
            return _speaks_for(party)
        if name == "platform":
            return Actor(id="key_any-platform", role="platform")
        known = self.named(self.person_id(name))
        role = name if name in _TEAM else "mediator"
        return known or Actor.model_validate({"id": f"per_any-{role}", "role": role})

    def enter(self, person: ReportedParty) -> OpenedParty:
        """Somebody who becomes a party in the course of the story."""
        known = self._known.get(person.ref)
        party_id = known.id if known is not None else _id("pty_", person.ref)
        party = OpenedParty(
            id=party_id,
            side=person.side,
            role=person.role,
            ref_digest=digest(person.ref),
            locale=person.locale,
            zone=person.zone,
            minor=person.minor,
        )
        if known is None:
            self.parties = (*self.parties, party)
            self._known |= {party.id: party, person.ref: party}
        return party

    def party_called(self, name: str) -> OpenedParty | None:
        """A party by side, ref or id; None for nobody of this case."""
        return self._known.get(self._side_or(name))

    def _side_or(self, ref: str) -> str:
        if ref in self._known or ref not in SIDES:
            return ref
        return next((p.id for p in self.parties if p.side.value == ref and p.role == "principal"), ref)

    def _digest_of(self, ref: str) -> str | None:
        """What stands for a party, also for one who is of another case still; None for a side on which nobody is."""
        known = self._known.get(ref)
        return known.ref_digest if known is not None else None if ref in SIDES else digest(ref)

    def _party_actor(self, speaker: Speaker, case: Case | None) -> Actor:
        joined = (p for p in (case.parties if case is not None else ()) if p.role == "co_claimant")
        came = next((p for p in joined if p.ref_digest == digest(speaker.id)), None)
        party = self._known.get(self._side_or(speaker.id)) or came
        if party is not None:
            return _speaks_for(party)
        # Somebody of another case: the rules have to turn them away.
        side = Side.RESPONDENT if speaker.role == "respondent" else Side.CLAIMANT
        return Actor(id=_id("pty_", speaker.id), role=side.value, side=side)


def sanctions_before(script: Script, terms: Terms, cast: Cast) -> tuple[EarlierSanction, ...]:
    """What the story says counts against its parties already. Raises :class:`ScriptError` for what the pack does not know."""
    found: list[EarlierSanction] = []
    for number, prior in enumerate(script.sanctions, 1):
        party, known = cast.party_called(prior.of), terms.sanctions
        kind = known.kind(prior.sanction) if known else None
        ladder = next((x for x in known.ladders if x.category == prior.category), None) if known else None
        if party is None or kind is None or ladder is None:
            unknown = next(name for name, value in (("of", party), ("sanction", kind), ("category", ladder)) if value is None)
            raise ScriptError([f"sanctions.{number}.{unknown}: neither the report nor the pack knows it"])
        found.append(
            EarlierSanction(
                id=f"san_before-{number}", case_id=f"case_before-{number:04d}", ref_digest=party.ref_digest,
                category=prior.category, sanction=prior.sanction, weight=kind.weight, imposed_at=prior.at,
                counts_until=due(None, prior.at, ladder.window) if kind.weight else None,
                ends_at=due(None, prior.at, kind.ban) if isinstance(kind.ban, Span) else None,
            )
        )  # fmt: skip
    return tuple(found)


def _parties(script: Script, report: Report) -> tuple[OpenedParty, ...]:
    own = {ref: name for name, ref in script.party_ids.items() if name.startswith("pty_")}
    ids: list[str] = []
    for number, party in enumerate(report.parties, 1):
        party_id = _id("pty_", own.get(party.ref, party.ref))
        ids.append(f"{party_id}-{number}" if party_id in ids else party_id)
    return tuple(
        OpenedParty(id=party_id, side=p.side, role=p.role, ref_digest=digest(p.ref), locale=p.locale, zone=p.zone, minor=p.minor)
        for party_id, p in zip(ids, report.parties, strict=True)
    )


class StorySealer:
    """Texts and people of a command are put away nowhere."""

    def __init__(self, seal: Sealer, cast: Cast) -> None:
        self._seal, self._cast = seal, cast

    def __call__(self, text: str) -> Prose:
        """The text, by what stands for it."""
        return self._seal(text)

    def party(self, person: ReportedParty) -> OpenedParty:
        """The party as the rules see them."""
        return self._cast.enter(person)


def _speaks_for(party: OpenedParty) -> Actor:
    return Actor(id=party.id, role=party.side.value, side=party.side)


def _id(prefix: str, name: str) -> str:
    return prefix + (re.sub(r"[^A-Za-z0-9_.-]", "-", bare(name) if prefix == "per_" else name.removeprefix(prefix))[:100] or "-")


def digest(text: str) -> str:
    """What stands for a text where the text itself must not stand."""
    return hashlib.sha256(text.encode()).hexdigest()
