"""What would follow from a ruling, and the letter that each party would get; nothing is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.base import Phase
from domain.model.commands import parse_command
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.model.ruling import DecideAppeal, Rule
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.views.preview import Foreseen, foresee, foresee_draft
from domain.worktime.calculator import zone_data_version
from services.callers import Caller
from services.cases import Seen
from services.commands import whole
from services.errors import Refused
from services.parts import Parts


@dataclass(frozen=True)
class Letter:
    """What a party would read."""

    party: str
    side: str
    event: str
    subject: str
    text: str


@dataclass(frozen=True)
class Preview:
    """What would follow from a ruling, were it sent now, approved and not taken back: either why it is refused, or the rest."""

    case_id: str
    refused: Refusal | None = None
    foreseen: Foreseen | None = None
    letters: tuple[Letter, ...] = ()


class _Scratch:
    """Keeps the texts of a preview as long as it takes."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def __call__(self, text: str) -> Prose:
        content_id = f"cnt_preview-{len(self.texts)}"
        self.texts[content_id] = text
        return Prose(content_id=content_id, digest="", length=len(text))


async def preview(parts: Parts, caller: Caller, seen: Seen, body: dict[str, Any]) -> Preview:
    """What would follow. Raises ``not_allowed`` for whoever is not of the team, and what a malformed ruling raises."""
    if seen.viewer.role in ("claimant", "respondent"):
        raise Refused("not_allowed", "Rulings are drafted by people of the team.")
    snapshot = await parts.records.read(caller.tenant_id, seen.id)
    if snapshot is None or snapshot.case is None:
        raise Refused("not_opened")
    case, scratch = snapshot.case, _Scratch()
    said = whole(caller, body, "decide_appeal" if case.phase is Phase.APPEAL else "rule", sent=False)
    command = parse_command({**said, "channel": "api"}, scratch)
    assert isinstance(command, Rule | DecideAppeal), "the type was checked"
    actor = await parts.views.actor(caller.tenant_id, case.id, command.by)
    reference = ReferenceData(snapshot.calendars, snapshot.notices, zone_data_version())
    earlier = tuple(await parts.sanctions.against(caller.tenant_id, case.id))
    try:
        found = foresee(case, command, DecisionContext(actor=actor, earlier=earlier), snapshot.now, reference)
    except Refusal as refusal:
        return Preview(case.id, refused=refusal)
    return Preview(case.id, foreseen=found, letters=await _letters(parts, caller, found, scratch.texts))


async def of_draft(parts: Parts, caller: Caller, seen: Seen) -> Preview | None:
    """What would follow from the draft that waits, and the letters that both sides would get; None: none waits. Raises
    ``not_allowed`` for whoever is not of the team."""
    if seen.viewer.role in ("claimant", "respondent"):
        raise Refused("not_allowed", "Rulings are looked at by people of the team.")
    snapshot = await parts.records.read(caller.tenant_id, seen.id)
    if snapshot is None or snapshot.case is None:
        return None
    reference = ReferenceData(snapshot.calendars, snapshot.notices, zone_data_version())
    found = foresee_draft(snapshot.case, snapshot.now, reference)
    if found is None:
        return None
    content = {prose.content_id for draft in found.notices for prose in draft.texts.values()}
    texts = {key: text for key, text in (await parts.views.texts(caller.tenant_id, content)).items() if text is not None}
    return Preview(snapshot.case.id, foreseen=found, letters=await _letters(parts, caller, found, texts))


async def _letters(parts: Parts, caller: Caller, found: Foreseen, texts: dict[str, str]) -> tuple[Letter, ...]:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    contacts = await parts.views.contacts(caller.tenant_id, found.case.id)
    languages = await parts.party_addresses.languages(caller.tenant_id, found.case.id)
    letters = []
    for draft in found.notices:
        quoted = {name: texts[prose.content_id] for name, prose in draft.texts.items() if prose.content_id in texts}
        subject, text = parts.letters.word(
            draft,
            found.case,
            tenant=(caller.tenant_id, tenant.name if tenant else ""),
            name=contacts.get(draft.recipient, {}).get("name"),
            locale=languages.get(draft.recipient),
            texts=quoted,
            at=found.told_at,
        )
        letters.append(Letter(draft.recipient, draft.audience, draft.event, subject, text))
    return tuple(letters)
