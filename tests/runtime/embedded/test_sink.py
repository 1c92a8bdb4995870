"""The mail catcher keeps every mail it accepted, whole, and accepts none that it has not kept."""

import asyncio
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from runtime.embedded.sink import MailSink, read_mails
from tests.support.places import ROOT


def a_mail(subject: str = "Your case") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        "ombud@example.com",
        "ana@example.com",
        subject,
        "<n1@example.com>",
    )
    mail.set_content("Grüße\n.\n..leading dots\n")
    mail.add_alternative("<p>Grüße</p>", subtype="html")
    return mail


async def send(mail: EmailMessage, port: int, recipients: list[str] | None = None) -> str:
    _, answer = await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False, recipients=recipients)
    return answer


async def test_a_mail_is_kept_whole_with_its_envelope(tmp_path: Path) -> None:
    async with MailSink(tmp_path) as sink:
        await send(a_mail(), sink.port, ["ana@example.com", "copy@example.com"])
        (kept,) = sink.mails()
    text = kept.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["Grüße", ".", "..leading dots"]
    assert kept.get_all("Delivered-To") == ["ana@example.com", "copy@example.com"]
    assert kept["Return-Path"] == "<ombud@example.com>"


async def test_the_same_mail_twice_is_two_files(tmp_path: Path) -> None:
    async with MailSink(tmp_path) as sink:
        answers = [await send(a_mail(), sink.port), await send(a_mail(), sink.port)]
    assert answers == ["kept as 000001.eml", "kept as 000002.eml"]
    assert [mail["Message-ID"] for mail in read_mails(tmp_path)] == ["<n1@example.com>"] * 2


async def test_counting_goes_on_after_a_restart(tmp_path: Path) -> None:
    for subject in ("first", "second"):
        async with MailSink(tmp_path) as sink:
            await send(a_mail(subject), sink.port)
    assert [mail["Subject"] for mail in read_mails(tmp_path)] == ["first", "second"]


async def test_a_mail_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    async with MailSink(folder) as sink:
        folder.rmdir()
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await send(a_mail(), sink.port)
    assert refused.value.code == 451


async def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "runtime.embedded.sink", "--port", "0", "--folder", str(tmp_path)]
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert program.stdout is not None
    await send(a_mail(), int(await program.stdout.readline()))
    program.terminate()
    assert await program.wait() == 0
    assert len(read_mails(tmp_path)) == 1
