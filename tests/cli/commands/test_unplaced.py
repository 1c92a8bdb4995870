"""``ombud unplaced``: when a mail came is said as every other moment is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

_MAIL = (
    b"From: Kim <kim@example.org>\r\nTo: us@ombud.example\r\nSubject: The receipt\r\nPrecedence: bulk\r\n"
    b"Message-ID: <u1@example.org>\r\n\r\nI found the receipt.\r\n"
)


async def test_what_waits_is_listed_and_shown_with_moments_that_people_read(shell: Shell, office: Office) -> None:
    came = await office.desk().post("/v1/intake/email", content=_MAIL)
    assert "unplaced" in came.json(), came.text
    dana = ("--as", "per_dana", "-t", office.tenant_id)
    (mail,) = (await shell.json("unplaced", "list", *dana))["data"]
    at = datetime.fromisoformat(mail["received_at"]).astimezone(UTC)
    for typed in (("list",), ("show", mail["id"])):
        shown = await shell.type("unplaced", *typed, *dana)
        assert shown.exit_code == 0, shown.output
        assert f"{at:%d %b %H:%M:%S}" in shown.stdout
        assert "+00:00" not in shown.stdout
