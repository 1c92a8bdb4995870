"""While somebody is reported in secret no text of one person leaves the team, to whichever side, by whatever command."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.model import commands as c
from domain.model import facts as f
from domain.model.legal_hold import HeldPerson
from domain.model.prose import Prose, text_fields
from domain.rules import told_by_two
from domain.rules.lifecycle import TABLE
from domain.views.case import unsaid, visible
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
    digest_of,
)
from tests.support.other_cases import OTHER_CASE

FIU: dict[str, Any] = {"authority": "financial_intelligence_unit", "reasons": "Nine cards and one account."}
TOLD = "We have told the unit of you."


def classes_of(union: Any) -> list[type[BaseModel]]:
    """The classes of a union of unions."""
    found: list[type[BaseModel]] = []
    for part in get_args(union):
        found += [part] if isinstance(part, type) else classes_of(part)
    return found


def reported(*, known: bool = True) -> Life:
    life = a_case("fraud_report").with_party(WITNESS, "respondent", "witness").that_protects().in_review()
    life = life.disclosed() if known else life
    return life.says(MEDIATOR, "report_to_authority", **FIU)


def texts_for(life: Life, *who: str) -> list[tuple[str, set[str]]]:
    return [(n.event, set(n.texts)) for one in who for n in life.notices_for(one) if n.texts]


class TestEveryText:
    def test_of_every_command_is_decided_on(self) -> None:
        every = {(one.model_fields["type"].default, field) for one in classes_of(c.Command) for field in text_fields(one)}
        assert set(told_by_two.TEXTS) == every

    def test_of_a_party_is_what_parties_alone_may_send(self) -> None:
        outside = {"claimant", "respondent", "reporter", "witness", "appellant", "hit"}
        for command in {command for (command, _), how in told_by_two.TEXTS.items() if how == "party"} - {"open"}:
            assert {who.value for row in TABLE if row.command == command for who in row.who} <= outside, command

    @pytest.mark.parametrize("kind", [one for one in classes_of(f.Fact) if text_fields(one)], ids=lambda one: one.__name__)
    def test_of_every_fact_is_read_by_no_party_unless_two_tell_it(self, kind: type[Any]) -> None:
        life = reported()
        text = Prose(content_id="cnt_1", digest="d", length=1)
        fact = kind.model_construct(**dict.fromkeys(text_fields(kind), text))
        recording = life.recordings[-1].model_copy(update={"fact": fact, "actor": life.actor(LEAD)})
        two = fact.type in ("message_sent", "case_disclosed")
        assert told_by_two.unsaid(life.case, recording) >= (frozenset() if two else set(text_fields(kind)))
        mine = recording.model_copy(update={"actor": life.actor(CLAIMANT)})
        assert not told_by_two.unsaid(life.case, mine), "their own words come in as before"


WORDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (MEDIATOR, "message", {"to": "claimant", "text": TOLD}),
    (MEDIATOR, "message", {"to": "respondent", "text": TOLD}),
    (MEDIATOR, "message", {"text": TOLD}),
    (PLATFORM, "message", {"to": "all", "text": TOLD}),
    (PLATFORM, "submit_evidence", {"to": "all", "text": TOLD}),
    (MEDIATOR, "request_evidence", {"of": "claimant", "what": TOLD}),
    (MEDIATOR, "request_evidence", {"of": "respondent", "what": TOLD}),
    (MEDIATOR, "impose_interim", {"measure": "suspend", "reasons": "Now.", "told": TOLD}),
    (LEAD, "remove_party", {"party": WITNESS, "reason": "mistaken", "reasons": "By mistake.", "told": TOLD}),
    (LEAD, "split", {"statement": TOLD}),
)


class TestAWordOfOne:
    @pytest.mark.parametrize(("who", "command", "fields"), WORDS)
    @pytest.mark.parametrize("known", [True, False])
    def test_is_told_to_nobody(self, who: str, command: str, fields: dict[str, Any], known: bool) -> None:
        life = reported(known=known)
        if not known and who == PLATFORM:
            # It stays with the desk, as every word to somebody who does not know of the case.
            return
        refusal = life.refused(who, command, **fields)
        assert refusal.code in ("tipping_off", "not_disclosed")
        if refusal.code == "tipping_off":
            assert refusal.fields["because"] == "one_person"

    def test_goes_once_two_have_agreed_on_it(self) -> None:
        what = "Whose card was it?"
        life = reported().says(MEDIATOR, "disclose", to="claimant", text=what, reasons="It says nothing of the report.")
        assert life.refused(MEDIATOR, "disclose", to="claimant", text=None, reasons="Now.").fields["because"] == "second_person"
        told = len(life.notices_for(RESPONDENT))
        life.says(LEAD, "disclose", to="claimant", text=None, reasons="I have read it.")
        said = life.facts[-1]
        assert (said.type, said.to) == ("message_sent", "claimant")  # type: ignore[union-attr]  # it is a message, as its type says
        assert len(life.notices_for(RESPONDENT)) == told
        life.says(MEDIATOR, "request_evidence", of="claimant", what=what)
        asked = next(r for r in reversed(life.recordings) if r.fact.type == "evidence_requested")
        assert not unsaid(life.case, asked, life.actor(CLAIMANT))
        assert life.refused(MEDIATOR, "request_evidence", of="claimant", what=TOLD).code == "tipping_off"

    def test_another_side_is_told_by_two_anew(self) -> None:
        life = reported().says(MEDIATOR, "disclose", to="claimant", text="Whose card was it?", reasons="It says nothing.")
        life.says(LEAD, "disclose", text="Whose card was it?", reasons="To them as well.")
        assert life.facts[-1].type == "disclosure_proposed"

    def test_is_everybodys_where_nobody_is_reported(self) -> None:
        life = a_case("fraud_report").that_protects().in_review()
        assert life.refused(MEDIATOR, "disclose", to="claimant", text="Hello.", reasons="So.").code == "already_disclosed"
        assert life.says(MEDIATOR, "message", to="claimant").facts[-1].type == "message_sent"


class TestWhy:
    def test_a_clock_got_more_time(self) -> None:
        life = reported().says(LEAD, "extend", clock="ruling", **{"for": "4 working hours"}, reason="fiu_report", reasons=TOLD)
        self.is_told_nobody(life, "clock_extended", "ruling_time_extended")

    def test_the_case_was_closed_and_taken_up_again(self) -> None:
        life = reported().says(OPS, "close", outcome="expired", reason="bank_closed", reasons=TOLD)
        self.is_told_nobody(life, "case_closed")
        life.says(OPS, "reopen", reason="fiu_report", reasons=TOLD)
        self.is_told_nobody(life, "case_reopened")

    def test_a_ruling_was_set_aside(self) -> None:
        life = reported().says(RESPONDENT, "message").says(CLAIMANT, "message")
        life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["light"], relies_on=[])
        life = life.says(LEAD, "approve").fire("grace")
        life.says(LEAD_2, "annul", reason="fiu_report", reasons=TOLD)
        self.is_told_nobody(life, "ruling_annulled")

    def test_a_clock_stood_still(self) -> None:
        life = reported()
        life.says(LEAD, "pause", until=life.now + timedelta(days=1), reason="fiu_report")
        self.is_told_nobody(life, "clocks_paused")

    def test_it_goes_on_of_office_or_a_wish_is_granted(self) -> None:
        for command, fact in (("continue_of_office", "continued_of_office"), ("accept_withdrawal", "withdrawal_accepted")):
            life = reported().says(CLAIMANT, "withdraw").says(MEDIATOR, command, reasons=TOLD)
            self.is_told_nobody(life, fact)

    def test_somebody_has_the_money_meanwhile(self) -> None:
        life = a_case("fraud_report", amount={"amount": 40000, "currency": "USD"}).that_protects().in_review().disclosed()
        life.says(MEDIATOR, "report_to_authority", **FIU)
        life.says(MEDIATOR, "credit_provisionally", amount={"amount": 40000, "currency": "USD"}, reasons=TOLD)
        self.is_told_nobody(life, "provisional_credit_given")

    def is_told_nobody(self, life: Life, fact: str, *events: str) -> None:
        found = next(r for r in reversed(life.recordings) if r.fact.type == fact)
        for who in (CLAIMANT, RESPONDENT):
            if visible(life.case, found, life.actor(who)):
                assert unsaid(life.case, found, life.actor(who)) >= {"reasons", "reason"} & {*type(found.fact).model_fields}
        drafts = [
            draft
            for seq, draft in life.notices
            if draft.event in (fact, *events) and draft.audience in ("claimant", "respondent")
        ]
        assert not any(draft.texts or "reason" in draft.data for draft in drafts)
        assert not unsaid(life.case, found, life.actor(LEAD))


def codes_of(command: type[BaseModel]) -> set[str]:
    """The fields of a command that hold a code, which somebody may write as they like unless a list says otherwise."""
    found = set()
    for name, said in command.model_json_schema()["properties"].items():
        shapes = [said, *said.get("anyOf", ())]
        shapes += [shape["items"] for shape in shapes if isinstance(shape.get("items"), dict)]
        if any(shape.get("maxLength") == 64 for shape in shapes):
            found.add(name)
    return found - {"type", "channel", "language"}


class TestCodes:
    def test_of_every_command_is_decided_on(self) -> None:
        every = {(one.model_fields["type"].default, field) for one in classes_of(c.Command) for field in codes_of(one)}
        assert set(told_by_two.CODES) == every

    def test_a_category_that_the_parties_read_is_no_way_round(self) -> None:
        refusal = reported().refused(LEAD, "retarget", category="money_laundering", reason="fiu_report")
        assert refusal.code == "tipping_off"
        assert reported().says(LEAD, "retarget", priority="urgent", reason="more_victims").case.priority == "urgent"

    def test_nor_is_an_authority_among_the_parties(self) -> None:
        assert (
            reported().refused(LEAD, "add_party", party={"ref": "fiu", "side": "claimant", "role": "authority"}).code
            == "tipping_off"
        )


class TestInAnotherCase:
    def beside(self, **said: Any) -> Life:
        life = a_case("fraud_report").with_party(WITNESS, "respondent", "witness").that_protects().in_review().disclosed()
        theirs = {"ref_digest": digest_of(RESPONDENT), "case_id": OTHER_CASE, "held": False, "reported": True}
        life.elsewhere = {"held": (HeldPerson(**{**theirs, **said}),)}
        return life

    def test_whoever_worked_on_the_report_says_nothing_alone(self) -> None:
        life = self.beside(known_by=(MEDIATOR,))
        for to in ("claimant", "respondent", "all"):
            assert life.refused(MEDIATOR, "message", to=to, text=TOLD).code == "tipping_off"
        life.says(MEDIATOR, "disclose", text="Whose account is it?", reasons="It says nothing of the report.")
        life.says(LEAD, "disclose", text=None, reasons="I have read it.")
        assert life.facts[-1].type == "message_sent"
        assert not life.case.words_by_two, "it is kept nowhere"

    def test_nor_why_a_case_ends_or_what_a_ruling_rests_on(self) -> None:
        life = self.beside(known_by=(OPS, MEDIATOR))
        assert life.refused(OPS, "close", outcome="expired", reason="bank_closed", reasons=TOLD).code == "tipping_off"
        life.says(RESPONDENT, "message").says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["light"], relies_on=[])
        drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
        assert getattr(drafted, "approval_because", None) == "reported_in_secret"

    @pytest.mark.parametrize(
        ("command", "fields"),
        [
            ("extend", {"clock": "ruling", "for": "4 working hours", "reasons": None}),
            ("pause", {"until": timedelta(days=1)}),
            ("remove_party", {"party": WITNESS, "reasons": None}),
        ],
    )
    def test_no_code_is_a_way_round(self, command: str, fields: dict[str, Any]) -> None:
        life = self.beside(known_by=(OPS,))
        if "until" in fields:
            fields = {"until": life.now + fields["until"]}
        refusal = life.refused(OPS, command, **fields, reason="reported_to_the_fiu")
        assert (refusal.code, refusal.fields["because"]) == ("tipping_off", "one_person")
        self.beside(known_by=(OPS,)).says(OPS, command, **fields, reason="other")
        self.beside(known_by=()).says(OPS, command, **fields, reason="reported_to_the_fiu")

    def test_whoever_knows_nothing_of_it_asks_as_everybody(self) -> None:
        life = self.beside(known_by=(MEDIATOR_2,)).says(MEDIATOR, "message", to="respondent")
        assert life.facts[-1].type == "message_sent"


def test_a_second_person_reads_what_the_claimant_alone_is_told_by_a_ruling() -> None:
    life = reported(known=False).says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["light"], relies_on=[])
    drafted = next(fact for fact in life.facts if fact.type == "ruling_drafted")
    assert getattr(drafted, "approval_because", None) == "reported_in_secret"
