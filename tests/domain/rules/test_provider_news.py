"""What a payment provider says of a dispute: in any order the same, and money that moved there is not paid again here."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.base import Money, Outcome, Phase, Side
from domain.model import facts as f
from domain.model.provider_news import BACK, BESIDE, ENDS, GIVEN, ProviderNews, folded, signal_of
from domain.model.refusals import Refusal
from domain.rules.agreement_terms import AT_ONCE, LOOKED_AT
from domain.rules.given_back import by_provider
from domain.rules.manual_work import waiting
from domain.rules.money import within
from domain.rules.provider_news import OtherDispute, in_parts, made, twice, why_declined, why_not
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MEDIATOR_2, MONDAY, OPS, PLATFORM, RESPONDENT, Life, a_case

PAID = Money(amount=10_000, currency="USD")
DUE = MONDAY + timedelta(days=6)
WHATS = ("updated", "funds_withdrawn", "funds_reinstated", "won", "lost", "withdrawn", "prevented", "refunded", "closed")


def news(what: str, minutes: int = 0, event: str = "evt_1", **more: Any) -> ProviderNews:
    said = {"provider": "stripe", "dispute": "dp_1", "event": event, "at": MONDAY + timedelta(minutes=minutes), "what": what}
    return ProviderNews.model_validate({**said, **more})


def told(life: Life, *said: ProviderNews) -> Life:
    for one in said:
        life.says(PLATFORM, "signal", signal=signal_of(one), news=one.model_dump(mode="json"))
    return life


def disputed(kind: str = "payment_dispute", **more: Any) -> Life:
    attributes = {"stage": "chargeback", "due_by": int(DUE.timestamp())}
    return a_case(kind, amount=PAID, attributes=attributes, **more)


def refund(cents: int) -> dict[str, Any]:
    remedy = {"type": "refund", "amount": {"amount": cents, "currency": "USD"}}
    return {"outcome": "refunded", "ground": "not_received", "remedies": [remedy]}


def unpaid(life: Life) -> list[str]:
    """Refunds that go out by themselves: ordered, and not left to somebody's hands."""
    return [e.id for e in life.case.effects if e.remedy.to is Side.CLAIMANT and e.remedy.amount and e.state == "running"]


