"""Rows that services hand on just as the storage has them, named here so that no face imports the storage itself."""

from __future__ import annotations

from storage.intake.files import StoredFile
from storage.postgres.idempotency import Begun
from storage.team.absences import Absence
from storage.team.bulk import Incident, Result
from storage.team.campaigns import Campaign, Summary
from storage.team.desk import Member, QueueCounts
from storage.views.cases import CaseRow, Sent

__all__ = [
    "Absence", "Begun", "Campaign", "CaseRow", "Incident", "Member", "QueueCounts", "Result", "Sent", "StoredFile", "Summary",
]  # fmt: skip
