"""The ground of the rules: ids that follow from what they name."""

from __future__ import annotations

from domain.base import derived_id


class TestDerivedId:
    def test_follows_from_the_command(self) -> None:
        assert derived_id("rul", "cmd_0198") == "rul_0198"
        assert derived_id("eff", "rul_0198", "u0") == "eff_0198-u0"
