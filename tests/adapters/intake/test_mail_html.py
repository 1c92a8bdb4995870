"""HTML reads as a browser shows it."""

import pytest

from adapters.intake.mail import MailIntake
from adapters.intake.mail_html import MAX_TEXT, rendered, text_of_html


class TestLayout:
    def test_quotations_keep_their_mark(self) -> None:
        assert text_of_html("<p>New</p><blockquote>Old<br>older</blockquote>") == "New\n\n> Old\n> older"

    def test_preformatted_lines_stay(self) -> None:
        assert text_of_html("<pre>a\n  b</pre>c") == "a\n  b\n\nc"

    def test_lists_and_cells_are_apart(self) -> None:
        assert text_of_html("<ol><li>one<li>two</ol><ul><li>a</ul>") == "1. one\n2. two\n\n- a"
        assert text_of_html("<table><tr><td>a<td>b<tr><td>c</table>") == "a b\nc"

    def test_where_a_link_leads_is_said_once(self) -> None:
        assert text_of_html('<a href="https://x.example/1">the order</a>') == "the order (https://x.example/1)"
        assert text_of_html('<a href="https://x.example/">https://x.example</a>') == "https://x.example"
        assert text_of_html('<a href="javascript:alert()">the order</a>') == "the order"

    def test_fields_and_pictures_show_words_too(self) -> None:
        assert text_of_html('<input value="blue"> <img alt="a kettle"><button>Send</button>') == "blue a kettle Send"
        assert text_of_html('<input type=hidden value="token"><input type=checkbox value=1>x') == "[ ] x"


class TestSeen:
    @pytest.mark.parametrize(
        ("markup", "text"),
        [
            ("<HTML><HEAD /><BODY><span>said</span>", "said"),
            ("<head><title>Letter</title><body><p>said</p>", "said"),
            ("<head><style>p{}</style><p>said</p>", "said"),
            ("a <40 and 5 < 6 & so on", "a <40 and 5 < 6 & so on"),
            ("<!--[if mso]>Outlook<![endif]--><![if !mso]>said<![endif]>", "said"),
            ("<template>later</template><noscript>said</noscript><script>x</script>", "said"),
            ("<!-- a > b -->said<!-- never closed", "said"),
            ("<plaintext>said <b>", "said <b>"),
            ("<svg><text>said</text></svg>", "said"),
            ("<p>sa<b>i</b>d", "said"),
            ("<iframe>no</iframe><noframes>no</noframes><datalist><option>no</datalist>said", "said"),
        ],
    )
    def test_what_a_person_sees(self, markup: str, text: str) -> None:
        assert text_of_html(markup) == text

    @pytest.mark.parametrize(
        "mark", ["hidden", 'style="display : none"', 'style="color:red;visibility:hidden"', "style='mso-hide:all'"]
    )
    def test_what_is_hidden_is_not_read_and_told(self, mark: str) -> None:
        found = rendered(f"<div {mark}>secret</div>said")
        assert (found.text, found.hidden) == ("said", True)

    def test_an_empty_hidden_element_hides_nothing(self) -> None:
        assert not rendered("<div hidden> </div>said").hidden

    def test_half_a_megabyte_of_style_hides_no_words(self) -> None:
        assert (
            text_of_html(f"<head><style>{'p{color:red}' * 40_000}</style><p>I was charged twice.</p>") == "I was charged twice."
        )


class TestHarm:
    @pytest.mark.parametrize(
        "markup", ["<![", "<!-", "</", "<a", "&#xffffffff;", "<![if x]>text<![endif]>", "</blockquote></a>x"]
    )
    def test_broken_markup_is_no_error(self, markup: str) -> None:
        assert isinstance(text_of_html(markup), str)

    @pytest.mark.parametrize("tag", ["div", "blockquote", "b", "font", "table", "ul", "a href=https://x", "pre"])
    def test_any_depth_is_read(self, tag: str) -> None:
        assert text_of_html(f"<{tag}>" * 3_000 + "said").endswith(("said", "said (https://x)"))

    def test_what_has_no_end_is_cut_and_told(self) -> None:
        found = rendered("word " * MAX_TEXT)
        assert found.cut or len(found.text) >= MAX_TEXT


