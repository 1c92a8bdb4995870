"""How a subject begins that no person wrote: holiday notes and receipts of having read, in the languages of mail programs.

Exchange, Outlook and Outlook.com put these words before the subject of what they answer, in the language of the mailbox
(``Automatic reply: …``, ``Read: …``; MS-OXCMAIL and the subject prefixes of MS-OXORMMS); Gmail, GMX, web.de, Yahoo and Roundcube
write the same or what people choose, for which the phrases of holiday notes stand. A line is a language, its words are as
those programs show them.
"""

from __future__ import annotations

import re
import unicodedata

AUTOMATIC: dict[str, tuple[str, ...]] = {
    "ar": ("رد تلقائي", "الرد التلقائي"),
    "bg": ("Автоматичен отговор",),
    "ca": ("Resposta automàtica",),
    "cs": ("Automatická odpověď",),
    "da": ("Automatisk svar", "Autosvar", "Ikke til stede"),
    "de": ("Automatische Antwort", "Abwesenheitsnotiz", "Abwesenheitsassistent", "Abwesenheitsmeldung", "Abwesend",
           "Außer Haus", "Automatische E-Mail", "Automatische Nachricht", "Autoantwort"),
    "el": ("Αυτόματη απάντηση",),
    "en": ("Automatic reply", "Automatic response", "Auto reply", "Auto-reply", "Autoreply", "Auto response", "Auto-response",
           "Autoresponse", "Autoresponder", "Auto responder", "Auto-responder", "Auto:", "Out of office", "Out of the office",
           "Out of Office AutoReply",
           "OOO", "Away from my", "Away from the", "Vacation reply", "Vacation response", "Vacation notice", "Vacation message",
           "Vacation auto", "On vacation", "On leave", "On holiday", "I am on vacation", "I am on leave", "I am on holiday",
           "I'm on vacation", "I'm on leave", "I'm on holiday", "This is an automated", "This is an automatic",
           "Automated message", "Automated reply", "Automated response", "Automatic message"),
    "es": ("Respuesta automática", "Fuera de la oficina", "Mensaje automático"),
    "et": ("Automaatvastus", "Automaatne vastus"),
    "fa": ("پاسخ خودکار",),
    "fi": ("Automaattinen vastaus", "Poissaoloviesti", "Poissaoloilmoitus", "Poissa"),
    "fr": ("Réponse automatique", "Absence du bureau", "Absent du bureau", "Message automatique"),
    "he": ("תשובה אוטומטית", "מענה אוטומטי"),
    "hi": ("स्वचालित उत्तर",),
    "hr": ("Automatski odgovor",),
    "hu": ("Automatikus válasz", "Házon kívül"),
    "id": ("Balasan otomatis",),
    "it": ("Risposta automatica", "Fuori sede", "Fuori ufficio", "Messaggio automatico"),
    "ja": ("自動応答", "自動返信", "不在通知", "自動送信"),
    "ko": ("자동 회신", "자동 응답", "자동응답", "자동회신", "부재중"),
    "lt": ("Automatinis atsakymas",),
    "lv": ("Automātiskā atbilde",),
    "ms": ("Balasan automatik",),
    "nb": ("Automatisk svar", "Autosvar", "Fraværende"),
    "nl": ("Automatisch antwoord", "Afwezig", "Afwezigheid", "Automatische reactie"),
    "pl": ("Autoodpowiedź", "Automatyczna odpowiedź", "Odpowiedź automatyczna", "Poza biurem"),
    "pt": ("Resposta automática", "Fora do escritório", "Ausência temporária", "Mensagem automática"),
    "ro": ("Răspuns automat", "Mesaj automat"),
    "ru": ("Автоматический ответ", "Автоответ", "Автоответчик"),
    "sk": ("Automatická odpoveď",),
    "sl": ("Samodejni odgovor",),
    "sr": ("Аутоматски одговор", "Automatski odgovor"),
    "sv": ("Automatiskt svar", "Autosvar", "Frånvaromeddelande", "Frånvarande"),
    "th": ("การตอบกลับอัตโนมัติ", "ตอบกลับอัตโนมัติ", "ตอบอัตโนมัติ"),
    "tr": ("Otomatik yanıt", "Otomatik cevap"),
    "uk": ("Автоматична відповідь", "Автовідповідь"),
    "vi": ("Trả lời tự động", "Thư trả lời tự động"),
    "zh": ("自动答复", "自动回复", "自動回覆", "自動回復"),
}  # fmt: skip
"""What a holiday note's subject begins with."""
EVERYDAY = frozenset({
    "Abwesend", "Absence du bureau", "Absent du bureau", "Afwezig", "Afwezigheid", "Auto:", "Außer Haus", "Away from my",
    "Away from the", "Fora do escritório", "Fraværende", "Frånvarande", "Fuera de la oficina", "Fuori sede", "Fuori ufficio",
    "Házon kívül", "Ikke til stede", "OOO", "On holiday", "On leave", "On vacation", "Out of office", "Out of the office",
    "Poissa", "Poza biurem", "부재중", "不在通知",
})  # fmt: skip
"""Those of them with which a person's report may begin: ``Abwesend, als das Paket kam``, ``Auto: broken engine``."""
READ: dict[str, tuple[str, ...]] = {
    "cs": ("Přečteno", "Přečtené"), "da": ("Læst",), "de": ("Gelesen", "Ungelesen gelöscht", "Lesebestätigung"),
    "el": ("Αναγνώστηκε",), "en": ("Read", "Not read", "Read receipt", "Return receipt", "Message read"),
    "es": ("Leído", "Confirmación de lectura"), "fi": ("Luettu",), "fr": ("Lu", "Accusé de lecture", "Non lu"),
    "hu": ("Elolvasva",), "it": ("Letto", "Conferma di lettura"), "ja": ("開封済み", "開封通知"), "ko": ("읽음",),
    "nb": ("Lest",), "nl": ("Gelezen", "Leesbevestiging"), "pl": ("Przeczytano", "Przeczytane"), "pt": ("Lida", "Lido"),
    "ro": ("Citit",), "ru": ("Прочитано", "Прочтено"), "sv": ("Läst",), "tr": ("Okundu",), "uk": ("Прочитано",),
    "vi": ("Đã đọc",), "zh": ("已读", "已讀"),
}  # fmt: skip
"""What stands before the subject of a letter in a receipt of its having been read, with a colon behind it."""

