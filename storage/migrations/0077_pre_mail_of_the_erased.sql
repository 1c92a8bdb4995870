-- Mail that waits to be placed goes with whoever it comes from, whether or not anybody had found out whose it was; and what came from
-- an address that was somebody's before it was changed is named to whoever erases them.

-- Keyed as parties.address_digest is. NULL: there was none, it is older than this column, or the person was erased.
ALTER TABLE party_address_changes ADD COLUMN old_digest text;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX party_address_changes_by_old ON party_address_changes (tenant, old_digest) WHERE old_digest IS NOT NULL;

-- Mail of which something can be read and that goes with an erasure: of a person what came from an address by which they are known,
-- and what was known as theirs in a case; of a case what was known as of one of its parties.
CREATE FUNCTION erasure_mails(the_tenant text, the_id text) RETURNS TABLE (unplaced_id text) LANGUAGE sql STABLE AS $$
    SELECT u.id FROM erasure_reaches(the_tenant, the_id) r
    JOIN unplaced u ON u.tenant = the_tenant AND u.case_id = r.case_id AND u.party = r.party_id
    WHERE u.wrapped IS NOT NULL
    UNION
    SELECT u.id FROM erasures e, erasure_reaches(the_tenant, the_id) r
    JOIN parties p ON p.tenant = the_tenant AND p.id = r.party_id
    JOIN unplaced u ON u.tenant = the_tenant AND u.sender IN (p.ref_digest, p.address_digest)
    WHERE e.tenant = the_tenant AND e.id = the_id AND e.scope = 'person' AND u.wrapped IS NOT NULL
$$;

-- Cases and mails that no erasure of this person reaches: they are of an address that was this person's before it was changed, or of
-- somebody who had this person's address before. It may have been somebody else's all the time, a misspelt one.
CREATE FUNCTION of_address_before(the_tenant text, the_party text) RETURNS TABLE (id text) LANGUAGE sql STABLE AS $$
    WITH them AS MATERIALIZED (SELECT s.case_id, s.party_id FROM same_person(the_tenant, the_party, true) s),
    theirs AS (
        SELECT d.digest FROM them t JOIN parties p ON p.tenant = the_tenant AND p.id = t.party_id
        CROSS JOIN LATERAL (VALUES (p.ref_digest), (p.address_digest)) AS d (digest) WHERE d.digest IS NOT NULL
    ),
    earlier AS (
        SELECT a.old_digest AS digest FROM them t
        JOIN party_address_changes a ON a.tenant = the_tenant AND a.party_id = t.party_id WHERE a.old_digest IS NOT NULL
        EXCEPT SELECT t.digest FROM theirs t
    )
    SELECT p.case_id FROM earlier b JOIN parties p ON p.tenant = the_tenant AND p.ref_digest = b.digest
    UNION
    SELECT a.case_id FROM theirs t JOIN party_address_changes a ON a.tenant = the_tenant AND a.old_digest = t.digest
    UNION
    SELECT u.id FROM earlier b JOIN unplaced u ON u.tenant = the_tenant AND u.sender = b.digest WHERE u.wrapped IS NOT NULL
    EXCEPT
    SELECT t.case_id FROM them t
