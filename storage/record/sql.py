"""The statements of the record: one that reads all that a decision needs, and one that writes all that follows from it."""

from functools import cache

from storage.record.leases import WORKED
from storage.record.stored_case import STATE

LOCK = "SELECT 1 FROM cases WHERE tenant = $1 AND id = $2 FOR UPDATE"

HOLD_OWNERS = "SELECT active FROM people WHERE tenant = $1 AND id = ANY($2::text[]) ORDER BY id FOR NO KEY UPDATE"

HOLD_MATTER = """
SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || one, 0)) FROM (
    SELECT matter_digest FROM cases WHERE tenant = $1 AND id = $2
    UNION
    SELECT ref_digest FROM parties WHERE tenant = $1 AND case_id = $2 AND side = 'claimant' AND role = 'principal'
    ORDER BY 1 OFFSET 0
) found (one)
WHERE one IS NOT NULL
"""
"""One case of a matter, or of a claimant, after the other, until the end of the transaction: all in one order."""

HOLD_KIND = """
SELECT pg_advisory_xact_lock(hashtextextended(tenant || ' exceptions ' || kind, 0)) FROM cases WHERE tenant = $1 AND id = $2
"""
"""One case of a kind after the other departs from the pack, until the end of the transaction."""

TURN = "SELECT turn FROM cases WHERE tenant = $1 AND id = $2"

SPEAKER = """
            WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'role', p.side, 'side', p.side)
            WHEN k.id IS NOT NULL THEN jsonb_build_object('id', k.id, 'role', 'platform')
            ELSE person_as_actor(a)"""
"""Branches of a CASE: who speaks, as the rules see them, from the party ``p``, the key ``k`` or the person ``a`` of an id."""

STANDS = """LATERAL (
    SELECT coalesce((SELECT c.queue = ANY(h.queues) FROM people h WHERE h.tenant = c.tenant AND h.id = {0}), false) AS in_queue,
        EXISTS (SELECT FROM leases l WHERE l.tenant = c.tenant AND l.case_id = c.id AND l.person_id = {0}) AS worked_on,
        (SELECT b.id FROM case_access b
         WHERE b.tenant = c.tenant AND b.case_id = c.id AND b.person_id = {0} AND b.until_at > clock_timestamp()
         ORDER BY b.until_at DESC LIMIT 1) AS access_id
)"""
"""What somebody of the team is to the case of a row ``c``, beside what the case itself says."""

# $3 the turn that the caller knows (or null), $4 command ids asked about, $5 how many pending ones at most.
READ = f"""
WITH waiting AS (
    SELECT w.id, w.received_at, w.body, w.actor_id, w.credential
    FROM commands w
    WHERE w.tenant = $1 AND w.case_id = $2 AND w.status = 'pending'
    ORDER BY w.received_at, w.id
    LIMIT $5
), resolved AS (
    SELECT jsonb_build_object('command_id', w.id, 'received_at', w.received_at, 'body', w.body, 'credential', w.credential,
        'actor',
        CASE
            WHEN w.actor_id = 'system' THEN jsonb_build_object('id', 'system', 'role', 'system'){SPEAKER}
        END, 'target', person_as_actor(t),
        'standing', CASE WHEN p.id IS NULL AND k.id IS NULL AND a.id IS NOT NULL THEN (
            SELECT to_jsonb(s) FROM cases c, {STANDS.format("a.id")} s WHERE c.tenant = $1 AND c.id = $2
        ) END) AS pending, w.received_at, w.id
    FROM waiting w
    LEFT JOIN parties p ON p.tenant = $1 AND p.case_id = $2 AND p.id = w.actor_id
    LEFT JOIN api_keys k ON k.tenant = $1 AND k.id = w.actor_id AND k.active
    LEFT JOIN people a ON a.tenant = $1 AND a.id = w.actor_id AND a.active
    LEFT JOIN people t ON t.tenant = $1 AND t.id = COALESCE(w.body ->> 'owner', w.body ->> 'to',
        CASE WHEN w.body ->> 'type' IN ('add_party', 'replace_party', 'join')
            THEN (SELECT o.owner FROM cases o WHERE o.tenant = $1 AND o.id = $2) END) AND t.active
)
SELECT c.turn, c.head, c.calendars, c.pack_version, c.archived, clock_timestamp() AS now,
    EXISTS (SELECT FROM packs k WHERE k.version = c.pack_version AND k.notices IS NOT NULL) AS has_notices,
    CASE WHEN c.turn = $3 THEN NULL ELSE {STATE} END AS state,
    (SELECT jsonb_agg(r.pending ORDER BY r.received_at, r.id)::text FROM resolved r) AS pending,
    (SELECT jsonb_agg(a.answer)::text FROM commands a
     WHERE a.tenant = $1 AND a.case_id = $2 AND a.id = ANY($4::text[]) AND a.status <> 'pending') AS answers,
    EXISTS (SELECT FROM notices n WHERE n.tenant = $1 AND n.case_id = $2 AND n.state = 'pending') AS undelivered,
    ARRAY(SELECT e.id FROM effects e
          WHERE e.tenant = $1 AND e.case_id = $2 AND e.state = 'running' ORDER BY e.seq, e.id) AS effects
FROM cases c
WHERE c.tenant = $1 AND c.id = $2
"""  # noqa: S608 - put together from constants

