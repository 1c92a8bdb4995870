"""The block of headers with which Outlook, Outlook.com, GMX and web.de begin what they quote, in the languages of mailboxes.

They write no ``>`` before a quotation: a block of From, Sent, To and Subject stands above it, and all below is the quoted mail.
The labels are those that Outlook (desktop, web, mobile), Windows Mail and 1&1's mailers show in each language.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from adapters.intake.mail_subjects import plain

HEADS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "ar": (("من",), ("تاريخ الإرسال", "تم الإرسال", "التاريخ"), ("إلى",), ("الموضوع",)),
    "bg": (("От",), ("Изпратено", "Дата"), ("До",), ("Относно", "Тема")),
    "ca": (("De",), ("Enviat", "Enviat el", "Data"), ("Per a", "A"), ("Assumpte", "Tema")),
    "cs": (("Od",), ("Odesláno", "Datum"), ("Komu",), ("Předmět",)),
    "da": (("Fra",), ("Sendt", "Dato"), ("Til",), ("Emne",)),
    "de": (("Von",), ("Gesendet", "Datum", "Gesendet am"), ("An",), ("Betreff",)),
    "el": (("Από",), ("Στάλθηκε", "Εστάλη", "Ημερομηνία"), ("Προς",), ("Θέμα",)),
    "en": (("From",), ("Sent", "Date", "Sent on"), ("To",), ("Subject",)),
    "es": (("De",), ("Enviado", "Enviado el", "Fecha"), ("Para",), ("Asunto",)),
    "et": (("Saatja",), ("Saadetud", "Kuupäev"), ("Adressaat", "Saaja"), ("Teema",)),
    "fi": (("Lähettäjä",), ("Lähetetty", "Päivämäärä", "Pvm"), ("Vastaanottaja",), ("Aihe",)),
    "fr": (("De",), ("Envoyé", "Envoyé le", "Date"), ("À", "Pour"), ("Objet", "Sujet")),
    "he": (("מאת",), ("נשלח", "תאריך"), ("אל",), ("נושא",)),
    "hr": (("Od", "Šalje"), ("Poslano", "Datum"), ("Za", "Prima"), ("Predmet",)),
    "hu": (("Feladó",), ("Elküldve", "Küldve", "Dátum"), ("Címzett",), ("Tárgy",)),
    "it": (("Da",), ("Inviato", "Inviato il", "Data"), ("A",), ("Oggetto",)),
    "ja": (("差出人", "送信者", "From"), ("送信日時", "日時", "日付", "送信日", "Sent"), ("宛先", "To"), ("件名", "Subject")),
    "ko": (("보낸 사람", "보낸사람"), ("보낸 날짜", "날짜", "보냄", "보낸날짜"), ("받는 사람", "받는사람"), ("제목",)),
    "lt": (("Nuo",), ("Išsiųsta", "Data"), ("Kam", "Iki"), ("Tema",)),
    "lv": (("No",), ("Nosūtīts", "Datums"), ("Kam",), ("Tēma",)),
    "nb": (("Fra",), ("Sendt", "Dato"), ("Til",), ("Emne",)),
    "nl": (("Van",), ("Verzonden", "Datum", "Verzonden op"), ("Aan",), ("Onderwerp",)),
    "pl": (("Od",), ("Wysłano", "Wysłane", "Data"), ("Do",), ("Temat",)),
    "pt": (("De",), ("Enviado", "Enviada", "Enviado em", "Enviada em", "Data"), ("Para",), ("Assunto",)),
    "ro": (("De la", "De"), ("Trimis", "Data"), ("Către", "La"), ("Subiect", "Subiectul")),
    "ru": (("От", "От кого"), ("Отправлено", "Дата"), ("Кому",), ("Тема",)),
    "sk": (("Od",), ("Odoslané", "Dátum"), ("Komu",), ("Predmet",)),
    "sl": (("Od",), ("Poslano", "Datum"), ("Za",), ("Zadeva",)),
    "sr": (("Od", "Од"), ("Poslato", "Послато", "Datum"), ("Za", "За"), ("Naslov", "Tema", "Тема", "Наслов")),
    "sv": (("Från",), ("Skickat", "Datum", "Skickat den"), ("Till",), ("Ämne",)),
    "th": (("จาก",), ("ส่ง", "วันที่", "ส่งเมื่อ"), ("ถึง",), ("เรื่อง", "ชื่อเรื่อง")),
    "tr": (("Gönderen", "Kimden"), ("Gönderildi", "Gönderme Tarihi", "Tarih", "Gönderim"), ("Kime", "Alıcı"), ("Konu",)),
    "uk": (("Від",), ("Надіслано", "Дата"), ("Кому",), ("Тема",)),
    "vi": (("Từ", "Người gửi"), ("Đã gửi", "Ngày"), ("Đến", "Tới", "Người nhận"), ("Chủ đề", "Tiêu đề")),
    "zh": (("发件人", "寄件者", "寄件人"), ("发送时间", "日期", "已发送", "寄件日期", "傳送時間", "时间"),
           ("收件人", "收件者"), ("主题", "主旨", "標題")),
}  # fmt: skip
"""Of each language the labels of who sent it, when, to whom, and of its subject."""

_COLON = re.compile(r"[:：]")
_AROUND = " \t\xa0*_>"
_RULE = re.compile(r"^\s*[-_*\u2014]{2,}\s*$")
_ROWS = 9
"""Lines in which such a block is complete: its four, copies, importance, and where one is broken for its length."""


def _by_label(place: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for language, labels in HEADS.items():
        for label in labels[place]:
            found.setdefault(plain(label), set()).add(language)
    return found


_FROM, _SENT, _TO, _SUBJECT = (_by_label(place) for place in range(4))


def head_at(lines: Sequence[str], ours: Collection[str], subject: str) -> int | None:
    """The line with which a quoted mail of ours begins that has such a block above it; None: there is none.

    Ours is one from an address of ours (``ours``), of a sender without an address, or with the subject of the answer. Any other
    is a mail that somebody shows, and a part of what they say.
    """
    for at, line in enumerate(lines):
        if (label := _labelled(line)) is None or not (label[0] in _FROM or label[0] in _SENT):
            continue
        block = _block(lines[at : at + _ROWS])
        if block is not None and _is_ours(block, ours, subject):
            before = at - 1
            while before >= 0 and not lines[before].strip():
                before -= 1
            return before if before >= 0 and _RULE.match(lines[before]) else at
    return None


def _labelled(line: str) -> tuple[str, str] | None:
    said = line[:1_000].lstrip(_AROUND)
    found = _COLON.search(said, 0, 40)
    return (plain(said[: found.start()].strip(_AROUND)), said[found.end() :].strip(_AROUND)) if found else None


def _block(lines: Sequence[str]) -> dict[str, str] | None:
    """What it says of From and Subject, where all that makes one is there in one language; None: it is none."""
    said: dict[str, str] = {}
    spoken: dict[str, set[str]] = {}
    for line in lines:
        if not line.strip():
            break
        label = _labelled(line)
        for name, table in (("from", _FROM), ("sent", _SENT), ("to", _TO), ("subject", _SUBJECT)):
            if label is not None and label[0] in table and name not in said:
                said[name], spoken[name] = label[1], table[label[0]]
                break
    whole = {"from", "sent"} <= said.keys() and ("to" in said or "subject" in said)
    return said if whole and set.intersection(*spoken.values()) else None


def _is_ours(block: dict[str, str], ours: Collection[str], subject: str) -> bool:
    named = [word.removeprefix("mailto:") for word in re.split(r'[\s<>()\[\];,"]+', block["from"]) if "@" in word]
    if not named or any(is_own(address, ours) for address in named):
        return True
    quoted = plain(block.get("subject", "")).strip()
    return len(quoted) > 5 and quoted in plain(subject)


def is_own(address: str, ours: Collection[str]) -> bool:
    """Whether it is an address of ours, or one below it for the answers to one letter."""
    local, _, domain = address.strip("<>.,;:'\"").lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in ours
