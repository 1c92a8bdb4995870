"""What happened, told to each viewer: hidden facts leave no gap, and nobody outside learns who of the team did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.party.story import Reader, spoken
from domain.model.case_import_report import MovingCase
from domain.model.facts import Actor, LevelReached, Recording
from domain.model.refusals import Refusal
from domain.views.case import view
from policies.case_import import rehearsed
from services.timelines import entries
from tests.support.appointments import agreed, in_review, times
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MONDAY, OPS, PLATFORM, RESPONDENT, ROBOT, Life, a_case, shelf


def noted() -> Life:
    """In review, with a note of the team between two messages."""
    life = a_case().in_review()
    life.says(CLAIMANT, "message", text="Please look again.")
    life.says(MEDIATOR, "note", text="Looks like a duplicate.")
    life.says(MEDIATOR, "message", to="all", text="We are looking into it.")
    return life


class TestTeam:
    def test_sees_every_fact_under_its_own_number(self) -> None:
        life = noted()
        told = entries(life.case, life.recordings, life.actor(MEDIATOR))
        assert [entry.n for entry in told] == [recording.seq for recording in life.recordings]
        assert {entry.actor_id for entry in told} >= {MEDIATOR, CLAIMANT}
        assert all(entry.command_id for entry in told)

    def test_whoever_decides_a_gold_case_does_not_learn_that_it_is_one(self) -> None:
        life = a_case(synthetic=True).in_settlement()
        for who, knows in ((MEDIATOR, False), (OPS, True)):
            (opened, *_) = entries(life.case, life.recordings, life.actor(who))
            assert ("synthetic" in opened.data) is knows, who


class TestParty:
    def test_whose_word_called_a_hearing_off_shows_to_nobody_else(self) -> None:
        life = agreed(in_review("safety_incident")).says(CLAIMANT, "answer_appointment", joint=False)
        by_the_team = agreed(in_review("safety_incident")).says(MEDIATOR, "cancel_appointment", reasons="It cannot be held.")
        (mine, other, plain) = (
            entries(one.case, one.recordings, one.actor(who))[-1]
            for one, who in ((life, CLAIMANT), (life, RESPONDENT), (by_the_team, RESPONDENT))
        )
        assert (mine.actor_id, mine.data["because"]) == (CLAIMANT, "no_consent")
        assert (other.type, other.actor_id, other.role, other.command_id) == (plain.type, None, "staff", None)
        assert other.data == {**plain.data, "appointment_id": other.data["appointment_id"]}

    def test_why_a_side_moves_a_hearing_goes_where_its_words_go(self) -> None:
        for kind, read in (("bounty_dispute", True), ("safety_incident", False)):
            life = agreed(in_review(kind))
            life.says(CLAIMANT, "move_appointment", times=times(life, 6), reasons="I am at my mother's.")
            told = entries(life.case, life.recordings, life.actor(RESPONDENT))[-1]
            assert (told.type, "reasons" in told.data) == ("appointment_moved", read)

    def test_how_something_was_done_by_hand_is_the_teams_alone(self) -> None:
        life = a_case().opened().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 5_000, "currency": "USD"})
        life.says(CLAIMANT, "accept_offer")
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="needs_hands")
        life.says(
            LEAD, "report_manual_work", effect_id=life.case.effects[0].id, result="done", text="By bank transfer.",
            reference="SEPA-118204", done_at=life.now.isoformat(),
        )  # fmt: skip
        team_alone = {"text", "reference", "done_at"}
        for who in (CLAIMANT, RESPONDENT, LEAD):
            told = entries(life.case, life.recordings, life.actor(who))[-1]
            assert (told.type, told.data["result"]) == ("manual_work_reported", "done"), who
            assert team_alone & told.data.keys() == (team_alone if who == LEAD else set()), who

    def test_hidden_facts_leave_no_gap_in_its_numbers(self) -> None:
        life = noted()
        told = entries(life.case, life.recordings, life.actor(CLAIMANT))
        assert [entry.n for entry in told] == list(range(1, len(told) + 1))
        assert "note_added" not in {entry.type for entry in told}
        assert [entry.n for entry in entries(life.case, life.recordings, life.actor(CLAIMANT), first=7)][:2] == [7, 8]

    def test_people_of_the_team_are_nobody_by_name(self) -> None:
        life = noted()
        told = entries(life.case, life.recordings, life.actor(CLAIMANT))
        assert MEDIATOR not in str(told)
        (theirs,) = (entry for entry in told if entry.role == "staff" and entry.type == "message_sent")
        assert (theirs.actor_id, theirs.command_id) == (None, None)

    def test_its_own_commands_are_its_to_know(self) -> None:
        life = noted()
        (own,) = (
            entry
            for entry in entries(life.case, life.recordings, life.actor(CLAIMANT))
            if entry.type == "message_sent" and entry.role == "claimant"
        )
        assert own.actor_id == CLAIMANT
        assert own.command_id is not None

    def test_of_another_party_only_its_side_and_part_is_said_whatever_is_known_of_it(self) -> None:
        life = a_case("payment_dispute").under_age(CLAIMANT).in_settlement()
        assert any(party.minor for party in life.case.parties)
        for who in (RESPONDENT, CLAIMANT):
            for entry in entries(life.case, life.recordings, life.actor(who)):
                for party in entry.data.get("parties", ()):
                    assert party["id"] == who or party.keys() == {"id", "side", "role"}, party

    def test_on_whom_an_escalation_landed_stays_inside(self) -> None:
        life = a_case().in_settlement()
        fact = LevelReached(
            clock="settlement",
            instance=1,
            level="end",
            count=0,
            action="escalate",
            due_at=MONDAY,
            step="lead",
            told=("per_cleo",),
        )
        recording = Recording(
            seq=9, at=MONDAY, recorded_at=MONDAY, command_id="dl_settlement:1:end:0", actor=Actor(id="system", role="system"),
            channel="system", round=0, fact=fact,
        )  # fmt: skip
        (told,) = entries(life.case, [recording], life.actor(CLAIMANT))
        assert not {"told", "step"} & told.data.keys()
        assert "per_x" not in str(told)


_KINDS = ("payment_dispute", "fraud_report", "safety_incident", "conduct_report", "bounty_dispute")
_INSIDE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (OPS, "place_hold", {"reason": "zz_hold", "reasons": "zz why held"}),
    (MEDIATOR, "pause", {"reason": "zz_pause"}),
    (MEDIATOR, "resume", {"reason": "zz_resume"}),
    (PLATFORM, "signal", {"signal": "zz_signal", "text": "zz of a device"}),
    (MEDIATOR, "note", {"text": "zz noted", "mentions": [LEAD]}),
    (LEAD, "extend", {"clock": "ruling", "for": "8 working hours", "reason": "zz_extend"}),
    (LEAD, "retarget", {"priority": "urgent", "queue": "zz_queue", "reason": "zz_retarget"}),
    (OPS, "assign", {"owner": MEDIATOR, "reason": "zz_assign"}),
)
"""By whom, and what, the words of the team are written that no side reads."""


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("side", [CLAIMANT, RESPONDENT])
class TestWordsOfFieldsThatNobodyThinksOf:
    def test_of_the_team_are_not_read_by_a_side(self, kind: str, side: str) -> None:
        life = a_case(kind).in_review()
        life = life if life.case.is_disclosed else life.disclosed()
        said = 0
        for who, command, fields in _INSIDE:
            try:
                life.says(who, command, **fields)
            except Refusal:
                continue
            said += 1
        viewer, texts = life.actor(side), life.sealer.texts.items()
        read = view(life.case, viewer).model_dump_json() + repr(entries(life.case, life.recordings, viewer))
        read += repr([(notice.data, notice.texts) for notice in life.notices_for(side)])
        assert "zz_" not in read
        assert [text for content_id, text in texts if text.startswith("zz") and content_id in read] == []
        assert said >= len(_INSIDE) - 2, "the words are really written"

    def test_by_which_door_a_report_came_is_the_platforms(self, kind: str, side: str) -> None:
        life = a_case(kind, source="tip_of_ann").in_review()
        for who, knows in ((side, False), (PLATFORM, True)):
            assert ("tip_of_ann" in repr(entries(life.case, life.recordings, life.actor(who)))) is knows


def test_what_was_said_before_the_move_is_said_by_who_wrote_it_and_names_nobody_of_the_team() -> None:
    since = MONDAY - timedelta(days=1)
    said = [
        {"sent_at": since + timedelta(hours=number), "by": by, "text": f"Words of {by}."}
        for number, by in enumerate(("kim", "acme", "staff", "per_mia"))
    ]
    report = {
        "kind": "bounty_dispute", "source": "oldtool", "external_id": "T-1", "statement": "It is no duplicate.",
        "parties": [{"side": "claimant", "ref": "kim"}, {"side": "respondent", "ref": "acme"}],
    }  # fmt: skip
    moving = MovingCase.model_validate({"report": report, "received_at": since, "phase": "review", "messages": said})
    made = rehearsed(shelf(), moving, MONDAY, owner=None, notify=False)
    kim, acme = (party.id for party in made.case.parties)
    expected = [(kim, "claimant"), (acme, "respondent"), (None, "staff"), (None, "staff")]
    for party in made.case.parties:
        viewer = Actor(id=party.id, role=party.side.value, side=party.side)
        told = [one for one in entries(made.case, made.recordings, viewer) if one.type == "past_message_kept"]
        assert [(one.actor_id, one.role) for one in told] == expected, party.side
        assert not any("by" in one.data for one in told)
        reader = Reader(party.id, party.side)
        mine = [reader.who(one) for one in told]
        with_words = [
            replace(one, data={**one.data, **dict.fromkeys({"text", "statement"} & one.data.keys(), "Words.")})
            for one in entries(made.case, made.recordings, viewer)
        ]
        spoke = spoken(with_words, reader, made.case.opened_at)
        assert [one.at for one in spoke] == [since, *(since + timedelta(hours=number) for number in range(4))]
        assert mine == (["you", "other"] if party.id == kim else ["other", "you"]) + ["staff", "staff"]
