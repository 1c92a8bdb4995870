"""Text that bears the label of another charset: what it was written in, by what no text of the charset that is named looks like.

Gateways and old programs put their own country's label on whatever they send. Most bytes are letters in each of those charsets,
so nothing fails: the words are others. Japanese is known by its syllables, which stand in every sentence and in one corner of
each of its charsets; Cyrillic, Greek and their like by words without a single Latin letter, under a label of the West.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from adapters.intake.mail_guess import FEWEST, MIXED, likeliest

_PAIRS = {
    "euc_jp": re.compile(rb"(?P<kana>[\xa4][\xa1-\xf3]|\xa5[\xa1-\xf6])|[\x8e\xa1-\xfe][\xa1-\xfe]"),
    "cp932": re.compile(rb"(?P<kana>\x82[\x9f-\xf1]|\x83[\x40-\x96])|[\x81-\x9f\xe0-\xfc][\x40-\xfc]|[\xa1-\xdf]"),
}
"""Signs of two bytes, and which of them are syllables of Japanese."""
_MANY = 0.4
"""How much of a Japanese text is syllables, at least; of any other one under these labels it is next to nothing."""
_FEWEST_KANA = 4
"""Different ones: the same sign over and over is drawn, or laughs."""
_LONE = frozenset("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅓㅔㅕㅗㅛㅜㅠㅡㅣ")
"""Letters of Korean that are written alone (``ㅋㅋㅋ``, ``ㅇㅇ``); they lie where EUC-JP has its syllables."""
_KANJI = frozenset(
    "日一人年大本中会国長出生時行見月分後前間上東今金私品物注文番号返届商購入確認願致連絡電話送料請求二重代支払取消不良"
    "説明写真対応何度回答店販売者詐欺被害者方名使用事手続者住所様者申込内容予約解約期限手数銀座口振自家者者先週昨全部"
)
"""Common in letters of complaint."""
_TOGETHER = 0.6
"""How much of what is beyond ASCII stands side by side in words of another script, at least."""
_FEWEST_LETTERS = 10
_RUN = re.compile(rb"[\x80-\xff]{2,}")
_OF_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_OF_KS = re.compile(rb"[\xa1-\xfd][\xa1-\xfe]")
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_NARROW = {"gb2312": _OF_GB2312, "euc-kr": _OF_KS, "ks_c_5601-1987": _OF_KS}
"""What a label names in fact; that it is read as the larger one that grew out of it is for single signs."""


def meant_japanese(data: bytes, codec: str, read: Callable[[str], str]) -> tuple[str, bool] | None:
    """The text in Japanese under the label of another charset, and that it was guessed; None: there is nothing of the kind.

    ``read`` reads the bytes by a charset and raises ValueError for what is none of it.
    """
    for meant, pairs in _PAIRS.items():
        found = [one["kana"] for one in pairs.finditer(data)]
        kana = [one for one in found if one is not None]
        if meant == codec or len(set(kana)) < _FEWEST_KANA or len(kana) < len(found) * _MANY:
            continue
        try:
            text = read(meant)
        except ValueError:
            continue
        try:
            named = read(codec)
        except ValueError:
            named = ""
        if meant == "cp932" or not named or codec not in ("gb18030", "cp949", "euc_kr"):
            return text, True
        # These have letters of their own, or the same syllables, in the same corner.
        if codec != "gb18030":
            return None if all(sign in _LONE or not "\u3131" <= sign <= "\u318e" for sign in named) else (text, True)
        ours, theirs = (sum(sign in _KANJI for sign in one) for one in (text, named))
        return None if ours < theirs or named == text else (text if ours > theirs else named, True)
    return None


def meant_script(data: bytes) -> str | None:
    """The charset of a text that is labelled as one of Western Europe, where no word has a Latin letter beside one beyond ASCII;
    empty: it is none of these, or too short to know. None: it may be what it says."""
    high = re.findall(rb"[\x80-\xff]", data)
    within = sum(len(run) for run in _RUN.findall(data))
    if len(set(high)) < FEWEST or within < len(high) * _TOGETHER or MIXED.search(data):
        return None
    return (likeliest(data) or "") if len(high) >= _FEWEST_LETTERS else ""


def beyond_its_label(data: bytes, label: str) -> bool:
    """Whether most of its signs are none of the charset that its label names in fact: nobody knows then whether it is right."""
    narrow = _NARROW.get(label)
    pairs = _PAIR.findall(data) if narrow is not None else []
    return sum(narrow is not None and narrow.fullmatch(one) is None for one in pairs) * 2 > len(pairs)
