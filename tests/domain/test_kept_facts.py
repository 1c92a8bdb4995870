"""The facts of every release, folded for ever: a fact's name and meaning never change, and neither does its hash.

The files under ``kept_facts`` are never edited. When a test here fails, the rules have changed what was recorded once; mend the
rules. A release writes its own folder (``keep_facts.py``) with its heads and what its lives came to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import to_json

from domain.base import Outcome, Phase
from domain.model.case import Case
from domain.model.chain import link
from domain.model.facts import Fact, Recording
from domain.rules.evolve import fold
from domain.worktime.spans import Span
from tests.domain import keep_facts
from tests.domain.keep_facts import KEPT
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT

CASE_ID = "case_0196a7c2-0000-7000-8000-000000000001"
RELEASES = sorted(path.name for path in KEPT.iterdir() if path.is_dir())
FILES = sorted(KEPT.glob("*/*.jsonl"))

HEADS = {
    "0.1.0/bounty_dispute": "5e4aacdeec3991d0c65d1bbf4dde209abc5175804a448141d2dcb01275ad9a32",
    "0.1.0/fraud_report": "d6febd5947557cc8a000d5f68004243bb5365b97a44fb10556d0cc495972e5f8",
}
"""The hash of the last fact of each file."""

UNRELEASED = frozenset({
    "address_proven", "case_skipped", "proposal_made", "proposal_answered", "proposal_ended", "offer_lapsed", "claim_conceded",
    "amount_stated", "amount_lowering_proposed", "decided_before",
    "clocks_paused", "clocks_resumed", "clocks_frozen", "clocks_thawed", "clock_extended", "case_retargeted", "interim_imposed",
    "interim_reviewed", "interim_ended", "step_completed", "step_skipped", "root_cause_named",
    "decision_taken_over", "identity_asked", "legal_hold_placed", "legal_hold_lifted",
    "return_awaited", "return_changed", "return_shipped", "return_contested", "return_ended",
    "rights_lapsed", "chargeback_drafted", "chargeback_sent", "chargeback_missed",
    "sanction_drafted", "sanction_imposed", "sanction_lifted", "sanction_voided",
    "case_merged", "case_joined", "case_linked", "case_unlinked", "case_split", "errand_ordered", "errand_reported",
    "campaign_joined", "campaign_left",
    "signal_received", "provisional_credit_given", "provisional_credit_proposed", "provisional_credit_ended",
    "report_proposed", "report_approved", "report_returned", "case_handed_over",
    "case_disclosed", "interim_review_asked",
    "case_moved_in", "past_message_kept", "past_decision_kept", "level_passed",
    "withdrawal_requested", "withdrawal_explained",
    "withdrawal_accepted", "continued_of_office", "withdrawal_overtaken", "interim_kept",
    "effect_withheld", "effect_released", "ruling_withheld", "party_added", "party_left",
    "party_agreed", "ruling_annulled", "case_recused", "disclosure_proposed", "paid_elsewhere_noticed", "party_removal_proposed",
    "party_change_confirmed", "party_change_said_again", "adulthood_proposed", "manual_work_reported", "alarm_acknowledged",
    "appointment_proposed", "appointment_answered", "appointment_confirmed", "appointment_moved", "appointment_cancelled",
    "appointment_held", "appointment_reminded", "protocol_commented",
    "exception_asked", "exception_granted", "exception_refused", "text_translated",
    "no_request_proposed", "right_renamed",
})  # fmt: skip
"""Facts that no release has recorded yet. 0.2.0 keeps them: then this is empty again."""


def every_fact() -> set[str]:
    return {one.model_fields["type"].default for one in get_args(get_args(Fact)[0])}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def folded(release: str, kind: str) -> Case:
    return fold(CASE_ID, map(Recording.model_validate, lines(KEPT / release / f"{kind}.jsonl")))


def written_out(value: Any) -> Any:
    """A model with every field, also those that go without saying where it is written down, so that only the meaning counts."""
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, BaseModel):
        return {name: written_out(one) for name, one in value}
    if isinstance(value, dict):
        return {str(key): written_out(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [written_out(one) for one in value]
    return json.loads(to_json(value))


def lost(kept: Any, now: Any, place: str = "") -> list[str]:
    """What was kept and is not there any more."""
    match kept, now:
        case dict(), dict():
            return [x for key, value in kept.items() for x in lost(value, now.get(key), f"{place}.{key}")]
        case list(), list() if len(kept) == len(now):
            return [x for n, (one, other) in enumerate(zip(kept, now, strict=True)) for x in lost(one, other, f"{place}.{n}")]
        case _:
            return [] if kept == now else [f"{place}: {kept!r} became {now!r}"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
class TestEveryKeptFile:
    def test_reads_and_folds(self, path: Path) -> None:
        case = folded(path.parent.name, path.stem)
        assert case.kind == path.stem
        assert case.seq == len(lines(path))

    def test_loses_nothing_when_it_is_read(self, path: Path) -> None:
        for raw in lines(path):
            assert lost(raw, written_out(Recording.model_validate(raw))) == []

    def test_means_the_same_when_it_is_written_again(self, path: Path) -> None:
        """Terms are written more densely now; what they say is the same."""
        for raw in lines(path):
            recording = Recording.model_validate(raw)
            assert Recording.model_validate_json(recording.model_dump_json()) == recording

    def test_still_has_the_hashes_that_it_had(self, path: Path) -> None:
        head = ""
        for raw in lines(path):
            head = link(head, raw)
        assert head == HEADS[f"{path.parent.name}/{path.stem}"]

    def test_ends_with_the_timetable_that_was_told(self, path: Path) -> None:
        last = Recording.model_validate(lines(path)[-1])
        assert last.timetable == folded(path.parent.name, path.stem).timetable


class TestKeptReleases:
    def test_there_is_one(self) -> None:
        assert RELEASES

    def test_every_fact_that_exists_is_kept_by_some_release(self) -> None:
        """A new fact: give a life of ``keep_facts.py`` to it, and name it here until a release has written that down."""
        kept = {raw["fact"]["type"] for path in FILES for raw in lines(path)}
        assert not kept & UNRELEASED, "a release keeps it now"
        assert kept | UNRELEASED == every_fact()

    def test_the_next_release_will_keep_them(self) -> None:
        assert {one.fact.type for recordings in keep_facts.lives().values() for one in recordings} == every_fact()


class TestRelease010:
    def test_the_bounty_dispute(self) -> None:
        case = folded("0.1.0", "bounty_dispute")
        assert (case.phase, case.outcome, case.round, case.owner, case.quiet) == (Phase.CLOSED, Outcome.RULED, 2, "per_m3", True)
        assert [(r.decision, r.outcome, r.decider, r.round) for r in case.rulings] == [
            ("rule", "partial_amount", "per_m2", 0), ("remit", "partial_amount", "per_l2", 1), ("rule", "upheld", "per_m3", 2),
        ]  # fmt: skip
        settled, undone, paid = case.effects
        assert (undone.reverses, undone.remedy, paid.reverses) == (settled.id, settled.remedy, None)
        assert {e.state for e in case.effects} == {"done"}
        assert [r.value for r in case.appeals_used] == ["respondent", "claimant"]
        assert case.manual_work == ("ntc_0001",)
        assert {(i.person, i.part, i.round) for i in case.involved} == {
            ("per_m1", "decider", 0), ("per_l1", "approver", 0), ("per_m2", "decider", 0), ("per_l2", "decider", 1),
            ("per_m3", "decider", 2),
        }  # fmt: skip
        assert [p.id for p in case.parties] == [CLAIMANT, RESPONDENT, "pty_agent", "pty_witness"]

    def test_the_fraud_report(self) -> None:
        case = folded("0.1.0", "fraud_report")
        assert (case.phase, case.outcome, case.round, case.quiet) == (Phase.CLOSED, Outcome.WITHDRAWN, 2, False)
        assert [(r.decision, r.outcome, r.decider) for r in case.rulings] == [
            ("rule", "confirmed", MEDIATOR), ("overturn", "false_positive", "per_l3"),
        ]  # fmt: skip
        assert [(e.reverses, e.state) for e in case.effects] == [
            (None, "running"), (None, "running"), (case.effects[1].id, "needs_hands"), (case.effects[0].id, "running"),
        ]  # fmt: skip
        assert case.timetable == ()
