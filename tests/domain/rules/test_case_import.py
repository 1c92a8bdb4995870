"""Moving in: a case that ran elsewhere keeps its past, and nobody hears of it twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model.case_import import HistoryImpossible, HistoryIncomplete, PhaseOverdue
from domain.model.case_import_report import MovingCase
from domain.model.facts import SYSTEM, LevelPassed, LevelReached
from domain.model.people import Actor
from domain.model.refusals import OwnCase, UnknownActor
from domain.model.ruling import UnknownOutcome
from domain.rules.fairness import disqualification, relations
from domain.rules.lifecycle import Who
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, due_command, step
from domain.views.case import visible
from domain.worktime.calculator import zone_data_version
from policies.case_import import rehearsed
from tests.support.cases import shelf

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten in the morning in Berlin: two hours of the office day are over."""
MIA = Actor(id="per_mia", role="mediator", manager="per_lee")


def moving(**changes: Any) -> MovingCase:
    """A bounty dispute that has been in mediation elsewhere since Monday noon."""
    report = {
        "kind": "bounty_dispute", "source": "oldtool", "external_id": "T-1",
        "statement": "They closed my report as a duplicate of nothing.",
        "parties": [{"side": "claimant", "ref": "kim"}, {"side": "respondent", "ref": "acme"}],
    }  # fmt: skip
    return MovingCase.model_validate(
        {"report": report, "received_at": MONDAY, "phase": "review", "phase_at": MONDAY + timedelta(hours=2), **changes}
    )


def moved(at: datetime, *, notify: bool = False, owner: Actor | None = None, **changes: Any) -> Step:
    """What is recorded when it moves in at an instant."""
    return rehearsed(shelf(), moving(**changes), at, owner=owner, notify=notify)


def passed(made: Step) -> list[tuple[str, str]]:
    found = (recording.fact for recording in made.recordings)
    return [(fact.clock, fact.level) for fact in found if isinstance(fact, LevelPassed)]


def due(made: Step) -> dict[tuple[str, str], datetime]:
    return {(row.clock, row.level): row.due_at for row in made.case.timetable}


class TestWhoKnowsOfIt:
    """A fraud report that moves in: whether its respondent knows of it follows from its past."""

    def reported(self, **changes: Any) -> Step:
        report = {
            "kind": "fraud_report", "source": "oldtool", "external_id": "T-2", "statement": "The flat does not exist.",
            "parties": [{"side": "claimant", "ref": "kim"}, {"side": "respondent", "ref": "host"}],
        }  # fmt: skip
        return moved(MONDAY + timedelta(days=1), report=report, **changes)

    def test_not_by_itself(self) -> None:
        assert not self.reported().case.is_disclosed

    @pytest.mark.parametrize("message", [{"by": "host"}, {"by": "staff", "to": "respondent"}, {"by": "staff"}])
    def test_whoever_wrote_or_was_written_to_does(self, message: dict[str, str]) -> None:
        said = {"sent_at": MONDAY + timedelta(hours=3), "text": "Who stayed with you?", **message}
        made = self.reported(messages=[said])
        assert made.case.is_disclosed
        host = next(p for p in made.case.parties if p.side is Side.RESPONDENT)
        viewer = Actor(id=host.id, role="respondent", side=Side.RESPONDENT)
        seen = [r.fact.type for r in made.recordings if visible(made.case, r, viewer)]
        assert "past_message_kept" in seen

    def test_a_word_to_the_other_side_tells_them_nothing(self) -> None:
        said = {"sent_at": MONDAY + timedelta(hours=3), "text": "Wait.", "by": "staff", "to": "claimant"}
        assert not self.reported(messages=[said]).case.is_disclosed


class TestClocks:
    def test_deadlines_follow_from_the_instants_of_the_past(self) -> None:
        # In review since 12:00 in Berlin, office hours 9 to 17: eight working hours end on Tuesday at 12:00.
        made = moved(MONDAY + timedelta(hours=3))
        assert due(made)["first_response", "breach"] == datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
        assert made.case.opened_at == MONDAY
        assert made.case.phase_entered_at == MONDAY + timedelta(hours=2)

    def test_a_level_before_the_move_is_marked_and_nobody_is_told(self) -> None:
        made = moved(MONDAY + timedelta(days=2), notify=True)
        assert {("first_response", "breach")} <= set(passed(made))
        assert not [r for r in made.recordings if isinstance(r.fact, LevelReached)]
        assert {draft.event for _, draft in made.notices} == {"case_opened"}

    def test_the_next_level_ahead_fires_as_always(self) -> None:
        made = moved(MONDAY + timedelta(days=2))
        row = next(row for row in made.case.timetable if row.clock == "ruling")
        reference = ReferenceData(shelf().calendars_of(made.case.terms), shelf().notices, zone_data_version())
        then = step(made.case, made.case.id, due_command(row), DecisionContext(actor=SYSTEM), row.due_at, row.due_at, reference)
        assert [r.fact.type for r in then.recordings] == ["level_reached"]
        assert then.notices

    def test_the_ladder_begins_with_its_first_rung(self) -> None:
        made = moved(MONDAY + timedelta(days=2))
        row = next(row for row in made.case.timetable if (row.clock, row.level) == ("first_response", "breach"))
        reference = ReferenceData(shelf().calendars_of(made.case.terms), shelf().notices, zone_data_version())
        then = step(made.case, made.case.id, due_command(row), DecisionContext(actor=SYSTEM), row.due_at, row.due_at, reference)
        fact = then.recordings[0].fact
        assert isinstance(fact, LevelReached)
        assert (fact.step, fact.count) == ("lead", 1)

    def test_an_answer_of_the_team_before_the_move_has_stopped_the_first_response(self) -> None:
        said = {"sent_at": MONDAY + timedelta(hours=3), "by": "staff", "text": "We are looking into it."}
        made = moved(MONDAY + timedelta(days=2), messages=[said])
        clock = next(one for one in made.case.clocks if one.name == "first_response")
        assert clock.stopped_at == MONDAY + timedelta(hours=3)
        assert ("first_response", "breach") not in passed(made)

    def test_no_level_in_the_past_is_left_ahead(self) -> None:
        at = MONDAY + timedelta(days=200)
        assert all(row.due_at > at for row in moved(at).case.timetable)

    def test_a_clock_that_would_have_moved_the_case_on_refuses_it(self) -> None:
        with pytest.raises(PhaseOverdue) as refused:
            moved(MONDAY + timedelta(days=30), phase="settlement")
        assert refused.value.fields["default"] == "open_review"


