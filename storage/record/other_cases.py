"""What a command has to know of another case or of a campaign, as it stands on disk now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.model.commands import Open
from domain.model.legal_hold import HeldPerson
from domain.model.links import KnownCampaign, OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import Actor, Standing
from domain.model.policy_exceptions import ExceptionsGranted
from domain.rules.authorities import SECRET
from domain.rules.fairness import partial
from domain.rules.losses import deciders_of
from domain.rules.money import goods_stand, stands_for_others, totals
from domain.rules.need_to_know import ACCESS, closed_to, right_by_part, right_by_standing
from storage.postgres.pool import Connection, Database
from storage.record.sql import STANDS
from storage.record.stored_case import STATE, case_of

OTHER = f"""
SELECT c.id, c.kind, c.synthetic, CASE WHEN c.state IS NOT NULL THEN {STATE} END AS state, o.body AS opening,
    o.received_at, o.status, to_jsonb(s) AS standing, coalesce(c.matter_digest <> mine.matter_digest, false) AS another_matter,
    c.matter_digest IS NULL OR mine.matter_digest IS NULL AS matter_unnamed
FROM cases c CROSS JOIN {STANDS.format("$3::text")} s
LEFT JOIN commands o ON o.tenant = c.tenant AND o.case_id = c.id AND o.id = c.open_command_id
LEFT JOIN cases mine ON mine.tenant = c.tenant AND mine.id = $4::text
WHERE c.tenant = $1 AND c.id = $2
"""  # noqa: S608 - put together from constants

CAMPAIGN = "SELECT id, closed_at IS NULL AS open FROM campaigns WHERE tenant = $1 AND id = $2"

# Of two that come at once the one that was judged counts, else the one with the lower id: never both, and never neither. What was
# put back and removed again is another decision, which took effect at its own instant.
#
# What nobody decided does not use the right up (Digital Services Act, article 20(1) and (4)): an appeal that was taken back,
# once, and one that the platform closed undecided.
APPEALED_BEFORE = """
WITH earlier AS (
SELECT other.id, other.outcome, NOT EXISTS (
    SELECT FROM jsonb_array_elements(coalesce(other.state -> 'rulings', '[]')) ruling
    WHERE coalesce(ruling ->> 'decision', 'rule') <> 'remit' AND coalesce(ruling ->> 'elsewhere', 'false') = 'false'
) AS undecided
FROM cases mine
JOIN cases other ON other.tenant = mine.tenant AND other.appeal_digest = mine.appeal_digest AND other.kind = mine.kind
JOIN commands asked ON asked.tenant = mine.tenant AND asked.case_id = mine.id AND asked.id = mine.open_command_id
JOIN commands before ON before.tenant = other.tenant AND before.case_id = other.id AND before.id = other.open_command_id
WHERE mine.tenant = $1 AND mine.id = $2 AND other.id <> mine.id
    AND (before.body->'decision'->>'effective_at')::timestamptz = (asked.body->'decision'->>'effective_at')::timestamptz
    AND other.outcome IS DISTINCT FROM 'declined' AND (other.seq > 0 OR other.id < mine.id)
)
SELECT id FROM earlier
WHERE NOT (undecided AND outcome IS NOT DISTINCT FROM 'expired')
    AND NOT (undecided AND outcome IS NOT DISTINCT FROM 'withdrawn'
        AND (SELECT count(*) FROM earlier WHERE undecided AND outcome = 'withdrawn') = 1)
