"""Statements of reasons, rule by rule on both sides of its edge; the expected verdicts were written by hand from the sources."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dsa import words as w
from domain.dsa.checks import Code
from domain.dsa.rules import RULES, faults
from tests.support.places import ROOT

COMPLETE: dict[str, Any] = json.loads((ROOT / "tests/fixtures/reasons/statement.json").read_text(encoding="utf-8"))
ILLEGAL = {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "illegal_content_legal_ground": "Trade mark act, section 14",
    "illegal_content_explanation": "The sign is used without consent.",
}
LEAST: dict[str, Any] = {
    "decision_account": "DECISION_ACCOUNT_TERMINATED",
    "decision_facts": "Reported by a buyer.",
    **ILLEGAL,
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "content_date": "2026-02-27",
    "application_date": "2026-03-02",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_FULLY",
    "puid": "TK421",
}
RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
REQUIRED = {
    "decision_facts": "missing",
    "decision_ground": "missing",
    "content_type": "missing",
    "category": "missing",
    "content_date": "missing",
    "application_date": "missing",
    "source_type": "missing",
    "automated_detection": "missing",
    "automated_decision": "missing",
    "puid": "missing",
    "decision_visibility_other": "required_with",
    "decision_monetary_other": "required_with",
    "incompatible_content_ground": "required_with",
    "incompatible_content_explanation": "required_with",
    "content_type_other": "required_with",
}
"""What the complete statement cannot do without, and what is said when it is gone."""


def found(statement: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault.field, str(fault.code)) for fault in faults(statement)]


def judged(field: str, value: Any) -> str:
    """The code for the complete statement with this value; ``ok`` when it stays valid."""
    match found({**COMPLETE, field: value}):
        case []:
            return "ok"
        case [(named, code)] if named == field:
            return code
        case others:
            pytest.fail(f"{field} = {value!r:.80}: {others}")


class TestWhole:
    def test_a_complete_and_a_least_statement_are_valid(self) -> None:
        assert found(COMPLETE) == []
        assert found(LEAST) == []

    def test_an_empty_one_names_everything_that_is_required_in_order(self) -> None:
        assert found({}) == [
            *((field, "nothing_restricted") for field in RESTRICTIONS),
            ("decision_facts", "missing"),
            ("decision_ground", "missing"),
            ("content_type", "missing"),
            ("category", "missing"),
            ("content_date", "missing"),
            ("application_date", "missing"),
            ("source_type", "missing"),
            ("automated_detection", "missing"),
            ("automated_decision", "missing"),
            ("puid", "missing"),
        ]

    def test_fields_that_the_database_does_not_know_are_passed_over(self) -> None:
        assert found({**COMPLETE, "url": 7, "": None, "content_language_other": "Plattdeutsch"}) == []

    @given(st.permutations(list(COMPLETE)))
    def test_the_order_of_the_keys_does_not_matter(self, order: list[str]) -> None:
        assert found({key: COMPLETE[key] for key in order}) == []

    @given(st.permutations(list(COMPLETE)), st.sampled_from(sorted(REQUIRED)), st.sampled_from([..., None, "", " \n", []]))
    def test_a_required_field_that_is_gone_or_empty_is_the_one_that_is_named(
        self, order: list[str], gone: str, left: Any
    ) -> None:
        statement = {key: COMPLETE[key] for key in order if key != gone} | ({} if left is ... else {gone: left})
        assert found(statement) == [(gone, REQUIRED[gone])]

    @given(st.sets(st.sampled_from(sorted(set(COMPLETE) - set(REQUIRED)))))
    def test_any_of_the_rest_may_be_left_out_while_a_restriction_is_left(self, gone: set[str]) -> None:
        left = {key: value for key, value in COMPLETE.items() if key not in gone}
        # What explains `other` may stay when the value itself is gone: it is not needed then, and does no harm.
        expected = (
            [] if any(field in left for field in RESTRICTIONS) else [(field, "nothing_restricted") for field in RESTRICTIONS]
        )
        assert found(left) == expected

    @given(
        st.dictionaries(
            st.sampled_from([rule.field for rule in RULES if "." not in rule.field]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("EAN-13") | st.text(), inner, max_size=3),
                max_leaves=5,
            ),
        )
    )
    def test_anything_gets_a_verdict_with_one_fault_a_field_at_most(self, statement: dict[str, Any]) -> None:
        named = [field for field, _ in found(statement)]
        assert len(named) == len(set(named))


class TestRestrictions:
    @pytest.mark.parametrize("only", RESTRICTIONS)
    def test_one_of_the_four_is_enough(self, only: str) -> None:
        assert found({key: value for key, value in COMPLETE.items() if key not in RESTRICTIONS or key == only}) == []

    @pytest.mark.parametrize("empty", [None, "", []])
    def test_one_that_is_empty_restricts_nothing(self, empty: Any) -> None:
        assert ("decision_visibility", "nothing_restricted") in found(
            {**LEAST, "decision_account": None, "decision_visibility": empty}
        )

    def test_one_that_is_wrong_is_wrong_and_nothing_else(self) -> None:
        assert found({**LEAST, "decision_account": "SUSPENDED"}) == [("decision_account", "unknown_value")]

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("decision_visibility", [], "ok"),  # the other three restrict
            ("decision_visibility", None, "ok"),
            ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_LABELLED"] * 2, "ok"),
            ("decision_visibility", "DECISION_VISIBILITY_CONTENT_LABELLED", "not_an_array"),
            ("decision_visibility", {"0": "DECISION_VISIBILITY_CONTENT_LABELLED"}, "not_an_array"),
            ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_LABELLED", "labelled"], "unknown_value"),
            ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_LABELLED", None], "unknown_value"),
            ("decision_visibility", [["DECISION_VISIBILITY_CONTENT_LABELLED"]], "unknown_value"),
            ("decision_monetary", "DECISION_MONETARY_SUSPENSION", "ok"),
            ("decision_monetary", "null", "unknown_value"),
            ("decision_monetary", ["DECISION_MONETARY_SUSPENSION"], "unknown_value"),
            ("decision_monetary", [], "unknown_value"),
            ("decision_provision", "DECISION_PROVISION_TOTAL_TERMINATION", "ok"),
            ("decision_provision", "", "ok"),
            ("decision_provision", "decision_provision_total_termination", "unknown_value"),
            ("decision_account", "DECISION_ACCOUNT_TERMINATED", "ok"),
            ("decision_account", True, "unknown_value"),
            ("account_type", "ACCOUNT_TYPE_PRIVATE", "ok"),
            ("account_type", None, "ok"),
            ("account_type", "ACCOUNT_TYPE_OTHER", "unknown_value"),
        ],
    )
    def test_values(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("decision_visibility_other", "x" * 500, "ok"),
            ("decision_visibility_other", "x" * 501, "too_long"),
            ("decision_monetary_other", "x" * 500, "ok"),
            ("decision_monetary_other", "x" * 501, "too_long"),
            ("decision_monetary_other", 12, "not_text"),
        ],
    )
    def test_the_other_restriction_in_words(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    def test_words_for_another_restriction_where_there_is_none(self) -> None:
        """The page limits both; the code reads the monetary one only when it is needed, and the other one always."""
        statement = {**LEAST, "decision_visibility_other": None, "decision_monetary_other": ["?"]}
        assert found(statement) == []
        assert found({**statement, "decision_visibility_other": "x" * 501}) == [("decision_visibility_other", "too_long")]


class TestGrounds:
    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("decision_facts", "x" * 5_000, "ok"),
            ("decision_facts", "x" * 5_001, "too_long"),
            ("decision_facts", f"  {'x' * 5_000}\n", "ok"),
            ("decision_facts", "\U0001f600" * 5_000, "ok"),
            ("decision_facts", 5, "not_text"),
            ("decision_facts", "\ud800", "not_text"),
            ("decision_ground", "DECISION_GROUND_OTHER", "unknown_value"),
            ("incompatible_content_ground", "x" * 500, "ok"),
            ("incompatible_content_ground", "x" * 501, "too_long"),
            ("incompatible_content_explanation", "x" * 2_000, "ok"),
            ("incompatible_content_explanation", "x" * 2_001, "too_long"),
            ("illegal_content_legal_ground", "x" * 501, "ok"),  # dropped unread: the ground is another
            ("illegal_content_explanation", {}, "ok"),
            ("incompatible_content_illegal", "No", "ok"),
            ("incompatible_content_illegal", "no", "unknown_value"),
            ("incompatible_content_illegal", False, "unknown_value"),
            ("incompatible_content_illegal", None, "unknown_value"),
        ],
    )
    def test_values(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, []),
            ({"illegal_content_legal_ground": "x" * 500, "illegal_content_explanation": "x" * 2_000}, []),
            ({"illegal_content_legal_ground": "x" * 501}, [("illegal_content_legal_ground", "too_long")]),
            ({"illegal_content_legal_ground": None}, [("illegal_content_legal_ground", "required_with")]),
            ({"illegal_content_explanation": "x" * 2_001}, [("illegal_content_explanation", "too_long")]),
            ({"illegal_content_explanation": " "}, [("illegal_content_explanation", "required_with")]),
            ({"incompatible_content_ground": "x" * 501, "incompatible_content_explanation": 7}, []),
            ({"incompatible_content_illegal": "perhaps"}, [("incompatible_content_illegal", "unknown_value")]),
        ],
    )
    def test_illegal_content(self, changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
        assert found({**LEAST, **changes}) == expected

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("https://market.example/terms", "ok"),
            ("HTTP://market.example:8080", "ok"),
            ("https://eur-lex.europa.eu/eli/reg/2022/2065/oj#d1e2?a=[b]&c=%C3%A4", "ok"),
            ("https://käse.example/größe", "ok"),
            ("https://user:secret@market.example/", "ok"),
            ("https://[2001:db8::1]/terms", "ok"),
            ("https://localhost/terms", "ok"),
            (None, "ok"),
            ("", "ok"),
            (f"https://market.example/{'x' * 477}", "ok"),
            (f"https://market.example/{'x' * 478}", "too_long"),
            ("market.example/terms", "pattern"),
            ("notvalidurl", "pattern"),
            ("https://", "pattern"),
            ("https:///terms", "pattern"),
            ("https://market.example/our terms", "pattern"),
            ("https://market.example/100%", "pattern"),
            ("https://market..example/", "pattern"),
            ("https://market.example:https/", "pattern"),
            ("mailto:terms@market.example", "pattern"),
            ("javascript://market.example/%0aalert(1)", "pattern"),
            ("https://market.example\n", "pattern"),
            (["https://market.example"], "not_text"),
        ],
    )
    def test_an_address_is_complete(self, address: Any, code: str) -> None:
        assert judged("decision_ground_reference_url", address) == code


class TestContent:
    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("content_type", ["CONTENT_TYPE_APP", "CONTENT_TYPE_SYNTHETIC_MEDIA"], "ok"),
            ("content_type", [], "missing"),
            ("content_type", {}, "missing"),
            ("content_type", "CONTENT_TYPE_APP", "not_an_array"),
            ("content_type", ["CONTENT_TYPE_PDF"], "unknown_value"),
            ("content_type_other", "x" * 500, "ok"),
            ("content_type_other", "x" * 501, "too_long"),
            ("category", "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", "ok"),
            ("category", "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT", "unknown_value"),  # of version 1
            ("category", "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER", "unknown_value"),  # of transparency reports
            ("category", ["STATEMENT_CATEGORY_VIOLENCE"], "unknown_value"),
            ("category_addition", [], "ok"),
            ("category_addition", ["STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"], "ok"),  # the category itself
            ("category_addition", None, "not_an_array"),
            ("category_addition", "STATEMENT_CATEGORY_VIOLENCE", "not_an_array"),
            ("category_addition", ["KEYWORD_SUICIDE"], "unknown_value"),
            ("category_specification", None, "ok"),
            ("category_specification", ["KEYWORD_SUICIDE"], "ok"),  # of another category
            ("category_specification", ["KEYWORD_DANGEROUS_TOYS"], "unknown_value"),  # of version 1
            ("category_specification", "KEYWORD_SUICIDE", "not_an_array"),
            ("category_specification_other", None, "ok"),
            ("category_specification_other", "x" * 500, "ok"),
            ("category_specification_other", "x" * 501, "too_long"),
            ("content_id", None, "ok"),
            ("content_id", {}, "ok"),
            ("content_id", [], "ok"),
            ("content_id", ["4006381333931"], "not_an_object"),
            ("content_id", "4006381333931", "not_an_object"),
            ("content_id", {"EAN-13": "4006381333931", "ISBN": "3406381333931"}, "unknown_key"),
            ("content_id_ean", "0123456789123", "ok"),
            ("content_id_ean", None, "ok"),
            ("content_id_ean", "012345678912", "pattern"),
            ("territorial_scope", None, "ok"),
            ("territorial_scope", [], "ok"),
            ("territorial_scope", ["GR", "IS", "LI", "NO"], "ok"),
            ("territorial_scope", ["EL"], "unknown_value"),
            ("territorial_scope", ["GB"], "unknown_value"),
            ("territorial_scope", ["de"], "unknown_value"),
            ("territorial_scope", "DE", "not_an_array"),
            ("content_language", "EL", "ok"),
            ("content_language", "VI", "ok"),
            ("content_language", None, "ok"),
            ("content_language", "en", "unknown_value"),
            ("content_language", "XX", "unknown_value"),
            ("content_language", "ENG", "unknown_value"),
        ],
    )
    def test_values(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    @pytest.mark.parametrize(
        ("ean", "code"),
        [
            ("0123456789123", None),  # the example of the database's own page; its check digit is not right
            ("012345678912", "pattern"),
            ("01234567891234", "pattern"),
            ("0123456789123\n", "pattern"),
            ("٠١٢٣٤٥٦٧٨٩١٢٣", "pattern"),
            ("", "pattern"),
            (None, "not_text"),
            (4006381333931, "not_text"),
        ],
    )
    def test_an_ean_has_thirteen_digits(self, ean: Any, code: str | None) -> None:
        assert found({**COMPLETE, "content_id": {"EAN-13": ean}}) == ([("content_id.EAN-13", code)] if code else [])

    def test_words_for_another_type_are_limited_even_where_there_is_none(self) -> None:
        assert found({**LEAST, "content_type_other": "x" * 500}) == []
        assert found({**LEAST, "content_type_other": "x" * 501}) == [("content_type_other", "too_long")]


class TestDates:
    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("content_date", "2000-01-01", "ok"),
            ("content_date", "1999-12-31", "date_before_minimum"),
            ("content_date", "2038-01-01", "ok"),  # even in the future
            ("content_date", "2038-01-02", "date_after_maximum"),
            ("application_date", "2020-01-01", "ok"),
            ("application_date", "2019-12-31", "date_before_minimum"),
            ("application_date", "2024-02-29", "ok"),
            ("application_date", "2023-02-29", "not_a_date"),
            ("application_date", "2026-3-2", "not_a_date"),
            ("application_date", "02-03-2026", "not_a_date"),
            ("application_date", "20260302", "not_a_date"),
            ("application_date", "2026-03-02T00:00:00", "not_a_date"),
            ("application_date", "2026-03-02-05", "not_a_date"),
            ("application_date", "2026-03-02\n", "not_a_date"),
            ("application_date", "0000-01-01", "not_a_date"),
            ("application_date", "٢٠٢٦-03-02", "not_a_date"),
            ("application_date", 20260302, "not_a_date"),
            ("application_date", ["2026-03-02"], "not_a_date"),
        ],
    )
    def test_days(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    def test_the_application_may_be_before_the_content(self) -> None:
        assert found({**COMPLETE, "content_date": "2026-03-03", "application_date": "2026-03-02"}) == []

    @pytest.mark.parametrize("restriction", ["account", "monetary", "service", "visibility"])
    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("2026-03-02", "ok"),  # the application date itself
            ("2026-03-01", "date_before_application"),
            ("2038-01-01", "ok"),
            ("2038-01-02", "date_after_maximum"),
            ("2026-02-30", "not_a_date"),
            (None, "ok"),
            ("", "ok"),
            (0, "not_a_date"),
        ],
    )
    def test_a_restriction_ends_when_it_began_or_later(self, restriction: str, value: Any, code: str) -> None:
        assert judged(f"end_date_{restriction}_restriction", value) == code

    @pytest.mark.parametrize("application", [None, "soon"])
    def test_an_end_is_not_compared_with_what_is_no_day(self, application: Any) -> None:
        assert [field for field, _ in found({**COMPLETE, "application_date": application})] == ["application_date"]

    def test_a_restriction_may_end_that_was_not_imposed(self) -> None:
        assert found({**LEAST, "end_date_visibility_restriction": "2026-03-02"}) == []


class TestOrigin:
    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("source_type", "SOURCE_TYPE_OTHER_NOTIFICATION", "ok"),
            ("source_type", "SOURCE_VOLUNTARY", "ok"),
            ("source_type", "SOURCE_OTHER_NOTIFICATION", "unknown_value"),
            ("source_identity", None, "ok"),
            ("source_identity", "x" * 500, "ok"),
            ("source_identity", "x" * 501, "too_long"),
            ("automated_detection", "Yes", "ok"),
            ("automated_detection", "YES", "unknown_value"),
            ("automated_detection", True, "unknown_value"),
            ("automated_decision", "AUTOMATED_DECISION_PARTIALLY", "ok"),
            ("automated_decision", "Yes", "unknown_value"),
            ("puid", "aZ09-_", "ok"),
            ("puid", "x" * 500, "ok"),
            ("puid", "x" * 501, "too_long"),
            ("puid", "very bad é + pu.id", "pattern"),
            ("puid", "TK 421", "pattern"),
            ("puid", "TK421\n", "pattern"),
            ("puid", "TK421.", "pattern"),
            ("puid", "٤٢١", "pattern"),
            ("puid", 421, "not_text"),
        ],
    )
    def test_values(self, field: str, value: Any, code: str) -> None:
        assert judged(field, value) == code

    def test_a_source_is_limited_even_where_it_is_dropped(self) -> None:
        assert found({**LEAST, "source_identity": "x" * 501}) == [("source_identity", "too_long")]


class TestWords:
    """The lists are as long as the published ones, and each value is one."""

    SIZES = {
        w.VISIBILITIES: 7,
        w.MONETARIES: 3,
        w.PROVISIONS: 4,
        w.ACCOUNTS: 2,
        w.ACCOUNT_TYPES: 2,
        w.GROUNDS: 2,
        w.CONTENT_TYPES: 8,
        w.SOURCES: 4,
        w.AUTOMATED_DECISIONS: 3,
        w.CATEGORIES: 16,
        w.KEYWORDS: 69,
        w.COUNTRIES: 30,
        w.LANGUAGES: 184,
    }

    @pytest.mark.parametrize(("values", "size"), SIZES.items(), ids=lambda part: part[0] if isinstance(part, tuple) else "")
    def test_of_each_value_there_is_one(self, values: tuple[str, ...], size: int) -> None:
        assert (len(values), len(set(values))) == (size, size)

    def test_the_words_of_a_fault_say_what_would_be_right(self) -> None:
        statement = {**LEAST, "automated_detection": "maybe", "puid": "x" * 501, "content_date": "1999-12-31"}
        assert [fault.words for fault in faults(statement)] == [
            "1999-12-31 is before 2000-01-01, the first day that is taken.",
            "'maybe' is none of the 2 values of this field: Yes or No.",
            "501 characters; the most are 500.",
        ]


class TestPage:
    PAGE = (ROOT / "docs/reference/reasons.md").read_text(encoding="utf-8")

    def test_has_every_field_in_order(self) -> None:
        tables = self.PAGE.split("## Fields")[1].split("## Where")[0]
        assert re.findall(r"^\| `([\w.-]+)` \|", tables, flags=re.MULTILINE) == [rule.field for rule in RULES]

    def test_has_every_code(self) -> None:
        table = self.PAGE.split("## Codes")[1].split("## Fields")[0]
        assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == [*Code, "line_not_json"]

    def test_has_every_value_and_no_other(self) -> None:
        values = self.PAGE.split("## Values")[1].split("## A complete statement")[0]
        known = {value for listed in TestWords.SIZES for value in listed}
        assert set(re.findall(r"\b[A-Z]{2}\b|\b[A-Z]+_[A-Z0-9_]+\b", values)) == known

    def test_shows_the_complete_statement(self) -> None:
        example = self.PAGE.split("## A complete statement")[1].split("```json\n")[1].split("```")[0]
        assert json.loads(example) == COMPLETE
