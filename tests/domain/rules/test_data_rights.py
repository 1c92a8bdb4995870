"""Whoever asks for something over their data is told when the team treats it as another right, and may object."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.notices.plan import NoticeDraft
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, RESPONDENT, Life, a_case

ERASED: dict[str, Any] = {
    "outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}], "relies_on": [],
}  # fmt: skip


def renamed(category: str = "gdpr_access", now: str = "gdpr_erasure", life: Life | None = None) -> Life:
    life = life or a_case("compliance_request", category=category).in_review()
    return life.says(LEAD, "retarget", category=now, reason="it_is_another")


def letters(life: Life, to: str = CLAIMANT) -> list[NoticeDraft]:
    return [draft for _, draft in life.notices if (draft.event, draft.recipient) == ("right_renamed", to)]


class TestAnotherRight:
    """Regulation (EU) 2016/679, articles 5(1)(a) and 12(1) to (4)."""

    @pytest.mark.parametrize("now", ["gdpr_erasure", "gdpr_objection", "ccpa_delete", "legal_order"])
    def test_is_told_to_whoever_asked_with_the_limit(self, now: str) -> None:
        life = renamed(now=now)
        (letter,) = letters(life)
        limit = next(row.due_at for row in life.case.timetable if (row.clock, row.level) == ("answer", "breach"))
        assert (letter.data["asked_for_before"], letter.data["asked_for"]) == ("gdpr_access", now)
        assert (letter.data["limit_at"], letters(life, RESPONDENT)) == (limit.isoformat(), [])

    def test_says_that_the_limit_waits_where_it_does(self) -> None:
        life = a_case("compliance_request", category="gdpr_access").in_review()
        (letter,) = letters(renamed(life=life.says(MEDIATOR, "ask_identity")))
        assert (letter.data.get("limit_at"), letter.data["limit_waits"]) == (None, True)

    def test_says_neither_once_the_limit_is_over(self) -> None:
        (letter,) = letters(
            renamed(life=a_case("compliance_request", category="gdpr_access").in_review().later(timedelta(days=60)))
        )
        assert not {"limit_at", "limit_waits"} & {*letter.data}

    @pytest.mark.parametrize(
        ("before", "now", "told"),
        [("other", "gdpr_access", ("", "gdpr_access")), ("gdpr_access", "other", ("gdpr_access", ""))],
    )
    def test_so_is_one_that_is_found_and_one_that_is_doubted(self, before: str, now: str, told: tuple[str, str]) -> None:
        life = a_case("compliance_request", category=before).in_intake() if before == "other" else None
        (letter,) = letters(renamed(before, now, life))
        assert (letter.data.get("asked_for_before", ""), letter.data.get("asked_for", "")) == told

    def test_nothing_is_told_of_what_names_no_right(self) -> None:
        assert not letters(renamed("other", "general", a_case("compliance_request", category="other").in_intake()))
        life = a_case("payment_dispute", category="duplicate").in_review()
        assert not letters(life.says(LEAD, "retarget", category="wrong_amount", reason="it_is_another"))
        life = a_case("compliance_request", category="gdpr_access").in_review()
        assert not letters(life.says(LEAD, "retarget", priority="urgent", reason="in_need"))

    def test_can_be_objected_to_and_whoever_works_on_it_is_told(self) -> None:
        life = renamed()
        life.says(CLAIMANT, "message", text="I want to see my data, and nothing is to be erased.")
        assert (life.case.owner, "message_sent") in {(draft.recipient, draft.event) for _, draft in life.notices}

    def test_is_carried_out_by_nobody_where_it_destroys_and_whoever_asked_has_not_said_so(self) -> None:
        life = renamed()
        for step in life.case.terms.procedure:
            life.says(MEDIATOR, "complete_step", step=step, reasons="Seen.")
        assert life.refused(MEDIATOR, "rule", **ERASED).fields["because"] == "right_not_asked"