ORDER BY id
LIMIT 1
"""

# A case for tests keeps nothing of a real one, nor the other way round.
REPORTED = """EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(c.state -> 'reports', '[]')) r WHERE r ->> 'authority' = ANY ($3::text[])
    )"""
# What :func:`domain.rules.authorities.accuses` and :func:`~domain.rules.authorities.charges` say, of a row ``c``.
PROTECTS = "coalesce(c.terms ->> 'withdrawal', 'closes') <> 'closes'"
ACCUSES = f"""(((c.closed_at IS NULL OR now() < c.closed_at + coalesce(c.terms ->> 'reopen_for', 'PT0S')::interval)
            AND (jsonb_array_length(coalesce(c.terms -> 'authorities', '[]')) > 0 OR {PROTECTS}))
        OR EXISTS (SELECT FROM jsonb_array_elements(coalesce(c.state -> 'reports', '[]')) r WHERE r ->> 'made' = 'false'))"""
# What :func:`domain.rules.authorities.knowing` says, where somebody is reported at all.
KNOWN_BY = f"""CASE WHEN {REPORTED} THEN ARRAY(
        SELECT f.actor_id FROM facts f WHERE f.tenant = $1 AND f.case_id = c.id AND f.actor_id LIKE 'per\\_%'
        UNION SELECT f.body #>> '{{fact,owner}}' FROM facts f
            WHERE f.tenant = $1 AND f.case_id = c.id AND f.type = 'case_assigned' AND f.body #>> '{{fact,owner}}' IS NOT NULL
        ORDER BY 1
    ) ELSE ARRAY[]::text[] END"""  # noqa: S608 - put together from constants
WEIGHED = "c.state #>> '{chargeback,due_at}' IS NOT NULL AND c.state #>> '{chargeback,closed_at}' IS NULL"
CHARGES = f"""(c.closed_at IS NULL AND ({WEIGHED} OR ({PROTECTS} AND coalesce(c.terms -> 'hear', '[]') ? 'claimant')
        AND (coalesce(c.state -> 'questioned', '[]') ? other.id OR EXISTS (
            SELECT FROM jsonb_array_elements(coalesce(c.state -> 'requests', '[]')) r
            WHERE r ->> 'of' = 'claimant' AND coalesce(r ->> 'party', other.id) = other.id
                AND NOT coalesce(c.state -> 'identity_requests', '[]') ? (r ->> 'id')))))"""
ACCUSED = f"CASE WHEN other.side = 'respondent' THEN {ACCUSES} ELSE other.side = 'claimant' AND {CHARGES} END"
# What :func:`domain.rules.measures.held_alone` says.
HELD_ALONE = """EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(c.state -> 'interim', '[]') || coalesce(c.state -> 'interim_over', '[]')) i
        JOIN jsonb_array_elements(coalesce(c.state -> 'effects', '[]')) e ON e ->> 'because' = i ->> 'id'
        WHERE i ->> 'alone' = 'true' AND i ->> 'of_found' = 'true' AND e -> 'hits' ? other.id
    )"""
HELD = f"""
SELECT DISTINCT other.ref_digest, c.id AS case_id, c.legal_hold AS held,
    ARRAY(SELECT jsonb_array_elements_text(coalesce(c.state -> 'lifted_by', '[]'))) AS lifted_by,
    ARRAY(SELECT jsonb_array_elements_text(coalesce(c.state -> 'lifted_under', '[]'))) AS lifted_under,
    other.side = 'respondent' AND {REPORTED} AS reported,
    {ACCUSED} AS accused, c.closed_at, {KNOWN_BY} AS known_by, {HELD_ALONE} AS held_alone
FROM parties mine
JOIN cases this ON this.tenant = mine.tenant AND this.id = mine.case_id
JOIN parties other ON other.tenant = mine.tenant AND other.ref_digest = mine.ref_digest AND other.case_id <> mine.case_id
JOIN cases c ON c.tenant = other.tenant AND c.id = other.case_id AND c.synthetic = this.synthetic
    AND (c.legal_hold OR c.state -> 'lifted_by' <> '[]' OR {REPORTED} OR {ACCUSED})
WHERE mine.tenant = $1 AND mine.case_id = $2
ORDER BY case_id, ref_digest
"""  # noqa: S608 - put together from constants
# Whoever is blamed and whoever asks, one order is paid once. Whoever names the other side in one of the two reports alone means
# the same. A link says that two are one matter, whatever they name; of the same money between the same two, where one of the
# cases names no matter, nobody knows. What was split off counts where it was.
PAID = f"""
WITH this AS (
    SELECT c.*, c.state -> 'amount' AS amount, coalesce(c.state -> 'links', '[]') AS links FROM cases c
    WHERE c.tenant = $1 AND c.id = $2
), ours AS (
    SELECT theirs.case_id FROM parties mine
    JOIN parties theirs ON theirs.tenant = mine.tenant AND theirs.ref_digest = mine.ref_digest
        AND theirs.side = 'claimant' AND theirs.role = 'principal'
    WHERE mine.tenant = $1 AND mine.case_id = $2 AND mine.side = 'claimant' AND mine.role = 'principal'
), beside AS (
    SELECT c.id, false AS possible FROM this JOIN cases c ON c.tenant = this.tenant AND c.matter_digest = this.matter_digest
    UNION ALL
    SELECT l ->> 'other', false FROM this, jsonb_array_elements(this.links) l WHERE l ->> 'relation' = 'duplicate'
    UNION ALL
    SELECT c.id, true FROM this JOIN cases c ON c.tenant = this.tenant AND c.id IN (SELECT case_id FROM ours)
    WHERE (c.matter_digest IS NULL OR this.matter_digest IS NULL) AND c.respondent_digest = this.respondent_digest
        AND c.state -> 'amount' = this.amount AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(this.links) l WHERE l ->> 'other' = c.id AND l ->> 'relation' = 'split'
        )
)
SELECT c.id, {STATE} AS state, (SELECT bool_and(possible) FROM beside WHERE beside.id = c.id) AS possible,
    coalesce(c.respondent_digest <> this.respondent_digest, false) OR c.id NOT IN (SELECT case_id FROM ours) AS another
FROM this JOIN cases c ON c.tenant = this.tenant AND c.id IN (SELECT id FROM beside) AND c.id <> this.id
    AND c.synthetic = this.synthetic AND c.state IS NOT NULL
ORDER BY c.id
"""  # noqa: S608 - put together from constants
EXCEPTIONS = """
SELECT f.body #>> '{fact,of}' AS of, f.body #>> '{fact,name}' AS name, count(*)::int AS number
FROM cases this
JOIN facts f ON f.tenant = this.tenant AND f.case_id <> this.id AND f.type = 'exception_granted'
    AND f.recorded_at >= date_trunc('month', now(), 'UTC')
