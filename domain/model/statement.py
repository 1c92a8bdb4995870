"""The statement of reasons of a ruling that restricts: fields of the DSA Transparency Database, its texts put away as all texts.

What it must say is article 17(3) of Regulation (EU) 2022/2065; whether it is complete is judged by the database's own rules
(:mod:`domain.dsa.rules`), for texts by their length. How to complain (17(3)(f)) is no field of the database, and stands here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.base import Code, Frozen
from domain.model.prose import Prose, SealedText

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
"""One of the database's values. Which ones a field takes is judged with the statement as a whole."""
Words = Annotated[tuple[Word, ...], Field(max_length=100)]
Day = Annotated[Word, BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value)]


class StatementOfReasons(Frozen):
    """Why something is restricted, as article 17 of the Digital Services Act wants it told. Each field is the database's own."""

    decision_visibility: Words = ()
    decision_visibility_other: SealedText | None = None
    decision_monetary: Word | None = None
    decision_monetary_other: SealedText | None = None
    decision_provision: Word | None = None
    decision_account: Word | None = None
    account_type: Word | None = None
    decision_facts: SealedText | None = None
    decision_ground: Word | None = None
    decision_ground_reference_url: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x20\x7f]+$")] | None = None
    illegal_content_legal_ground: SealedText | None = None
    illegal_content_explanation: SealedText | None = None
    incompatible_content_ground: SealedText | None = None
    incompatible_content_explanation: SealedText | None = None
    incompatible_content_illegal: Word | None = None
    content_type: Words = ()
    content_type_other: SealedText | None = None
    category: Word | None = None
    category_addition: Words = ()
    category_specification: Words = ()
    category_specification_other: SealedText | None = None
    content_id_ean: Word | None = None
    territorial_scope: Words = ()
    content_language: Word | None = None
    content_date: Day | None = None
    application_date: Day | None = None
    end_date_account_restriction: Day | None = None
    end_date_monetary_restriction: Day | None = None
    end_date_service_restriction: Day | None = None
    end_date_visibility_restriction: Day | None = None
    source_type: Word | None = None
    source_identity: SealedText | None = None
    automated_detection: Word | None = None
    automated_decision: Word | None = None
    puid: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x20\x7f]+$")] | None = None
    """The platform's own unique id of the statement; left out: the ruling's."""
    redress: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """How to complain; left out: what the pack says. No field of the database."""


def prose_of(statement: StatementOfReasons) -> Iterator[Prose]:
    """The texts that it refers to."""
    return (value for _, value in statement if isinstance(value, Prose))