everything = st.lists(
    st.builds(
        news,
        st.sampled_from(WHATS),
        st.integers(0, 5),
        st.integers(0, 99).map(lambda n: f"evt_{n}"),
        due_at=st.sampled_from([None, DUE, DUE + timedelta(days=1)]),
        verified=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.event,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(everything, st.data())
def test_a_case_whose_money_moved_pays_nothing_by_itself(said: list[ProviderNews], data: st.DataObject) -> None:
    """Whenever the news come: while it is heard, drafted, told, or after."""
    life = disputed().in_review()
    cut = data.draw(st.integers(0, len(said)))
    told(life, *said[:cut])
    if not life.case.paid_by_provider:
        life.says(MEDIATOR, "rule", **refund(10_000))
    told(life, *said[cut:])
    life.later(timedelta(days=1))
    if life.case.paid_by_provider:
        assert unpaid(life) == []


class TestMoneyThatMoved:
    @pytest.mark.parametrize("what", sorted(GIVEN))
    def test_is_not_given_by_a_ruling_again(self, what: str) -> None:
        life = told(disputed().in_review(), news(what))
        refusal = life.refused(MEDIATOR, "rule", **refund(10_000))
        assert (refusal.code, refusal.fields["payable"]) == ("remedy_not_allowed", 0)

    def test_in_part_leaves_the_rest_to_give(self) -> None:
        part = {"amount": 4_000, "currency": "USD"}
        life = told(disputed().in_review(), news("refunded", amount=part))
        assert life.refused(MEDIATOR, "rule", **refund(6_001)).fields["payable"] == 6_000
        life.says(MEDIATOR, "rule", **refund(6_000)).later(timedelta(days=1))
        assert len(unpaid(life)) == 1

    @pytest.mark.parametrize("back", sorted(BACK))
    def test_and_came_back_can_be_given(self, back: str) -> None:
        life = told(disputed().in_review(), news(back, 2), news("funds_withdrawn", 1))
        assert life.says(MEDIATOR, "rule", **refund(10_000)).case.phase is Phase.RULED

    @pytest.mark.parametrize("back", sorted(BACK))
    def test_by_a_refund_of_the_payment_stays_whatever_the_dispute_does(self, back: str) -> None:
        for order in ((0, 9), (9, 0)):
            life = told(disputed().in_review(), news("payment_refunded", order[0]), news(back, order[1], "evt_2"))
            assert life.refused(MEDIATOR, "rule", **refund(10_000)).code == "remedy_not_allowed"
            assert life.case.provider_disputes[0].over == (back in ENDS)

    def test_between_the_draft_and_its_telling_waits_for_hands(self) -> None:
        life = disputed().in_review().says(MEDIATOR, "rule", **refund(10_000))
        told(life, news("lost")).later(timedelta(days=1))
        assert life.case.manual_work
        assert unpaid(life) == []

    def test_after_it_was_ordered_stops_what_is_under_way(self) -> None:
        life = disputed().in_review().says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        told(life, news("lost"))
        assert unpaid(life) == []
        assert life.case.manual_work == (effect,)
        # It was on its way already: how it ended is said all the same, and nobody has to lift a hand.
        life.says("system", "report_effect", effect_id=effect, result="done")
        assert not life.case.manual_work

    def test_no_agreement_of_the_sides_gives_it(self) -> None:
        life = disputed().in_settlement().says(RESPONDENT, "offer", remedy="refund", amount=PAID.model_dump())
        offer = life.case.offer
        assert offer is not None
        assert told(life, news("funds_withdrawn")).refused(CLAIMANT, "accept_offer", offer_id=offer.id).code == "amount_too_high"

    def test_of_one_of_two_disputes_is_not_undone_by_the_other(self) -> None:
        life = told(disputed().in_review(), news("lost"), news("won", 9, "evt_2", dispute="dp_2"))
        assert life.case.paid_by_provider


class TestUnverified:
    def test_nothing_is_paid_by_itself_until_the_provider_was_asked(self) -> None:
        life = told(disputed().in_review(), news("updated", verified=False))
        life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        assert unpaid(life) == []
        reported = [x.note for x in life.facts if isinstance(x, f.EffectReported)]
        assert reported == ["dispute_unverified"]

    def test_once_it_was_asked_it_is(self) -> None:
        life = told(disputed().in_review(), news("updated", 1, verified=False), news("updated", 0, "evt_2"))
        life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        assert len(unpaid(life)) == 1


class TestEvidenceForTheNetwork:
    @pytest.mark.parametrize("what", sorted(ENDS))
    def test_a_draft_is_not_sent_to_a_dispute_that_is_over(self, what: str) -> None:
        life = told(disputed().in_settlement().says(LEAD, "draft_chargeback_evidence"), news(what)).later(timedelta(days=30))
        assert not any(isinstance(x, f.ChargebackSent | f.ChargebackMissed) for x in life.facts)
        assert life.refused(LEAD, "submit_chargeback_evidence").code == "chargeback_over"

    def test_a_later_day_of_the_network_moves_the_sending(self) -> None:
        life = disputed().in_settlement().says(LEAD, "draft_chargeback_evidence")
        later = DUE + timedelta(days=3)
        told(life, news("updated", due_at=later, stage="chargeback"))
        assert life.due("chargeback").due_at == later - timedelta(hours=12)

    def test_an_inquiry_that_becomes_a_chargeback_gets_its_day(self) -> None:
        life = a_case("payment_dispute", amount=PAID, attributes={"stage": "inquiry"}).in_settlement()
        assert life.seen_by(MEDIATOR).chargeback is None
        told(life, news("updated", due_at=DUE, stage="chargeback"))
        assert life.case.chargeback is not None
        assert life.case.chargeback.due_at == DUE

    def test_a_dispute_that_is_taken_up_again_takes_evidence_again(self) -> None:
        ended, again = news("inquiry_closed", 1, status="warning_closed"), news("updated", 2, "evt_2", status="needs_response")
        for said in ((ended, again), (again, ended)):
            life = told(disputed().in_settlement().says(LEAD, "draft_chargeback_evidence"), *said)
            assert life.case.chargeback is not None
            assert life.case.chargeback.closed_at is None
            (dispute,) = life.seen_by(MEDIATOR).provider_disputes or ()
            assert dispute.end is None


class TestWhoIsTold:
    @pytest.mark.parametrize("kind", ["bounty_dispute", "fraud_report", "payment_dispute"])
    def test_the_owner_is_woken(self, kind: str) -> None:
        life = a_case(kind).in_review()
        told(life, news("lost"))
        assert {(n.event, n.recipient) for _, n in life.last.notices} == {("signal_received", MEDIATOR)}

    def test_with_what_it_means(self) -> None:
        life = told(disputed().in_review(), news("lost"))
        (notice,) = life.notices_for(MEDIATOR)[-1:]
        said = {name: notice.data[name] for name in ("signal", "provider", "money_went", "dispute_over")}
        assert said == {"signal": "dispute_lost", "provider": "stripe", "money_went": True, "dispute_over": True}

    def test_operations_of_news_to_a_closed_case(self) -> None:
        life = told(a_case("payment_dispute").closed(), news("lost"))
        assert "role:ops" in {n.recipient for _, n in life.last.notices}


class TestAReportOfWhatIsOver:
    @pytest.mark.parametrize("what", sorted(ENDS))
    def test_is_declined(self, what: str) -> None:
        assert why_declined(news(what)) == "decided_elsewhere"

    @pytest.mark.parametrize("what", ["opened", "updated", "funds_withdrawn", "funds_reinstated"])
    def test_what_goes_on_is_not(self, what: str) -> None:
        assert why_declined(news(what)) is None

    def test_whatever_its_kind(self) -> None:
        life = a_case("payment_dispute", amount=PAID)
        opening = life.opening().model_copy(update={"provider": news("prevented")})
        life.judge(opening, "system")
        assert (life.case.outcome, life.case.close_reason) == (Outcome.DECLINED, "decided_elsewhere")
        assert life.case.provider_disputes[0].paid


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def of_charge(
    cents: int | None, minutes: int = 1, *, whole: int | None = 10_000, what: str = "payment_refunded", event: str = "c"
) -> ProviderNews:
    paid = usd(whole) if whole is not None else None
    amount = usd(cents) if cents is not None else None
    told = {"dispute": "ch_1", "payment": "ch_1", "stage": "payment", "amount": amount, "paid": paid}
    return news(what, minutes, f"evt_{event}{minutes}", **told)


def snapshot(cents: int, minutes: int = 2) -> ProviderNews:
    return news("payment_refunded", minutes, "evt_snapshot", payment="ch_1", amount=usd(cents))


def of_refund(
    cents: int,
    minutes: int = 1,
    what: str = "payment_refunded",
    name: str = "re_1",
    *,
    event: str = "",
    verified: bool = True,
    effect: str | None = None,
) -> ProviderNews:
    more = {"dispute": name, "payment": "ch_1", "stage": "refund", "amount": usd(cents), "verified": verified, "effect": effect}
    return news(what, minutes, f"evt_{event}{name}_{minutes}", **more)


class TestARefundOfTheCaseThatFailed:
    """What a case had paid by a refund is owed again when that refund fails: it waits for hands, and the desk is told so."""

    @staticmethod
    def _paid(*said: ProviderNews) -> tuple[Life, str]:
        life = told(disputed().in_review(), news("opened", payment="ch_1"), *said)
        life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        return life, effect

    def test_waits_for_hands_whether_it_failed_before_or_after_it_was_reported_as_made(self) -> None:
        for first in (True, False):
            life, effect = self._paid()
            said = [of_refund(10_000, 9, what="updated", effect=effect), of_refund(10_000, 12, "refund_failed", effect=effect)]
            if first:
                told(life, *said)
            life.says("system", "report_effect", effect_id=effect, result="done")
            if not first:
                told(life, *said)
            assert life.case.manual_work == (effect,)
            assert life.case.effects[0].state == "needs_hands"
            assert life.refused(MEDIATOR, "report_manual_work", effect_id=effect, result="done").code == "reference_missing"

    def test_is_no_failure_where_another_refund_carried_it_out(self) -> None:
        life, effect = self._paid()
        told(
            life,
            of_refund(10_000, 9, "refund_failed", "re_1", effect=effect),
            of_refund(10_000, 10, "updated", "re_2", effect=effect),
        ).says("system", "report_effect", effect_id=effect, result="done")
        assert life.case.manual_work == ()

    def test_of_which_a_part_went_is_owed_and_the_desk_knows_how_much_went(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(6_000, 9, "updated", "re_1", effect=effect), of_refund(4_000, 9, "updated", "re_2", effect=effect))
        told(life, of_refund(4_000, 12, "refund_failed", "re_2", effect=effect))
        assert life.case.manual_work == (effect,)
        said = [draft.data for _, draft in life.last.notices if draft.event.startswith("effect_reported")]
        assert {one["went"]["amount"] for one in said if "went" in one} == {6_000}

    def test_and_that_somebody_made_again_with_its_mark_is_nobodys_to_make_any_more(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 9, "refund_failed", "re_1", effect=effect))
        assert life.case.manual_work == (effect,)
        told(life, of_refund(6_000, 10, "updated", "re_2", effect=effect))
        assert life.case.manual_work == (effect,), "of a part the rest is owed"
        made_so_far = made(life.case, life.case.effects[0])
        assert made_so_far is not None
        assert made_so_far.amount == 6_000
        told(life, of_refund(4_000, 10, "updated", "re_3", effect=effect, verified=False))
        assert life.case.manual_work == (effect,), "on nobody's proven word nothing is done"
        told(life, of_refund(4_000, 11, "updated", "re_4", effect=effect))
        assert [one.state for one in life.case.effects] == ["done"]
        told(life, of_refund(4_000, 12, "refund_failed", "re_4", effect=effect))
        assert life.case.manual_work == (effect,), "and owed again when that one fails, too"

    def test_is_not_made_by_hand_once_the_provider_has_given_the_money_back_and_the_owner_reads_so(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 9, "refund_failed", "re_1", effect=effect))
        assert why_not(life.case, life.case.effects[0]) is None
        told(life, news("lost", 10))
        assert why_not(life.case, life.case.effects[0]) == "paid_by_provider"
        said = [draft for _, draft in life.last.notices if draft.event == "effect_reported:needs_hands"]
        assert {draft.data["stopped_by"] for draft in said} == {"paid_by_provider"}
        told(life, news("lost", 11, event="evt_again"))
        assert not [1 for _, draft in life.last.notices if draft.event.startswith("effect_reported")], "once"
        told(life, news("won", 12))
        assert why_not(life.case, life.case.effects[0]) is None, "owed again"

    def test_of_another_case_is_one_made_outside_of_this_one(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 9, "updated", "re_1", effect=effect))
        assert (by_provider(life.case), twice(life.case)) == ((), False), "its own"
        told(life, of_refund(10_000, 9, "updated", "re_2", effect="eff_of-the-shops-own-case"))
        assert ([one.amount for one in by_provider(life.case)], twice(life.case)) == ([10_000], True)

    def test_stops_a_payment_that_is_under_way_where_it_was_another_ones(self) -> None:
        life, effect = self._paid()
        told(life, of_refund(10_000, 9, "updated", "re_2", effect="eff_of-the-shops-own-case"))
        assert life.case.manual_work == (effect,), "nobody pays it again by itself"

    @pytest.mark.parametrize("by_hand", [False, True])
    def test_that_gave_more_than_it_is_about_is_said(self, by_hand: bool) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="needs_hands" if by_hand else "done")
        if by_hand:
            life.says(LEAD, "report_manual_work", effect_id=effect, result="done", reference="SEPA-1")
        told(life, of_refund(10_000, 9, "updated", "re_1", effect=effect))
        assert twice(life.case) is by_hand
        told(life, of_refund(5_000, 10, "updated", "re_2", effect=effect))
        assert twice(life.case)
        said = [draft.data for _, draft in life.last.notices if draft.event.startswith("signal_received")]
        assert said
        assert all(one["money_twice"] for one in said)

    def test_that_was_made_twice_is_no_more_than_it_is_about(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, *(of_refund(10_000, 9, "updated", name, effect=effect) for name in ("re_1", "re_2")), of_charge(20_000, 10))
        assert sum(one.amount for one in by_provider(life.case)) == 10_000

    @pytest.mark.parametrize(
        "snapshot",
        [
            # Stripe's dispute with its charge expanded, and one that ended because the charge was refunded.
            news("payment_refunded", 20, "evt_2", payment="ch_1", amount=usd(10_000)),
            news("refunded", 20, "evt_2", payment="ch_1", amount=usd(10_000)),
            # PayPal never gives back more than was paid: an end in the buyer's favour means the refund that there was.
            news("lost", 20, "evt_2", provider="paypal", payment="ch_1", amount=usd(10_000), paid=usd(10_000)),
        ],
    )
    def test_that_a_word_of_the_dispute_shows_is_given_once(self, snapshot: ProviderNews) -> None:
        by = {"provider": snapshot.provider}
        life = told(disputed().in_review(), news("opened", payment="ch_1", provider=snapshot.provider)).says(
            MEDIATOR, "rule", **refund(10_000)
        )
        (effect,) = unpaid(life.later(timedelta(days=1)))
        life.says("system", "report_effect", effect_id=effect, result="done")
        own = of_refund(10_000, 9, "updated", effect=effect).model_copy(update=by)
        told(life, own, snapshot)
        assert (by_provider(life.case), twice(life.case)) == ((), False)
        told(life, own.model_copy(update={"what": "refund_failed", "at": MONDAY + timedelta(minutes=30), "event": "evt_f"}))
        assert life.case.manual_work == (effect,), "and is owed when it fails after all"

    def test_that_a_word_of_the_dispute_shows_beside_anothers_is_twice(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 9, "updated", effect=effect), news("lost", 20, "evt_2", payment="ch_1", amount=usd(10_000)))
        assert twice(life.case), "a card network charges back what was refunded"

    def test_of_a_part_is_the_part_that_paypal_speaks_of(self) -> None:
        of_paypal = {"provider": "paypal"}
        life = told(disputed().in_review(), news("opened", payment="ch_1", provider="paypal"))
        life.says(MEDIATOR, "rule", **refund(4_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        in_part = news("payment_refunded", 20, "evt_2", payment="ch_1", provider="paypal")
        told(life, in_part)
        assert [one.amount for one in by_provider(life.case)] == [10_000], "nobody knows of which part"
        told(life, of_refund(4_000, 9, "updated", effect=effect).model_copy(update=of_paypal))
        assert (by_provider(life.case), twice(life.case)) == ((), False)
        told(life, of_refund(1_000, 10, name="re_2").model_copy(update=of_paypal))
        assert [one.amount for one in by_provider(life.case)] == [1_000], "and one made outside counts as itself"

    def test_that_has_carried_out_a_part_of_what_counts_as_made_is_said(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        said = []
        for n, cents in enumerate((3_000, 7_000)):
            told(life, of_refund(cents, 9 + n, "updated", f"re_{n}", effect=effect))
            said.append({x.data.get("refunded_so_far", {}).get("amount") for _, x in life.last.notices if "signal" in x.event})
        assert said == [{3_000}, {None}]

    def test_and_says_no_more_of_what_it_was_is_a_refund_of_the_same(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 9, "updated", effect=effect))
        told(life, of_refund(10_000, 12, "refund_failed", effect=effect).model_copy(update={"payment": None}))
        assert life.case.manual_work == (effect,)
        assert {one.newest.payment for one in life.case.provider_disputes} == {"ch_1"}

    def test_on_nobodys_proven_word_is_not_owed_again(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 12, "refund_failed", effect=effect, verified=False))
        assert life.case.manual_work == ()

    def test_that_nobody_marked_is_said_by_hand(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_refund(10_000, 12, "refund_failed"))
        assert not life.case.manual_work
        life.says(LEAD, "report_manual_work", effect_id=effect, result="not_done", text="The refund failed.")
        assert life.case.manual_work == (effect,)

    def test_is_told_to_leads_and_operations_and_the_owner(self) -> None:
        life, effect = self._paid()
        life.says("system", "report_effect", effect_id=effect, result="done")
        before = len(life.notices)
        told(life, of_refund(10_000, 12, "refund_failed", effect=effect))
        heard = {draft.recipient for _, draft in life.notices[before:] if draft.event.startswith("effect_reported")}
        assert {"role:leads", "role:ops"} <= heard


class TestAPaymentThatIsUndone:
    """A ruling gave money and another one takes it back, while the payment waits for hands: nobody is asked to take back what
    never went, and what may have gone is looked at first."""

    @staticmethod
    def overturned(life: Life) -> Life:
        life.says(RESPONDENT, "appeal").says(LEAD, "take")
        overturn = {"decision": "overturn", "outcome": "denied", "ground": "not_received"}
        return life.says(LEAD, "decide_appeal", **overturn).later(timedelta(days=1))

    @staticmethod
    def ruled(*said: ProviderNews, verified: bool = True) -> Life:
        life = told(disputed().in_review(), news("opened", payment="ch_1", verified=verified))
        return told(life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1)), *said)

    def test_and_was_asked_of_nobody_is_nobodys_to_take_back(self) -> None:
        life = self.overturned(self.ruled(verified=False))
        assert [(one.state, one.reverses is None) for one in life.case.effects] == [("reversed", True), ("reversed", False)]
        assert life.case.manual_work == ()

    def test_and_whose_refund_failed_is_nobodys_to_take_back(self) -> None:
        life = self.ruled()
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        self.overturned(told(life, of_refund(10_000, 12, "refund_failed", effect=effect)))
        assert [one.state for one in life.case.effects] == ["reversed", "reversed"]
        assert life.case.manual_work == ()

    @pytest.mark.parametrize("went", [True, False])
    def test_and_was_stopped_on_its_way_is_looked_at_before_it_is_taken_back(self, went: bool) -> None:
        life = self.overturned(self.ruled(news("lost", 9_000, "evt_2", payment="ch_1")))
        first, second = life.case.effects
        assert life.case.manual_work == (first.id, second.id), "no machine takes back what may never have gone"
        assert [why_not(life.case, one) for one in (first, second)] == ["undone_since", "payment_unsaid"]
        if went:
            life.says("system", "report_effect", effect_id=first.id, result="done")
            assert [one.state for one in life.case.effects] == ["done", "needs_hands"]
        else:
            life.says(LEAD, "report_manual_work", effect_id=first.id, result="impossible", text="It did not go.")
            assert [one.state for one in life.case.effects] == ["impossible", "reversed"]
            assert not life.case.manual_work

    def test_and_fails_once_it_was_taken_back_says_so(self) -> None:
        life = self.ruled()
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        self.overturned(life).says("system", "report_effect", effect_id=life.case.effects[-1].id, result="done")
        told(life, of_refund(10_000, 9_000, "refund_failed", effect=effect))
        (waits,) = [one for one in life.case.effects if one.state == "needs_hands"]
        assert (waits.id, why_not(life.case, waits)) == (effect, "taken_back")
        said = [draft.data for _, draft in life.last.notices if draft.event.startswith("effect_reported")]
        assert said
        assert all(one["undone_since"] for one in said)


