"""Bytes become the text that they were meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.intake.mail_charsets import plain_guess, text_of


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "订单 – 镕"),
        ("ISO-8859-1", "cp1252", "40 € – didn’t"),
        ("us-ascii", "cp1252", "40 €"),
        (' "windows-31j" ', "cp932", "返金①"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("cp949", "cp949", "똠방각하"),
        ("windows-874", "cp874", "ขอคืนเงิน"),
        ("iso-8859-8-i", "iso8859-8", "לא קיבלתי"),
        ("x-sjis", "cp932", "返金してください"),
        ("big5", "big5hkscs", "退款請求"),
        ("utf-7", "utf-7", "Geld zurück"),
        ("hz-gb-2312", "hz", "订单"),
        ("ibm850", "cp850", "déjà"),
        ("macintosh", "mac-roman", "déjà"),
        ("utf-16", "utf-16-be", "The order"),
        ("utf-16", "utf-16-le", "The order"),
        ("cp860", "cp860", "dinheiro não"),
        ("IBM737", "cp737", "χρήματα"),
        ("unicode-1-1-utf-8", "utf-8", "é"),
    ],
)
def test_a_label_is_read_as_mail_programs_read_it(label: str, codec: str, text: str) -> None:
    assert text_of(text.encode(codec), label) == (text, False)


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("utf-8", "déjà payé 40 €".encode("cp1252"), "déjà payé 40 €"),
        ("iso-8859-1", "déjà".encode(), "déjà"),
        ("gb2312", "返金してください".encode(), "返金してください"),
        ("windows-1251", "返金".encode(), "返金"),
        ("utf-8", "返金して".encode()[:-1], "返金し\ufffd"),
        ("utf-8", "返金してください。二重に請求されました。".encode("cp932"), "返金してください。二重に請求されました。"),
        ("shift_jis", "商品が届きません。返金をお願いします。".encode("euc_jp"), "商品が届きません。返金をお願いします。"),
        ("us-ascii", "返金してください".encode("iso2022_jp"), "返金してください"),
        ("utf-8", "Order: 返金して (4410)".encode("iso2022_jp"), "Order: 返金して (4410)"),
        ("no-such-charset", "déjà".encode(), "déjà"),
        ("punycode", b"egbpdaj6bu4bxfgehfvwxn", "egbpdaj6bu4bxfgehfvwxn"),
        (None, "Zahlung zurück, für 40 €, s'il vous plaît".encode("cp1252"), "Zahlung zurück, für 40 €, s'il vous plaît"),
        (None, "Деньги не вернули, помогите пожалуйста".encode("cp1251"), "Деньги не вернули, помогите пожалуйста"),
        (None, "The order".encode("utf-16-le"), "The order"),
        (None, "返金".encode("iso2022_jp"), "返金"),
    ],
)
def test_what_is_not_as_it_says_is_guessed_and_told(label: str | None, data: bytes, text: str) -> None:
    found, guessed = text_of(data, label)
    assert found == text
    assert guessed or (data.isascii() and not label)


@pytest.mark.parametrize(
    "text",
    ["商品が届きません。返金をお願いします。", "ﾍﾝｷﾝ お願いします、商品が届きません", "ﾍﾝｷﾝ､ｵﾈｶﾞｲｼﾏｽ｡ｼｮｳﾋﾝ ｶﾞ ﾄﾄﾞｷﾏｾﾝ", "注文 4410"],
)
def test_shift_jis_is_read_as_it_says(text: str) -> None:
    assert text_of(text.encode("cp932"), "shift_jis") == (text, False)


def test_a_mark_at_the_beginning_counts_before_any_label() -> None:
    assert text_of(b"\xef\xbb\xbfd\xc3\xa9j\xc3\xa0", "windows-1251") == ("déjà", False)
    assert text_of("déjà".encode("utf-16"), None) == ("déjà", False)


def test_the_page_itself_says_it_where_the_mail_does_not() -> None:
    page = '<meta charset="windows-1251">Деньги'.encode("cp1251")
    assert text_of(page, None, html=True) == ('<meta charset="windows-1251">Деньги', False)


def test_a_name_is_too_short_to_guess_long() -> None:
    assert (plain_guess(b"J\xf6rg"), plain_guess("Jörg".encode())) == ("Jörg", "Jörg")


@pytest.mark.parametrize("label", ["iso-2022-jp", "ISO-2022-JP-MS", "cp50221", None])
def test_japanese_mail_has_the_signs_of_row_13_and_half_width_katakana(label: str | None) -> None:
    raw = b"\x1b$BJV6b-!\x1b(B ok\r\n\x1b$B-j\x1b(B\x1b(I1\x1b(B"
    assert text_of(raw, label)[0] == "\u8fd4\u91d1\u2460 ok\r\n\u3231\uff71"


def test_broken_japanese_is_still_read_as_far_as_it_goes() -> None:
    said, guessed = text_of("\u65e5\u672c\u8a9e abc".encode("iso2022_jp") + b"\x1b$B#", "iso-2022-jp")
    assert "\u65e5\u672c\u8a9e abc" in said
    assert guessed


@pytest.mark.parametrize("label", ["euc-jp", "eucJP-ms", "cp51932"])
def test_euc_jp_has_the_signs_of_row_13(label: str) -> None:
    raw = b"\xca\xd6\xb6\xe2\xad\xa1\xad\xea ok \x8e\xb1\r\n\x8f\xb0\xa1"
    assert text_of(raw, label) == ("\u8fd4\u91d1\u2460\u3231 ok \uff71\r\n" + b"\x8f\xb0\xa1".decode("euc_jp"), False)


@pytest.mark.parametrize("label", ["gbk", "gb2312", "gb18030"])
def test_a_euro_is_one_byte_in_chinese_mail(label: str) -> None:
    raw = "\u9000\u6b3e ".encode("gbk") + b"\x80 40 " + "\u4e02\u9000".encode("gbk")
    assert text_of(raw, label) == ("\u9000\u6b3e \u20ac 40 \u4e02\u9000", False)


@given(st.binary(max_size=60))
def test_the_webs_tables_read_all_that_the_languages_own_do(data: bytes) -> None:
    """A differential check: where Python's codec reads a text, so does ours, and the same."""
    for label, codec in (("euc-jp", "euc_jp"), ("gb18030", "gb18030")):
        try:
            expected = data.decode(codec)
        except ValueError:
            continue
        if not data.isascii() and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            said, guessed = text_of(data, label)
            assert said == expected or guessed or codec == "euc_jp"


