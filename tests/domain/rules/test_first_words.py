"""Whoever must not decide leaves no half of a decision behind: the first of two words counts from those alone who may decide."""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from domain.base import Phase
from domain.model.case import Case
from domain.model.facts import Fact
from domain.model.policy_exceptions import ExceptionTerms, ExceptionUnknown
from domain.model.refusals import NotYourCase
from domain.rules.decide import decide
from domain.rules.first_words import FIRST_WORDS, authors
from domain.rules.rule import DecisionContext
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, LEAD_3, MEDIATOR, MONDAY, OPS, PLATFORM, RESPONDENT, Life, a_case


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


class TwoWords(NamedTuple):
    """What takes two: where, who says it first, what each says, and the fact that it is done by."""

    life: Callable[[], Life]
    first: str
    says: tuple[str, dict[str, Any]]
    done: str
    second: tuple[str, dict[str, Any]] | None = None


def payment(owner: str = MEDIATOR) -> Life:
    return a_case("payment_dispute", amount=usd(40_000)).in_review(owner=owner)


def fraud(**more: Any) -> Life:
    return a_case("fraud_report", **more).in_review()


def reported_in_secret() -> Life:
    fiu = {"authority": "financial_intelligence_unit", "reasons": "Nine cards."}
    life = a_case("fraud_report").that_protects().in_review(owner=LEAD_3).says(LEAD_3, "report_to_authority", **fiu)
    return life.says(OPS, "assign", owner=MEDIATOR)


HEIR = {"side": "claimant", "ref": "heir"}
SHOP_2 = {"side": "respondent", "ref": "shop2"}
POLICE = {"authority": "police", "reasons": "Nine cards."}
TOLD = {"text": "Your account is looked at.", "reasons": "It is time."}
OUT = {"party": "pty_two", "reasons": "Abroad."}
LATER = (MONDAY + timedelta(days=2)).isoformat()
BEYOND = ExceptionTerms(of="amount", name="beyond_paid", per_month=1, up_to=1_000, currency="USD", lasts=timedelta(days=7))
MORE = {"of": "amount", "name": "beyond_paid", "amount": usd(100), "until": LATER, "reasons": "Goodwill."}


def _child() -> Life:
    return a_case("payment_dispute", amount=usd(40_000)).under_age(CLAIMANT).in_review()


def _asking() -> Life:
    return a_case("compliance_request", category="other").in_intake()


def _of_two(kind: str = "payment_dispute") -> Life:
    return a_case(kind, amount=usd(40_000)).with_party("pty_two", "claimant", "principal").in_review().says("pty_two", "message")


WORDS = {
    "removal": TwoWords(_of_two, MEDIATOR, ("remove_party", OUT), "party_left"),
    "replacement": TwoWords(
        lambda: payment().says(CLAIMANT, "message"),
        MEDIATOR, ("replace_party", {"party": CLAIMANT, "by_party": HEIR, "reasons": "Died."}), "party_left",
    ),
    "credit": TwoWords(
        lambda: fraud(amount=usd(150_000)), MEDIATOR, ("credit_provisionally", {"amount": usd(150_000), "reasons": "Now."}),
        "provisional_credit_given",
    ),
    "amount": TwoWords(lambda: payment(LEAD), LEAD, ("state_amount", {"amount": usd(200)}), "amount_stated"),
    "no_claim": TwoWords(
        lambda: a_case("fraud_report", category="account_takeover").in_intake(), MEDIATOR,
        ("decline", {"reason": "no_claim"}), "case_declined",
    ),
    "danger": TwoWords(
        lambda: a_case("safety_incident", category="assault").in_intake(), MEDIATOR,
        ("decline", {"reason": "no_danger", "reasons": "A joke."}), "case_declined",
    ),
    "no_request": TwoWords(_asking, MEDIATOR, ("decline", {"reason": "no_data_request"}), "case_declined"),
    "report": TwoWords(fraud, MEDIATOR, ("report_to_authority", POLICE), "report_approved", ("approve_report", {})),
    "disclosure": TwoWords(reported_in_secret, MEDIATOR, ("disclose", TOLD), "case_disclosed"),
    "added": TwoWords(payment, MEDIATOR, ("add_party", {"party": SHOP_2}), "party_change_confirmed"),
    "replaced": TwoWords(
        payment, MEDIATOR, ("replace_party", {"party": CLAIMANT, "by_party": HEIR}), "party_change_confirmed"
    ),
    "under_age": TwoWords(
        lambda: payment(LEAD), LEAD, ("retarget", {"minors": [CLAIMANT], "reason": "under_age"}), "party_change_confirmed"
    ),
    "of_age": TwoWords(_child, LEAD, ("retarget", {"adults": [CLAIMANT], "reason": "grown_up"}), "party_change_confirmed"),
    "speaks": TwoWords(
        payment, MEDIATOR,
        ("add_party", {"party": {"side": "claimant", "ref": "friend", "role": "representative"}, "agreed": True}), "party_agreed",
    ),
    "exception": TwoWords(
        lambda: a_case("payment_dispute", amount=usd(40_000)).with_terms(exceptions=(BEYOND,)).in_review(), MEDIATOR,
        ("ask_exception", MORE), "exception_granted", ("grant_exception", {}),
    ),
}  # fmt: skip


@pytest.fixture(params=WORDS)
def two(request: pytest.FixtureRequest) -> TwoWords:
    return WORDS[request.param]