class TestRefundsOutside:
    @pytest.mark.parametrize(
        ("said", "payable"),
        [
            ([of_charge(4_000)], 6_000),
            ([of_refund(4_000)], 6_000),
            # The same refund, told in both ways, in any order and twice.
            ([of_refund(4_000), of_charge(4_000), of_charge(4_000, 2)], 6_000),
            ([of_refund(4_000), of_refund(1_000, name="re_2"), of_charge(5_000, 2)], 5_000),
            # What was given back of the part that nobody disputes answers no dispute.
            ([of_charge(4_000, whole=14_000)], 10_000),
            ([of_charge(6_000, whole=14_000)], 8_000),
            ([of_charge(4_000, whole=None)], 6_000),
            # A refund that failed moved nothing, whatever was said before.
            ([of_refund(4_000), of_charge(4_000), of_refund(4_000, 3, "refund_failed")], 10_000),
            ([of_refund(4_000, 3, "refund_failed"), of_refund(4_000)], 10_000),
            ([of_charge(4_000), of_charge(0, 2, what="refund_failed")], 10_000),
            # One that the case itself has ordered is known by the mark that the platform gave it.
            ([of_refund(4_000, what="updated"), of_charge(4_000)], 10_000),
            ([of_charge(10_000), news("won", 9, payment="ch_1")], 0),
            # A dispute's own snapshot told of a refund (its charge came expanded): newer words of the payment count before it.
            ([snapshot(10_000)], 0),
            ([snapshot(10_000), of_refund(10_000, 3, "refund_failed")], 10_000),
            ([snapshot(7_000), of_refund(4_000), of_refund(3_000, 3, "refund_failed", "re_2")], 6_000),
            ([snapshot(10_000), of_charge(0, 4, what="refund_failed")], 10_000),
            ([snapshot(10_000), of_charge(4_000, 4)], 6_000),
            ([of_charge(4_000), snapshot(7_000)], 3_000),
        ],
    )
    def test_lower_what_is_paid(self, said: list[ProviderNews], payable: int) -> None:
        for order in (said, said[::-1]):
            life = told(disputed().in_review(), news("opened", payment="ch_1"), *order)
            over = life.refused(MEDIATOR, "rule", **refund(payable + 1))
            assert over.fields.get("payable", payable) == payable

    @pytest.mark.parametrize(
        ("said", "payable"),
        [
            # A refund fails in the second in which it was made: nothing follows a failure.
            ([of_refund(10_000), of_refund(10_000, what="refund_failed")], 10_000),
            ([of_refund(10_000), of_charge(10_000), of_refund(10_000, what="refund_failed")], 10_000),
            ([of_refund(4_000, what="updated"), of_refund(4_000, what="refund_failed"), of_charge(4_000)], 10_000),
            # Another one that was made stays with the buyer, whether the payment was told before the failure or after it.
            ([of_refund(4_000), of_refund(3_000, 1, "refund_failed", "re_2"), of_charge(7_000)], 6_000),
            ([of_refund(4_000), of_refund(3_000, 1, "refund_failed", "re_2"), of_charge(4_000)], 6_000),
            # Two refunds in one second: of what is told of the payment the larger sum holds.
            ([of_charge(4_000, event="z"), of_charge(9_000, event="a")], 1_000),
            ([of_charge(4_000, event="z"), of_charge(None, event="a")], 0),
            # A payment of which nothing was refunded may have been told so just before it was.
            ([of_charge(10_000, event="a"), of_charge(0, what="refund_failed", event="z")], 0),
        ],
    )
    @pytest.mark.parametrize("first", ["a", "z"])
    def test_that_are_told_of_one_second_are_what_they_came_to(self, said: list[ProviderNews], payable: int, first: str) -> None:
        """Whatever order they come in, and whichever id their messages have."""
        told_last = "z" if first == "a" else "a"
        said = [one.model_copy(update={"event": (first if n == 0 else told_last) + one.event}) if one.stage == "refund" else one
                for n, one in enumerate(said)]  # fmt: skip
        for order in permutations(said):
            life = told(disputed().in_review(), news("opened", payment="ch_1"), *order)
            assert sum(x.amount for x in by_provider(life.case)) == 10_000 - payable

    def test_of_one_second_are_set_free_by_no_unproven_word(self) -> None:
        for order in permutations([of_refund(10_000), of_refund(10_000, what="refund_failed", event="z", verified=False)]):
            life = told(disputed().in_review(), news("opened", payment="ch_1"), *order)
            assert life.case.paid_by_provider

    def test_in_other_money_is_counted_once(self) -> None:
        eur = Money(amount=5_000, currency="EUR")
        said = [one.model_copy(update={"amount": eur}) for one in (of_refund(5_000), of_charge(5_000, 2))]
        for order in permutations(said):
            life = told(disputed().in_review(), news("opened", payment="ch_1"), *order)
            assert [(one.amount, one.currency) for one in by_provider(life.case)] == [(5_000, "EUR")]

    def test_stop_what_is_under_way(self) -> None:
        life = disputed().in_review().says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        assert unpaid(life)
        told(life, of_charge(1_000))
        assert unpaid(life) == []

    def test_do_not_open_evidence_again(self) -> None:
        life = told(disputed().in_settlement().says(LEAD, "draft_chargeback_evidence"), news("lost"), of_charge(100, 9))
        assert life.refused(LEAD, "submit_chargeback_evidence").code == "chargeback_over"

    def test_what_the_case_itself_paid_is_counted_once(self) -> None:
        life = disputed().in_review().says(MEDIATOR, "rule", **refund(4_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, of_charge(4_000, 10_000))
        assert sum(x.amount for x in by_provider(life.case)) == 0
        told(life, of_charge(7_000, 11_000))
        assert sum(x.amount for x in by_provider(life.case)) == 3_000


def test_refunds_of_several_payments_of_one_dispute_are_counted_as_of_one() -> None:
    """What the case itself has paid is among them once, whichever of the payments it was paid back of."""
    of_second = of_refund(4_000, 10_000, name="re_2").model_copy(update={"payment": "ch_2"})
    for order in permutations([of_refund(4_000, 10_000), of_second]):
        life = told(disputed().in_review(), news("opened", payment="ch_1", also_about=("ch_2",)))
        life.says(MEDIATOR, "rule", **refund(4_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, *order)
        assert sum(x.amount for x in by_provider(life.case)) == 4_000
        shown = life.seen_by(MEDIATOR).provider_disputes or ()
        assert {one.payment for one in shown if one.dispute.startswith("re_")} == {"ch_1", "ch_2"}


def beside(cents: int | None, whole: int | None, minutes: int = 1) -> ProviderNews:
    more: dict[str, Any] = {"amount": usd(cents) if cents else None, "paid": usd(whole) if whole else None}
    return news("updated", minutes, dispute="beside dp_2", stage=BESIDE, payment="ch_1", **more)


class TestADisputeOfTheSamePaymentElsewhere:
    @pytest.mark.parametrize(
        ("said", "pays"),
        [
            ([beside(9_900, None)], False),
            ([beside(9_900, 10_000)], False),
            ([beside(None, 90_000)], False),
            ([beside(9_900, 19_899)], False),
            ([beside(9_900, None), beside(9_900, 19_900)], True),
        ],
    )
    def test_is_paid_only_where_the_payment_is_known_to_be_large_enough(self, said: list[ProviderNews], pays: bool) -> None:
        for order in (said, said[::-1]):
            before = told(disputed().in_review(), *order).says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
            after = told(disputed().in_review().says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1)), *order)
            assert len(unpaid(before)) == pays
            notes = [x.note for x in before.facts if isinstance(x, f.EffectReported)]
            assert notes == ([] if pays else ["disputed_again"])
            if len(said) == 1:
                assert unpaid(after) == []