def test_what_a_style_sheet_hides_is_hidden_and_told() -> None:
    page = rendered("<style>.a{display:none}</style><p class=a>Preview</p><p>I paid twice.</p>")
    assert (page.text, page.seen.strip(), page.hidden, page.styled) == ("I paid twice.", "I paid twice.", True, False)


def test_rules_that_are_not_followed_are_told() -> None:
    for rule in ("p::before{content:'No '}", "p:nth-child(1){display:none}", "@import 'more.css';", ".a{clip:rect(0,0,0,0)}"):
        page = rendered(f"<style>{rule}</style><p class=a>I paid twice.</p>")
        assert (page.text, page.styled) == ("I paid twice.", True)
    assert not rendered("<style>p{color:red;margin:0}</style><p style='display:block'>I paid.</p>").styled


@pytest.mark.parametrize(
    "sheet", ["<style>body{visibility:hidden}</style>", "<style amp4email-boilerplate>body{visibility:hidden}</style>"]
)
def test_no_page_is_hidden_whole_by_its_sheet(sheet: str) -> None:
    assert rendered(f"{sheet}<p>I paid twice.").text == "I paid twice."


def test_what_stands_for_frames_is_read() -> None:
    assert rendered("<frameset><frame src=x></frameset><noframes><p>I paid <b>twice</b>.</p></noframes>").text == "I paid twice."
    assert rendered("<frameset>" + "<noframes>" * 9_000).text == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("I do <s>not</s> accept <del>40</del> <ins>90</ins>.", "I do [struck out: not] accept [struck out: 40] 90."),
        ('I <span style="text-decoration: line-through">do <i>not</i></span> agree', "I [struck out: do not] agree"),
        ("<style>.x { text-decoration-line: line-through }</style>I do <b class=x>not</b> agree", "I do [struck out: not] agree"),
        ("<s>a<s>b</s></s>c<s> </s><strike>d</strike>", "[struck out: ab]c [struck out: d]"),
        ("They took 40<sup>99</sup> EUR", "They took 40^99 EUR"),
        ("10<sup>2</sup>, H<sub>2</sub>O, 5<sup>th</sup> May, Acme<sup>™</sup>", "10^2, H_2O, 5th May, Acme™"),
        ('40<span style="vertical-align:super">99</span>', "40^99"),
        ("Accept? <label><input type=radio> Yes</label><label><input type=radio checked> No</label>", "Accept? ( ) Yes (x) No"),
        ("<input type=checkbox checked> Refund <input type=CHECKBOX> New one", "[x] Refund [ ] New one"),
        ("<select><option>a<option selected>b<option>c</select>", "[ ] a\n[x] b\n[ ] c"),
        ("<select><option>a<option>b</select>", "[x] a\n[ ] b"),
        ("<select multiple><optgroup label=Money><option label='To me'>x</optgroup></select>", "Money\n[ ] To me"),
    ],
)
def test_what_the_look_of_words_says_is_told(html: str, text: str) -> None:
    page = rendered(html)
    assert (page.text, page.hidden, page.styled) == (text, False, False)


def test_how_a_link_looks_below_the_pointer_is_no_matter() -> None:
    assert not rendered("<style>a:hover { text-decoration: underline }</style><a>x</a>").styled
    assert rendered("<style>p:nth-child(2) { text-decoration: line-through }</style><p>x</p><p>y</p>").styled