WORDS = "Größe 11 дома 크기"


@pytest.mark.parametrize(
    ("codec", "label", "guessed"),
    [
        ("utf-32", "utf-32", False), ("utf-32", None, False), ("utf-32-be", "UTF-32BE", False), ("utf-32-le", "utf-32le", False),
        ("utf-32-le", "utf-32", True), ("utf-32-be", "utf-32le", True),
    ],
)  # fmt: skip
def test_unicode_of_four_bytes(codec: str, label: str | None, guessed: bool) -> None:
    assert text_of(WORDS.encode(codec), label) == (WORDS, guessed)


def test_korean_of_before_unicode() -> None:
    for label in ("johab", "cp1361"):
        assert text_of("한글 크기".encode("johab"), label) == ("한글 크기", False)


JAPANESE = [
    "商品が届きません。返金をお願いします。", "二重に請求されました。注文番号は4410です。確認してください。",
    "Order 4410: 返金してください", KANA := "アカウントにログインできません",
]  # fmt: skip
ASIAN = ("shift_jis", "euc-jp", "gb2312", "gbk", "gb18030", "big5", "euc-kr", "cp949", "hz-gb-2312", "iso-2022-kr", "iso-2022-jp")
WESTERN = ("us-ascii", "iso-8859-1", "windows-1252", "utf-8", "windows-1251", "koi8-r")


@pytest.mark.parametrize("label", [*ASIAN, *WESTERN])
@pytest.mark.parametrize("codec", ["iso2022_jp", "euc_jp", "cp932"])
def test_japanese_is_read_under_any_label(codec: str, label: str) -> None:
    for text in JAPANESE:
        found, guessed = text_of(text.encode(codec), label)
        assert found == text
        # Of syllables alone the Chinese label is right as well: it has the same ones in the same places.
        assert guessed or label in {"iso2022_jp": "iso-2022-jp", "euc_jp": "euc-jp", "cp932": "shift_jis"}[codec] or text == KANA


@pytest.mark.parametrize(
    ("codec", "labels", "text"),
    [
        ("gb18030", ("gb2312", "gbk", "gb18030"), "我没有收到我订购的商品，请退款给我。订单 – 镕"),
        ("gb18030", ("gb2312", "gbk"), "返金してください。注文番号は4410です"),
        ("big5hkscs", ("big5",), "我沒有收到訂購的商品，請退款給我。一二三四五六七八九十今化什仁分"),
        ("cp949", ("euc-kr", "cp949"), "상품이 도착하지 않았습니다. 환불해 주세요 ㅋㅋㅋ ㅠㅠ ㅇㅇ 똠"),
        ("cp949", ("euc-kr",), "ㅋㅋㅋㅋ ㅠㅠ ㅇㅇ ㄱㅅ ㅎㅎ"),
        ("cp1252", ("us-ascii", "iso-8859-1"), "Größe, für 40 €, l’été – ‚Änderung‘ … “x” — — ££££ ½ ¼ ¿Qué? À bientôt"),
        ("cp1251", ("windows-1251",), "Деньги не вернули"), ("koi8_r", ("koi8-r",), "Деньги не вернули"),
        ("cp932", ("shift_jis",), "テストﾍﾝｷﾝ"), ("euc_jp", ("euc-jp",), "ﾍﾝｷﾝ テスト"),
    ],
)  # fmt: skip
def test_what_is_as_it_says_stays_so(codec: str, labels: tuple[str, ...], text: str) -> None:
    for label in labels:
        assert text_of(text.encode(codec), label) == (text, False)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Деньги не вернули, помогите"), ("koi8_r", "Деньги не вернули, помогите"), ("cp1255", "לא קיבלתי את הכסף שלי"),
        ("cp1253", "Τα χρήματά μου δεν επιστράφηκαν"),
    ],
)  # fmt: skip
def test_a_script_without_latin_letters_is_read_under_a_label_of_the_west(codec: str, text: str) -> None:
    for label in ("us-ascii", "iso-8859-1", "windows-1252"):
        assert text_of(text.encode(codec), label) == (text, True)


@pytest.mark.parametrize(
    ("codec", "label"), [("euc_jp", "iso-8859-1"), ("cp932", "us-ascii"), ("cp932", "gb2312"), ("cp932", "euc-kr")]
)
def test_what_is_too_short_to_know_is_noted(codec: str, label: str) -> None:
    assert text_of("返金".encode(codec), label)[1]