class TestMoneyInDoubt:
    def test_waits_for_hands_while_it_is(self) -> None:
        life = disputed().in_review().says(MEDIATOR, "rule", **refund(4_000)).later(timedelta(days=1))
        assert unpaid(told(life, news("updated", 1, doubt="reversed"))) == []
        assert [x.note for x in life.facts if isinstance(x, f.EffectReported)] == ["payment_in_doubt"]

    def test_is_paid_when_it_is_not_any_more(self) -> None:
        life = told(disputed().in_review(), news("updated", 1, doubt="pending"), news("updated", 2))
        assert len(unpaid(life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1)))) == 1


@pytest.mark.parametrize("cents", [4_000, 15_000])
def test_an_amount_that_is_another_by_now_is_shown(cents: int) -> None:
    said = [news("opened", amount=PAID), news("updated", 1, "evt_2", amount=usd(cents))]
    for order in permutations(said):
        (dispute,) = told(disputed(source="stripe").in_review(), *order).seen_by(MEDIATOR).provider_disputes or ()
        assert (dispute.disputed, dispute.amount) == (Money(amount=cents, currency="USD"), None)


class TestAnAmountThatIsLess:
    def test_is_not_paid_beyond_by_itself(self) -> None:
        life = disputed(source="stripe").in_review()
        told(life, news("updated", 1, amount=usd(4_000))).says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        assert unpaid(life) == []
        assert [x.note for x in life.facts if isinstance(x, f.EffectReported)] == ["disputed_less"]

    def test_is_paid(self) -> None:
        life = told(disputed(source="stripe").in_review(), news("updated", 1, amount=usd(4_000)))
        assert len(unpaid(life.says(MEDIATOR, "rule", **refund(4_000)).later(timedelta(days=1)))) == 1


