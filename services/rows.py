"""Rows that services hand on just as the storage has them, named here so that no face imports the storage itself."""

from __future__ import annotations

from storage.intake.evidence import StoredFile
from storage.postgres.idempotency import KeyState
from storage.team.absences import Absence
from storage.team.bulk import Incident, Result
from storage.team.campaigns import Campaign, Summary
from storage.team.desk import QueueCounts, TeamMember
from storage.tenants import KeyHolder
from storage.views.cases import CaseRow, CommandRow

__all__ = [
    "Absence", "Campaign", "CaseRow", "CommandRow", "Incident", "KeyHolder", "KeyState", "QueueCounts", "Result", "StoredFile",
    "Summary", "TeamMember",
]  # fmt: skip
