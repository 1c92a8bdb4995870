"""What would follow from a ruling is what follows, and nothing has followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Money, Phase
from domain.model import facts as f
from domain.model.refusals import Refusal
from domain.model.ruling import DecideAppeal, Rule
from domain.rules.rule import DecisionContext
from domain.views.preview import Foreseen, foresee
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, MEDIATOR_2, OUTCOMES, RESPONDENT, Life, a_case


def foreseen(life: Life, by: str, what: str, **fields: Any) -> Foreseen:
    command = life.command(by, what, **fields)
    assert isinstance(command, Rule | DecideAppeal)
    return foresee(life.case, command, DecisionContext(actor=life.actor(by)), life.now, life.reference)


class TestForesee:
    @pytest.mark.parametrize("weight", ["light", "none", "both"])
    def test_says_what_then_happens(self, weight: str) -> None:
        said = OUTCOMES["bounty_dispute"][weight]
        life = a_case().in_review()
        before = life.case
        found = foreseen(life, MEDIATOR, "rule", **said)
        assert life.case == before
        life.says(MEDIATOR, "rule", **said).fire("grace")
        issued = next(x for x in life.facts if isinstance(x, f.RulingIssued))
        ordered = [x.remedy for x in life.facts if isinstance(x, f.EffectOrdered)]
        assert found.rights == issued.rights
        assert [x.remedy for x in found.effects] == ordered
        assert (found.case.phase, found.approval_because) == (life.case.phase, None)
        told = {n.recipient: (n.event, n.data["outcome"]) for n in life.notices_for(CLAIMANT) if n.event == "ruling_issued"}
        assert {n.recipient: (n.event, n.data["outcome"]) for n in found.notices if n.recipient == CLAIMANT} == told

    def test_each_party_is_told_when_the_grace_is_over(self) -> None:
        life = a_case().in_review()
        found = foreseen(life, MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])
        assert found.told_at == life.now + timedelta(minutes=30)
        assert [(n.recipient, n.audience) for n in found.notices] == [(CLAIMANT, "claimant"), (RESPONDENT, "respondent")]

    def test_a_heavy_one_needs_a_second_person_and_goes_on_as_if_approved(self) -> None:
        found = foreseen(a_case().in_review(), MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["heavy"])
        assert found.approval_because == "amount_above_limit"
        assert found.case.phase is Phase.APPEALABLE
        assert [x.remedy.type for x in found.effects] == ["payout"]

    def test_an_overturning_undoes_first(self) -> None:
        life = a_case().appealable("light").says(RESPONDENT, "appeal").says(LEAD_2, "take")
        found = foreseen(life, LEAD_2, "decide_appeal", decision="overturn", **OUTCOMES["bounty_dispute"]["none"])
        assert [(x.remedy.type, x.reverses is not None) for x in found.effects] == [("payout", True)]
        assert {r.side.value: r.because for r in found.rights} == {"claimant": "lost_something", "respondent": "nothing_lost"}

    def test_says_what_follows_by_itself_too(self) -> None:
        """A credit that is taken back, and is told with it; offers that are over; the shares of several."""
        credit = {"amount": {"amount": 1_000, "currency": "USD"}}
        life = a_case("fraud_report").with_terms(procedure=(), root_cause_needed=False).in_review()
        life.says(MEDIATOR, "credit_provisionally", **credit)
        found = foreseen(life, MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"])
        assert found.case.credits[0].state == "reversed"
        assert [n.data["credit"]["state"] for n in found.notices if n.recipient == CLAIMANT] == ["reversed"]
        several = a_case().with_party("pty_finder", "claimant", "principal").in_review()
        several.says(MEDIATOR, "offer", remedy="payout", amount={"amount": 100, "currency": "USD"})
        seen = foreseen(several, MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])
        assert [x.remedy.party for x in seen.effects] == [CLAIMANT, "pty_finder"]
        assert (several.case.proposal is not None, seen.case.proposal) == (True, None)

    @pytest.mark.parametrize(
        ("outcome", "remedies", "short", "part"),
        [
            ("refunded", [("refund", 1_000)], (1_000, 10_000), (1_000, 10_000)),
            ("refunded", [("refund", 10_000)], None, None),
            ("partly_refunded", [("refund", 1_000)], None, (1_000, 10_000)),
            ("replaced", [("replacement", None)], None, None),
            ("denied", [], None, None),
        ],
    )
    def test_a_winner_of_a_trifle_is_said_to_be_one(
        self, outcome: str, remedies: list[tuple[str, int | None]], short: tuple[int, int] | None, part: tuple[int, int] | None
    ) -> None:
        life = a_case("payment_dispute", amount=Money(amount=10_000, currency="USD")).in_review()
        given = [
            {"type": name, **({"amount": {"amount": cents, "currency": "USD"}} if cents else {})} for name, cents in remedies
        ]
        meant = {"outcome": outcome, "ground": "not_received", "remedies": given, "less_because": "not_proven"}
        found = foreseen(life, MEDIATOR, "rule", **meant)
        assert (found.short and tuple(one.amount for one in found.short)) == short
        assert (found.given and tuple(one.amount for one in found.given)) == part, "how much of it, before anything is sent"

    def test_what_is_sent_back_to_review_gives_nobody_a_right(self) -> None:
        life = a_case().appealable("light").says(RESPONDENT, "appeal").says(LEAD_2, "take")
        found = foreseen(life, LEAD_2, "decide_appeal", decision="remit")
        assert (found.rights, found.effects, found.case.phase) == ((), (), Phase.REVIEW)

    @pytest.mark.parametrize(
        ("by", "fields", "code"),
        [
            (MEDIATOR, {"outcome": "rosy", "ground": "scope"}, "outcome_unknown"),
            (MEDIATOR_2, {"outcome": "invalid", "ground": "scope"}, "not_your_case"),
            (LEAD, {"outcome": "invalid", "ground": "scope"}, "not_your_case"),
        ],
    )
    def test_what_would_be_refused_is(self, by: str, fields: dict[str, str], code: str) -> None:
        with pytest.raises(Refusal) as caught:
            foreseen(a_case().in_review(), by, "rule", **fields)
        assert caught.value.code == code
