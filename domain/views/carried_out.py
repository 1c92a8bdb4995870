"""How what was decided or agreed on stands, for whoever may know of it: done, not done yet, or nothing that anybody can do."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept, Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.rules.audiences import audience_of
from domain.rules.remedy import told_remedies
from domain.rules.rights import standing


class Carried(Kept):
    """Something that was ordered, and how it stands. That a legal hold keeps it back, or that somebody does it by hand, no party
    learns: to them it is not done yet."""

    remedy: Remedy
    state: Literal["not_yet", "done", "impossible"]

    def goes_to(self, side: Side) -> bool:
        """Whether it is something that this side gets."""
        return self.remedy.to is side


def carried_out(case: Case, viewer: f.Actor) -> tuple[Carried, ...]:
    """What the ruling that the parties were told, and their agreement, brought about and nothing has undone since."""
    ruling = standing(case)
    because = {one.id for one in (ruling, case.settlement) if one is not None}
    undone = {effect.reverses for effect in case.effects if effect.reverses}
    found = [e for e in case.effects if e.because in because and e.reverses is None and e.id not in undone]
    audience = audience_of(viewer)
    states: dict[str, Literal["not_yet", "done", "impossible"]] = {"done": "done", "impossible": "impossible"}
    return tuple(
        Carried(remedy=e.remedy, state=states.get(e.state, "not_yet"))
        for e in found
        if e.state != "reversed" and told_remedies(case, (e.remedy,), audience)
    )
