"""What a payment provider said of a dispute, put together: any order of the same news comes to the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.model.commands import parse_command, read_command
from domain.model.prose import Prose, text_of
from domain.model.provider_news import (
    BACK,
    ENDS,
    GIVEN,
    ProviderDispute,
    ProviderNews,
    concealed,
    folded,
    ids_shown,
    ids_text,
    revealed,
    signal_of,
)
from domain.model.safeguards import Signal
from tests.support.cases import MONDAY

DUE = MONDAY + timedelta(days=6)


def news(what: str, minutes: int = 0, event: str = "evt_1", **more: Any) -> ProviderNews:
    said = {"provider": "stripe", "dispute": "dp_1", "event": event, "at": MONDAY + timedelta(minutes=minutes), "what": what}
    return ProviderNews.model_validate({**said, **more})


def fold(said: Sequence[ProviderNews]) -> ProviderDispute | None:
    known = None
    for one in said:
        known = folded(known, one)
    return known


everything = st.lists(
    st.builds(
        news,
        st.sampled_from([*sorted(GIVEN | BACK | ENDS), "updated", "opened"]),
        st.integers(0, 5),
        st.integers(0, 3).map(lambda n: f"evt_{n}"),
        due_at=st.sampled_from([None, DUE, DUE + timedelta(days=1)]),
        status=st.sampled_from([None, "needs_response", "under_review"]),
        verified=st.booleans(),
    ),
    max_size=6,
)


@given(everything.flatmap(lambda every: st.tuples(st.just(every), st.permutations(every))))
def test_any_order_comes_to_the_same(orders: tuple[list[ProviderNews], list[ProviderNews]]) -> None:
    assert fold(orders[0]) == fold(orders[1])


class Sealer:
    """Puts texts and ids away."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def __call__(self, text: str) -> Prose:
        self.kept.append(text)
        return Prose(content_id=f"cnt_{len(self.kept)}", digest="d", length=len(text))

    def conceal(self, said: ProviderNews) -> ProviderNews:
        return concealed(said, lambda one: f"pid_{one}", self(ids_text(said)))


class TestIds:
    RAW: dict[str, Any] = {
        "provider": "stripe", "dispute": "dp_1", "event": "evt_1", "at": MONDAY.isoformat(), "what": "opened", "payment": "ch_1",
        "also_about": ["ch_2"], "account": "acct_1",
    }  # fmt: skip

    def signal(self, **more: Any) -> dict[str, Any]:
        return {"type": "signal", "id": "cmd_1-of-tests", "by": "key_1", "signal": "dispute_opened", "news": {**self.RAW, **more}}

    def test_are_sealed_on_their_way_in_and_opened_as_they_were_said(self) -> None:
        sealer = Sealer()
        command = parse_command(self.signal(), sealer)
        assert isinstance(command, Signal)
        news = command.news
        assert news is not None
        assert (news.dispute, news.payment, news.also_about, news.intent) == ("pid_dp_1", "pid_ch_1", ("pid_ch_2",), None)
        assert (news.ids and news.ids.content_id, [*text_of(command)]) == ("cnt_1", []), "nobody has said anything by them"
        assert revealed(news, sealer.kept[0]) == ProviderNews.model_validate(self.RAW)
        assert read_command(command.model_dump(mode="json")) == command, "read back it is as it was kept"

    def test_that_are_sealed_already_nobody_sends(self) -> None:
        with pytest.raises(ValidationError) as refused:
            parse_command(self.signal(ids={"content_id": "cnt_9", "digest": "d", "length": 3}), Sealer())
        assert refused.value.errors()[0]["type"] == "ids_sealed_inside"

    def test_are_shown_opened_erased_or_as_what_does_not_open(self) -> None:
        shown = {"provider": "stripe", "dispute": "pid_1", "payment": "pid_2"}
        opened = ids_text(ProviderNews.model_validate(self.RAW))
        assert ids_shown(shown, opened) == {"provider": "stripe", "dispute": "dp_1", "payment": "ch_1"}
        assert ids_shown(shown, None) == {"provider": "stripe", "dispute": "erased", "payment": None}
        assert ids_shown(shown, "It is damaged.") == {"provider": "stripe", "dispute": "It is damaged.", "payment": None}


@given(everything)
def test_said_twice_is_said_once(said: list[ProviderNews]) -> None:
    assert fold(said) == fold([*said, *said])


def test_the_newest_by_the_providers_own_instant_counts() -> None:
    known = fold([news("funds_reinstated", 2), news("funds_withdrawn", 1)])
    assert known is not None
    assert not known.paid


def test_at_the_same_instant_money_that_went_counts() -> None:
    known = fold([news("funds_withdrawn"), news("funds_reinstated")])
    assert known is not None
    assert known.paid


def test_nobodys_unproven_word_sets_money_free() -> None:
    known = fold([news("lost"), news("won", 5, verified=False)])
    assert known is not None
    assert known.paid


def test_each_has_a_signal_of_its_own() -> None:
    assert signal_of(news("lost")) == "dispute_lost"


def test_what_the_provider_takes_up_again_is_not_over() -> None:
    ended = news("lost", 1, status="lost")
    later = [("updated", "needs_response", False), ("updated", "lost", True), ("funds_withdrawn", "lost", True)]
    for what, status, over in later:
        known = fold([news(what, 2, "evt_2", status=status), ended])
        assert known is not None
        assert known.over is over
    before = fold([ended, news("updated", 0, "evt_0", status="needs_response")])
    assert before is not None
    assert before.over


def test_the_account_is_known_by_whichever_word_names_it() -> None:
    known = fold([news("lost", 1, account="acct_1"), news("updated", 2, "evt_2")])
    assert known is not None
    assert known.account == "acct_1"
