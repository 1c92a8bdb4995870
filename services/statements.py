"""Statements of reasons, as the DSA Transparency Database takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.dsa import words as _words
from domain.dsa.rules import faults
from domain.dsa.statement import exported
from domain.model.statement import prose_of
from services.callers import Caller
from services.cases import Seen
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from services.texts import Unreadable


@dataclass(frozen=True)
class StatementOfReasons:
    """The statement of the newest ruling that has one and was told."""

    case_id: str
    ruling: str
    redress: tuple[str, ...]
    """How it can be complained about; no field of the database."""
    statement: dict[str, Any]
    """With the field names and values of the database."""


CHOICES: Mapping[str, tuple[str, ...]] = {
    "decision_visibility": _words.VISIBILITIES,
    "decision_monetary": _words.MONETARIES,
    "decision_provision": _words.PROVISIONS,
    "decision_account": _words.ACCOUNTS,
    "account_type": _words.ACCOUNT_TYPES,
    "decision_ground": _words.GROUNDS,
    "incompatible_content_illegal": _words.YES_NO,
    "content_type": _words.CONTENT_TYPES,
    "category": _words.CATEGORIES,
    "category_addition": _words.CATEGORIES,
    "category_specification": _words.KEYWORDS,
    "territorial_scope": _words.COUNTRIES,
    "content_language": _words.LANGUAGES,
    "source_type": _words.SOURCES,
    "automated_detection": _words.YES_NO,
    "automated_decision": _words.AUTOMATED_DECISIONS,
}
"""By field, the values that the database knows."""


def missing(said: Mapping[str, Any], redress: Sequence[str]) -> list[FieldError]:
    """Everything that a statement lacks or says otherwise than the database takes it, before it is sent. ``redress``: how the
    pack says that one can complain."""
    found = [FieldError(fault.field, fault.code, fault.words) for fault in faults({"puid": "ruling", **said})]
    if not redress and not said.get("redress"):
        found.append(FieldError("redress", "missing", "Say how the decision can be complained about."))
    return found


async def statement(parts: Parts, caller: Caller, seen: Seen) -> StatementOfReasons:
    """The statement of reasons, for the team and the platform; the person concerned has it in their letter.

    Raises ``statement_missing``, and ``not_found`` for a party.
    """
    if seen.viewer.side is not None:
        raise not_found()
    case = seen.case
    rulings = case.rulings if case is not None else ()
    ruling = next((ruling for ruling in reversed(rulings) if ruling.statement is not None), None)
    if ruling is None or ruling.statement is None or case is None:
        raise Refused("statement_missing", "No ruling of this case has a statement of reasons.")
    texts = await parts.views.texts(caller.tenant_id, [prose.content_id for prose in prose_of(ruling.statement)])
    if any(isinstance(text, Unreadable) for text in texts.values()):
        raise Refused("vault_fault")
    whole = exported(ruling.statement, ruling.id, texts)
    if whole is None:
        raise Refused("statement_missing", "The texts of this statement were erased.")
    terms = case.terms.statement
    redress = ruling.statement.redress or (terms.redress if terms else ())
    return StatementOfReasons(case.id, ruling.id, redress, whole)
