"""HTML reads as a browser shows it."""

import pytest

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
        assert text_of_html('<input type=hidden value="token"><input type=checkbox value=1>x') == "x"


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