@pytest.mark.parametrize(
    ("others", "paid", "parts"),
    [
        ([(5_000, ())], None, True),
        ([(7_000, ())], None, False),
        ([(7_000, ())], 14_000, True),
        ([(5_000, ())], 10_000, False),
        ([(5_000, ("lost",))], None, True),
        ([(5_000, ("won",))], None, False),
        ([(None, ())], None, False),
        ([], None, False),
        ([(5_000, ("won",)), (3_000, ("updated",))], None, True),
    ],
)
def test_parts_of_a_payment_are_matters_of_their_own(
    others: list[tuple[int | None, tuple[str, ...]]], paid: int | None, parts: bool
) -> None:
    known = [
        OtherDispute(
            Money(amount=cents, currency="USD") if cents else None,
            tuple(folded(None, news(what, dispute="dp_0")) for what in whats),
        )
        for cents, whats in others
    ]
    new = news("opened", amount=usd(7_000), paid=usd(paid) if paid else None)
    assert in_parts(new.amount, new, known) is parts


HOLDS = [[beside(9_900, None)], [news("opened", verified=False)], [news("updated", doubt="pending")], []]


class TestWhatIsToldOfMoneyThatWaits:
    @pytest.mark.parametrize("said", HOLDS)
    @pytest.mark.parametrize("by", ["concede", "offer", "proposal"])
    def test_promises_nothing_at_once(self, said: list[ProviderNews], by: str) -> None:
        life = told(disputed().in_review() if by == "proposal" else disputed().in_settlement(), *said)
        money = {"remedy": "refund", "amount": {"amount": 9_000, "currency": "USD"}}
        if by == "concede":
            life.says(RESPONDENT, "concede")
        else:
            life.says(MEDIATOR if by == "proposal" else RESPONDENT, "offer", **money)
            offer_id = (life.case.proposals or life.case.offers)[-1].id
            for side in (CLAIMANT, RESPONDENT) if by == "proposal" else (CLAIMANT,):
                life.says(side, "accept_offer", offer_id=offer_id)
        assert life.case.settlement is not None
        waits = unpaid(life) == []
        assert waits == bool(said)
        assert (LOOKED_AT in life.case.settlement.terms, AT_ONCE in life.case.settlement.terms) == (waits, not waits)

    @pytest.mark.parametrize("said", HOLDS)
    def test_a_ruling_s_letter_says_so(self, said: list[ProviderNews]) -> None:
        life = told(disputed().in_review(), *said).says(MEDIATOR, "rule", **refund(9_000)).later(timedelta(days=1))
        letters = [n for n in life.notices_for(CLAIMANT) if n.event == "ruling_issued"]
        assert letters
        assert [n.data.get("looked_at_first", False) for n in letters] == [unpaid(life) == []] * len(letters)

    @pytest.mark.parametrize(("then", "both"), [("lost", True), ("refunded", True), ("won", False), ("updated", False)])
    def test_that_was_paid_here_before_says_that_somebody_has_both(self, then: str, both: bool) -> None:
        life = told(disputed().in_review(), news("opened")).says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        life.says("system", "report_effect", effect_id=effect, result="done")
        told(life, news(then, 9_000, "evt_9"))
        (notice,) = [n for _, n in life.last.notices if n.event.startswith("signal_received")][:1]
        (dispute,) = life.seen_by(MEDIATOR).provider_disputes or ()
        assert (notice.data["money_twice"], dispute.twice) == (both, both)


