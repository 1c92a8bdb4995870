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


@pytest.mark.parametrize(
    "page",
    [
        '<img src="{}">', '<img src="ht\ntps{}">', '<img srcset="{} 2x, https://x.example/2 3x">', '<video src="{}"></video>',
        '<video poster="{}"></video>', '<audio><source src="{}"></audio>', '<iframe src="{}"></iframe>', '<embed src="{}">',
        '<object data="{}"></object>', '<svg><image href="{}"/></svg>', '<input type=image src="{}">',
        '<a href="https://x.example/led"><img src="{}" width=11 height=100></a>',
        '<p style="width:10px"><img src="{}" style="width:100%">',
        # What its style says comes before its attributes, and the least size before the size.
        '<img src="{}" width=1 height=1 style="width:300px;height:200px">', '<img src="{}" style="width:1px;min-width:200px">',
        '<style>.w {{width:300px !important; height:auto}}</style><img class=w src="{}" width=1 height=1 style="width:1px">',
        '<img src="{}" style="width:2px">', '<img src="{}" style="width:100%">',
    ],
)  # fmt: skip
def test_what_is_shown_from_elsewhere_is_told_by_its_address(page: str) -> None:
    address = "https://i.shots.example/abc.png"
    markup = page.format(address.removeprefix("https") if "ht\ntps" in page else address)
    report = a_report(f"<p>See the screenshot:</p>{markup}<p>Mia</p>")
    assert report.statement.startswith("See the screenshot:")
    assert report.statement.count(f"({address})") == 1
    both = (
        b"From: mia@x.example\nSubject: The kettle\nContent-Type: multipart/alternative; boundary=b\n\n"
        b"--b\n\nSee the screenshot:\n\nMia\n--b\nContent-Type: text/html\n\n<p>See the screenshot:</p>"
        + markup.encode()
        + b"<p>Mia</p>\n--b--\n"
    )
    again = MailIntake("ombud.example").read(both)
    assert isinstance(again, Report)
    assert address in again.statement, "whatever else says the same words"


@pytest.mark.parametrize(
    "page",
    [
        '<img src="https://t.example/o.gif" width=1 height=1>', '<img src="https://t.example/o.gif" style="height: 1px;">',
        '<img src="https://t.example/o.gif" width="0">', '<iframe src="https://t.example" style="display:none"></iframe>',
        '<p style="visibility:hidden"><img src="https://t.example/o.gif"></p>', '<img src="data:,">', "<p>data:y</p>",
        *(
            f'<img src="https://t.example/o.gif" style="{style}">'
            for style in ("width:1.0px", "height:.5px", "width:1pt", "width:0%", "max-height:0em", "width:1PX!important")
        ),
        '<style>.t, #t {width:1px; height:1px}</style><img class=t src="https://t.example/o.gif"><img id=t src="//t.example/2">',
        '<div style="width:1px;height:1px;overflow:hidden"><img src="https://t.example/o.gif" width=300></div>',
        '<style>.t {max-height:1px; overflow:hidden}</style><div class=t><img src="https://t.example/o.gif" width=300></div>',
    ],
)  # fmt: skip
def test_a_dot_by_which_a_sender_counts_readers_is_not(page: str) -> None:
    assert "t.example" not in a_report(f"<p>See.</p>{page}").statement


@pytest.mark.parametrize(
    "page",
    [
        '<div><template shadowrootmode="open"><p>They admitted it</p></template></div>',
        '<div><template shadowrootmode=closed>They admitted it</template></div>',
        '<iframe src="da&#10;ta:text/html,They admitted it"></iframe>',
        '<iframe src="\td\na\nt\na\n:,They admitted it"></iframe>',
        '<textarea placeholder="They admitted it"></textarea>',
    ],
)  # fmt: skip
def test_what_a_browser_shows_is_read(page: str) -> None:
    assert a_report(f"<p>See.</p>{page}").statement.split("\n\n") == ["See.", "They admitted it"]
    assert a_report("<p>See.</p><template>no</template><textarea placeholder=no>yes</textarea>").statement == "See.\n\nyes"


def test_a_link_that_is_broken_in_two_leads_where_it_leads() -> None:
    assert rendered('<a href="ht&#10;tps://x.example/a&#9;b">here</a>').text == "here (https://x.example/ab)"


@pytest.mark.parametrize(("part", "told"), [("<one@x>", False), ("<two@x>", True)])
def test_a_picture_of_the_mail_that_is_not_there_is_told(part: str, told: bool) -> None:
    raw = (
        b"From: mia@x.example\nSubject: The kettle\nContent-Type: multipart/related; boundary=b\n\n"
        b'--b\nContent-Type: text/html\n\n<p>See.</p><img src="cid:one%40x">\n'
        b"--b\nContent-Type: image/png\nContent-ID: " + part.encode() + b"\n\n" + PIXELS + b"\n--b--\n"
    )
    report = MailIntake("ombud.example").read(raw)
    assert isinstance(report, Report)
    assert ("original.eml" in [file.name for file in report.attachments]) == told


def test_a_drawing_in_the_page_is_no_file_that_somebody_attached() -> None:
    report = a_report('<p>See.</p><img src="data:image/svg+xml,<svg/>">')
    assert [file.name for file in report.attachments] == ["original.eml"]


def test_the_cost_of_addresses_grows_with_their_number_alone() -> None:
    spent = []
    for many in (2_000, 8_000):
        page = "".join(f'<img src="https://x.example/{number}" style="{"width:" * 50}">' for number in range(many))
        began = time.process_time()
        rendered(page)
        spent.append(time.process_time() - began)
    assert spent[1] < 12 * spent[0] + 0.5


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
