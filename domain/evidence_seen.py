"""Which files somebody may fetch."""

from __future__ import annotations

from collections.abc import Iterable

from domain.model import facts as f
from domain.model.case import Case
from domain.views.case import visible


def files_seen(case: Case, recordings: Iterable[f.Recording], viewer: f.Actor) -> frozenset[str]:
    """Ids of the files that came with evidence this viewer may see."""
    seen = (one.fact for one in recordings if visible(case, one, viewer))
    return frozenset(file.id for fact in seen if isinstance(fact, f.EvidenceSubmitted) for file in fact.files)
