"""The case as its opening fact makes it."""

from __future__ import annotations

from domain.model import facts as f
from domain.model.case import Case
from domain.model.chargeback import Chargeback
from domain.rules.case_import_changes import since


def _opened(case_id: str, rec: f.Recording, fact: f.CaseOpened) -> Case:
    return Case(
        id=case_id,
        seq=rec.seq,
        opened_at=since(rec),
        updated_at=rec.at,
        phase_entered_at=since(rec),
        kind=fact.kind,
        source=fact.source,
        category=fact.category,
        priority=fact.priority,
        terms=fact.terms,
        parties=fact.parties,
        statement=fact.statement,
        subject=fact.subject,
        amount=fact.amount,
        synthetic=fact.synthetic,
        chargeback=Chargeback(due_at=fact.outside_due_at, since=rec.at) if fact.outside_due_at else None,
        queue=fact.terms.queue,
    )
