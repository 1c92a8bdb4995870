"""Texts are put away as they come in, and nobody quotes what somebody else put away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.commands import Message, Offer, Rule, parse_command, read_command
from domain.model.prose import Prose, checked_text
from tests.support.cases import FakeSealer
from tests.support.raw_commands import BASE, a_message


class TestSealing:
    def test_the_command_holds_a_reference_and_the_text_lies_elsewhere(self) -> None:
        sealer = FakeSealer()
        command = parse_command(a_message(text="My number is 555-0199."), sealer)
        assert isinstance(command, Message)
        assert sealer.texts[command.text.content_id] == "My number is 555-0199."
        assert "555-0199" not in command.model_dump_json()

    def test_without_a_sealer_the_shape_is_checked_and_nothing_kept(self) -> None:
        command = parse_command(a_message())
        assert isinstance(command, Message)
        assert command.text == Prose(content_id="cnt_unsealed", digest="", length=6)

    def test_a_text_that_may_be_left_out_may_be_left_out(self) -> None:
        command = parse_command({**BASE, "type": "offer", "remedy": "correction"}, FakeSealer())
        assert isinstance(command, Offer)
        assert command.text is None

    def test_what_was_kept_reads_back_the_same(self) -> None:
        raw = {
            **BASE,
            "type": "rule",
            "outcome": "upheld",
            "reasons": "So.",
            "remedies": [{"type": "payout", "to": "respondent"}],
        }
        command = parse_command(raw, FakeSealer())
        assert isinstance(command, Rule)
        assert read_command(command.model_dump(mode="json")) == command


class TestCheckedText:
    @given(st.text(min_size=1, max_size=50))
    def test_gives_the_text_itself_or_says_why_not(self, text: str) -> None:
        if not text.strip() or "\x00" in text:
            with pytest.raises(ValueError, match="text"):
                checked_text(text)
        else:
            assert checked_text(text) == text
