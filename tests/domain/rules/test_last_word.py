"""Nobody loses by what the other side has handed in last, unseen or unanswered, as far as the ruling relies on it."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.base import Phase
from domain.model import commands as c
from domain.model import facts as f
from domain.model.prose import Prose, text_fields
from domain.rules.evolve import fold
from domain.rules.last_word import NO_PIECES, piece_of
from domain.rules.lifecycle import TABLE
from domain.views.case import view
from tests.support.appointments import DAY, HOUR, TO_MONDAY, agreed, on, proposed
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
)
from tests.support.other_cases import OTHER_CASE, joined

DENIED = {"outcome": "denied", "ground": "not_received"}
PAID = {
    "outcome": "refunded",
    "ground": "not_received",
    "remedies": [{"type": "refund", "amount": {"amount": 100, "currency": "USD"}}],
}

HEAVY = OUTCOMES["fraud_report"]["heavy"]
WARNED = {**HEAVY, "remedies": [*HEAVY["remedies"], {"type": "warn", "to": "respondent"}]}


def claimed() -> Life:
    return a_case("payment_dispute").that_protects().in_review()


class TestComesWhileADraftWaits:
    def drafted(self) -> Life:
        return a_case("fraud_report").in_review().disclosed().says(MEDIATOR, "rule", **WARNED)

    @pytest.mark.parametrize("word", ["message", "submit_evidence"])
    def test_is_read_by_whoever_agrees_and_told_to_who_drafted_it(self, word: str) -> None:
        life = self.drafted().says(RESPONDENT, word)
        assert {n.recipient for _, n in life.last.notices if n.event == "came_since_draft"} == {MEDIATOR, "role:leads"}
        refusal = life.refused(LEAD, "approve")
        assert (refusal.code, len(refusal.fields["since"])) == ("not_seen", 1)
        assert fold(life.case_id, life.recordings) == life.case
        assert life.says(LEAD, "approve", seen=refusal.fields["since"]).case.phase is Phase.RULED

    def test_stops_nobody_where_it_comes_from_who_wins(self) -> None:
        assert self.drafted().says(CLAIMANT, "submit_evidence").says(LEAD, "approve").case.phase is Phase.RULED

    def test_is_nothing_to_the_next_draft(self) -> None:
        life = self.drafted().says(RESPONDENT, "message").says(LEAD, "return_ruling")
        life.says(MEDIATOR, "rule", **WARNED)
        assert life.case.came_since == ()


class TestAnswerable:
    """Whose time to answer runs knows of it, and of nothing else."""

    def seen_by(self, life: Life, who: str) -> list[tuple[str, datetime]]:
        return [(one.id, one.until) for one in view(life.case, life.actor(who)).answerable]

    def test_whose_time_runs_is_told_of_it_and_nothing_is_held_against_them_before(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", text="The signature.")
        (notice,) = [n for _, n in life.last.notices if n.recipient == CLAIMANT]
        ((piece, until),) = self.seen_by(life, CLAIMANT)
        assert (notice.event, notice.data["answer_until"]) == ("evidence_submitted", until.isoformat())
        assert piece == life.case.handed_in[-1]
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["until"] == until.isoformat()
        assert self.seen_by(life, RESPONDENT) == []
        life.says(CLAIMANT, "message")
        assert self.seen_by(life, CLAIMANT) == []

    @pytest.mark.parametrize("hidden", [{"confidentiality": "deciders"}, {"confidentiality": "own_side"}, {"to": "desk"}])
    def test_what_they_cannot_read_is_not_among_it_not_once_they_were_asked_either(self, hidden: dict[str, str]) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", **hidden)
        assert not [n for _, n in life.last.notices if n.recipient == CLAIMANT]
        life.says(MEDIATOR, "message", to="claimant", text="What do you say to a signature?")
        assert self.seen_by(life, CLAIMANT) == []

    def test_once_it_is_decided_there_is_nothing_left_to_answer(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence").says(MEDIATOR, "rule", **DENIED, relies_on=[])
        assert self.seen_by(life, CLAIMANT), "they do not know yet that it was decided"
        life.fire_next()
        assert life.case.phase is Phase.APPEALABLE
        assert self.seen_by(life, CLAIMANT) == []


class TestUnseen:
    @pytest.mark.parametrize("hidden", [{"confidentiality": "deciders"}, {"confidentiality": "own_side"}, {"to": "desk"}])
    def test_is_no_ground_against_the_other_side(self, hidden: dict[str, str]) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", **hidden)
        refusal = life.later(timedelta(days=30)).refused(MEDIATOR, "rule", **DENIED)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["until"]) == ("not_heard", "evidence", None)
        assert refusal.fields["evidence"] == list(life.case.handed_in)

    def test_a_word_of_theirs_does_not_answer_it(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(CLAIMANT, "message")
        assert life.refused(MEDIATOR, "rule", **DENIED).code == "not_heard"

    @pytest.mark.parametrize("shown", ["request_evidence", "message"])
    def test_shown_the_gist_they_answer_or_let_their_time_go_by(self, shown: str) -> None:
        gist = {"of": "claimant"} if shown == "request_evidence" else {"to": "claimant"}
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, shown, **gist)
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["until"] is not None
        again = fold(life.case_id, life.recordings)
        assert again == life.case
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "rule", **DENIED)

    def test_and_so_it_is_with_the_time_alone(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, "message", to="claimant")
        assert life.later(timedelta(days=8)).says(MEDIATOR, "rule", **DENIED).case.ruling is not None

    def test_a_word_to_the_desk_alone_is_as_unseen(self) -> None:
        life = claimed().says(RESPONDENT, "message", to="desk")
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["missing"] == "evidence"


class TestShown:
    def test_it_can_be_answered(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **DENIED).fields["missing"] == "evidence"
        assert life.says(CLAIMANT, "message").says(MEDIATOR, "rule", **DENIED).case.ruling is not None

    def test_what_hits_nobody_waits_for_nobody(self) -> None:
        assert claimed().says(RESPONDENT, "submit_evidence").says(MEDIATOR, "rule", **PAID).case.ruling is not None

    def test_it_is_so_for_both_sides(self) -> None:
        life = claimed().says(RESPONDENT, "message").says(CLAIMANT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **PAID).fields["side"] == "respondent"


class TestSaidAtAHearing:
    """What is put down speaks against whoever was not there, and for a day against whoever is said to have been."""

    def held(self, **fields: Any) -> Life:
        life = agreed(claimed().says(RESPONDENT, "message")).later(4 * DAY + HOUR)
        return life.says(MEDIATOR, "record_appointment", **{"protocol": "The buyer says that the box was empty.", **fields})

    def test_whoever_missed_it_reads_it_and_has_the_time_to_answer_it(self) -> None:
        life = self.held(missed_by=["respondent"])
        piece = f"message:{life.case.seq}"
        refusal = life.refused(MEDIATOR, "rule", **PAID)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["evidence"]) == ("not_heard", "evidence", [piece])
        assert life.refused(MEDIATOR, "rule", **PAID, relies_on=[piece]).fields["until"] == refusal.fields["until"]
        assert [one.id for one in life.seen_by(RESPONDENT).answerable] == [piece]
        letter = life.notices_for(RESPONDENT)[-1]
        assert (letter.event, letter.data["answer_until"]) == ("appointment_held", refusal.fields["until"])
        assert life.notices_for(CLAIMANT)[-1].data["answer_until"] == (life.now + TO_MONDAY).isoformat(), (
            "it is put down that they were"
        )
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("missed", [["respondent"], []])
    def test_whatever_the_ruling_says_that_it_rests_on(self, missed: list[str]) -> None:
        """One person puts it down: what it says is no trifle that delays nobody."""
        life = self.held(missed_by=missed)
        refusal = life.refused(MEDIATOR, "rule", **PAID, relies_on=[])
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "evidence")
        assert "relies" not in refusal.detail

    def test_whoever_is_said_to_have_been_there_has_a_business_day_to_say_that_it_was_otherwise(self) -> None:
        """One person puts down that they came, and what they said (European Convention on Human Rights, article 6(1))."""
        life = self.held(protocol="The shop says: the box was empty, we admit it.")
        refusal = life.refused(MEDIATOR, "rule", **PAID)
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "evidence")
        assert refusal.fields["until"] == (life.now + TO_MONDAY).isoformat()
        assert life.notices_for(RESPONDENT)[-1].data["answer_until"] == refusal.fields["until"]
        assert life.later(TO_MONDAY).says(MEDIATOR, "rule", **PAID).case.ruling is not None

    def test_or_until_they_have_commented(self) -> None:
        life = self.held().says(RESPONDENT, "comment_protocol", was_there=True)
        assert life.says(MEDIATOR, "rule", **PAID).case.ruling is not None

    @pytest.mark.parametrize("answer", ["message", "comment_protocol"])
    def test_whoever_missed_it_answers_it_by_a_word(self, answer: str) -> None:
        life = self.held(missed_by=["respondent"]).says(RESPONDENT, answer)
        assert not [one for one in life.case.unanswered if one.against.value == "respondent"]

    def test_whoever_was_not_invited_is_told_of_it_first(self) -> None:
        life = proposed(claimed().says(RESPONDENT, "message"), sides="claimant")
        life.says(CLAIMANT, "answer_appointment", times=on(life, 0)).later(4 * DAY)
        life.says(MEDIATOR, "record_appointment", protocol="The buyer says that the box was empty.")
        assert life.refused(MEDIATOR, "rule", **PAID).fields["until"] is None
        assert life.seen_by(RESPONDENT).answerable == ()
        life.says(MEDIATOR, "message", to="respondent")
        assert life.refused(MEDIATOR, "rule", **PAID).fields["until"] is not None
        assert life.seen_by(RESPONDENT).answerable == ()
        assert life.says(RESPONDENT, "message").says(MEDIATOR, "rule", **PAID).case.ruling is not None


class TestReliesOn:
    def test_trifles_delay_nobody(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence").says(CLAIMANT, "message").says(RESPONDENT, "submit_evidence")
        first, last = life.case.handed_in
        assert life.refused(MEDIATOR, "rule", **DENIED, relies_on=[first, last]).fields["evidence"] == [last]
        life.says(MEDIATOR, "rule", **DENIED, relies_on=[first])
        drafted = next(r.fact for r in life.recordings if r.fact.type == "ruling_drafted")
        assert drafted.relies_on == (first,)

    def test_only_what_there_is(self) -> None:
        refusal = claimed().says(RESPONDENT, "message").refused(MEDIATOR, "rule", **DENIED, relies_on=["evd_none"])
        assert refusal.code == "evidence_unknown"


class TestOnAppeal:
    def appealed(self) -> Life:
        life = (
            claimed()
            .says(RESPONDENT, "message")
            .says(MEDIATOR, "rule", **DENIED, relies_on=[])
            .later(timedelta(days=1))
            .says(CLAIMANT, "appeal")
        )
        return life.says(MEDIATOR_2, "take").says(RESPONDENT, "submit_evidence")

    def test_an_appeal_is_not_lost_by_what_came_in_unanswered(self) -> None:
        life = self.appealed()
        assert life.refused(MEDIATOR_2, "decide_appeal", decision="uphold").fields["missing"] == "evidence"
        assert life.says(CLAIMANT, "message").says(MEDIATOR_2, "decide_appeal", decision="uphold").case.ruling is not None

    def test_unless_it_rests_on_none_of_it(self) -> None:
        life = self.appealed().says(MEDIATOR_2, "decide_appeal", decision="uphold", relies_on=[])
        assert life.case.ruling is not None


class TestWhoeverLosesIsToldSo:
    @pytest.mark.parametrize(("ruling", "loser"), [(DENIED, "claimant"), (PAID, "respondent")])
    def test_the_side_that_lost_alone(self, ruling: dict[str, Any], loser: str) -> None:
        life = claimed().says(RESPONDENT, "message").says(CLAIMANT, "message").says(RESPONDENT, "message")
        life.says(MEDIATOR, "rule", **ruling, relies_on=[])
        life.later(timedelta(days=1))
        told = {who: life.notices_for(who) for who in (CLAIMANT, RESPONDENT)}
        said = {who for who, drafts in told.items() if any(draft.data.get("could_answer") for draft in drafts)}
        assert {who for who, drafts in told.items() if drafts} == {CLAIMANT, RESPONDENT}
        assert said == {CLAIMANT if loser == "claimant" else RESPONDENT}


class TestOldCases:
    def test_go_on_by_their_own_terms(self) -> None:
        life = a_case("payment_dispute").that_protects().with_terms(late=False).in_review()
        assert life.says(RESPONDENT, "submit_evidence", to="desk").says(MEDIATOR, "rule", **DENIED).case.unanswered == ()


CHARGE = {"conduct_report": "insult", "safety_incident": "duty_of_care", "fraud_report": "stolen_payment"}
"""What is put to the accused in each kind."""


def answered(kind: str = "conduct_report") -> Life:
    """The accused was told of what, was asked, and has answered all there was."""
    life = a_case(kind).that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
    life.disclosed(ground=CHARGE[kind])
    return life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")


class TestByAnotherDoor:
    """What reaches whoever decides reaches whoever loses by it, however it came."""

    DOORS: dict[str, tuple[str, str, dict[str, Any]]] = {
        "a word to the desk": (CLAIMANT, "message", {"text": "He asked for money, or he would tell."}),
        "evidence of the platform": (PLATFORM, "submit_evidence", {"confidentiality": "deciders"}),
        "a word of the platform": (PLATFORM, "message", {"to": "desk"}),
        "a signal that says something": (PLATFORM, "signal", {"signal": "device_seen_again", "text": "His device wrote it."}),
    }

    @pytest.mark.parametrize("door", [*DOORS, "a report that was joined"])
    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident", "fraud_report"])
    def test_it_is_put_to_whoever_loses(self, kind: str, door: str) -> None:
        life = answered(kind)
        if door in self.DOORS:
            by, command, fields = self.DOORS[door]
            life.says(by, command, **fields)
        else:
            joined(kind, life)
        against = WARNED if kind == "fraud_report" else OUTCOMES[kind]["light"]
        refusal = life.refused(MEDIATOR, "rule", **against)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["side"]) == ("not_heard", "evidence", "respondent")
        (piece,) = refusal.fields["evidence"]
        assert life.refused(MEDIATOR, "rule", **against, relies_on=[piece]).fields["evidence"] == [piece]
        assert fold(life.case_id, life.recordings) == life.case
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **against, relies_on=[piece]).case.ruling is not None

    def test_what_the_ruling_does_not_rest_on_resets_no_time(self) -> None:
        life = answered().says(CLAIMANT, "message", text="Thank you for looking at it.")
        assert life.says(MEDIATOR, "rule", **OUTCOMES["conduct_report"]["light"], relies_on=[]).case.ruling is not None

    def test_a_signal_without_words_is_nothing_to_answer(self) -> None:
        assert answered().says(PLATFORM, "signal", signal="seen").case.unanswered == ()

    def test_what_the_platform_hands_in_counts_against_either_side(self) -> None:
        life = claimed().says(RESPONDENT, "message").says(PLATFORM, "submit_evidence")
        for ruling, side in ((DENIED, "claimant"), (PAID, "respondent")):
            assert life.refused(MEDIATOR, "rule", **ruling).fields["side"] == side

    def test_of_several_accused_it_is_put_to_whom_alone_the_ruling_hits(self) -> None:
        life = a_case("safety_incident").that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        for who in (OPS, LEAD):
            life.says(who, "add_party", party={"side": "respondent", "ref": "second"})
        life.disclosed(ground="duty_of_care")
        for who in (RESPONDENT, "pty_second"):
            life.says(MEDIATOR, "request_evidence", of="respondent", party=who).says(who, "submit_evidence")
        warn = {"type": "warn", "to": "respondent"}
        ruling = {"outcome": "substantiated", "ground": "duty_of_care"}
        refusal = life.refused(MEDIATOR, "rule", **ruling, remedies=[{**warn, "party": RESPONDENT}])
        assert (refusal.fields["missing"], refusal.fields["evidence"]) == ("evidence", [life.case.handed_in[-1]])
        assert life.says(MEDIATOR, "rule", **ruling, remedies=[{**warn, "party": "pty_second"}]).case.ruling is not None

    def test_and_to_each_whom_it_hits_whatever_it_does_to_others(self) -> None:
        """A trifle for the one who said it does not unlock what hits the other."""
        life = a_case("safety_incident").that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        for who in (OPS, LEAD):
            life.says(who, "add_party", party={"side": "respondent", "ref": "second"})
        life.disclosed(ground="duty_of_care")
        for who in (RESPONDENT, "pty_second"):
            life.says(MEDIATOR, "request_evidence", of="respondent", party=who).says(who, "submit_evidence")
        one = {"type": "suspend", "to": "respondent", "party": RESPONDENT}
        other = {"type": "warn", "to": "respondent", "party": "pty_second"}
        ruling = {"outcome": "substantiated", "ground": "duty_of_care"}
        for remedies in ([one, other], [{"type": "warn", "to": "respondent"}]):
            refusal = life.refused(MEDIATOR, "rule", **ruling, remedies=remedies)
            assert (refusal.fields["missing"], refusal.fields["evidence"]) == ("evidence", [life.case.handed_in[-1]])
        life.says(RESPONDENT, "message", text="She was not even there.", to="desk")
        assert life.says(MEDIATOR, "rule", **ruling, remedies=[one, other], relies_on=[life.case.handed_in[-1]]).case.ruling

    def test_only_what_there_can_be_is_relied_upon(self) -> None:
        # Two of the team's own facts are no word of anybody: who took the case, and what was asked.
        own = [r.seq for r in answered().recordings if r.actor.role == "mediator"]
        assert own
        for piece in ("message:99999", "case_none", "message:x", *(f"message:{seq}" for seq in own)):
            against = OUTCOMES["conduct_report"]["light"]
            assert answered().refused(MEDIATOR, "rule", **against, relies_on=[piece]).code == "evidence_unknown"


class TestWhereWordsGoToTheDesk:
    def test_what_the_reporter_adds_after_the_answer_is_put_to_the_accused(self) -> None:
        life = a_case("conduct_report").that_protects().in_review()
        life.says(MEDIATOR, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(CLAIMANT, "submit_evidence").says(MEDIATOR, "request_evidence", of="respondent", ground="insult")
        life.says(RESPONDENT, "submit_evidence").says(CLAIMANT, "submit_evidence")
        against = OUTCOMES["conduct_report"]["light"]
        assert life.refused(MEDIATOR, "rule", **against).fields["evidence"] == [life.case.handed_in[-1]]
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **against).case.ruling is not None


def classes_of(union: Any) -> list[type[BaseModel]]:
    """The classes of a union of unions."""
    found: list[type[BaseModel]] = []
    for part in get_args(union):
        found += [part] if isinstance(part, type) else classes_of(part)
    return found


FROM_OUTSIDE: dict[str, str] = {
    "message": "said openly, to one side, or to the desk",
    "offer": "with an offer or a counter-offer",
    "submit_evidence": "evidence, by its own id",
    "appeal": "why somebody appeals",
    "withdraw": "why somebody takes it back",
    "ship_return": "the number of a parcel",
    "contest_return": "what came back",
    "signal": "what a machine noticed",
    "state_amount": "why it is another amount",
    "ask_interim_review": "why a measure is wrong",
    "concede": "why somebody concedes",
    "remove_party": "why somebody is to go",
    "replace_party": "why somebody is replaced",
    "move_appointment": "why another time",
    "comment_protocol": "what somebody says to what was put down of a hearing",
    "open": "the report itself: whoever it is against is heard on it",
    "join": "the report that is joined, by its case",
}
"""Every command by which somebody outside the team writes a text."""


class TestWhateverIsSaid:
    """A table of all texts from outside: none is in nobody's list."""

    def test_every_command_that_carries_one_is_here(self) -> None:
        outside = {"claimant", "respondent", "reporter", "witness", "appellant", "hit", "platform"}
        may = {row.command for row in TABLE if {who.value for who in row.who} & outside}
        texts = {one.model_fields["type"].default for one in classes_of(c.Command) if text_fields(one)}
        assert set(FROM_OUTSIDE) == {*(may & texts), "open", "join"}

    @pytest.mark.parametrize("kind", [one for one in classes_of(f.Fact) if text_fields(one)], ids=lambda one: one.__name__)
    @pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT, PLATFORM])
    def test_every_fact_that_carries_one_is_a_piece(self, kind: type[Any], who: str) -> None:
        life = claimed()
        text = Prose(content_id="cnt_1", digest="d", length=1)
        said = {"of": OTHER_CASE, "evidence_id": "evd_1", "sender": "claimant", **dict.fromkeys(text_fields(kind), text)}
        fact = kind.model_construct(**{name: value for name, value in said.items() if name in kind.model_fields})
        found = piece_of(life.recordings[-1].model_copy(update={"fact": fact, "actor": life.actor(who)}))
        assert (found is None) == (fact.type in NO_PIECES), fact.type

    @pytest.mark.parametrize(
        ("who", "command", "fields"),
        [
            (CLAIMANT, "message", {"to": "all"}),
            (CLAIMANT, "message", {"to": "desk"}),
            (CLAIMANT, "message", {"to": "claimant"}),
            (CLAIMANT, "offer", {"remedy": "refund", "amount": {"amount": 100, "currency": "USD"}, "text": "It burnt, too."}),
            (PLATFORM, "message", {"to": "all"}),
            (PLATFORM, "message", {"to": "claimant"}),
            (PLATFORM, "state_amount", {"amount": {"amount": 100, "currency": "USD"}, "reasons": "So our ledger says."}),
        ],
    )
    def test_it_is_answered_before_somebody_loses_by_it(self, who: str, command: str, fields: dict[str, Any]) -> None:
        life = claimed().says(RESPONDENT, "message").says(who, command, **fields)
        piece = (
            f"message:{life.recordings[-1].seq}"
            if command != "state_amount"
            else next(f"message:{r.seq}" for r in life.recordings if r.fact.type == "amount_stated")
        )
        refusal = life.refused(MEDIATOR, "rule", **PAID)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["evidence"]) == ("not_heard", "evidence", [piece])
        assert life.refused(MEDIATOR, "rule", **PAID, relies_on=[piece]).code == "not_heard"
        life.says(MEDIATOR, "message", to="respondent").says(RESPONDENT, "message")
        assert not [one for one in life.case.unanswered if one.against.value == "respondent"]

    def test_nobody_waits_for_what_the_ruling_does_not_rest_on(self) -> None:
        life = claimed().says(RESPONDENT, "message").says(CLAIMANT, "message")
        life.says(MEDIATOR, "rule", **PAID, relies_on=[])
        drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
        assert getattr(drafted, "relies_on", None) == ()

    def test_a_witness_of_their_own_speaks_for_nobody(self) -> None:
        life = a_case("safety_incident").with_party(WITNESS, "respondent", "witness").that_protects().in_review().disclosed()
        life.says(RESPONDENT, "message").says(WITNESS, "submit_evidence", confidentiality="deciders")
        theirs = [one for one in life.case.unanswered if one.against.value == "respondent"]
        assert [(one.id, one.shown_at) for one in theirs] == [(life.case.handed_in[-1], None)]

    def test_time_that_went_by_answers_what_was_shown_before_it_began(self) -> None:
        life = claimed().says(CLAIMANT, "message").says(MEDIATOR, "request_evidence", of="respondent")
        assert [one.against.value for one in life.case.unanswered] == ["respondent"]
        life.later(timedelta(days=30))
        assert life.case.unanswered == ()


