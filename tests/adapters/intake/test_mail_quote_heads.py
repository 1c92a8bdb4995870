"""Where a quoted letter begins that has a block of headers above it and no mark before its lines."""

import pytest

from adapters.intake.mail_quote_heads import HEADS, head_at, is_own

OURS = frozenset({"reply@desk.example", "disputes@desk.example"})


def block(
    language: str = "en", sender: str = "Acme <reply+abc@desk.example>", subject: str = "We have your dispute"
) -> list[str]:
    who, when, whom, about = (labels[0] for labels in HEADS[language])
    said = (f"{who}: {sender}", f"{when}: 30. 11. 2026 02:10", f"{whom}: Al <al@x.example>", f"{about}: {subject}")
    return [*said, "", "Hello Al,"]


@pytest.mark.parametrize("language", sorted(HEADS))
def test_it_is_found_in_every_language(language: str) -> None:
    own = ["It was on 9 May.", ""]
    assert head_at([*own, *block(language)], OURS, "") == 2
    assert head_at([*own, "________________________________", *block(language)], OURS, "") == 2
    for part in range(4):
        for label in HEADS[language][part]:
            lines = block(language)
            lines[part] = f"*{label}* : {lines[part].partition(': ')[2]}"
            assert head_at(lines, OURS, "") == 0


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        # GMX and web.de say when before who.
        (["Gesendet: Montag um 02:10", "Von: Acme <reply@desk.example>", "An: al@x.example", "Betreff: We have"], True),
        # A name alone, and Outlook of old.
        (block(sender="Acme"), True),
        (block(sender="Acme [mailto:reply@desk.example]"), True),
        # Somebody else's mail is a part of what they say, but in the same thread.
        (block(sender="Bo <bo@y.example>"), False),
        (block(sender="Bo <bo@y.example>", subject="Your dispute"), True),
        (["From: Acme", "Dear all,", "Subject: x"], False),
        (["From: the station", "To: the hotel", "I took a taxi."], False),
        (["Von: Acme", "Sent: today", "Onderwerp: x"], False),
        (["From:", "Sent:", "To:"], True),
        ([":" * 50, "", "From", "：", "a" * 9_000], False),
    ],
)
def test_what_is_one_of_our_letters(lines: list[str], found: bool) -> None:
    assert (head_at(lines, OURS, "AW: Your dispute (case c6cfe721)") == 0) is found


def test_the_address_of_one_letter_is_ours() -> None:
    assert is_own("<Reply+x@Desk.example>", OURS)
    assert not is_own("reply@desk.example.evil.example", OURS)
    assert not is_own("x", OURS)
