"""Style sheets show and hide words as in a browser: the weightier selector, the later rule, the own style, importance."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from turbohtml import parse

from adapters.intake.mail_html import rendered
from adapters.intake.mail_sheets import MOST_TEXT, sheets_of

WORD = "shown"


def is_shown(sheet: str, element: str = f"<p id=x class='a b'>{WORD}</p>") -> bool:
    return WORD in rendered(f"<!doctype html><style>{sheet}</style>{element}<div>other").text


@pytest.mark.parametrize(
    ("sheet", "shown"),
    [
        (".a{display:none}", False),
        ("p{DISPLAY: None}", False),
        ("#x{display:none}", False),
        ("*{display:none} #x{display:block}", True),
        (".a{display:none} .b{display:block}", True),
        (".b{display:block} .a{display:none}", False),
        ("#x{display:none} .a{display:block}", False),
        (".a{display:none!important} #x{display:block}", False),
        (".a{display:none} .a{display:bogus}", False),
        (".a{display:none;display:block}", True),
        (".c{display:none}", True),
        (".A{display:none}", True),
        (".c,p{display:none}", False),
        (".a,,p{display:none}", True),
        ("p.a.b{display:none} .a{display:block}", False),
        ("[class~=b]{display:none}", False),
        ("body > .a{display:none}", False),
        ("div .a{display:none}", True),
        ("head + body .a{display:none}", False),
        ("/* .a{display:block} */ .a{display:none}", False),
        ("<!-- .a{display:none} -->", False),
        (r".\61{display:none}", False),
        ("a:hover,.a:hover{display:none}", True),
        (".a{visibility:hidden}", False),
        (".a{font-size:0}", False),
        (".a{opacity:0.0}", False),
        (".a{max-height:0} .b{overflow:hidden}", False),
        (".a{max-height:0}", True),
        ("@media print{.a{display:none}}", True),
        ("@media only screen and (max-width:600px){.a{display:none}}", True),
        ("@media screen and (min-width:600px){.a{display:none}}", False),
        ("@media print, screen{.a{display:none}}", False),
        (".a{display:none", False),
        ("@charset 'utf-8'; .a{display:none}", False),
    ],
)
def test_a_rule_holds_where_a_browser_has_it_hold(sheet: str, shown: bool) -> None:
    assert is_shown(sheet) is shown
    assert sheets_of(parse(f"<style>{sheet}</style><p class=a id=x>")).followed


@pytest.mark.parametrize(
    ("style", "shown"),
    [("display:block", True), ("display:bogus", False), ("color:red", False), ("display:none!important", False)],
)
def test_an_own_style_comes_before_the_sheet(style: str, shown: bool) -> None:
    assert is_shown("#x{display:none}", f"<p id=x style='{style}'>{WORD}</p>") is shown
    assert not is_shown("p{display:none!important}", f"<p style='{style}'>{WORD}</p>")


def test_a_sheet_shows_what_an_attribute_hides() -> None:
    assert is_shown("p{display:block}", f"<p hidden>{WORD}</p>")
    assert not is_shown("p{color:red}", f"<p hidden>{WORD}</p>")


@pytest.mark.parametrize(
    "inside",
    [
        "<template><style>p{display:none}</style></template>",
        "<style type=text/x>p{display:none}</style>",
        "<style media=print>p{display:none}</style>",
    ],
)
def test_what_is_no_sheet_of_the_page_holds_for_nothing(inside: str) -> None:
    assert WORD in rendered(f"{inside}<p>{WORD}").text


@pytest.mark.parametrize(
    "sheet",
    [
        "p:not(.b){display:none}", "p::after{content:'not'}", "@supports (display:grid){p{display:none}}",
        "p{display:var(--x)}", "p{ .b{display:none} }", "p{text-indent:-9999px}", "@import url(x);",
        "@media (orientation:landscape){p{display:none}}",
        "p ~ .a{display:none}", "} .a{display:none}", "p{display:none}" * (MOST_TEXT // 10), "(" * 5_000 + "display",
        "@media screen{" * 500 + "p{display:none}",
        "p{color:" + "(]" * 5_000 + "}", "p{color:" + '(")"' * 5_000 + "}", "p{all:initial}",
    ],
)  # fmt: skip
def test_what_is_not_followed_is_told(sheet: str) -> None:
    page = rendered(f"<style>{sheet}</style><p class=a>{WORD}")
    assert (page.text, page.styled) == (WORD, True)


@dataclass(frozen=True)
class Said:
    """One declaration, in a sheet or of the element itself."""

    selector: str
    shown: bool
    important: bool

    @property
    def declared(self) -> str:
        return f"display:{'block' if self.shown else 'none'}{' !important' if self.important else ''}"


WEIGHTS = {
    "*": 0,
    "p": 1,
    ".a": 10,
    ".b": 10,
    "p.a": 11,
    ".a.b": 20,
    "body .a": 11,
    "#x": 100,
    "p#x": 101,
    ".z": None,
    "#y": None,
}
"""None: it is not about the element."""
SAID = st.builds(Said, st.sampled_from(sorted(WEIGHTS)), st.booleans(), st.booleans())


@given(rules=st.lists(SAID, max_size=6), own=st.none() | st.builds(Said, st.just(""), st.booleans(), st.booleans()))
@settings(max_examples=300, deadline=None)
def test_whatever_rules_there_are_the_cascade_decides_and_what_is_hidden_is_told(rules: list[Said], own: Said | None) -> None:
    """Against the cascade written out (CSS Cascading and Inheritance, section 6): importance, own style, weight, order."""
    ranked = [
        ((one.important, False, weight, place), one.shown)
        for place, one in enumerate(rules)
        if (weight := WEIGHTS[one.selector]) is not None
    ]
    ranked += [((own.important, True, 0, 0), own.shown)] if own is not None else []
    shown = max(ranked)[1] if ranked else True
    sheet = "".join(f"{one.selector} {{ {one.declared} }}\n" for one in rules)
    style = f" style='{own.declared}'" if own is not None else ""
    # What hides everything hides the page: nobody is told of nothing, so something else is there, which is always shown.
    always = "<div style='display:block!important'>always</div>"
    hides_body = any(one.selector == "*" for one in rules)
    frame = "<html style='display:block!important'><body style='display:block!important'>" if hides_body else "<html><body>"
    page = rendered(f"<!doctype html>{frame}<style>{sheet}</style><p id=x class='a b'{style}>{WORD}</p>{always}")
    assert (WORD in page.text, page.hidden, page.styled) == (shown, not shown, False)