$$;
REVOKE EXECUTE ON FUNCTION erasure_mails(text, text), of_address_before(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erasure_mails(text, text), of_address_before(text, text) TO ombud_app;

-- An administrator reads no case: this looks, and destroys, with the owner's rights, whom row-level security shows the same tenant.
-- The cases are held until it is on disk: one that is taken up again, or held, at the same time comes before it or after it.
CREATE OR REPLACE FUNCTION carry_out_erasure(the_tenant text, the_id text)
RETURNS TABLE (in_case text, key_id text, holder text) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked erasures%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM erasures e WHERE e.tenant = the_tenant AND e.id = the_id FOR UPDATE;
    IF NOT FOUND OR asked.done_at IS NOT NULL OR asked.dropped_at IS NOT NULL
        OR (asked.needs_second AND asked.approved_by IS NULL) THEN
        RAISE EXCEPTION 'this erasure is not to be carried out' USING ERRCODE = 'OM453';
    END IF;
    PERFORM 1 FROM cases c
    WHERE c.tenant = the_tenant AND (c.id = asked.case_id OR c.id IN (SELECT r.case_id FROM erasure_reaches(the_tenant, the_id) r))
    ORDER BY c.id FOR NO KEY UPDATE OF c;
    IF asked.though_open IS NULL AND EXISTS (
        SELECT FROM cases c WHERE c.tenant = the_tenant AND c.status <> 'closed'
            AND (c.id = asked.case_id AND asked.scope = 'case'
                OR c.id IN (SELECT r.case_id FROM erasure_reaches(the_tenant, the_id) r))
    ) THEN
        RAISE EXCEPTION 'a case of this is open' USING ERRCODE = 'OM452';
    END IF;
    -- A hold of the case, or of another case of the person, refuses it here (keys_stay_while_held); all of it or nothing.
    RETURN QUERY
        UPDATE keys k SET wrapped = NULL, destroyed_at = clock_timestamp(), erasure_id = the_id
        WHERE k.tenant = the_tenant AND k.wrapped IS NOT NULL AND (
            (asked.scope = 'case' AND k.case_id = asked.case_id)
            OR (asked.scope = 'person' AND EXISTS (
                SELECT FROM erasure_reaches(the_tenant, the_id) r
                WHERE r.case_id = k.case_id AND k.holder IN (r.party_id, 'platform'))))
        RETURNING k.case_id, k.id, k.holder;
    -- What lay under those keys and is no part of the record goes whole.
    DELETE FROM drafts d USING keys k WHERE k.tenant = the_tenant AND k.erasure_id = the_id
        AND d.tenant = k.tenant AND d.key_id = k.id;
    DELETE FROM outside_drafts d USING keys k WHERE k.tenant = the_tenant AND k.erasure_id = the_id
        AND d.tenant = k.tenant AND d.key_id = k.id;
    -- Before the addresses by which they are found are gone.
    UPDATE unplaced u SET wrapped = NULL, sealed = NULL,
        closed_at = coalesce(u.closed_at, clock_timestamp()), closed_by = coalesce(u.closed_by, 'system'),
        closed_why = coalesce(u.closed_why, 'erased'),
        state = CASE WHEN u.state = 'waiting' THEN 'dismissed' ELSE u.state END,
        tell = CASE WHEN u.tell = 'pending' THEN 'none' ELSE u.tell END
    FROM erasure_mails(the_tenant, the_id) m WHERE u.tenant = the_tenant AND u.id = m.unplaced_id;
    UPDATE party_address_changes a SET old_contact = NULL, old_digest = NULL, last_error = NULL,
        tell = CASE a.tell WHEN 'pending' THEN 'none' ELSE a.tell END
    FROM erasure_reaches(the_tenant, the_id) r WHERE a.tenant = the_tenant AND a.party_id = r.party_id;
    -- What a mail server answered can have an address in it.
    UPDATE notices n SET last_error = NULL, receipt = NULL
    FROM erasure_reaches(the_tenant, the_id) r
    WHERE n.tenant = the_tenant AND n.case_id = r.case_id AND n.recipient = r.party_id
        AND (n.last_error IS NOT NULL OR n.receipt IS NOT NULL);
    UPDATE party_links l SET revoked_at = clock_timestamp(), revoked_by = 'system',
        tell = CASE l.tell WHEN 'pending' THEN 'none' ELSE l.tell END
    FROM erasure_reaches(the_tenant, the_id) r
    WHERE l.tenant = the_tenant AND l.party_id = r.party_id AND l.revoked_at IS NULL AND l.used_at IS NULL;
    UPDATE party_sessions s SET ended_at = clock_timestamp(), ended_because = 'revoked'
    FROM erasure_reaches(the_tenant, the_id) r
    WHERE s.tenant = the_tenant AND s.party_id = r.party_id AND s.ended_at IS NULL AND s.expires_at > clock_timestamp();
    -- The platform's own number of the report is the reporter's, and so are the keys under which it was sent. A case that goes on
    -- needs it: a provider's word finds its case by it. The number of a part that was split off was made up here.
    UPDATE cases c SET open_key = NULL, external_id = CASE c.source WHEN 'split' THEN c.external_id
        ELSE CASE WHEN c.external_id IS NOT NULL THEN 'erased:' || c.id END END
    WHERE c.tenant = the_tenant AND c.status = 'closed' AND (
        (asked.scope = 'case' AND c.id = asked.case_id)
        OR (asked.scope = 'person' AND EXISTS (
            SELECT FROM erasure_reaches(the_tenant, the_id) r JOIN parties p ON p.tenant = the_tenant AND p.id = r.party_id
            WHERE r.case_id = c.id AND p.side = 'claimant' AND p.role = 'principal')));
    -- Under which keys the person's commands were sent; whoever sends one again to a case that is over is refused anyway.
    UPDATE commands m SET idempotency_key = NULL FROM erasure_reaches(the_tenant, the_id) r, cases c
    WHERE m.tenant = the_tenant AND m.case_id = r.case_id AND m.idempotency_key IS NOT NULL
        AND (asked.scope = 'case' OR m.actor_id = r.party_id)
        AND c.tenant = the_tenant AND c.id = r.case_id AND c.status = 'closed';
    -- What the team called a case can name somebody: it goes with the case, the name of a campaign with the last of its cases.
    DELETE FROM case_tags t WHERE t.tenant = the_tenant AND asked.scope = 'case' AND t.case_id = asked.case_id;
    UPDATE campaigns m SET name = 'erased' FROM cases c
    WHERE asked.scope = 'case' AND c.tenant = the_tenant AND c.id = asked.case_id AND m.tenant = the_tenant AND m.id = c.campaign
        AND NOT EXISTS (
            SELECT FROM cases o JOIN keys k ON k.tenant = o.tenant AND k.case_id = o.id AND k.wrapped IS NOT NULL
            WHERE o.tenant = the_tenant AND o.campaign = m.id);
    -- Last: who is known by an address alone is reached by it.
    UPDATE parties p SET has_email = false, address_digest = NULL FROM erasure_reaches(the_tenant, the_id) r
    WHERE p.tenant = the_tenant AND p.id = r.party_id AND (p.has_email OR p.address_digest IS NOT NULL);
    UPDATE erasures e SET done_at = clock_timestamp() WHERE e.tenant = the_tenant AND e.id = the_id;
END
$$;
