"""What becomes of a mail, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.rules.mail import (
    Addressed,
    CameBack,
    Fate,
    answering,
    answers_something,
    by_its_marks,
    came_back,
    correspondent,
    failed_for,
    proof,
    reporting,
    same_address,
    unread,
)


@dataclass(frozen=True)
class Mark:
    author: str = "mia@x.example"
    answers: tuple[str, ...] = ()
    case_token: str | None = None
    names_letter: bool = False
    sign: Any = None
    own: str | None = None
    headed: bool = True
    one_author: bool = True
    verdict: Any = "none"
    null_path: bool = True
    of_server: bool = True
    by_relay: bool = True
    recipients: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sign:
    certain: bool
    code: str = "list"
    faint: bool = False


@dataclass(frozen=True)
class Case:
    marks: Mark
    fate: Fate | None
    came_back: CameBack = "no"
    name: str = field(default="")


@pytest.mark.parametrize(
    "case",
    [
        Case(Mark(), None),
        Case(Mark(own="own_notice"), Fate("ignored", "own_notice"), came_back="yes"),
        Case(Mark(own="own_address", sign=Sign(True)), Fate("unplaced", "own_address")),
        Case(Mark(sign=Sign(True)), Fate("ignored", "list")),
        Case(Mark(sign=Sign(False)), Fate("unplaced", "machine_mail")),
        Case(Mark(sign=Sign(False)), Fate("ignored", "bounce"), came_back="yes"),
        Case(Mark(sign=Sign(True)), Fate("unplaced", "machine_mail"), came_back="doubted"),
    ],
)
def test_what_it_says_about_itself(case: Case) -> None:
    assert by_its_marks(case.marks, came_back=case.came_back) == case.fate


def test_whatever_has_a_header_is_kept() -> None:
    assert unread(Mark(), "report_invalid") == Fate("unplaced", "unreadable", tell=True)
    assert unread(Mark(answers=("ntc",)), "report_invalid") == Fate("unplaced", "unreadable")
    assert unread(Mark(author=""), "reading_failed") == Fate("unplaced", "unreadable")
    assert unread(Mark(author="", headed=False), "report_invalid").outcome == "refused"
    assert unread(Mark(), "reading_busy").outcome == "refused"


def test_nobody_vouches_for_what_is_shown_to_be_forged() -> None:
    assert proof("fail", one_author=True, held=True, vouched=True) == "failed"
    assert proof("pass", one_author=True, held=False, vouched=False) == "relay"
    assert [proof("none", one_author=True, held=held, vouched=vouched)
            for held, vouched in [(True, True), (False, True), (False, False)]] == [
        "token", "caller", "none",
    ]  # fmt: skip


def test_a_token_is_no_proof_where_the_relay_does_not_show_who_sent_it() -> None:
    assert proof("unproven", one_author=True, held=True, vouched=False) == "none"
    assert proof("unproven", one_author=True, held=True, vouched=True) == "caller"


def test_of_several_authors_none_is_proven() -> None:
    assert {proof(verdict, one_author=False, held=True, vouched=True) for verdict in ("pass", "none")} == {"none"}


def test_an_address_is_itself_alone() -> None:
    assert same_address("Kim@X.example", "kim@x.example ")
    assert not same_address("\u212aim@x.example", "kim@x.example")


def test_a_report_speaks_of_whom_it_names() -> None:
    said = (("kim@x.example", "delivered"), ("ole@x.example", "failed"))
    assert [failed_for(one, said) for one in ("Kim@x.example", "ole@x.example", "mia@x.example")] == [False, True, True]
    assert failed_for("kim@x.example", ())


@pytest.mark.parametrize(
    ("marks", "believed"),
    [
        (Mark(author="mailer-daemon@mx.example"), "yes"),
        (Mark(author="mailer-daemon@mx.example", recipients=(("kim@x.example", "delivered"),)), "no"),
        (Mark(author="mailer-daemon@mx.example", verdict="fail"), "doubted"),
        (Mark(author="mailer-daemon@mx.example", null_path=False), "doubted"),
        (Mark(author="mailer-daemon@mx.example", of_server=False), "doubted"),
        (Mark(author="KIM@x.example"), "doubted"),
        (Mark(author="mailer-daemon@evil.example", by_relay=False), "doubted"),
        (Mark(author="mailer-daemon@evil.example", by_relay=False, verdict="pass"), "doubted"),
        (Mark(author="mailer-daemon@xx.example", by_relay=False, verdict="pass"), "doubted"),
        (Mark(author="mailer-daemon@x.example", by_relay=False, verdict="unproven"), "doubted"),
        (Mark(author="mailer-daemon@x.example", by_relay=False, verdict="pass"), "yes"),
        (Mark(author="postmaster@mx.X.example", by_relay=False, verdict="pass"), "yes"),
    ],
)
def test_nobody_says_of_themselves_that_they_had_no_letter(marks: Mark, believed: str) -> None:
    assert came_back(marks, "kim@x.example") == believed


def test_an_answer_is_a_word_of_whoever_was_written_to_when_it_is_proven() -> None:
    fits = Addressed(letter=True, party=True, is_sender=True)
    assert [answering(fits, proven) is None for proven in ("token", "relay", "caller", "none", "failed")] == [True] * 3 + [
        False
    ] * 2
    told = [(True, False, False), (False, False, False), (True, True, False)]
    fates = [answering(Addressed(*one), "relay") for one in told]
    assert not any(fate.tell for fate in fates if fate), "a letter would be answered in turn"
    assert [fate.reason if fate else None for fate in fates] == ["not_a_party", "case_unknown", "not_the_recipient"]


def test_a_first_mail_is_a_report_unless_it_is_forged() -> None:
    assert reporting("none") is None
    assert reporting("failed") == Fate("unplaced", "unproven")
    marks = (Mark(), Mark(answers=("ntc",)), Mark(case_token="981e004b"), Mark(names_letter=True))
    assert [answers_something(one) for one in marks] == [False, True, True, True]


def test_what_a_machine_changes_from_mail_to_mail_is_no_other_correspondent() -> None:
    same = ("ticket+1@X.example", "ticket+2ab@x.example", "ticket33@x.example", "Ticket=3@x.example")
    assert {correspondent(one) for one in same} == {"ticket@x.example"}
    assert correspondent("10001@qq.example") != correspondent("10002@qq.example")
    assert correspondent("+x@x.example") == "+x@x.example"


@pytest.mark.parametrize(
    ("faint", "proven", "reason"), [(True, True, None), (True, False, "machine_mail"), (False, True, "machine_mail")]
)
def test_a_faint_sign_does_not_speak_against_a_proven_answer(faint: bool, proven: bool, reason: str | None) -> None:
    fate = by_its_marks(Mark(sign=Sign(certain=False, faint=faint)), came_back="no", proven=proven)
    assert (fate.reason if fate else None) == reason


@pytest.mark.parametrize(("held", "proven", "told"), [(True, "none", True), (True, "failed", False), (False, "none", False)])
def test_whoever_has_the_letter_and_is_not_believed_is_told(held: bool, proven: Any, told: bool) -> None:
    assert answering(Addressed(letter=True, party=True, is_sender=True, held=held), proven) == Fate("unplaced", "unproven", told)
