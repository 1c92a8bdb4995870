"""``ombud case sanctions``: what it prints of the API's answer."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from api.examples.sanctions import SANCTIONS
from cli.tables.sanctions import ladder_table, sanction_table

ACCUSED = SANCTIONS["parties"][1]


def printed(table: Table) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_a_sanction_says_until_when_it_counts_and_in_which_case_it_was_imposed() -> None:
    text = printed(sanction_table(ACCUSED["sanctions"]))
    assert all(part in text for part in ("warning", "unprofessional", "01 Jun", "yes", ACCUSED["sanctions"][0]["case"]))


def test_a_ban_that_is_over_says_so_and_what_never_counts_too() -> None:
    over = {**ACCUSED["sanctions"][0], "ends_at": "2026-07-01T09:00:00Z", "lifted_at": "2026-07-01T09:00:00Z"}
    text = printed(sanction_table([{**over, "counts_until": None, "counts": False}]))
    assert all(part in text for part in ("(over)", "never", "no"))


def test_the_ladder_says_what_would_follow() -> None:
    text = printed(ladder_table(ACCUSED["ladder"]))
    assert all(part in text for part in ("unprofessional", "1", "final_warning"))
