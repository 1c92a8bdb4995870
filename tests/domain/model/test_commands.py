"""Commands as they come in: each wrong field is named, and what anybody sends is a command or a clear error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.model.commands import COMMANDS, parse_command, read_command
from domain.model.prose import MAX_PROSE
from tests.support.cases import FakeSealer
from tests.support.raw_commands import BASE, a_message


def faults(raw: object) -> dict[str, str]:
    """Which fields are wrong, and the stable code of what is wrong."""
    with pytest.raises(ValidationError) as caught:
        parse_command(raw, FakeSealer())
    errors = caught.value.errors(include_input=False, include_url=False)
    return {".".join(str(part) for part in e["loc"]): e["type"] for e in errors}


class TestParseCommand:
    @pytest.mark.parametrize("raw", [None, 3, "take", [], [a_message()], True])
    def test_what_is_no_object(self, raw: object) -> None:
        assert faults(raw) == {"": "model_attributes_type"}

    def test_a_type_that_does_not_exist(self) -> None:
        assert faults({**BASE, "type": "approve_everything"}) == {"": "union_tag_invalid"}
        assert faults(BASE) == {"": "union_tag_not_found"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("id", "1"),
            ("id", "cmd_1\n"),
            ("id", "cmd_" + "x" * 200),
            ("id", "cmd_ä"),
            ("id", 7),
            ("by", "mallory"),
            ("by", "per_\x00"),
            ("by", "system2"),
            ("channel", "carrier_pigeon"),
            ("to", "everybody"),
            ("surprise", 1),
        ],
    )
    def test_each_wrong_field_is_named(self, field: str, value: object) -> None:
        assert set(faults(a_message(**{field: value}))) == {f"message.{field}"}

    def test_all_wrong_fields_at_once(self) -> None:
        assert set(faults(a_message(by="x", text="", to=3))) == {"message.by", "message.text", "message.to"}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "text_empty"),
            (" \n\t", "text_empty"),
            ("a\x00b", "text_not_storable"),
            ("half \ud800 pair", "text_not_storable"),
            ("x" * (MAX_PROSE + 1), "text_too_long"),
            ("x" * 2_000_000, "text_too_long"),
            (17, "text_expected"),
            (None, "text_expected"),
            (["Hello."], "text_expected"),
        ],
    )
    def test_texts_that_cannot_be_kept(self, text: object, code: str) -> None:
        assert faults(a_message(text=text)) == {"message.text": code}

    def test_the_longest_text_is_kept_whole(self) -> None:
        sealer = FakeSealer()
        parse_command(a_message(text="ä" * MAX_PROSE), sealer)
        assert list(sealer.texts.values()) == ["ä" * MAX_PROSE]

    @pytest.mark.parametrize("sealer", [None, FakeSealer()])
    def test_a_reference_in_place_of_a_text_quotes_nobody(self, sealer: FakeSealer | None) -> None:
        """Else a party could have somebody's confidential evidence shown as its own message."""
        stolen = {"content_id": "cnt_0001", "digest": "d", "length": 5}
        with pytest.raises(ValidationError, match="Write the text itself"):
            parse_command(a_message(text=stolen), sealer)

    @pytest.mark.parametrize("amount", [1.5, 1.0, True, "12", -1, 10**16, None, [1]])
    def test_money_is_whole_minor_units(self, amount: object) -> None:
        raw = {**BASE, "type": "offer", "remedy": "payout", "amount": {"amount": amount, "currency": "USD"}}
        assert set(faults(raw)) == {"offer.amount.amount"}

    @pytest.mark.parametrize("currency", ["usd", "US", "USDX", "", 840, "U\x00D"])
    def test_currencies_are_iso_codes(self, currency: object) -> None:
        raw = {**BASE, "type": "offer", "remedy": "payout", "amount": {"amount": 1, "currency": currency}}
        assert set(faults(raw)) == {"offer.amount.currency"}

    @pytest.mark.parametrize("offer_id", ["", "a\x00", "a\nb", "\ud800", "x" * 300, 5])
    def test_references_are_one_line_that_can_be_stored(self, offer_id: object) -> None:
        assert set(faults({**BASE, "type": "accept_offer", "offer_id": offer_id})) == {"accept_offer.offer_id"}

    def test_at_most_ten_remedies(self) -> None:
        raw = {**BASE, "type": "rule", "outcome": "upheld", "reasons": "So.", "remedies": [{"type": "payout"}] * 11}
        assert faults(raw) == {"rule.remedies": "too_long"}

    def test_a_remedy_is_named_by_its_place(self) -> None:
        raw = {
            **BASE,
            "type": "rule",
            "outcome": "upheld",
            "reasons": "So.",
            "remedies": [{"type": "payout"}, {"type": "pay out"}],
        }
        assert faults(raw) == {"rule.remedies.1.type": "string_pattern_mismatch"}

    def test_nobody_else_than_a_person_is_given_a_case(self) -> None:
        assert set(faults({**BASE, "type": "assign", "owner": "pty_claimant"})) == {"assign.owner"}

    def test_a_ruling_cannot_be_without_reasons(self) -> None:
        assert faults({**BASE, "type": "rule", "outcome": "upheld"}) == {"rule.reasons": "missing"}

    def test_deep_nesting_is_refused_and_does_no_harm(self) -> None:
        deep: Any = "x"
        for _ in range(50_000):
            deep = [deep]
        assert faults(a_message(text=deep)) == {"message.text": "text_expected"}

    @given(
        st.dictionaries(
            st.sampled_from(["id", "type", "by", "text", "to", "owner", "amount", "remedies", "reasons", "outcome", "channel"]),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats()
                | st.text()
                | st.sampled_from(["cmd_1", "per_m1", "rule", "assign"]),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                max_leaves=6,
            ),
        )
    )
    def test_anything_at_all_is_a_command_or_a_validation_error(self, raw: dict[str, Any]) -> None:
        try:
            command = parse_command(raw, FakeSealer())
        except ValidationError:
            return
        assert read_command(command.model_dump(mode="json")) == command


class TestSchema:
    def test_texts_are_plain_strings_on_the_wire(self) -> None:
        text = COMMANDS.json_schema()["$defs"]["Message"]["properties"]["text"]
        assert (text["type"], text["maxLength"]) == ("string", MAX_PROSE)