class TestAPaymentOnItsWay:
    """A refund is under way when the provider gives the money back: it is stopped, and if it went all the same that is told."""

    @staticmethod
    def running(what: str = "lost") -> tuple[Life, str]:
        life = told(disputed().in_review(), news("opened")).says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
        (effect,) = unpaid(life)
        told(life, news(what, 1, "evt_9"))
        return life, effect

    @pytest.mark.parametrize("what", ["lost", "refunded", "funds_withdrawn", "payment_refunded"])
    def test_is_stopped_and_its_letter_asks_nobody_to_pay(self, what: str) -> None:
        life, _ = self.running(what)
        assert unpaid(life) == []
        letters = [n for _, n in life.last.notices if n.event == "effect_reported:needs_hands"]
        assert [n.data["stopped_by"] for n in letters] == ["paid_by_provider"]

    @pytest.mark.parametrize("result", ["done", "impossible", "needs_hands"])
    def test_that_went_out_all_the_same_is_told_to_whoever_settles_it(self, result: str) -> None:
        life, effect = self.running()
        if result == "impossible":
            life.says(MEDIATOR, "report_manual_work", effect_id=effect, result=result, text="It was stopped.")
        else:
            life.says("system", "report_effect", effect_id=effect, result=result)
        twice = [n for _, n in life.last.notices if n.event == "effect_reported:twice"]
        assert bool(twice) == (result == "done")
        assert all(n.data["money_twice"] and n.audience == "staff" for n in twice)
        (dispute,) = life.seen_by(MEDIATOR).provider_disputes or ()
        assert dispute.twice == (result == "done")

    def test_that_is_made_by_hand_after_it_is_told_as_double(self) -> None:
        life, effect = self.running()
        life.says(MEDIATOR, "report_manual_work", effect_id=effect, result="done", reference="re_1")
        told_to = [(n.recipient, n.data["money_twice"]) for _, n in life.last.notices if n.event == "manual_work_reported:twice"]
        assert told_to == [("role:leads", True)], life.last.notices

    @pytest.mark.parametrize(("result", "means"), [(None, "owed_again"), ("done", "paid_once"), ("impossible", None)])
    def test_of_which_the_provider_takes_back_its_word_is_told_as_owed_or_paid_once(self, result: str | None, means: str) -> None:
        life, effect = self.running()
        if result == "done":
            life.says("system", "report_effect", effect_id=effect, result=result)
        elif result is not None:
            life.says(MEDIATOR, "report_manual_work", effect_id=effect, result=result, text="Nobody can.")
        told(life, news("won", 9_000, "evt_10"))
        found = [n for _, n in life.last.notices if n.event == "signal_received:money_back"]
        assert {n.recipient for n in found} == ({MEDIATOR, "role:leads"} if means else set())
        assert all([name for name in ("owed_again", "paid_once") if n.data.get(name)] == [means] for n in found)

    def test_whose_dispute_was_won_is_no_double(self) -> None:
        life, effect = self.running("updated")
        life.says("system", "report_effect", effect_id=effect, result="done")
        assert [n for _, n in life.last.notices if n.event == "effect_reported:twice"] == []


