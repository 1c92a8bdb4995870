"""What each command brings about, and what it is refused for, beyond who may send it (that is the matrix's business)."""

from __future__ import annotations

import pytest

from domain.model.facts import Actor
from tests.support.cases import (
    KINDS,
    OPS,
    a_case,
)


class TestSystemCommands:
    @pytest.mark.parametrize("kind", KINDS)
    def test_even_an_ops_lead_cannot_play_the_system(self, kind: str) -> None:
        life = a_case(kind).in_review()
        assert life.refused(OPS, "report_delivery", notice_id="ntc_1", reason="gone").code == "system_only"

    def test_a_robot_with_another_role_is_not_the_system(self) -> None:
        life = a_case().in_review()
        fake = Actor(id="key_robot", role="platform")
        assert life.refused(fake, "report_delivery", notice_id="ntc_1", reason="gone").code == "system_only"
