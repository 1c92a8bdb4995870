"""Rows that services hand on just as the storage has them, named here so that no face imports the storage itself."""

from __future__ import annotations

from storage.access.keys import ApiKey
from storage.access.party_links import PartyLink, PartySession
from storage.access.sessions import Session
from storage.access.signing_keys import SigningKey
from storage.access.trail import ChainedEntry, Sought
from storage.intake.evidence import StoredFile
from storage.intake.refusals import DoorRefusal
from storage.intake.sources import Provider, Source
from storage.intake.trusted_flaggers import FlaggedCase, TrustedFlagger
from storage.intake.unplaced import UnplacedDeed, UnplacedMail
from storage.outside.endpoints import Endpoint, Purpose
from storage.postgres.idempotency import KeyState
from storage.team.absences import Absence
from storage.team.bulk import Incident, Result
from storage.team.campaigns import Campaign, Summary
from storage.team.desk import QueueCounts, TeamMember
from storage.team.desk_settings import DeskSettings
from storage.team.live import Doing
from storage.team.on_call import Turn
from storage.team.overview import Cell, Ending, Hitch, Load, QueueLoad
from storage.team.people import Person
from storage.team.policy_exceptions import ExceptionRow
from storage.team.reading import Access, ReadRow
from storage.team.saved_views import SavedView
from storage.tenants import KeyHolder, Tenant
from storage.views.cases import CommandRow, PressingCount
from storage.views.rows import CaseRow

__all__ = [
    "Absence",
    "Access",
    "ApiKey",
    "Campaign",
    "CaseRow",
    "Cell",
    "ChainedEntry",
    "CommandRow",
    "DeskSettings",
    "Doing",
    "DoorRefusal",
    "Ending",
    "Endpoint",
    "ExceptionRow",
    "FlaggedCase",
    "Hitch",
    "Incident",
    "KeyHolder",
    "KeyState",
    "Load",
    "PartyLink",
    "PartySession",
    "Person",
    "PressingCount",
    "Provider",
    "Purpose",
    "QueueCounts",
    "QueueLoad",
    "ReadRow",
    "Result",
    "SavedView",
    "Session",
    "SigningKey",
    "Sought",
    "Source",
    "StoredFile",
    "Summary",
    "TeamMember",
    "Tenant",
    "TrustedFlagger",
    "Turn",
    "UnplacedDeed",
    "UnplacedMail",
]  # fmt: skip