def _next(life: Life, word: tuple[str, int]) -> tuple[Any, str, dict[str, Any]]:
    """What is said next, by whom: of the last payment, where it is about one."""
    what, n = word
    paid = [e for e in life.case.effects if e.reverses is None and e.remedy.amount is not None]
    last = paid[-1].id if paid else "eff_none"
    some = life.case.effects[n % len(life.case.effects)].id if life.case.effects else "eff_none"
    minutes = int((life.now - MONDAY).total_seconds() // 60)
    told = {
        "lost": news("lost", minutes, f"evt_{n}", payment="ch_1", amount=usd(10_000)),
        "won": news("won", minutes, f"evt_{n}", payment="ch_1"),
        "doubt": news("updated", minutes, f"evt_{n}", payment="ch_1", doubt="reversed" if n % 2 else None),
        "outside": of_refund(1_000 * (n + 1), minutes, name=f"re_{n % 3}"),
        "marked": of_refund(5_000 + 1_000 * n, minutes, "updated", f"re_own_{n % 2}", effect=last),
        "failed": of_refund(10_000, minutes, "refund_failed", f"re_own_{n % 2}", effect=last),
        "snapshot": news("payment_refunded", minutes, f"evt_{n}", payment="ch_1", amount=usd(10_000)),
    }
    if what in told:
        return PLATFORM, "signal", {"signal": signal_of(told[what]), "news": told[what].model_dump(mode="json")}
    return {
        "rule": (MEDIATOR, "rule", refund(1_000 * (n + 1))),
        "appeal": (RESPONDENT, "appeal", {}),
        "take": (LEAD, "take", {}),
        "take_2": (MEDIATOR_2, "take", {}),
        "rule_2": (MEDIATOR_2, "rule", refund(1_000 * (n + 1))),
        "overturn": (LEAD, "decide_appeal", {"decision": "overturn", "outcome": "denied", "ground": "not_received"}),
        "annul": (OPS, "annul", {"reason": "procedural_fault"}),
        "withdraw": (CLAIMANT, "withdraw", {}),
        "concede": (RESPONDENT, "concede", {}),
        "done": ("system", "report_effect", {"effect_id": some, "result": "done"}),
        "hands": ("system", "report_effect", {"effect_id": some, "result": "needs_hands"}),
        "by_hand": (LEAD, "report_manual_work", {"effect_id": some, "result": "done", "reference": "SEPA-1"}),
        "not_made": (LEAD, "report_manual_work", {"effect_id": some, "result": "impossible", "text": "No."}),
        "came_back": (LEAD, "report_manual_work", {"effect_id": some, "result": "not_done", "text": "It came back."}),
    }[what]


_SAID = (
    "lost", "won", "doubt", "outside", "marked", "failed", "snapshot", "rule", "overturn", "annul", "withdraw",
    "concede", "done", "hands", "by_hand", "not_made", "came_back",
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(words=st.lists(st.tuples(st.sampled_from(_SAID), st.integers(0, 9)), min_size=4, max_size=16), ruled=st.booleans())
def test_whatever_is_said_no_machine_takes_back_what_did_not_go_or_pays_beyond_what_was_paid(
    words: list[tuple[str, int]], ruled: bool
) -> None:
    life = told(disputed().in_review(), news("opened", payment="ch_1"))
    if ruled:
        life.says(MEDIATOR, "rule", **refund(10_000)).later(timedelta(days=1))
    several = {"overturn": ["appeal", "take", "overturn"], "annul": ["annul", "take_2", "rule_2"]}
    for what, n in words:
        before = {e.id: e.state for e in life.case.effects}
        for word in several.get(what, [what]):
            who, command, fields = _next(life, (word, n))
            with suppress(Refusal):
                life.says(who, command, **fields)
        life.later(timedelta(hours=25))
        for one in life.case.effects:
            if one.id in before or one.state != "running":
                continue
            if one.reverses is not None:
                assert before[one.reverses] in ("running", "done"), f"{what}: it was {before[one.reverses]}"
            elif one.remedy.to is Side.CLAIMANT and one.remedy.amount is not None:
                assert within(life.case, ()), f"{what}: {by_provider(life.case)}"
        for one in waiting(life.case):
            # Nobody is sent to pay by hand, without a warning, what would be too much.
            if one.reverses is None and one.remedy.amount is not None and why_not(life.case, one) is None:
                assert within(life.case, ()), f"{what}: by hand beside {by_provider(life.case)}"
