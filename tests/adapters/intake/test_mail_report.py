"""For whom a delivery report says what, in whatever form its parts are."""

import base64

from adapters.intake.mail_report import reported

STATUS = (
    "Reporting-MTA: dns; mx.example.net\r\n\r\n"
    "Original-Recipient: rfc822; Kim@example.net\r\nFinal-Recipient: rfc822; kim@old.example.net\r\nAction: Failed (perm)\r\n\r\n"
    "Final-Recipient: utf-8; ole@example.net\r\nAction: delayed\r\n"
)
LETTER = "Message-ID: <ntc_1@desk.example>\r\n\r\nHello"


def a_report(kind: str, status: bytes, letter: bytes, encoding: str = "7bit") -> bytes:
    head = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n"
    parts = [(f"message/{kind}delivery-status", status), (f"message/{kind.rstrip('-') or 'rfc822'}", letter)]
    made = [
        f"--b\r\nContent-Type: {name}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + data for name, data in parts
    ]
    return head.encode() + b"\r\n".join([*made, b"--b--\r\n"])


def test_each_recipient_has_its_own_action() -> None:
    told, texts = reported(a_report("", STATUS.encode(), LETTER.encode()))
    assert told == (("Kim@example.net", "failed"), ("kim@old.example.net", "failed"), ("ole@example.net", "delayed"))
    assert b"<ntc_1@desk.example>" in texts


def test_parts_of_a_global_report_are_packed() -> None:
    """RFC 6533: parts may be in base64, which those of RFC 3464 may not."""
    status, letter = (base64.encodebytes(text.encode()) for text in (STATUS, LETTER))
    told, texts = reported(a_report("global-", status, letter, encoding="base64"))
    assert ("Kim@example.net", "failed") in told
    assert b"<ntc_1@desk.example>" in texts


def test_a_block_that_names_nobody_still_says_what_became_of_it() -> None:
    assert reported(a_report("", b"Action: failed\r\n", b""))[0] == (("", "failed"),)


def test_a_mail_that_is_no_report_says_nothing() -> None:
    assert reported(b"From: kim@example.net\r\n\r\nAction: failed\r\n")[0] == ()
