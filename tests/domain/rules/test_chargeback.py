"""A card network takes evidence once: held back, sent exactly once, or recorded as missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.model import facts as f
from domain.model.chargeback import DraftChargebackEvidence, NetworkFile, NetworkFileRefused, NetworkFileShows
from domain.model.evidence import EvidenceFile, FileUnknown
from domain.model.prose import Prose
from domain.rules.chargeback import SUBMISSION, draft
from domain.rules.rule import DecisionContext, Facts
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MONDAY, OPS, OUTCOMES, PLATFORM, RESPONDENT, Life, a_case

DUE = MONDAY + timedelta(days=6)
NETWORK: dict[str, Any] = {"stage": "chargeback", "due_by": int(DUE.timestamp())}


def disputed(**attributes: Any) -> Life:
    return a_case("payment_dispute", attributes={**NETWORK, **attributes}).in_settlement()


def submissions(life: Life) -> list[f.EffectOrdered]:
    return [x for x in life.facts if isinstance(x, f.EffectOrdered) and x.remedy.type == SUBMISSION]


class TestSending:
    def test_once_by_the_clock_whatever_is_replaced_before(self) -> None:
        life = disputed()
        for _ in range(3):
            life.says(LEAD, "draft_chargeback_evidence")
        life.later(timedelta(days=30))
        last = [x for x in life.facts if isinstance(x, f.ChargebackDrafted)][-1]
        assert [x.because for x in submissions(life)] == [last.draft_id]

    def test_twelve_hours_before_it_is_due(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence")
        assert life.due("chargeback").due_at == DUE - timedelta(hours=12)

    def test_after_an_outage_it_still_goes_out(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence").outage(timedelta(days=20))
        assert len(submissions(life)) == 1

    def test_never_a_second_time(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence").says(LEAD, "submit_chargeback_evidence")
        for what in ("draft_chargeback_evidence", "submit_chargeback_evidence"):
            assert life.refused(LEAD, what).code == "chargeback_over"
        later = (DUE + timedelta(days=9)).isoformat()
        assert life.refused(LEAD, "draft_chargeback_evidence", due_at=later).code == "chargeback_over"

    def test_stands_still_for_no_freeze(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence").says(OPS, "freeze", incident="inc_1")
        assert len(submissions(life.later(timedelta(days=6)))) == 1


class TestMissing:
    def test_is_told_before_and_recorded_after(self) -> None:
        life = disputed().later(timedelta(days=7))
        reached = [x.level for x in life.facts if isinstance(x, f.LevelReached) and x.clock == "chargeback"]
        assert reached == ["warn", "missed"]
        assert [x.due_at for x in life.facts if isinstance(x, f.ChargebackMissed)] == [DUE]
        assert any(n.event == "chargeback_missed" for n in life.notices_for("role:leads"))
        assert submissions(life) == []

    def test_an_inquiry_of_the_bank_is_no_chargeback(self) -> None:
        life = disputed(stage="inquiry")
        assert life.case.chargeback is None
        assert life.refused(LEAD, "draft_chargeback_evidence").fields == {"because": "missing"}


class TestBesideTheCase:
    def test_is_no_remedy_of_the_ruling(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence").says(LEAD, "submit_chargeback_evidence")
        life.appealable().says(RESPONDENT, "appeal").says(LEAD_2, "take")
        none = OUTCOMES["payment_dispute"]["none"]
        life.says(LEAD_2, "decide_appeal", decision="overturn", **none).fire("grace")
        assert [x.reverses for x in submissions(life)] == [None], "what the network was told cannot be taken back"

    def test_is_the_teams_alone(self) -> None:
        life = disputed().says(LEAD, "draft_chargeback_evidence")
        before = {who: life.seen_by(who) for who in (CLAIMANT, RESPONDENT, PLATFORM)}
        assert life.seen_by(LEAD).chargeback is not None
        life.says(LEAD, "submit_chargeback_evidence")
        assert {who: life.seen_by(who) for who in before} == before


class TestFiles:
    def drafted(self, *files: EvidenceFile, shows: tuple[NetworkFileShows, ...] = ("receipt", "shipping_documentation")) -> Facts:
        named = tuple(NetworkFile(file=file.id, shows=show) for file, show in zip(files, shows, strict=False))
        command = DraftChargebackEvidence.model_validate({
            "id": "cmd_1", "by": LEAD, "text": Prose(content_id="cnt_1", digest="d", length=1), "files": named,
        })  # fmt: skip
        life = disputed()
        held = tuple(file for file in files if not file.id.endswith("_secret"))
        return draft(life.case, command, DecisionContext(actor=life.actor(LEAD), files=held), life.now)

    def a_file(self, number: str = "1", media_type: str = "application/pdf", length: int = 2_000_000) -> EvidenceFile:
        return EvidenceFile(id=f"fil_{number}", digest="d", media_type=media_type, length=length)

    def test_go_along_by_what_they_show(self) -> None:
        (drafted,) = self.drafted(self.a_file("1"), self.a_file("2", "image/png"))
        assert isinstance(drafted, f.ChargebackDrafted)
        assert [(one.file.id, one.shows) for one in drafted.files] == [("fil_1", "receipt"), ("fil_2", "shipping_documentation")]

    @pytest.mark.parametrize(
        ("second", "shows", "because"),
        [
            ({"media_type": "text/plain"}, "shipping_documentation", "type"),
            ({"length": 2_500_001}, "shipping_documentation", "size"),
            ({}, "receipt", "twice"),
        ],
    )
    def test_what_the_network_does_not_take_is_said_with_the_draft(self, second: Any, shows: Any, because: str) -> None:
        with pytest.raises(NetworkFileRefused) as refused:
            self.drafted(self.a_file("1"), self.a_file("2", **second), shows=("receipt", shows))
        assert refused.value.fields["because"] == because

    def test_what_is_not_both_sides_to_read_stays_here(self) -> None:
        with pytest.raises(FileUnknown):
            self.drafted(self.a_file("of_one_side_secret"))
