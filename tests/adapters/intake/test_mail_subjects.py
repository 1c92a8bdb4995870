"""Subjects of automatic answers and receipts in the languages of mail programs; and people's subjects that begin alike."""

import unicodedata

import pytest

from adapters.intake.mail_subjects import AUTOMATIC, EVERYDAY, READ, says_automatic, says_away, says_read


@pytest.mark.parametrize("language", sorted(AUTOMATIC))
def test_an_automatic_answer_is_known_in_every_language(language: str) -> None:
    for words in AUTOMATIC[language]:
        colon = "" if words.endswith(":") else ":"
        for spelled in (words, words.upper(), words.lower(), unicodedata.normalize("NFD", words)):
            assert says_away(f"{spelled}{colon} Your dispute (case 981e004b)"), spelled
        assert says_away(f"[ticket 28] {words} - Re: Your dispute")


@pytest.mark.parametrize("language", sorted(READ))
def test_a_receipt_is_known_in_every_language(language: str) -> None:
    for words in READ[language]:
        assert says_read(f"{words}: Your dispute (case 981e004b)")
        assert says_read(f"{words.upper()} : Your dispute")
        assert not says_read(f"{words} it, and I do not agree")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Your dispute (case 981e004b)", "Vacation rental: I was charged twice", "", ":", "[", "[x] [y]",
        "Autosvarad", "Abwesende Zeugen", "My parcel: automatic reply to nobody", "Lunch: who pays?", "Reading room: closed",
        "自動車の支払い", "Automatic gate broken",
    ],
)  # fmt: skip
def test_people_are_no_machines(subject: str) -> None:
    assert not says_away(subject)
    assert not says_read(subject)


@pytest.mark.parametrize("language", sorted(AUTOMATIC))
def test_words_of_programs_are_told_from_those_with_which_people_begin(language: str) -> None:
    for words in AUTOMATIC[language]:
        assert says_automatic(f"[ticket 28] {words.upper()}: Your dispute") is (words not in EVERYDAY), words
        assert says_automatic(f" {words} ") is (words not in EVERYDAY), words
        assert not says_automatic(f"{words} broken, and no refund")
    assert {words for every in AUTOMATIC.values() for words in every} >= EVERYDAY
