"""What changed between two packs: what it means to a case, not which lines differ."""

from __future__ import annotations

from policies.diff import differences
from policies.loading import load_pack
from policies.pack import PACKS_DIR, Pack

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")


def changed(*edits: tuple[str, str]) -> Pack:
    """The bounty pack with parts of its text replaced."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load_pack(text, "changed")


def told(*edits: tuple[str, str]) -> list[tuple[str, str, str | None, str | None]]:
    return [(d.section, d.what, d.old, d.new) for d in differences(load_pack(TEXT, "old"), changed(*edits))]


class TestDifferences:
    def test_comments_mean_nothing(self) -> None:
        assert told(("# Bounty dispute", "# The bounty dispute")) == []

    def test_a_usual_clock_written_out_means_the_same(self) -> None:
        grace = """  - name: grace
    waits_for: nobody
    target: 30 minutes
    during: ruled
    levels: [{name: end, action: default, default: issue_ruling}]
"""
        assert told(("  - like: grace\n", grace)) == []

    def test_a_target_for_every_priority_is_one_line(self) -> None:
        found = told(("  - like: settlement\n", "  - like: settlement\n    target: 5 business days\n"))
        assert found == [("clocks", "settlement: target", "3 business days", "5 business days")]

    def test_a_target_of_one_priority_names_it(self) -> None:
        targets = "{urgent: 8 working hours, high: 40 working hours, normal: 80 working hours, low: 120 working hours}"
        other = f"  - like: ruling\n    target: {targets}\n"
        assert told(("  - like: ruling\n", other)) == [
            ("clocks", "ruling: target at urgent", "16 working hours", "8 working hours")
        ]

    def test_limits_and_gates(self) -> None:
        found = told(("amount: 500000", "amount: 600000"), ("last_reply_days_ago < 7", "last_reply_days_ago < 3"))
        assert ("general", "approval_above", "500000 USD", "600000 USD") in found
        condition = "has(attributes.last_reply_days_ago) && attributes.last_reply_days_ago"
        assert ("gates", "programme_answers: when", f"{condition} < 7", f"{condition} < 3") in found
        assert len(found) == 2

    def test_what_is_gone_and_what_is_new(self) -> None:
        found = told(("grounds: [eligibility, ", "grounds: [legality, "))
        assert found == [("grounds", "eligibility", "yes", None), ("grounds", "legality", None, "yes")]

    def test_the_order_of_a_table_whose_first_row_hits(self) -> None:
        first = "  - name: reason_given\n    when: report.statement_length < 20\n    then: triage\n    reason: no_reason_given\n"
        note = "  # Asked last, and nobody is turned away by it: a person reads what has few words.\n"
        before = "  - name: standing"
        rest = before + TEXT.split(before, 1)[1].split(note, 1)[0]
        found = told((rest + note + first, first + rest))
        assert [(section, what) for section, what, *_ in found] == [("gates", "order")]
