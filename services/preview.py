"""What would follow from a ruling, and the letter that each party would get; nothing is kept of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.base import Instant, Phase
from domain.model.commands import Remedy, parse_command
from domain.model.facts import AppealRight
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.model.ruling import DecideAppeal, Rule
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.views.preview import Foreseen, foresee
from domain.worktime.calculator import zone_data_version
from services.callers import Caller
from services.commands import Seen, whole
from services.errors import Refused
from services.parts import Parts


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RefusedBody(_Body):
    """Why the ruling would be refused."""

    code: str
    detail: str
    fields: dict[str, Any] = {}


class EffectBody(_Body):
    """Something that would be carried out."""

    does: str
    """``order``, or ``undo`` of what an earlier ruling or an interim measure did."""
    remedy: Remedy


class LetterBody(_Body):
    """What a party would read."""

    party: str
    side: str
    event: str
    subject: str
    text: str


class PreviewBody(_Body):
    """What would follow from a ruling, were it sent now, approved and not taken back. Nothing has happened."""

    object: str = "ruling_preview"
    case: str
    refused: RefusedBody | None = None
    """If so, nothing else would follow."""
    approval_because: str | None = None
    """Why a second person would have to agree; null: nobody has to."""
    told_at: Instant | None = None
    """When the parties would be told (were it approved at once)."""
    phase_then: Phase | None = None
    effects: tuple[EffectBody, ...] = ()
    """In the order in which they would be carried out."""
    rights: tuple[AppealRight, ...] = ()
    """Each side's right to appeal against it, with the reason for yes or no."""
    letters: tuple[LetterBody, ...] = ()


class _Scratch:
    """Keeps the texts of a preview as long as it takes."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def __call__(self, text: str) -> Prose:
        content_id = f"cnt_preview-{len(self.texts)}"
        self.texts[content_id] = text
        return Prose(content_id=content_id, digest="", length=len(text))


async def preview(parts: Parts, caller: Caller, seen: Seen, body: dict[str, Any]) -> dict[str, Any]:
    """What would follow. Raises ``not_allowed`` for whoever is not of the team, and the problems of a malformed ruling."""
    if seen.viewer.role in ("claimant", "respondent"):
        raise Refused("not_allowed", "Rulings are drafted by people of the team.")
    snapshot = await parts.records.read(caller.tenant_id, seen.held.id)
    if snapshot is None or snapshot.case is None:
        raise Refused("not_opened")
    case, scratch = snapshot.case, _Scratch()
    said = whole(caller, body, "decide_appeal" if case.phase is Phase.APPEAL else "rule")
    command = parse_command({**said, "channel": "api"}, scratch)
    assert isinstance(command, Rule | DecideAppeal), "the type was checked"
    actor = await parts.views.actor(caller.tenant_id, case.id, command.by)
    reference = ReferenceData(snapshot.calendars, snapshot.notices, zone_data_version())
    earlier = tuple(await parts.sanctions.against(caller.tenant_id, case.id))
    try:
        found = foresee(case, command, DecisionContext(actor=actor, earlier=earlier), snapshot.now, reference)
    except Refusal as refusal:
        refused = RefusedBody(code=refusal.code, detail=refusal.detail, fields=refusal.fields)
        return PreviewBody(case=case.id, refused=refused).model_dump(mode="json")
    return await _told(parts, caller, found, scratch.texts)


async def _told(parts: Parts, caller: Caller, found: Foreseen, texts: dict[str, str]) -> dict[str, Any]:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    contacts = await parts.views.contacts(caller.tenant_id, found.case.id)
    letters = []
    for draft in found.notices:
        quoted = {name: texts[prose.content_id] for name, prose in draft.texts.items() if prose.content_id in texts}
        subject, text = parts.letters.word(
            draft,
            found.case,
            tenant=(caller.tenant_id, tenant.name if tenant else ""),
            name=contacts.get(draft.recipient, {}).get("name"),
            texts=quoted,
            at=found.told_at,
        )
        letters.append(LetterBody(party=draft.recipient, side=draft.audience, event=draft.event, subject=subject, text=text))
    made = PreviewBody(
        case=found.case.id,
        approval_because=found.approval_because,
        told_at=found.told_at,
        phase_then=found.case.phase,
        effects=tuple(EffectBody(does="undo" if e.reverses else "order", remedy=e.remedy) for e in found.effects),
        rights=found.rights,
        letters=tuple(letters),
    )
    return made.model_dump(mode="json")
