"""Sanctions as a pack writes them: a misspelt field is an error."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from domain.model.sanction_terms import SanctionKind, SanctionLadder, SanctionTerms


class _KindRow(SanctionKind):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SanctionLadderRow(SanctionLadder):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SanctionsRow(SanctionTerms):
    """The section `sanctions` of a pack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Annotated[tuple[_KindRow, ...], Field(min_length=1)]
    ladders: Annotated[tuple[_SanctionLadderRow, ...], Field(min_length=1)]