_TAGS = re.compile(r"^(?:\s*\[[^\]\n]{1,60}\])*\s*")
_COLON = re.compile(r"\s*[:：]")


def plain(text: str) -> str:
    """The same whatever accents and widths its letters have, and whether an i of Turkish has its dot."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(sign)).replace(
        "ı", "i"
    )


def _longest_first(table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({plain(words) for every in table.values() for words in every}, key=len, reverse=True))


_AUTOMATIC, _READ = _longest_first(AUTOMATIC), _longest_first(READ)
_OF_PROGRAMS = tuple(words for words in _AUTOMATIC if words not in {plain(words) for words in EVERYDAY})


def says_away(subject: str) -> bool:
    """Whether it begins as a holiday note or another automatic answer does; a tag in brackets may stand before it."""
    said = plain(_TAGS.sub("", subject[:1000]))
    return any(_begins(said, words) for words in _AUTOMATIC)


def says_automatic(subject: str) -> bool:
    """Whether it begins with words that programs alone put before a colon: so it is no person's, whatever else it bears."""
    said = plain(_TAGS.sub("", subject[:1000])).strip()
    return any(said == words or (said.startswith(words) and _COLON.match(said[len(words) :])) for words in _OF_PROGRAMS)


def says_read(subject: str) -> bool:
    """Whether it is that of a receipt of having been read."""
    said = plain(subject[:1000]).strip()
    return any(said.startswith(words) and _COLON.match(said[len(words) :]) is not None for words in _READ)


def _begins(said: str, words: str) -> bool:
    rest = said[len(words) :]
    # "Abwesend" is none of "abwesende"; scripts without spaces go on at once.
    return said.startswith(words) and (not rest or not words[-1].isascii() or not rest[0].isalpha() or not rest[0].isascii())
