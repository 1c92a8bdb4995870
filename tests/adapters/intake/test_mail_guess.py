"""Short texts without a label are read as people write, and whatever is no such text is left to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.intake.mail_charsets import text_of
from adapters.intake.mail_guess import likeliest

SAID = {
    "cp932": ["茶碗が割れていました", "返金をお願いします", "まだ届いていません。"],
    "euc_jp": ["茶碗が割れていました", "返金をお願いします"],
    "gb18030": ["水壶没有送到", "请把钱退给我", "杯子是坏的，我要退货"],
    "big5hkscs": ["水壺沒有送到", "請把錢退給我", "杯子是壞的"],
    "cp949": ["주전자가 안 왔어요", "돈을 돌려 주세요"],
    "cp1251": ["Чайник не пришёл", "Верните мне деньги", "Чайник не прийшов"],
    "koi8_r": ["Чайник не пришёл", "Верните мне деньги"],
    "cp866": ["Верните мне деньги"],
    "cp1253": ["Ο βραστήρας δεν ήρθε", "Θέλω πίσω τα χρήματά μου"],
    "cp1255": ["הקומקום לא הגיע", "אני רוצה את הכסף"],
    "cp1256": ["لم تصل الغلاية", "أريد استرداد المال"],
    "cp874": ["กาน้ำไม่มาส่ง", "ขอเงินคืน"],
}


@pytest.mark.parametrize(("codec", "text"), [(codec, text) for codec, texts in SAID.items() for text in texts])
def test_one_line_is_enough(codec: str, text: str) -> None:
    assert text_of(text.encode(codec), None) == (text, True)
    assert text_of(f"Order 4410: {text}\n\nMia".encode(codec), "x-unknown") == (f"Order 4410: {text}\n\nMia", True)


@pytest.mark.parametrize(
    "text", ["Zahlung zurück, Größe", "él pagó dos veces", "ÄÖÜ", "FAÇADE", "déjà", "© 2026", "för två gånger", "10 £"]
)
def test_the_west_stays_itself(text: str) -> None:
    assert text_of(text.encode("cp1252"), None)[0] == text
    assert likeliest(text.encode("cp1252")) is None


@given(st.binary(max_size=200))
def test_whatever_it_names_can_be_read(data: bytes) -> None:
    codec = likeliest(data)
    assert codec is None or data.decode(codec) is not None
