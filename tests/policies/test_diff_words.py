"""What a changed pack means to people: each right, limit and letter in a sentence, with whom it gives more and whom less."""

from __future__ import annotations

from typing import Any

import pytest

from policies.diff import differences
from policies.diff_words import effects
from policies.loading import load_pack
from policies.pack import PACKS_DIR, Pack
from policies.yaml_text import read
from tests.support.packs import text_of


def source(kind: str) -> dict[str, Any]:
    """A shipped pack as it is written."""
    raw: dict[str, Any] = read((PACKS_DIR / f"{kind}.yaml").read_text("utf-8"))
    return raw


def pack(kind: str = "payment_dispute", **fields: Any) -> Pack:
    """A shipped pack with some fields changed; None takes one out."""
    raw = {**source(kind), **fields}
    return load_pack(text_of({name: value for name, value in raw.items() if value is not None}), "changed")


def told(new: Pack, old: Pack | None = None) -> list[tuple[str, str, str, str]]:
    return [(e.whom, e.about, e.gives, e.words) for e in effects(old or pack(new.kind), new)]


def with_row(kind: str, section: str, name: str, **fields: Any) -> list[Any]:
    """A section of a shipped pack, one row of it changed."""
    return [row | fields if row.get("name", row.get("like")) == name else row for row in source(kind)[section]]


def test_nothing_changes_for_anybody_by_another_title() -> None:
    assert told(pack(title="Another name")) == []


def test_a_right_to_appeal_that_is_gone() -> None:
    outcomes = with_row("payment_dispute", "outcomes", "denied", lost_by=[])
    assert ("claimant", "right", "less", "The claimant can no longer appeal against 'denied'.") in told(pack(outcomes=outcomes))


def test_what_one_person_may_end() -> None:
    listed = source("fraud_report")["categories"]
    new = pack(
        "fraud_report",
        categories=listed | {"collusion": {"title": "x"}, "card_testing": {"title": "y", "claim": False}},
        credit_less=[],
    )
    said = told(new)
    assert ("claimant", "right", "more", "A report as 'collusion' is decided, and no one person ends it.") in said
    assert ("claimant", "right", "less", "A report as 'card_testing' can be ended by one person, and nobody decides it.") in said


def test_less_time_to_appeal() -> None:
    clocks = with_row("payment_dispute", "clocks", "appeal_window", target="2 days")
    assert told(pack(clocks=clocks)) == [("everybody", "limit", "less", "The case has 2 days, not 14 days, in 'appeal_window'.")]


def test_more_time_for_one_priority_names_it() -> None:
    old = pack("bounty_dispute")
    targets = {"urgent": "16 working hours", "high": "40 working hours", "normal": "90 working hours", "low": "120 working hours"}
    new = pack("bounty_dispute", clocks=with_row("bounty_dispute", "clocks", "ruling", target=targets))
    (one,) = told(new, old)
    assert one[:3] == ("team", "limit", "more")
    assert one[3].endswith("90 working hours, not 80 working hours, in 'ruling' at normal.")


def test_nobody_is_heard_any_more() -> None:
    found = told(pack(hear=[], hear_evidence=False))
    assert ("respondent", "right", "less", "The respondent can lose by a ruling without having been heard.") in found
    assert ("claimant", "right", "less", "The claimant can lose by a ruling without having been heard.") in found


@pytest.mark.parametrize(
    ("limits", "gives", "words"),
    [
        ([{"amount": 90000, "currency": "USD"}], "less", "A second person looks at rulings above 900.00 USD, not 500.00 USD."),
        ([{"amount": 100, "currency": "USD"}], "more", "A second person looks at rulings above 1.00 USD, not 500.00 USD."),
        (
            [{"amount": 50000, "currency": "USD"}],
            "more",
            "In EUR a second person looks at every ruling; before, above 500.00 EUR.",
        ),
        (None, "less", "In USD a second person looks at no ruling any more for its amount; before, above 500.00 USD."),
    ],
)
def test_who_looks_a_second_time(limits: Any, gives: str, words: str) -> None:
    assert ("everybody", "right", gives, words) in told(pack(approval_above=limits))


def test_letters_that_are_no_longer_sent() -> None:
    notices = {event: whom for event, whom in source("payment_dispute")["notices"].items() if event != "appeal_withdrawn"}
    assert told(pack(notices=notices)) == [
        (whom, "letter", "less", f"The {whom} is no longer told of 'appeal_withdrawn'.")
        for whom in ("claimant", "platform", "respondent")
    ]


def test_when_the_accused_learns_of_it() -> None:
    ((whom, _, gives, words),) = [one for one in told(pack("conduct_report", disclosure="at_opening", clocks=[
        row for row in source("conduct_report")["clocks"] if row.get("like") != "disclosure"
    ])) if "learns" in one[3]]  # fmt: skip
    assert (whom, gives) == ("respondent", "more")
    assert words.startswith("The respondent learns of the case at its opening, not from its owner")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"withdrawal": "never"}, "Taking a report back is not possible; before, it ends the case."),
        ({"concession": None}, "The respondent can no longer grant what was asked."),
        ({"worse_on_appeal": True}, "Whoever appealed alone can come out of it with less."),
        ({"less_is_lost": False}, "The claimant can no longer appeal against less money than they asked for."),
        ({"reopen_for": "10 days"}, "A closed case can be taken up again for 10 days, not"),
        ({"keep_for": "2000 days"}, "What is known of a closed case is kept for 2000 days."),
    ],
)
def test_each_right_has_its_sentence(fields: dict[str, Any], words: str) -> None:
    assert any(said.startswith(words) for _, _, _, said in told(pack(**fields)))


@pytest.mark.parametrize("old", ["payment_dispute", "conduct_report", "compliance_request", "moderation_appeal"])
@pytest.mark.parametrize("new", ["bounty_dispute", "safety_incident", "fraud_report"])
def test_of_any_two_kinds_something_can_be_said(old: str, new: str) -> None:
    found = effects(pack(old), pack(new))
    assert found
    assert all(e.words.endswith(".") and "None" not in e.words for e in found)
    assert differences(pack(old), pack(new))