class TestWhileTheCaseIsFrozen:
    """What stands unanswered when an incident stops everything waits that much longer, whatever it came by."""

    def ends(self, life: Life) -> str | None:
        refusal = life.refused(MEDIATOR, "rule", **DENIED)
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "evidence")
        return refusal.fields["until"]

    @pytest.mark.parametrize("since_for", [timedelta(), HOUR])
    def test_it_stands_still_and_what_was_lost_comes_on_top(self, since_for: timedelta) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence")
        shown, before = life.now, datetime.fromisoformat(self.ends(life) or "")
        frozen = life.later(HOUR).now - since_for
        life.says(OPS, "freeze", incident="mail", at=frozen)
        assert self.ends(life.later(30 * DAY)) is None
        assert life.seen_by(CLAIMANT).answerable == ()
        life.says(OPS, "thaw", incident="mail", margin="2 hours")
        lost = life.now + 2 * HOUR - max(frozen, shown)
        assert datetime.fromisoformat(self.ends(life) or "") == before + lost
        assert fold(life.case_id, life.recordings) == life.case

    def test_two_incidents_at_once_stop_it_once(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence")
        before = datetime.fromisoformat(self.ends(life) or "")
        began = life.now
        life.says(OPS, "freeze", incident="mail").says(OPS, "freeze", incident="store")
        life.later(DAY).says(OPS, "thaw", incident="mail").later(DAY).says(OPS, "thaw", incident="store")
        over = datetime.fromisoformat(self.ends(life) or "")
        assert timedelta() < over - before <= life.now - began

    def test_a_word_answers_it_all_the_same(self) -> None:
        life = claimed().says(RESPONDENT, "submit_evidence").says(OPS, "freeze", incident="mail")
        life.says(CLAIMANT, "message").says(MEDIATOR, "rule", **DENIED)
        assert life.case.ruling is not None
