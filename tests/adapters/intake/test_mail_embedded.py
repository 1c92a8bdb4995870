"""What a page carries within itself is a file or is read; what cannot be is told, and the mail kept as it came."""

import base64
import html
import time

import pytest

from adapters.intake.mail import MailIntake
from adapters.intake.mail_embedded import DEEPEST, MOST, carried
from adapters.intake.mail_html import rendered
from domain.model.report import Report

PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
PICTURE = f"data:image/png;base64,{base64.b64encode(PIXELS).decode()}"


def a_report(page: str) -> Report:
    head = b"From: mia@x.example\nSubject: The kettle\nContent-Type: text/html; charset=utf-8\n\n"
    report = MailIntake("ombud.example").read(head + page.encode())
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize(
    "page",
    [
        f'<img src="{PICTURE}">', f"<img src='\n{PICTURE[:40]}\n {PICTURE[40:]} '>", f'<img srcset="{PICTURE} 1x, {PICTURE} 2x">',
        f'<picture><source srcset="{PICTURE}, https://x.example/2 2x"><img src="https://x.example/1"></picture>',
        f'<svg><image xlink:href="{PICTURE}"/></svg>', f'<svg><image href="{PICTURE}"/></svg>',
        f"<div style=\"background: #fff url('{PICTURE}')\">x</div>", f'<div style="background-image:URL({PICTURE})">x</div>',
        f"<div style='background:image-set(\"{PICTURE}\" 1x)'>x</div>", f'<body background="{PICTURE}">x',
        f'<input type=image src="{PICTURE}">', f'<video poster="{PICTURE}"></video>', f'<object data="{PICTURE}"></object>',
        f'<embed src="{PICTURE}">', f'<iframe src="{PICTURE}"></iframe>', f'<v:imagedata src="{PICTURE}">',
        f'<a href="{PICTURE}">look</a>', f'<img src="DATA:;base64,{PICTURE.partition(",")[2]}">',
        f'<iframe srcdoc="<img src=\'{PICTURE}\'>"></iframe>', f'<p style="font-size:0"><img src="{PICTURE}"></p>',
    ],
)  # fmt: skip
def test_a_picture_in_the_page_is_a_file(page: str) -> None:
    report = a_report(f"<p>Screenshot:</p>{page}")
    assert report.statement.startswith("Screenshot:")
    assert [(file.media_type, file.data) for file in report.attachments] == [("image/png", PIXELS)]


@pytest.mark.parametrize(
    "page",
    [
        '<img src="data:image/png;base64,@@@@">', '<img src="data:image/png">', f"<style>p{{background:url({PICTURE})}}</style>",
        '<svg><path d="M0 0L9 9"/></svg>', f'<p style="display:none"><img src="{PICTURE}"></p>',
        f'<p style="visibility:hidden"><img src="{PICTURE}"></p>', '<p hidden><iframe srcdoc="x"></iframe></p>',
        '<iframe src="data:text/html;base64,@"></iframe>', '<iframe srcdoc="<style>p{display:none}</style><p>x"></iframe>',
        "".join(f'<img src="data:image/gif,{number}">' for number in range(MOST + 1)),
    ],
)  # fmt: skip
def test_what_is_there_and_is_no_file_is_told(page: str) -> None:
    report = a_report(f"<p>Screenshot:</p>{page}")
    assert report.attachments[-1].name == "original.eml"
    assert PIXELS not in [file.data for file in report.attachments]


@pytest.mark.parametrize(
    "page",
    [
        '<iframe srcdoc="&lt;p&gt;They admitted it&lt;/p&gt;"></iframe>',
        '<iframe src="data:text/html,<p>They%20admitted it"></iframe>',
        '<object data="data:text/plain,They admitted it"></object>', '<embed src="data:,They admitted it">',
        '<frameset><frame src="data:text/html;charset=utf-16le;base64,'
        + base64.b64encode("They admitted it".encode("utf-16le")).decode() + '"></frameset>',
        '<iframe srcdoc="<iframe srcdoc=\'They admitted it\'></iframe>"></iframe>',
    ],
)  # fmt: skip
def test_a_page_within_the_page_is_read(page: str) -> None:
    assert rendered(page).text == "They admitted it"
    assert rendered(f"<p>See</p>{page}<p>Mia</p>").text.startswith("See") or "frameset" in page


def test_pages_that_lie_too_deep_are_told() -> None:
    page = "They admitted it"
    for _ in range(DEEPEST):
        page = f'<iframe srcdoc="{html.escape(page)}"></iframe>'
    assert (rendered(page).text, rendered(page).left_out) == ("They admitted it", False)
    assert rendered(f'<iframe srcdoc="{html.escape(page)}"></iframe>').left_out


def test_what_is_not_in_the_mail_is_not_told() -> None:
    page = rendered('<img src="https://x.example/1"><iframe src="https://x.example"></iframe><img src="data:,"><p>x data:y</p>')
    assert (page.text, page.files, page.left_out, page.hidden) == ("x data:y", (), False, False)


def test_a_large_picture_takes_no_words_away() -> None:
    picture = base64.b64encode(b"\x89PNG" + bytes(3_000_000)).decode()
    report = a_report(f'<p>Before</p><img src="data:image/png;base64,{picture}"><p>after</p>')
    assert report.statement == "Before\n\nafter"
    assert [len(file.data) for file in report.attachments] == [3_000_004]


@pytest.mark.parametrize(
    "url", ["data:text/plain;charset=utf-8,%C3%BC", "data:;charset=utf-8;base64,w7w", " DATA:x/y ;base64,w%37w=#z"]
)
def test_an_address_is_read_as_browsers_read_it(url: str) -> None:
    found = carried(url)
    assert found is not None
    assert found.data == "ü".encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "what",
    [
        "<img src=data:,{}>", "<img srcset='data:,{} 1x'>", "<p style='x:(data:{}'>", "<p style=\"'data:\">", "data:;base64,A",
        "<iframe srcdoc='<p>{}'></iframe>", "<p hidden><img src=data:,{}>", "<svg><path>", "<style>data:image</style>",
        "<iframe srcdoc='<style>p{{}}</style>", "<img src='data:;base64,{}'>",
    ],
)  # fmt: skip
def test_the_cost_grows_with_the_length_alone(what: str) -> None:
    """Eight times the length may cost eight times as much, with room for chance; squared it would be sixty-four times."""

    def cost(size: int) -> float:
        page = "".join(what.format(number) for number in range(size // len(what)))
        began = time.process_time()
        rendered(page)
        return time.process_time() - began

    small = min(cost(60_000) for _ in range(2))
    assert min(cost(480_000) for _ in range(2)) < 24 * small + 0.3
