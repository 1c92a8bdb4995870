"""Whether a person sees the words of an element, by its own style."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.intake.mail_html import rendered
from adapters.intake.mail_styles import gone, winning


@pytest.mark.parametrize(
    "style",
    ["display:none", "DISPLAY : None !important", "display:none!important;display:block", "mso-hide:all", "opacity:0",
     "opacity: 0.0", "max-height:0;overflow:hidden", "height:0px;overflow:hidden", "display:block;display:none"],
)  # fmt: skip
def test_what_nobody_sees(style: str) -> None:
    assert gone(winning((), style))


@pytest.mark.parametrize(
    "style",
    ["display:none;display:block", "background:url(x);/*display:none*/", "content:'display:none'", "opacity:0.5", "max-height:0",
     "height:0", "font:12px 'display:none'", "x:(display:none)", "", ";;:", "/* display:none", "color:'", "opacity:10"],
)  # fmt: skip
def test_what_somebody_sees(style: str) -> None:
    assert not gone(winning((), style))


def test_what_is_part_of_a_line_has_no_height() -> None:
    closed = "max-height:0;overflow:hidden"
    assert rendered(f"<span style='{closed}'>seen</span>").text == "seen"
    assert rendered(f"<p><span style='{closed};display:block'>x</span>").text == ""
    assert rendered(f"<div style='{closed};display:inline'>seen</div>").text == "seen"


@pytest.mark.parametrize(
    ("html", "text", "hidden"),
    [
        ('<div style="visibility:hidden">y<b style="visibility:visible">seen</b></div>', "seen", True),
        ('<span style="font-size:0">x</span>seen', "seen", True),
        ('<td style="font-size:0"><span style="font-size:14px">seen</span></td>', "seen", False),
        ('<p style="font-size:0"><b style="font-size:2em">x</b></p>seen', "seen", True),
        ('<p style="font-size:0.9em">seen</p>', "seen", False),
        ("<ol start=3><li>three<li value=7>seven<li>eight</ol>", "3. three\n7. seven\n8. eight", False),
    ],
)
def test_an_element_inside_may_say_otherwise(html: str, text: str, hidden: bool) -> None:
    found = rendered(html)
    assert (found.text, found.hidden) == (text, hidden)


@given(st.text(alphabet="displayno:;\"'()/* !imprtv0", max_size=60))
def test_any_style(style: str) -> None:
    assert isinstance(gone(winning((), style)), bool)
