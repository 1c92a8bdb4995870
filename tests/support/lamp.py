"""A lamp that came broken: the dispute that the tests of the pages are about."""

from __future__ import annotations

from typing import Any

from tests.support.office import Office, party

LAMP: dict[str, Any] = {
    "kind": "payment_dispute",
    "statement": "The glass shade was broken when I opened the parcel. I would like my money back.",
    "subject": "Lamp arrived with a broken shade",
    "matter": "order-55102",
    "external_id": "H-20431",
    "amount": {"amount": 18900, "currency": "EUR"},
    "attributes": {"paid_days_ago": 9},
    "parties": [
        {"side": "claimant", "ref": "buyer-11", "name": "Jonas Weber", "email": "jonas@example.org"},
        {"side": "respondent", "ref": "shop-3", "name": "Lumen & Oak", "email": "care@lumen.example"},
    ],
}


async def in_claim(office: Office, **changes: Any) -> dict[str, Any]:
    """The lamp (or another matter), claimed: both sides have spoken, and nothing that was handed in is unanswered."""
    desk = office.desk()
    case = await desk.opened(**{**LAMP, **changes})
    for side, command, more in (
        ("respondent", "message", {"text": "Packed as always; the carrier broke it.", "to": "all"}),
        ("claimant", "escalate", {}),
        ("respondent", "submit_evidence", {"text": "A photo of the packing table."}),
        ("claimant", "message", {"text": "The shade was broken inside the box.", "to": "all"}),
    ):
        answer = await desk.command(case["id"], command, party(case, side), **more)
        assert answer.status_code == 200, answer.text
        case = answer.json()["case"]
    return case
