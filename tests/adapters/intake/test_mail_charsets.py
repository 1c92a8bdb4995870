"""Bytes become the text that they were meant to be."""

import pytest

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
