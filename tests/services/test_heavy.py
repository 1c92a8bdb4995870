"""What one person only proposed is let out by a second one who has just shown who they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.callers import Caller
from services.errors import Refused
from services.heavy import need_proof
from tests.support.cases import LEAD, MEDIATOR, OPS, Life, a_case
from tests.support.office import Office

pytestmark = pytest.mark.postgres
MUCH = {"amount": 9_000_000, "currency": "USD"}


def credited() -> Life:
    """A fraud report in which somebody proposed more money than one person gives."""
    life = a_case("fraud_report", amount=MUCH).in_review()
    return life.says(MEDIATOR, "credit_provisionally", amount=MUCH)


def told() -> Life:
    """One that is to be reported, of which somebody would tell the respondent."""
    life = a_case("fraud_report").in_review()
    life.says(
        MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Three stolen cards, one account."
    )
    return life.says(MEDIATOR, "disclose", reasons="They know of it from the press.")


@pytest.mark.parametrize(
    ("life_of", "command"),
    [(credited, {"type": "credit_provisionally", "amount": MUCH}), (told, {"type": "disclose", "reasons": "So it is."})],
    ids=["credit", "disclosure"],
)
async def test_a_second_look_takes_a_fresh_proof(office: Office, life_of: Callable[[], Life], command: dict[str, Any]) -> None:
    case = life_of().case
    late = Caller(office.tenant_id, "ses_1", frozenset({"cases:write"}), "session", LEAD)
    with pytest.raises(Refused) as refused:
        await need_proof(office.parts(), late, case, command)
    assert refused.value.code == "proof_needed"
    fresh = Caller(office.tenant_id, "ses_2", frozenset({"cases:write"}), "session", OPS, proved_at=datetime.now(UTC))
    await need_proof(office.parts(), fresh, case, command)


async def test_to_propose_it_takes_none(office: Office) -> None:
    late = Caller(office.tenant_id, "ses_1", frozenset({"cases:write"}), "session", MEDIATOR)
    case = a_case("fraud_report", amount=MUCH).in_review().case
    await need_proof(office.parts(), late, case, {"type": "credit_provisionally", "amount": MUCH})
