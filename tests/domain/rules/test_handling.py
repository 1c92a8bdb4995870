"""The desk: who gives a case back, and whom a note tells."""

from __future__ import annotations

import pytest

from domain.model import facts as f
from domain.model.refusals import Refusal
from domain.rules.rule import DecisionContext
from domain.transition import step
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, MEDIATOR_2, OPS, RESPONDENT, Life, a_case


class TestSkip:
    def test_gives_the_case_back_to_its_queue_with_the_reason(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "skip", reason="too_technical")
        assert [r.fact for r in life.last.recordings] == [
            f.CaseSkipped(person=MEDIATOR, reason="too_technical"),
            f.CaseQueued(queue="mediation", reason="skipped"),
        ]
        assert (life.case.owner, life.case.queue) == (None, "mediation")

    def test_leaves_it_to_whoever_takes_it_and_stops_no_clock(self) -> None:
        life = a_case().in_review()
        due_at = life.due("ruling").due_at
        life.says(MEDIATOR, "skip", reason="too_technical")
        assert not life.case.owner_sought, "it is not given to the same person again"
        assert life.due("ruling").due_at == due_at
        assert life.says(MEDIATOR_2, "take").case.owner == MEDIATOR_2

    def test_is_the_owners_alone(self) -> None:
        life = a_case().in_review()
        assert life.refused(MEDIATOR_2, "skip", reason="too_technical").code == "not_your_case"
        assert life.refused(CLAIMANT, "skip", reason="too_technical").code == "not_allowed"

    def test_of_a_drafted_ruling_there_is_none(self) -> None:
        assert a_case().in_approval().refused(MEDIATOR, "skip", reason="too_technical").code == "not_in_this_phase"


def mentioning(life: Life, *people: str, here: tuple[str, ...] | None) -> Life:
    """The mediator writes a note; of those it mentions, ``here`` are known to work here."""
    command = life.command(MEDIATOR, "note", mentions=list(people))
    context = DecisionContext(actor=life.actor(MEDIATOR), mentioned=here)
    return life._take(step(life.case, life.case_id, command, context, life.now, life.now, life.reference))


class TestMentions:
    def test_tell_each_colleague_once_with_the_note(self) -> None:
        life = mentioning(a_case().in_review(), LEAD, OPS, LEAD, here=(LEAD, OPS))
        (note,) = [r.fact for r in life.last.recordings]
        assert isinstance(note, f.NoteAdded)
        assert note.mentions == (LEAD, OPS)
        told = [(draft.event, draft.recipient, draft.audience, draft.texts) for _, draft in life.last.notices]
        assert told == [("mentioned", who, "staff", {"text": note.text}) for who in (LEAD, OPS)]

    def test_tell_no_party_and_not_whoever_wrote_it(self) -> None:
        life = mentioning(a_case().in_review(), MEDIATOR, LEAD, here=(MEDIATOR, LEAD))
        assert [draft.recipient for _, draft in life.last.notices] == [LEAD]
        for party in (CLAIMANT, RESPONDENT):
            assert all(draft.event != "mentioned" for draft in life.notices_for(party))

    def test_of_somebody_who_does_not_work_here_are_refused(self) -> None:
        life = a_case().in_review()
        with pytest.raises(Refusal) as caught:
            mentioning(life, LEAD, "per_nobody", here=(LEAD,))
        assert (caught.value.code, caught.value.fields) == ("person_unknown", {"mentions": ["per_nobody"]})

    def test_a_note_without_any_tells_nobody(self) -> None:
        assert mentioning(a_case().in_review(), here=None).last.notices == ()
