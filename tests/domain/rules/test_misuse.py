"""Misuse of a procedure: noted, warned of, and only then a suspension; beside any outcome, and to be complained of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase, Priority, Side
from domain.model.sanctions import EarlierSanction
from domain.rules.intake import SENDER_SUSPENDED
from tests.support.cases import CLAIMANT, MEDIATOR, MEDIATOR_2, MONDAY, RESPONDENT, Life, a_case, digest_of, facts_named
from tests.support.clock_readings import at

UPHOLD: dict[str, Any] = {
    "decision": "uphold", "reasons": "It names nobody.", "complaint_route": "out_of_court_and_court", "relies_on": [],
}  # fmt: skip
MISUSE: dict[str, Any] = {
    "misuse": "manifestly_unfounded", "misuse_by": "claimant", "misuse_total": 9, "misuse_gravity": "serious",
    "misuse_reasons": "The same words nine times.",
}  # fmt: skip


def earlier(*named: str) -> tuple[EarlierSanction, ...]:
    return tuple(
        EarlierSanction(
            id=f"san_{n}", case_id="case_1", ref_digest=digest_of(CLAIMANT), category="unfounded", sanction=name, weight=1,
            imposed_at=at("01-05 09:00"), counts_until=at("12-31 09:00"),
        )
        for n, name in enumerate(named)
    )  # fmt: skip


def complained(*before: str) -> Life:
    """An appeal that somebody decides, with what counts against its appellant already."""
    kept = {"outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "post-1", "reasons": "It stays."}
    life = a_case("moderation_appeal", decision={**kept, "effective_at": (MONDAY - timedelta(days=10)).isoformat()})
    life.earlier = earlier(*before)
    return life.opened().says(MEDIATOR, "take")


def signals(life: Life) -> list[str]:
    return [getattr(told, "signal", "") for told in facts_named(life.recordings, "signal_received")]


def drafted(life: Life) -> Any:
    return facts_named(life.recordings, "sanction_drafted")[-1]


class TestAFinding:
    @pytest.mark.parametrize(
        ("before", "says"),
        [
            ((), "misuse_noted"),
            (("misuse_noted",), "misuse_noted"),
            (("misuse_noted", "misuse_noted"), "misuse_warning"),
            (("misuse_noted", "misuse_noted", "misuse_warning"), "processing_suspension"),
        ],
    )
    def test_goes_up_the_ladder_beside_an_upheld_decision(self, before: tuple[str, ...], says: str) -> None:
        assert drafted(complained(*before).says(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE)).sanction == says

    def test_says_what_was_weighed(self) -> None:
        weighed = drafted(complained("misuse_noted").says(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE)).misuse
        assert (weighed.items, weighed.total, weighed.gravity, weighed.intention) == (2, 9, "serious", "unknown")

    @pytest.mark.parametrize("missing", ["misuse_by", "misuse_total", "misuse_gravity", "misuse_reasons"])
    def test_is_refused_without_what_has_to_be_weighed(self, missing: str) -> None:
        said = {name: value for name, value in MISUSE.items() if name != missing}
        refusal = complained().refused(MEDIATOR, "decide_appeal", **UPHOLD, **said)
        assert (refusal.code, refusal.fields["missing"]) == ("ruling_incomplete", [missing])

    def test_is_refused_of_more_than_there_were(self) -> None:
        refusal = complained("misuse_noted").refused(MEDIATOR, "decide_appeal", **UPHOLD, **{**MISUSE, "misuse_total": 1})
        assert refusal.fields["missing"] == ["misuse_total"]

    def test_of_a_clause_that_is_none_is_refused(self) -> None:
        refusal = complained().refused(MEDIATOR, "decide_appeal", **UPHOLD, **{**MISUSE, "misuse": "spam"})
        assert (refusal.code, refusal.fields["allowed"]) == (
            "sanction_not_allowed", ["manifestly_unfounded", "manifestly_illegal"],
        )  # fmt: skip

    def test_without_its_clause_is_refused(self) -> None:
        refusal = complained().refused(MEDIATOR, "decide_appeal", **UPHOLD, misuse_gravity="grave")
        assert refusal.fields["missing"] == ["misuse"]

    def test_is_none_where_nothing_is_decided(self) -> None:
        said = {"decision": "remit", "reasons": "Somebody else.", **MISUSE}
        assert complained().refused(MEDIATOR, "decide_appeal", **said).code == "remedy_not_allowed"


class TestASuspension:
    def test_comes_after_a_warning_alone(self) -> None:
        """Regulation (EU) 2022/2065, article 23(1) and (2)."""
        life = complained("misuse_noted", "misuse_noted", "misuse_noted", "misuse_noted")
        at_once = {"sanction": "processing_suspension", "sanction_reason": "planned", "sanction_reasons": "A programme does it."}
        refusal = life.refused(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE, **at_once)
        assert (refusal.code, refusal.fields["because"]) == ("sanction_not_allowed", "not_warned")
        assert drafted(life.says(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE)).sanction == "misuse_warning"

    def test_ends_by_itself(self) -> None:
        life = complained("misuse_noted", "misuse_noted", "misuse_warning")
        life.says(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE).fire("grace")
        (sanction,) = life.case.sanctions
        assert sanction.ends_at == sanction.from_at + timedelta(days=30)


class TestWhomItHits:
    def told(self) -> Life:
        return complained().says(MEDIATOR, "decide_appeal", **UPHOLD, **MISUSE).fire("grace")

    def test_may_complain_although_they_have_of_the_decision(self) -> None:
        life = self.told()
        assert {right.side: right.allowed for right in life.case.rights} == {Side.CLAIMANT: True, Side.RESPONDENT: False}
        life.says(CLAIMANT, "appeal", reasons="They were nine posts.")
        assert life.case.appellants == (Side.CLAIMANT,)

    def test_is_free_of_it_when_that_is_decided_for_them(self) -> None:
        life = self.told().says(CLAIMANT, "appeal", reasons="They were nine posts.").says(MEDIATOR_2, "take")
        again = {**UPHOLD, "decision": "vary", "outcome": life.case.rulings[-1].outcome, "ground": "no_violation"}
        life.says(MEDIATOR_2, "decide_appeal", **again).fire("grace")
        assert [one.voided_because for one in life.case.sanctions] == ["overturned"]

    def test_has_no_second_complaint_of_the_same(self) -> None:
        life = self.told().says(CLAIMANT, "appeal", reasons="They were nine posts.").says(MEDIATOR_2, "take")
        life.says(MEDIATOR_2, "decide_appeal", **UPHOLD).fire("grace")
        assert [right.because for right in life.case.rights if right.side is Side.CLAIMANT] == ["already_used"]


class TestWhatCannotWait:
    """Regulation (EU) 2022/2065, article 23(3): how grave what follows would be is weighed before anything is put away."""

    def sent(self, **said: Any) -> Life:
        told = {"content_url": "https://example.com/posts/78", "good_faith": True, **said}
        life = a_case("moderation_appeal", category="illegal_content", attributes=told)
        (one,) = earlier("processing_suspension")
        life.earlier = (one.model_copy(update={"ends_at": MONDAY + timedelta(days=9)}),)
        return life

    def test_a_notice_of_the_abuse_of_a_child_goes_on_and_the_team_is_told(self) -> None:
        life = self.sent(child_sexual_abuse=True).opened()
        assert (life.case.phase, life.case.priority) == (Phase.REVIEW, Priority.URGENT)
        assert signals(life) == [SENDER_SUSPENDED]
        assert "sender_suspended" not in str(life.seen_by(CLAIMANT))

    def test_another_is_put_away_as_before(self) -> None:
        life = self.sent().opened()
        assert (life.case.close_reason, facts_named(life.recordings, "signal_received")) == ("right_to_ask_withdrawn", [])

    def test_nor_is_a_report_that_brings_somebody_under_age(self) -> None:
        assert self.sent().under_age(RESPONDENT).opened().case.open


_TIMES = ("imposed_at", "ends_at", "lifted_at")


class TestWhoIsSuspended:
    """Regulation (EU) 2022/2065, articles 20(1) and 23(2): the processing is suspended, and no right ends by that."""

    def complains(self, appellant: str, *bars: tuple[int, int | None, int | None], informed: int) -> Life:
        """Who was informed, and suspended from when to when until it was lifted: in days from now."""
        told = {"outcome": {"author": "remove", "reporter": "keep"}[appellant], "appellant": appellant, "decider": "machine"}
        at_ = (MONDAY + timedelta(days=informed)).isoformat()
        life = a_case("moderation_appeal", decision={**told, "content": "post-1", "effective_at": at_})
        day = [[None if one is None else MONDAY + timedelta(days=one) for one in bar] for bar in bars]
        made = zip(earlier(*["processing_suspension"] * len(bars)), day, strict=True)
        life.earlier = tuple(one.model_copy(update=dict(zip(_TIMES, days, strict=True))) for one, days in made)
        return life.opened()

    def test_complains_of_what_hits_themselves_and_the_team_is_told(self) -> None:
        life = self.complains("author", (-5, 25, None), informed=-170)
        assert life.case.phase is Phase.APPEAL
        assert signals(life) == [SENDER_SUSPENDED]

    def test_waits_with_anything_else(self) -> None:
        assert self.complains("reporter", (-5, 25, None), informed=-10).case.close_reason == "right_to_ask_withdrawn"

    @pytest.mark.parametrize(
        ("informed", "bars", "reason"),
        [
            # Six months and some days ago; nothing was put away.
            (-200, [], "window_over"),
            (-200, [(-60, -30, None)], None),
            (-200, [(-60, None, -30)], None),
            # Two at the same time are not two times.
            (-240, [(-90, -60, None), (-90, -60, None)], "window_over"),
            (-240, [(-120, -90, None), (-60, -30, None)], None),
            # It began when the window was over already.
            (-240, [(-40, -10, None)], "window_over"),
            # It was over before they were told.
            (-200, [(-240, -210, None)], "window_over"),
            (-200, [(-215, -185, None)], None),
        ],
    )
    def test_has_as_much_time_as_anybody_else(self, informed: int, bars: list[Any], reason: str | None) -> None:
        assert self.complains("reporter", *bars, informed=informed).case.close_reason == reason