class TestTold:
    def test_nobody_is_told_unless_it_is_wanted(self) -> None:
        assert moved(MONDAY + timedelta(hours=3)).notices == ()

    def test_the_parties_are_told_of_the_case_when_it_is(self) -> None:
        told = moved(MONDAY + timedelta(hours=3), notify=True, owner=MIA).notices
        assert {draft.audience for _, draft in told} == {"claimant", "respondent", "platform"}

    def test_a_message_to_one_side_stays_with_it(self) -> None:
        said = {"sent_at": MONDAY, "by": "staff", "to": "claimant", "text": "Between us: send the log."}
        made = moved(MONDAY + timedelta(hours=3), messages=[said])
        recording = next(r for r in made.recordings if r.fact.type == "past_message_kept")
        for side, sees in (("claimant", True), ("respondent", False)):
            party = next(p for p in made.case.parties if p.side == side)
            assert visible(made.case, recording, Actor(id=party.id, role=side, side=party.side)) is sees


class TestDecided:
    RULED = {"decided_at": MONDAY + timedelta(hours=1), "outcome": "invalid", "by": "per_mia", "reasons": "It is a duplicate."}

    def test_whoever_lost_may_appeal_inside_what_is_left_of_the_window(self) -> None:
        made = moved(MONDAY + timedelta(days=5), phase="appealable", phase_at=MONDAY + timedelta(hours=1), decisions=[self.RULED])
        assert [(r.side.value, r.allowed) for r in made.case.rights] == [("claimant", True), ("respondent", False)]
        assert due(made)["appeal_window", "end"] == MONDAY + timedelta(days=14, hours=1)

    def test_the_earlier_decider_stays_out_of_the_appeal(self) -> None:
        made = moved(
            MONDAY + timedelta(days=5), phase="appeal", phase_at=MONDAY + timedelta(days=1), decisions=[self.RULED],
            appellants=["claimant"],
        )  # fmt: skip
        assert made.case.phase is Phase.APPEAL
        assert made.case.queue == made.case.terms.appeal_queue
        assert disqualification(made.case, MIA) == "earlier_part"
        assert Who.JUDGE in relations(made.case, Actor(id="per_zoe", role="mediator"))

    def test_nor_is_the_appeal_given_to_them(self) -> None:
        with pytest.raises(OwnCase):
            rehearsed(
                shelf(),
                moving(phase="appeal", decisions=[self.RULED], appellants=["claimant"], owner="per_mia"),
                MONDAY + timedelta(days=5),
                owner=MIA,
            )

    def test_an_unknown_outcome_is_refused(self) -> None:
        with pytest.raises(UnknownOutcome):
            moved(MONDAY + timedelta(days=5), decisions=[{**self.RULED, "outcome": "nonsense"}])


class TestImpossible:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"received_at": MONDAY + timedelta(days=9)}, "received_at"),
            ({"phase_at": MONDAY - timedelta(days=1)}, "phase_at"),
            ({"messages": [{"sent_at": MONDAY - timedelta(days=1), "text": "Hello?"}]}, "messages"),
            ({"phase": "approval"}, "phase"),
            ({"phase": "ruled"}, "phase"),
        ],
    )
    def test_a_past_that_cannot_be_is_refused(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(HistoryImpossible) as refused:
            moved(MONDAY + timedelta(days=5), **changes)
        assert refused.value.fields["field"] == field

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"phase": "appealable"}, "decisions"),
            ({"phase": "closed"}, "outcome"),
            ({"outcome": "settled"}, "outcome"),
            ({"phase": "appeal", "decisions": [TestDecided.RULED]}, "appellants"),
        ],
    )
    def test_a_past_that_lacks_what_its_phase_needs_is_refused(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(HistoryIncomplete) as refused:
            moved(MONDAY + timedelta(days=5), **changes)
        assert refused.value.fields["field"] == field

    def test_an_owner_whom_nobody_knows_is_refused(self) -> None:
        with pytest.raises(UnknownActor):
            rehearsed(shelf(), moving(owner="per_nobody"), MONDAY + timedelta(days=5))


def test_a_closed_case_runs_no_clock() -> None:
    made = moved(MONDAY + timedelta(days=5), phase="closed", outcome="settled", phase_at=MONDAY + timedelta(days=1))
    assert made.case.quiet
    assert made.case.closed_at == MONDAY + timedelta(days=1)
