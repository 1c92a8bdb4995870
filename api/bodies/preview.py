"""The body that says what would follow from a ruling."""

from __future__ import annotations

from typing import Any

from api.bodies.base import Body
from domain.base import Instant, Phase
from domain.model.commands import Remedy
from domain.model.facts import AppealRight
from services.preview import Preview


class RefusedBody(Body):
    """Why the ruling would be refused."""

    code: str
    detail: str
    fields: dict[str, Any] = {}


class EffectBody(Body):
    """Something that would be carried out."""

    does: str
    """``order``, or ``undo`` of what an earlier ruling or an interim measure did."""
    remedy: Remedy


class LetterBody(Body):
    """What a party would read."""

    party: str
    side: str
    event: str
    subject: str
    text: str


class PreviewBody(Body):
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


def preview_body(preview: Preview) -> dict[str, Any]:
    """A preview as JSON."""
    refused, found, made = preview.refused, preview.foreseen, PreviewBody(case=preview.case_id)
    if refused is not None:
        told = RefusedBody(code=refused.code, detail=refused.detail, fields=refused.fields)
        made = PreviewBody(case=preview.case_id, refused=told)
    elif found is not None:
        made = PreviewBody(
            case=preview.case_id,
            approval_because=found.approval_because,
            told_at=found.told_at,
            phase_then=found.case.phase,
            effects=tuple(
                EffectBody(does="undo" if effect.reverses else "order", remedy=effect.remedy) for effect in found.effects
            ),
            rights=found.rights,
            letters=tuple(
                LetterBody(party=letter.party, side=letter.side, event=letter.event, subject=letter.subject, text=letter.text)
                for letter in preview.letters
            ),
        )
    return made.model_dump(mode="json")