JOIN cases c ON c.tenant = f.tenant AND c.id = f.case_id AND c.kind = this.kind AND c.synthetic = this.synthetic
WHERE this.tenant = $1 AND this.id = $2
GROUP BY 1, 2
ORDER BY 1, 2
"""
_HOPS = 20
"""Cases are merged into older ones only, so following them ends; nobody follows further than this."""


class PostgresOtherCases:
    """Implements :class:`activities.ports.cross_case.OtherCases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def case(
        self, tenant_id: str, case_id: str, *, follow: bool = False, reader: Actor | None = None, beside: str | None = None
    ) -> OtherCase | None:
        """Another case of the tenant, compared with ``beside``; with ``follow`` the one in which it goes on. None also where
        ``reader`` may not know it."""
        found = await self._one(tenant_id, case_id, reader, beside)
        for _ in range(_HOPS):
            if not follow or found is None or found.merged_into is None:
                break
            found = await self._one(tenant_id, found.merged_into, reader, beside)
        if found is None or found.merged_into is None or reader is None:
            return found
        return found.model_copy(update={"goes_on_unseen": await self._one(tenant_id, found.merged_into, reader) is None})

    async def campaign(self, tenant_id: str, campaign_id: str) -> KnownCampaign | None:
        """A campaign of the tenant."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(CAMPAIGN, tenant_id, campaign_id)
        return KnownCampaign(**dict(row)) if row else None

    async def appealed_before(self, tenant_id: str, case_id: str) -> str | None:
        """The case in which the same person appealed against the same decision; None when there is none."""
        async with self._database.tenant(tenant_id) as conn:
            found: str | None = await conn.fetchval(APPEALED_BEFORE, tenant_id, case_id)
        return found

    async def held(self, tenant_id: str, case_id: str) -> Sequence[HeldPerson]:
        """The parties of this case of whom another one is under legal hold, or was, or in which they are reported in secret."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(HELD, tenant_id, case_id, sorted(SECRET))
        return [HeldPerson(**dict(row)) for row in rows]

    async def paid(self, tenant_id: str, case_id: str) -> Sequence[PaidElsewhere]:
        """What stands in other cases, of any kind, about the same matter, or what may be."""
        async with self._database.tenant(tenant_id) as conn:
            return await paid_elsewhere(conn, tenant_id, case_id)

    async def exceptions(self, tenant_id: str, case_id: str) -> Sequence[ExceptionsGranted]:
        """Departures from the pack that were granted this month in other cases of the kind."""
        async with self._database.tenant(tenant_id) as conn:
            return await exceptions_granted(conn, tenant_id, case_id)

    async def _one(self, tenant_id: str, case_id: str, reader: Actor | None, beside: str | None = None) -> OtherCase | None:
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(OTHER, tenant_id, case_id, reader.id if reader is not None else None, beside)
        found = _other_case(row) if row is not None else None
        if row is None or found is None or reader is None:
            return found
        case = case_of(row["state"]) if row["state"] is not None else None
        right = right_by_part(case, reader) or right_by_standing(Standing.model_validate(row["standing"]))
        if right is None or closed_to(found.parties, reader):
            return None
        return found.model_copy(update={"reads_only": right == ACCESS})


async def paid_elsewhere(conn: Connection, tenant_id: str, case_id: str) -> list[PaidElsewhere]:
    """What stands in other cases about the same matter, or what may be, as this connection sees it."""
    rows = await conn.fetch(PAID, tenant_id, case_id)
    others = ((case_of(row["state"]), row["another"], row["possible"]) for row in rows)
    found = ((one, stands_for_others(one), goods_stand(one), another, possible) for one, another, possible in others)
    return [
        PaidElsewhere(case=one.id, given=given, goods=goods, disclosed=one.is_disclosed, another=another, possible=possible)
        for one, given, goods, another, possible in found
        if given or goods
    ]


async def exceptions_granted(conn: Connection, tenant_id: str, case_id: str) -> list[ExceptionsGranted]:
    """Departures from the pack granted this month (UTC) in other cases of the kind, as this connection sees them."""
    return [ExceptionsGranted(**dict(row)) for row in await conn.fetch(EXCEPTIONS, tenant_id, case_id)]


def _other_case(row: Any) -> OtherCase | None:
    known: dict[str, Any] = {name: row[name] for name in ("id", "kind", "synthetic", "another_matter", "matter_unnamed")}
    if row["state"] is not None:
        case = case_of(row["state"])
        names = ("opened_at", "open", "merged_into", "parties", "outcome", "is_disclosed", "phase", "category", "amount")
        of = {name: getattr(case, name) for name in names}
        return OtherCase(**known, **of, given=totals(case), deciders=deciders_of(case), partial=partial(case))
    if row["opening"] is None:
        return None
    # Not judged yet: its gates have said already what will become of it.
    opening = Open.model_validate(row["opening"])
    will_open = row["status"] == "pending" and opening.routing.decision != "decline"
    return OtherCase(
        **known,
        opened_at=row["received_at"],
        open=will_open,
        parties=opening.parties,
        is_disclosed=opening.terms.disclosure == "at_opening",
    )
