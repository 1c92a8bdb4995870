"""Where a page says that something lies is told as browsers read it; what is cut or cannot be told is noted."""

from __future__ import annotations

import time

import pytest

from adapters.intake.mail import MailIntake
from adapters.intake.mail_addresses import LONGEST, Address, completed, in_style
from adapters.intake.mail_html import rendered
from adapters.intake.mail_marks import MarksReader
from adapters.intake.outcome import outcome_of

BASE = "https://shop.example/mails/77/"


@pytest.mark.parametrize(
    ("said", "base", "told"),
    [
        ("https://x.example/a", "", "https://x.example/a"),
        ("//x.example/a", "", "https://x.example/a"),
        ("//x.example/a", "http://y.example/", "http://x.example/a"),
        ("\\\\x.example\\a", "", "https://x.example/a"),
        ("https:\\\\x.example\\a?b=c\\d#e\\f", "", "https://x.example/a?b=c\\d#e\\f"),
        ("HTTPS:/x.example/a", "", "https://x.example/a"),
        ("https:x.example/a", "", "https://x.example/a"),
        ("https:////x.example/a", "", "https://x.example/a"),
        (" \x01ht\ntps://x.ex\tample/a b ", "", "https://x.example/a%20b"),
        ("https://x.example/<a>\"b\"", "", "https://x.example/%3Ca%3E%22b%22"),
        ("a.png", BASE, f"{BASE}a.png"),
        ("../a.png", BASE, "https://shop.example/mails/a.png"),
        ("/a.png?x=1", BASE, "https://shop.example/a.png?x=1"),
        ("..\\a.png", BASE, "https://shop.example/mails/a.png"),
        ("a.png", "", ""),
        ("file:///c:/a.png", "", ""),
    ],
)  # fmt: skip
def test_an_address_is_told_as_browsers_read_it(said: str, base: str, told: str) -> None:
    assert completed(said, base) == Address(told)


@pytest.mark.parametrize("said", ["", "  ", "#top", "cid:a@b", "data:,x", "about:blank", "javascript:x()", "https://", "//"])
def test_what_lies_in_the_mail_or_nowhere_has_none(said: str) -> None:
    assert completed(said, "") is None


@pytest.mark.parametrize("said", ["http://[", "//[::1", "https://x.example:99999999/", "http:]", "?", "\\", "a:b", "\ud800"])
def test_no_address_is_an_error(said: str) -> None:
    for base in ("", BASE, "http://["):
        completed(said, base)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="//i.example/a.png">', '<img src="\\\\i.example\\a.png">', '<img src="https:\\\\i.example\\a.png">',
        '<base href="https://i.example/"><img src="a.png">', '<base href="//i.example"><img srcset="a.png 2x, b.png 3x">',
        '<table background="https://i.example/a.png"><td>x</table>', '<table><td background="//i.example/a.png">x</table>',
        '<div style="background: #fff url(https://i.example/a.png) no-repeat">x</div>',
        "<div style=\"background-image:URL( '//i.example/a.png' )\">x</div>",
        '<div style="background:url(https\\3a //i.example/a.png)">x</div>',
        "<div style=\"background:image-set('https://i.example/a.png' 1x)\">x</div>",
        '<div style="background:url(&quot;https://i.example/a.png">x</div>',
        '<img srcset="//i.example/a.png">', '<video><source src="//i.example/a.png"></video>',
        '<div style="height:0;overflow:hidden;padding-bottom:56.25%"><iframe src="//i.example/a.png"></iframe></div>',
        '<div style="height:0;overflow:hidden;padding:0 0 56%"><video src="//i.example/a.png"></video></div>',
        '<style>.v{height:0;overflow:hidden;padding-top:30px}</style><p class=v><iframe src="//i.example/a.png"></iframe></p>',
        '<div style="font-size:0"><img src="//i.example/a.png"></div>',
        '<map><area href="//i.example/a.png" alt="Pay"></map>', '<a href="\\\\i.example\\a.png">here</a>',
        '<base href="https://i.example/x/"><a href="../a.png">here</a>',
    ],
)  # fmt: skip
def test_what_is_shown_from_elsewhere_is_told(markup: str) -> None:
    page = rendered(f"<p>See.</p>{markup}")
    assert page.text.count("https://i.example/a.png") == 1, page.text
    assert not page.hidden


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ('<img src="a.png">', "skipped"),
        ('<img src="file:///c:/a.png">', "skipped"),
        ("<style>p{background:url(//i.example/a.png)}</style>", "skipped"),
        (f'<img src="https://i.example/{"a" * 600}">', "cut"),
        (f'<a href="https://i.example/{"a" * 600}">here</a>', "cut"),
        (f'<a href="mailto:a@i.example?body={"a" * 600}">here</a>', "cut"),
        (f'<img src="https://i.example/{"a" * 9_000}">', "cut"),
        ('<video width="0" src="https://i.example/a.mp4"></video>', "hidden"),
        ('<iframe style="height:0" src="https://i.example/a"></iframe>', "hidden"),
        ('<div style="height:0;overflow:hidden"><iframe src="https://i.example/a"></iframe></div>', "hidden"),
        ('<div style="max-height:0;overflow:hidden"><img src="https://i.example/a.png"></div>', "hidden"),
        ('<div style="font-size:0">words</div>', "hidden"),
        (f'<p style="{"color:red;" * 500}display:none">words</p>', "styled"),
    ],
)
def test_what_is_cut_or_not_told_is_noted_and_the_mail_attached(markup: str, code: str) -> None:
    raw = f"From: mia@x.example\nSubject: The kettle\nContent-Type: text/html\n\n<p>See.</p>{markup}".encode()
    found = outcome_of("mail", raw, MailIntake("ombud.example"), marks=MarksReader("ombud.example")).as_json()
    assert found["outcome"] == "report"
    assert code in found["guessed"], found
    assert [file["name"] for file in found["files"]] == ["original.eml"]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://t.example/o.gif" width=1 height=1>', "<style>@import url(//f.example/x.css);p{color:red}</style>",
        "<style>@font-face{font-family:x;src:url(//f.example/x.woff)}</style>", '<a href="#top">up</a>', "<a>up</a>",
    ],
)  # fmt: skip
def test_what_shows_nothing_is_not_noted(markup: str) -> None:
    page = rendered(f"<p>See.</p>{markup}")
    assert (page.cut, page.hidden, page.left_out) == (False, False, False)


def test_a_long_address_is_told_as_far_as_it_goes_with_a_mark() -> None:
    told = completed(f"https://i.example/{'a' * 600}", "")
    assert told is not None
    assert (len(told.told), told.told[-1], told.cut) == (LONGEST + 1, "…", True)


@pytest.mark.parametrize(
    "style", ['background:url("{}', "background:url({}\\", "x:'{}", 'x:("{}', "background:url( {}", "/*{}", "url(\"url('{}"]
)
def test_the_cost_of_styles_grows_with_their_length_alone(style: str) -> None:
    def cost(size: int) -> float:
        text = style.replace("{}", "") * (size // len(style))
        began = time.process_time()
        list(in_style(text))
        return time.process_time() - began

    cost(1_000)
    assert cost(400_000) < 24 * cost(50_000) + 0.2
