"""The book of effects: what was ordered, what was begun, what came of it."""

from __future__ import annotations

import hashlib

from activities.effect_ports import OrderedEffect
from domain.base import Money
from domain.link_facts import ErrandOrdered
from storage.pool import Database
from storage.tenants import Endpoint, endpoints
from storage.vault import Vault

BEGIN = """
UPDATE effects SET began_at = coalesce(began_at, clock_timestamp())
WHERE tenant = $1 AND id = $2 AND state = 'running'
RETURNING id, case_id, type, amount, currency, side, to_party, reverses, synthetic, errand
"""

# The case first, as everybody who holds several rows of a case: the record's write holds the case and then takes its effects.
FINISH = """
WITH target AS (
    SELECT c.tenant, c.id FROM cases c JOIN effects e ON e.tenant = c.tenant AND e.case_id = c.id
    WHERE c.tenant = $1 AND e.id = $2
    FOR SHARE OF c
), done AS (
    UPDATE effects e SET state = $3, result = $3, note = $4, finished_at = clock_timestamp()
    FROM target t
    WHERE e.tenant = t.tenant AND e.id = $2 AND e.state = 'running'
    RETURNING e.case_id
)
INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body)
SELECT $1, d.case_id, $5, 'report_effect', 'system', 'system', clock_timestamp(), $6 FROM done d
ON CONFLICT DO NOTHING
"""


class PostgresEffects:
    """Implements :class:`activities.ports.Effects`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def begin(self, tenant_id: str, effect_id: str) -> OrderedEffect | None:
        """The effect, noted as begun; None when it is finished already, or unknown."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(BEGIN, tenant_id, effect_id)
        if row is None:
            return None
        amount = None if row["amount"] is None else Money(amount=row["amount"], currency=row["currency"])
        return OrderedEffect(
            id=row["id"], tenant_id=tenant_id, case_id=row["case_id"], type=row["type"], amount=amount, to=row["side"],
            to_party=row["to_party"], reverses=row["reverses"], synthetic=row["synthetic"],
            errand=ErrandOrdered.model_validate(row["errand"]) if row["errand"] else None,
        )  # fmt: skip

    async def finish(self, tenant_id: str, effect_id: str, result: str, note: str | None = None) -> None:
        """Mark as finished and report it to the case, together or not at all; a second time changes nothing."""
        command_id = _report_id(effect_id, result)
        body = {"id": command_id, "type": "report_effect", "by": "system", "channel": "system", "effect_id": effect_id,
                "result": result, "note": note}  # fmt: skip
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FINISH, tenant_id, effect_id, result, note, command_id, body)

    async def endpoint(self, tenant_id: str) -> Endpoint | None:
        """Where a tenant has its remedies carried out; None: by hand."""
        async with self._database.tenant(tenant_id) as conn:
            found = await endpoints(conn, self._vault, tenant_id)
        return next((e for e in found if e.purpose == "remedies" and e.active), None)


def _report_id(effect_id: str, result: str) -> str:
    plain = f"cmd_sys-{result}-{effect_id}"
    return plain if len(plain) <= 128 else f"cmd_sys-{result}-{hashlib.sha256(effect_id.encode()).hexdigest()}"
