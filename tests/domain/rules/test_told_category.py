"""What a report is called is read on the other side only where it is a word that packs list."""

from typing import Any

import pytest

from domain.model.facts import CaseOpened
from domain.rules.told_category import NEUTRAL, PLAIN, told
from domain.views.case import view
from policies.resolve import resolve
from services.timelines import entries
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, PLATFORM, RESPONDENT, Life, a_case, shelf
from tests.support.packs import a_report

WORD = "hit_my_sister_ann_at_home"
KINDS = ("payment_dispute", "conduct_report", "safety_incident", "fraud_report", "bounty_dispute")


def read_by(life: Life, who: str) -> str:
    """Everything that somebody reads of a case: its view, its timeline, and what was sent to their side."""
    viewer = life.actor(who)
    sent = [notice.data for _, notice in life.notices if notice.audience == viewer.role]
    return view(life.case, viewer).model_dump_json() + repr(entries(life.case, life.recordings, viewer)) + repr(sent)


def told_and_asked(kind: str, **more: Any) -> Life:
    """A case whose respondent was told of it, and asked a question that names no clause."""
    life = a_case(kind, category=WORD, **more).in_review()
    if not life.case.is_disclosed:
        life = life.says(MEDIATOR, "disclose", text="Somebody says that you did something on Monday.")
    return life.says(MEDIATOR, "request_evidence", of="respondent", what="Were you there on Monday?")


@pytest.mark.parametrize("kind", KINDS)
class TestAWordOfTheReporter:
    def test_is_other_to_the_other_side_and_accuses_nobody(self, kind: str) -> None:
        life = told_and_asked(kind)
        assert WORD not in read_by(life, RESPONDENT)
        assert life.seen_by(RESPONDENT).category == NEUTRAL
        assert WORD not in life.seen_by(RESPONDENT).accused_of

    def test_is_theirs_the_platforms_and_the_teams(self, kind: str) -> None:
        life = told_and_asked(kind)
        assert [life.seen_by(who).category for who in (CLAIMANT, PLATFORM, LEAD)] == [WORD] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_of_the_team_is_other_to_everybody_outside(kind: str) -> None:
    life = a_case(kind).in_review().says(LEAD, "retarget", category=WORD, reason="x")
    assert all(WORD not in read_by(life, who) for who in (CLAIMANT, RESPONDENT, PLATFORM))
    assert life.seen_by(LEAD).category == WORD


@pytest.mark.parametrize("role", ["principal", "representative"])
def test_whoever_one_person_put_beside_the_reporter_reads_no_word_of_theirs(role: str) -> None:
    """As their words are kept from them: Directive 2012/29/EU, article 21. Once a second one has said it, they read it."""
    life = a_case("safety_incident", category=WORD).in_review()
    spy: dict[str, Any] = {"party": {"side": "claimant", "role": role, "ref": "spy"}}
    spy |= {"represents": CLAIMANT, "agreed": True} if role == "representative" else {}
    life.says(MEDIATOR, "add_party", **spy)
    beside = life.actor("pty_spy")
    assert view(life.case, beside).category == NEUTRAL
    assert WORD not in repr(entries(life.case, life.recordings, beside))
    assert not any(WORD in repr(notice.data) for _, notice in life.notices if notice.recipient == "pty_spy")
    assert view(life.says(LEAD, "add_party", **spy).case, beside).category == WORD


def test_a_witness_of_the_reporter_reads_what_the_other_side_does() -> None:
    life = a_case("payment_dispute", category=WORD).in_review()
    life = life.says(LEAD, "add_party", party={"side": "claimant", "ref": "neighbour", "role": "witness"})
    witness = life.actor(CLAIMANT).model_copy(update={"id": next(p.id for p in life.case.parties if p.role == "witness")})
    assert view(life.case, witness).category == NEUTRAL
    assert WORD not in repr(entries(life.case, life.recordings, witness))


def test_what_packs_list_is_read_as_it_is() -> None:
    for one in shelf().packs.values():
        assert {*one.categories} <= PLAIN


def test_what_a_pack_of_ones_own_lists_is_read_as_it_is() -> None:
    own = shelf().packs["payment_dispute"]
    row = next(iter(own.categories.values()))
    own = own.model_copy(update={"categories": {**own.categories, "late_parcel": row}})
    listed, unknown = (
        resolve(own, a_report("payment_dispute", category=word), shelf().references)[1] for word in ("late_parcel", WORD)
    )
    assert (listed.category_listed, unknown.category_listed) == (True, False)
    life = a_case("payment_dispute", category="late_parcel").in_review()
    opened = life.recordings[0].fact
    assert isinstance(opened, CaseOpened)
    case = life.case.model_copy(update={"category_listed": True})
    assert (told(case, "late_parcel", "respondent"), told(life.case, "late_parcel", "respondent")) == ("late_parcel", NEUTRAL)
    moved = life.says(LEAD, "retarget", category=WORD, reason="x").case
    assert not moved.category_listed
