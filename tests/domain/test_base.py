"""The ground of the rules: ids that follow from what they name, and words of strangers that can be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import derived_id, plain, plain_line


class TestDerivedId:
    def test_follows_from_the_command(self) -> None:
        assert derived_id("rul", "cmd_0198") == "rul_0198"
        assert derived_id("eff", "rul_0198", "u0") == "eff_0198-u0"


class TestPlain:
    @given(st.text(st.characters(codec=None)))
    def test_no_control_character_and_no_override_is_left(self, text: str) -> None:
        left = plain(text)
        assert {c for c in left if unicodedata.category(c) in ("Cc", "Cs")} <= {"\n", "\t"}
        turning = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        assert not [c for c in left if unicodedata.bidirectional(c) in turning]
        assert plain(left) == left
        shown_signs = {*map(chr, range(0x600, 0x606)), *"\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}
        hieroglyphs = {*map(chr, range(0x13430, 0x13440))}
        assert {c for c in left if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d", *shown_signs, *hieroglyphs}
        assert "\n" not in plain_line(text)

    @given(st.text(st.characters(max_codepoint=0x7F)))
    def test_of_ascii_only_control_characters_go(self, text: str) -> None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
        assert plain(text) == "".join(c for c in lines if c in "\n\t" or " " <= c <= "~")

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("\x1b[2J\x1b]0;owned\x07Hi", "[2J]0;ownedHi"),
            ("\x9b31mred", "31mred"),
            ("approved\rrefused", "approved\nrefused"),
            ("a\r\nb\tc", "a\nb\tc"),
            ("file\u202egnp.exe", "filegnp.exe"),
            ("a\u2028b", "a\nb"),
            ("quiet\U000e0041\u2063words", "quietwords"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("👩\u200d💻 ß 漢", "👩\u200d💻 ß 漢"),
            ("❤\ufe0f\u200d🔥 1\ufe0f\u20e3 葛\U000e0100", "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 葛\U000e0100"),
            ("क्\u200dष", "क्\u200dष"),
            ("ad\u200bmin pay\u00adpal \u3164", "admin paypal "),
            ("ad\u200cmin", "admin"),
            ("\u200d\u200d漢\u200d\u200c\u200d字", "漢\u200d字"),
            ("a\U000e0101\U000e0102\ufe0f", "a\U000e0101"),
            ("\u0600\u0661\u06dd", "\u0600\u0661\u06dd"),
        ],
    )
    def test_what_is_said_stays_readable(self, said: str, shown: str) -> None:
        assert plain(said) == shown