def second(two: TwoWords) -> tuple[str, dict[str, Any]]:
    return two.second or two.says


def done(life: Life, two: TwoWords) -> bool:
    return two.done in {recording.fact.type for recording in life.last.recordings}


class TestWhoeverRecusedThemselves:
    def test_is_no_first_person_and_the_next_one_is(self, two: TwoWords) -> None:
        what, said = two.says
        life = two.life().says(two.first, what, **said)
        life.says(two.first, "recuse", reason="knows_a_party", reasons="My brother.")
        if what == "ask_exception":
            assert life.refused(LEAD_2, "grant_exception").code == "exception_unknown"
            life.says(OPS, "assign", owner=LEAD_2).says(LEAD_2, "ask_exception", **said)
        elif what == "credit_provisionally":
            life.says(OPS, "assign", owner=LEAD_2).says(LEAD_2, what, **said)
        else:
            life.says(LEAD_2, second(two)[0], **second(two)[1])
        assert not done(life, two)
        assert done(life.says(LEAD_3, second(two)[0], **second(two)[1]), two)


def test_whoever_the_case_is_taken_from_has_said_what_they_said(two: TwoWords) -> None:
    """Another owner is no reason to doubt the first one."""
    what, said = two.says
    life = two.life().says(two.first, what, **said)
    if life.case.phase is Phase.REVIEW:
        life.says(OPS, "assign", owner=LEAD_3)
    assert done(life.says(LEAD_2, second(two)[0], **second(two)[1]), two)


def test_whoever_has_come_to_be_in_conflict_or_is_gone_is_no_first_person(two: TwoWords) -> None:
    what, said = two.says
    life = two.life().says(two.first, what, **said)
    assert two.first in authors(life.case)
    command = life.command(LEAD_2, second(two)[0], **second(two)[1])
    context = DecisionContext(actor=life.actor(LEAD_2), cannot_decide=(two.first,), exceptions=(), terms=None)
    facts: tuple[Fact, ...] = ()
    # Of some nothing waits any more: then it is refused.
    with contextlib.suppress(ExceptionUnknown, NotYourCase):
        facts = decide(life.case, command, context, life.now)
    assert two.done not in {fact.type for fact in facts}


def test_the_platform_needs_nobody_beside_it() -> None:
    life = payment().says(MEDIATOR, "add_party", party=SHOP_2).says(MEDIATOR, "recuse")
    assert life.says(PLATFORM, "add_party", party=SHOP_2).case.seated == ()


def test_what_a_report_bars_is_barred_while_it_is_said_again() -> None:
    fiu = {"authority": "financial_intelligence_unit", "reasons": "Mules."}
    life = a_case("fraud_report").that_protects().in_review().says(MEDIATOR, "report_to_authority", **fiu)
    life.says(MEDIATOR, "recuse").says(LEAD, "approve_report")
    assert ([r.made for r in life.case.reports], life.case.reports[0].proposed_by) == ([False], LEAD)
    first, second = life.case.reported_spans
    assert first[1] is not None
    assert second == (first[1] + 1, None)
    assert life.says(LEAD_2, "approve_report").case.reports[0].made


def test_a_step_that_somebody_left_out_who_then_recused_themselves_is_due_again() -> None:
    life = a_case().with_terms(procedure=("logs_read",)).in_review().says(MEDIATOR, "skip_step", step="logs_read")
    assert [one.how for one in life.case.steps] == ["skipped"]
    assert life.says(MEDIATOR, "recuse").case.steps == ()


def test_an_annulment_for_bias_leaves_nothing_of_theirs() -> None:
    life = a_case("payment_dispute", amount=usd(40_000)).appealable()
    decider = life.case.involved[0].person
    life.says(LEAD_3, "annul", reason="bias", reasons="The shop is their brother's.")
    assert decider not in authors(life.case)


class TestAProposal:
    def proposed(self) -> Life:
        return payment().says(MEDIATOR, "offer", remedy="refund", amount=usd(1_000))

    def test_is_over_once_whoever_made_it_says_that_they_cannot_decide(self) -> None:
        life = self.proposed().says(CLAIMANT, "accept_offer").says(MEDIATOR, "recuse", reason="knows_a_party")
        assert life.case.proposal is None
        for party in (CLAIMANT, RESPONDENT):
            assert life.notices_for(party)[-1].event == "offer_lapsed"
        assert life.refused(RESPONDENT, "accept_offer").code == "no_such_offer"

    def test_of_another_one_stays_open(self) -> None:
        assert self.proposed().says(LEAD, "recuse").case.proposal is not None

    def test_and_what_a_side_offers_stays_open(self) -> None:
        life = payment().says(RESPONDENT, "offer", remedy="refund", amount=usd(1_000)).says(MEDIATOR, "recuse")
        assert life.case.offer is not None


_CREDENTIALS = {"credential", "proposed_with", "asked_with"}
_ELSEWHERE = {
    # They hold, or keep people from being warned, and are said again; who has linked two cases is looked at when they are merged.
    "seated", "reports", "links",
}  # fmt: skip


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)


def test_every_word_of_one_that_the_state_holds_with_its_credential_is_looked_at() -> None:
    found = {
        name for name, field in Case.model_fields.items()
        if any(_CREDENTIALS & set(model.model_fields) for model in _models(field.annotation))
    }  # fmt: skip
    assert found - {*FIRST_WORDS} - _ELSEWHERE == set()
