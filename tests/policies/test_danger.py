"""Whoever says that somebody is in danger calls whoever is on call, in every kind and in whatever way they say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Priority
from domain.model.clock_terms import LADDERS
from domain.model.terms import MAX_TERMS_BYTES, Routing, Terms
from domain.worktime.spans import SpanUnit
from policies import danger
from policies.loading import load_pack
from policies.resolve import resolve, terms_of
from tests.support.cases import shelf
from tests.support.packs import a_report, source, text_of

KINDS = sorted(shelf().packs)
WAYS: dict[str, tuple[dict[str, Any], ...]] = {
    "child": (
        {"category": "child_abuse"}, {"category": "csam"}, {"attributes": {"child_endangerment": True}},
        {"attributes": {"child_sexual_abuse": "yes"}}, {"attributes": {"severity": "child in danger"}},
    ),
    "assault": (
        {"category": "sexual_assault"}, {"category": "violence"}, {"category": "domestic-violence"}, {"category": "stalking"},
        {"attributes": {"assault": 1}}, {"attributes": {"severity": "assault"}},
    ),
    "self_harm": (
        {"category": "suicide_note"}, {"category": "selfharm"}, {"attributes": {"self-harm": True}},
        {"attributes": {"self_harm": "true"}},
        {"attributes": {"severity": "suicidal"}},
    ),
    "life": (
        {"category": "danger_to_life"}, {"attributes": {"life.in.danger": True}}, {"attributes": {"threat_to_life": True}},
        {"attributes": {"somebody_in_danger": "Y"}}, {"attributes": {"severity": "life_threatening"}},
        {"attributes": {"severity": "life-threatening"}},
    ),
    "threat": (
        {"category": "death_threat"}, {"category": "threatening_message"}, {"attributes": {"threat": "on"}},
        {"attributes": {"severity": "threat"}},
    ),
    "injury": (
        {"category": "bodily_harm"}, {"category": "injuries"}, {"attributes": {"injury": True}},
        {"attributes": {"severity": "injury"}},
    ),
}  # fmt: skip
"""Each danger, in each way of saying it: a category that no pack lists, an attribute, a severity."""


def met(kind: str, said: dict[str, Any]) -> tuple[Terms, Routing]:
    return shelf().terms(a_report(kind, **{"category": "other", **said}))


def calls_at_once(terms: Terms, category: str) -> bool:
    """Whether the first thing that is missed lands on whoever is on call, within an hour of the clock on the wall."""
    on_call = all(step.on_call for step in terms.ladder_of(terms.priority, category))
    soon = [
        clock
        for clock in terms.clocks
        if clock.all_starts & {"case_opened", f"phase_entered:{terms.opens_in.value}"}
        and clock.target_for(terms.priority, category).unit is SpanUnit.WALL
        and clock.target_for(terms.priority, category).time <= timedelta(hours=1)
        and any(level.action == "escalate" and not level.audience for level in clock.levels)
    ]
    started = {start for clock in soon for start in clock.all_starts}
    return on_call and "case_opened" in started


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for name, ways in WAYS.items() for said in ways], ids=lambda one: str(one)[:60]
)
def test_is_urgent_and_calls_whoever_is_on_call(kind: str, name: str, said: dict[str, Any]) -> None:
    terms, routing = met(kind, said)
    assert (terms.priority, terms.danger) == (Priority.URGENT, name)
    assert calls_at_once(terms, said.get("category", "other"))
    assert routing.decision != "decline"
    assert f"danger/{name}: urgent" in routing.trace


@pytest.mark.parametrize("kind", KINDS)
def test_no_category_of_a_pack_that_names_a_danger_is_less_than_urgent(kind: str) -> None:
    for category in shelf().packs[kind].categories:
        if danger.named(category) is not None:
            terms, _ = met(kind, {"category": category})
            assert terms.priority is Priority.URGENT, category
            assert calls_at_once(terms, category), category


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "said",
    [
        {"attributes": {"threat_to_life": False}}, {"attributes": {"injury": "no"}}, {"attributes": {"no_injury": True}},
        {"attributes": {"not_in_danger": "yes"}}, {"attributes": {"severity": "critical"}}, {"category": "refund_abuse"},
        {"category": "without_violence"}, {"attributes": {"emergency_contact": "+49 30 1234"}}, {"attributes": {"skill": True}},
    ],
    ids=str,
)  # fmt: skip
def test_what_names_none_calls_nobody(kind: str, said: dict[str, Any]) -> None:
    terms, routing = met(kind, said)
    assert terms.danger is None
    assert not any(row.startswith("danger/") for row in routing.trace)


@pytest.mark.parametrize("said", [{"priority": "low"}, {"statement": "Help"}, {"parties": [{"side": "claimant", "ref": "u1"}]}])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_else_the_report_says(kind: str, said: dict[str, Any]) -> None:
    terms, routing = met(kind, {"attributes": {"threat_to_life": True}, **said})
    assert (terms.priority, routing.decision) in {(Priority.URGENT, "admit"), (Priority.URGENT, "triage")}


def test_no_table_turns_it_away() -> None:
    terms, routing = met("bounty_dispute", {"attributes": {"programme_excluded": True, "threat_to_life": True}})
    assert (terms.priority, routing.decision, routing.reason) == (Priority.URGENT, "triage", "danger_said")
    _, routing = met("moderation_appeal", {"attributes": {"threat_to_life": True}})
    assert (routing.decision, routing.reason) == ("triage", "notice_by_another_name")


@pytest.mark.parametrize(
    ("said", "urgent"),
    [({"category": "violence"}, False), ({"attributes": {"violence": True}}, False), ({"attributes": {"self_harm": True}}, True)],
)
def test_what_an_author_appeals_about_is_no_danger_but_what_they_say_of_their_life_is(said: dict[str, Any], urgent: bool) -> None:
    at = "2026-03-02T10:00:00Z"
    decision = {"content": "post-77", "outcome": "remove", "effective_at": at, "decider": "per_m9", "appellant": "author"}
    terms, _ = met("moderation_appeal", {"decision": decision, **said})
    assert (terms.priority is Priority.URGENT) is urgent


def test_a_newer_pack_goes_on_calling() -> None:
    was, _ = met("payment_dispute", {"attributes": {"threat_to_life": True}})
    pack = shelf().packs["payment_dispute"]
    newer = terms_of(pack, was.priority, shelf().references, endangered=Terms.model_validate_json(was.model_dump_json()).danger)
    assert calls_at_once(newer, "other")


def test_the_clock_of_a_development_tenant_is_scaled() -> None:
    terms, _ = shelf().terms(a_report("payment_dispute", attributes={"threat_to_life": True}), 1 / 3600)
    clock = terms.clock("danger")
    assert clock is not None
    assert clock.target.time == timedelta(seconds=1)
    assert [step.wait_for.time for step in terms.ladders["urgent"]] == [timedelta(seconds=1)]


def test_a_pack_at_the_limit_of_its_terms_still_takes_the_report() -> None:
    raw = source("bounty_dispute")
    pack = load_pack(text_of(raw), "long.yaml")
    for n in range(300):
        raw["grounds"].append(f"ground_{n}")
        pack = load_pack(text_of(raw), "long.yaml")
        terms, _ = resolve(pack, a_report("bounty_dispute", priority="urgent"), shelf().references)
        if MAX_TERMS_BYTES - len(terms.model_dump_json(exclude={"names"}).encode()) < 80:
            break
    terms, _ = resolve(pack, a_report("bounty_dispute", attributes={"threat_to_life": True}), shelf().references)
    assert terms.ladders["urgent"] == LADDERS["danger"]
