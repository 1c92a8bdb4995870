"""What a reader of XHTML shows is read: empty elements end where they stand, CDATA is text, and nothing is made endless."""

from __future__ import annotations

import pytest

from adapters.intake.mail_html import text_of_html
from adapters.intake.mail_xhtml import as_html

XHTML = "application/xhtml+xml"
HEAD = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Mail</title></head><body>'


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        ("<script/><p>On 4 May.</p>", "On 4 May."),
        ("<style/><p>On 4 May.</p>", "On 4 May."),
        ("<title/><p>On 4 May.</p>", "On 4 May."),
        ('<iframe src="https://x.example"/><p>On 4 May.</p>', "(https://x.example)\n\nOn 4 May."),
        ("<textarea/><p>On 4 May.</p>", "On 4 May."),
        ("<plaintext>Before.</plaintext><p>On 4 May.</p>", "Before.\n\nOn 4 May."),
        ("<p><![CDATA[On 4 May, 40 < 50 & <b>more</b>.]]></p>", "On 4 May, 40 < 50 & <b>more</b>."),
        ("<style>p &gt; b { color: red }</style><p>Fu&szlig;&nbsp;&amp; Ball</p>", "Fuß & Ball"),
        ("<p>One<br/>two</p>", "One\ntwo"),
    ],
)
def test_it_reads_as_it_is_shown(body: str, reads: str) -> None:
    assert text_of_html(as_html(f"{HEAD}{body}</body></html>", XHTML)).strip() == reads


@pytest.mark.parametrize(
    "page",
    [
        "<p>Not closed",
        f"{HEAD}<p>Open</b></p></body></html>",
        '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;</p>',
    ],
)
def test_what_is_no_xml_or_declares_words_of_its_own_is_read_as_html(page: str) -> None:
    assert as_html(page, XHTML) == page


def test_html_is_left_as_it_is() -> None:
    page = "<p>One<br>two<script/>"
    assert as_html(page, "text/html") == page