FACTS = "SELECT body::text FROM facts WHERE tenant = $1 AND case_id = $2 AND seq <= $3 ORDER BY seq"

NOTICES = "SELECT notices::text FROM packs WHERE version = $1 AND notices IS NOT NULL"

# What a write can hold. Each part is a statement of its own that hangs on the gate: when the turn has moved, none does anything.
# A write is put together from the parts that it needs, because an empty one costs too.
_PARTS = {
    # Only answers: nothing happened, or what happened cannot be stored.
    "turn": """
gate AS (
    UPDATE cases SET turn = turn + 1 WHERE tenant = $1 AND id = $2 AND turn = $3 RETURNING tenant, id
)""",
    # With the number and hash of the fact that must stand before.
    "projection": """
gate AS (
    UPDATE cases c SET turn = c.turn + 1, seq = p.seq, head = p.head, state = p.state, terms = coalesce(p.terms, c.terms),
        terms_key = CASE WHEN p.terms IS NULL THEN c.terms_key ELSE encode(sha256(convert_to(p.terms::text, 'UTF8')), 'hex') END,
        kind = p.kind, category = p.category, phase = p.phase, status = p.status, outcome = p.outcome, owner = p.owner,
        queue = p.queue, priority = p.priority, waiting_on = p.waiting_on, wants_owner = p.wants_owner,
        needs_hands = p.needs_hands, next_due_at = p.next_due_at, next_clock = p.next_clock, opened_at = p.opened_at,
        pressing = p.pressing, pressing_at = p.pressing_at, ends_at = p.ends_at,
        updated_at = p.updated_at, closed_at = p.closed_at, pack = p.pack, pack_version = p.pack_version, calendars = p.calendars,
        legal_hold = coalesce(p.legal_hold, false), campaign = p.campaign, platform_updated_at = p.platform_updated_at
    FROM jsonb_to_record({}) AS p (after_seq bigint, after_head text, seq bigint, head text, state jsonb, terms jsonb, kind text,
        category text, phase text, status text, outcome text, owner text, queue text, priority text, waiting_on text,
        wants_owner boolean, needs_hands boolean, next_due_at timestamptz, next_clock text, opened_at timestamptz,
        updated_at timestamptz, closed_at timestamptz, pack text, pack_version text, calendars text[], legal_hold boolean,
        campaign text, platform_updated_at timestamptz, pressing smallint, pressing_at timestamptz, ends_at timestamptz)
    WHERE c.tenant = $1 AND c.id = $2 AND c.turn = $3 AND c.seq = p.after_seq AND c.head = p.after_head
    RETURNING c.tenant, c.id, c.synthetic
)""",
    "facts": """
facts_in AS (
    INSERT INTO facts (tenant, case_id, seq, at, recorded_at, type, command_id, actor_id, body, hash, prev_hash)
    SELECT g.tenant, g.id, f.seq, f.at, f.recorded_at, f.type, f.command_id, f.actor_id, f.body, f.hash, f.prev_hash
    FROM gate g, jsonb_to_recordset({}) AS f (seq bigint, at timestamptz, recorded_at timestamptz, type text, command_id text,
        actor_id text, body jsonb, hash text, prev_hash text)
)""",
    "answers": """
answered AS (
    UPDATE commands c SET status = a.status, answer = a.answer, answered_at = clock_timestamp()
    FROM gate g, jsonb_to_recordset({}) AS a (id text, status text, answer jsonb)
    WHERE c.tenant = $1 AND c.case_id = $2 AND c.id = a.id AND c.status = 'pending'
)""",
    # Deadlines that were decided.
    "archive": """
archive AS (
    INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, status, answer, answered_at,
        credential)
    SELECT g.tenant, g.id, d.id, 'deadline', 'system', 'system', d.received_at, d.body, d.status, d.answer, clock_timestamp(),
        'system'
    FROM gate g, jsonb_to_recordset({}) AS d (id text, received_at timestamptz, body jsonb, status text, answer jsonb)
    ON CONFLICT DO NOTHING
)""",
    # The stored timetable becomes the new one; rows that stay are not touched.
    "timetable": """
due AS (
    SELECT t.* FROM jsonb_to_recordset({}) AS t (clock text, instance bigint, level text, count bigint, due_at timestamptz)
), dropped AS (
    DELETE FROM deadlines d USING gate g
    WHERE d.tenant = $1 AND d.case_id = $2 AND (d.clock, d.instance, d.level, d.count) NOT IN
        (SELECT clock, instance, level, count FROM due)
), kept AS (
    INSERT INTO deadlines (tenant, case_id, clock, instance, level, count, due_at)
    SELECT g.tenant, g.id, t.clock, t.instance, t.level, t.count, t.due_at FROM gate g, due t
    -- A row that is met is locked though nothing in it changes, and every lock is written down.
    WHERE NOT EXISTS (SELECT FROM deadlines d
        WHERE d.tenant = $1 AND d.case_id = $2 AND (d.clock, d.instance, d.level, d.count, d.due_at)
            = (t.clock, t.instance, t.level, t.count, t.due_at))
    ON CONFLICT (tenant, case_id, clock, instance, level, count) DO UPDATE SET due_at = excluded.due_at
    WHERE deadlines.due_at <> excluded.due_at
)""",
    # Who exactly is told: a party or a person by id, everybody with a role, or the endpoints. Of the team nobody to whom a
    # conflict of interest closes the case: a notice says what the case says. Where that leaves nobody, operations is told.
    "notices": """
drafts AS (
    SELECT n.* FROM jsonb_to_recordset({}) AS n
        (id text, seq bigint, event text, audience text, recipient text, data jsonb, texts jsonb, parties text[])
), team AS (
    SELECT n.id AS draft, a.id, a.email, a.conflicts && n.parties AS closed
    FROM drafts n JOIN people a ON a.tenant = $1 AND a.active AND (a.id = n.recipient
        OR CASE n.recipient WHEN 'role:leads' THEN 'lead' WHEN 'role:ops' THEN 'ops' END = ANY(a.roles))
), addressed AS (
    SELECT n.id, n.seq, n.event, n.audience, n.recipient, n.data, n.texts, '' AS endpoint_id,
        CASE WHEN coalesce(p.has_email, a.email IS NOT NULL) THEN 'email' ELSE 'none' END AS channel
    FROM drafts n
    LEFT JOIN parties p ON p.tenant = $1 AND p.case_id = $2 AND p.id = n.recipient
    LEFT JOIN team a ON a.draft = n.id
    WHERE n.recipient LIKE 'p%\\_%' AND a.closed IS NOT TRUE
    UNION ALL
    SELECT n.id || '-' || row_number() OVER (PARTITION BY n.id ORDER BY a.id), n.seq, n.event, n.audience, a.id, n.data,
        n.texts, '', CASE WHEN a.email IS NOT NULL THEN 'email' ELSE 'none' END
    FROM drafts n JOIN team a ON a.draft = n.id AND NOT a.closed
    WHERE n.recipient LIKE 'role:%'
    UNION ALL
    SELECT n.id || '-ops-' || row_number() OVER (PARTITION BY n.id ORDER BY a.id), n.seq, n.event, n.audience, a.id, n.data,
        n.texts, '', CASE WHEN a.email IS NOT NULL THEN 'email' ELSE 'none' END
    FROM drafts n JOIN people a ON a.tenant = $1 AND a.active AND 'ops' = ANY(a.roles) AND NOT a.conflicts && n.parties
    WHERE n.id IN (SELECT draft FROM team GROUP BY draft HAVING bool_and(closed))
    UNION ALL
    SELECT n.id || '-' || row_number() OVER (PARTITION BY n.id ORDER BY w.id), n.seq, n.event, n.audience, n.recipient,
        n.data, n.texts, w.id, 'webhook'
    FROM drafts n JOIN webhook_endpoints w ON w.tenant = $1 AND w.active AND w.purpose = 'events' AND n.recipient = 'platform'
), notices_in AS (
    INSERT INTO notices
        (tenant, id, case_id, seq, event, audience, recipient, channel, endpoint_id, data, texts, state, attempts, sent_at)
    SELECT g.tenant, n.id, g.id, n.seq, n.event, n.audience, n.recipient, n.channel, n.endpoint_id, n.data, n.texts,
        CASE WHEN n.channel = 'none' THEN 'unreachable' WHEN n.kept_in THEN 'sent' ELSE 'pending' END,
        CASE WHEN n.kept_in THEN 1 ELSE 0 END, CASE WHEN n.kept_in THEN clock_timestamp() END
    -- Of a gold case nobody outside hears; to the team its notices look as if they had gone out.
    FROM gate g, LATERAL (
        SELECT a.*, g.synthetic AND a.audience <> 'staff' AND a.channel <> 'none' AS kept_in FROM addressed a
    ) n
    -- Somebody who is owner and lead, or lead and ops, is told once.
    ON CONFLICT (tenant, case_id, seq, event, recipient, endpoint_id) DO NOTHING
)""",
    "ordered": """
ordered AS (
    INSERT INTO effects (tenant, id, case_id, seq, type, amount, currency, side, to_party, because, reverses, synthetic, errand,
        state, result, note, finished_at)
    SELECT g.tenant, e.id, g.id, e.seq, e.type, e.amount, e.currency, e.side, e.to_party, e.because, e.reverses, g.synthetic,
        e.errand, coalesce(e.result, 'running'), e.result, e.note, CASE WHEN e.result IS NOT NULL THEN clock_timestamp() END
    FROM gate g, jsonb_to_recordset({}) AS e (id text, seq bigint, type text, amount bigint, currency text, side text,
        to_party text, because text, reverses text, errand jsonb, result text, note text)
)""",
    "reported": """
reported AS (
    UPDATE effects e SET state = r.result, result = r.result, note = coalesce(r.note, e.note),
        finished_at = coalesce(e.finished_at, clock_timestamp())
    FROM gate g, jsonb_to_recordset({}) AS r (id text, result text, note text)
    WHERE e.tenant = $1 AND e.case_id = $2 AND e.id = r.id
)""",
    # As they stand after the write; synthetic cases are held against nobody.
    "sanctions": """
sanctioned AS (
    INSERT INTO sanctions AS s (tenant, id, case_id, party, ref_digest, category, sanction, weight, imposed_at, ends_at,
        counts_until, lifted_at, voided_at)
    SELECT g.tenant, n.id, g.id, n.party, n.ref_digest, n.category, n.sanction, n.weight, n.imposed_at, n.ends_at,
        n.counts_until, n.lifted_at, n.voided_at
    FROM gate g, jsonb_to_recordset({}) AS n (id text, party text, ref_digest text, category text, sanction text, weight bigint,
        imposed_at timestamptz, ends_at timestamptz, counts_until timestamptz, lifted_at timestamptz, voided_at timestamptz)
    WHERE NOT g.synthetic
    ON CONFLICT (tenant, id) DO UPDATE SET lifted_at = excluded.lifted_at, voided_at = excluded.voided_at
    WHERE s.case_id = excluded.case_id
)""",
    # Whoever has a part in it; nobody is ever taken out, for the case itself says who has one now.
    "parts": """
parts AS (
    INSERT INTO case_parts (tenant, person_id, case_id)
    SELECT g.tenant, had.person, g.id FROM gate g, unnest({}::text[]) AS had (person)
    ON CONFLICT DO NOTHING
)""",
    # People who were given the case, for a fair next choice.
    "given": """
given AS (
    UPDATE people a SET last_assigned_at = clock_timestamp() FROM gate g WHERE a.tenant = $1 AND a.id = ANY({}::text[])
)""",
    "worked": WORKED,
}

PARTS = tuple(_PARTS)


@cache
def write(parts: tuple[str, ...]) -> str:
    """One statement of these parts, the gate first. It answers how many cases were written: 1, or 0 when the turn had moved.

    $1 is the tenant, $2 the case, $3 the turn; then comes one argument for each part that takes one, in order.
    """
    texts, number = [], 4
    for part in parts:
        texts.append(_PARTS[part].strip("\n").format(f"${number}") if "{}" in _PARTS[part] else _PARTS[part].strip("\n"))
        number += "{}" in _PARTS[part]
    return f"WITH {', '.join(texts)}\nSELECT count(*) FROM gate"