def test_of_two_alternatives_the_one_that_has_the_look_is_read() -> None:
    raw = (
        b"From: kim@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nI do not accept 4099 EUR.\n"
        b"--b\nContent-Type: text/html\n\n<p>I do <s>not</s> accept 40<sup>99</sup> EUR.</p>\n--b--\n"
    )
    assert MailIntake("ombud.example").words(raw).text == "I do [struck out: not] accept 40^99 EUR."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol type=a><li>x<li>y</ol>", "a. x\nb. y"),
        ("<ol type=A start=27><li>x<li>y</ol>", "AA. x\nAB. y"),
        ("<ol start=53 type=a><li>x</ol>", "ba. x"),
        ("<ol type=i start=4><li>x<li>y</ol>", "iv. x\nv. y"),
        ("<ol type=I start=1994><li>x</ol>", "MCMXCIV. x"),
        ("<ol type=a start=0><li>x<li>y</ol>", "0. x\na. y"),
        ("<ol reversed><li>x<li>y<li>z</ol>", "3. x\n2. y\n1. z"),
        ("<ol reversed start=9><li>x<li value=3>y<li>z</ol>", "9. x\n3. y\n2. z"),
        ('<ol style="list-style: upper-alpha inside"><li>x<li type=1>y</ol>', "A. x\n2. y"),
        *(
            (f"<ol style='list-style-type:{kind}' start={start}><li>x</ol>", f"{shown}x")
            for kind, start, shown in [
                ("lower-greek", 3, "γ. "),
                ("lower-greek", 25, "αα. "),
                ("decimal-leading-zero", 7, "07. "),
                ("hebrew", 16, "טז. "),
                ("armenian", 1234, "ՌՄԼԴ. "),
                ("lower-armenian", 2, "բ. "),
                ("persian", 12, "۱۲. "),
                ("arabic-indic", 3, "٣. "),
                ("cjk-decimal", 20, "二〇、"),
                ("katakana", 2, "イ、"),
                ("hiragana-iroha", 1, "い、"),
                ("upper-roman", 4000, "4000. "),
                ("lower-greek", 0, "0. "),
                ("none", 1, "- "),
                ("square", 1, "- "),
            ]
        ),
        ("<ul style='list-style-type:decimal'><li>x<li>y</ul>", "1. x\n2. y"),
        ("<ul type=disc><li>x<li type=a>y</ul>", "- x\nb. y"),
        ("<ol style='list-style:none url(x.png)'><li>x</ol>", "- x"),
        ("<ol style='list-style:inside'><li>x</ol>", "- x"),
        ("<ol style='list-style-type:lower-greek;list-style:inherit'><li>x</ol>", "α. x"),
        (
            "<style>ol{list-style-type:upper-roman} ol ol{list-style:lower-greek outside}</style><ol><li>x<ol><li>y</ol></ol>",
            "I. x\n\nα. y",
        ),
        (
            "<style>.k{list-style-type:lower-alpha !important}</style><ol class=k style='list-style-type:decimal'><li>x</ol>",
            "a. x",
        ),
        ("<style>ol{counter-reset:list-item 4}</style><ol><li>x<li>y</ol>", "5. x\n6. y"),
        ("<style>li{counter-increment:list-item 2}</style><ol><li>x<li>y</ol>", "2. x\n4. y"),
        ("<ol><li>x<li style='counter-set:list-item 9'>y<li>z</ol>", "1. x\n9. y\n10. z"),
        ("<ol reversed style='counter-reset:list-item 4'><li>x<li>y</ol>", "3. x\n2. y"),
        ("<style>li{counter-increment:other}</style><ol><li>x<li>y</ol>", "1. x\n2. y"),
        ("<ol type=x><li>x<ol type=a><li>y</ol><li>z</ol>", "1. x\n\na. y\n\n2. z"),
    ],
)
def test_points_have_the_numbers_that_their_sender_saw(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("She said <q>I never <b>paid</b></q>.", "She said \u201cI never paid\u201d."),
        ("<ruby>\u6f22<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "\u6f22(kan)"),
        ("<ruby>\u6f22<rt>kan</ruby>", "\u6f22(kan)"),
        ("<q hidden>no</q>yes", "yes"),
        ('<div style="visibility:hidden"><q>no</q></div>yes', "yes"),
    ],
)
def test_what_a_browser_draws_around_words_is_told(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize("around", ["<template>{}</template>", "<svg>{}</svg>", "<div><template><p>{}</p></template></div>"])
def test_a_base_that_is_none_of_the_pages_leads_nowhere(around: str) -> None:
    page = f'{around.format("<base href=https://other.example/>")}<base href="https://shop.example/"><a href="terms">terms</a>'
    assert text_of_html(page).endswith("terms (https://shop.example/terms)")
