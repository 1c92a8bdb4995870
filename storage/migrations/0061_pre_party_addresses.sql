-- A person is found by their address too: who wrote by mail, or filled in a form without an account, is known by nothing else.

-- Keyed as ref_digest is: of whoever has no id of the platform's, ref_digest is the digest of the address. NULL: there is no
-- address, or the row is older than this column; then it is filled in from the sealed contact before somebody is sought.
ALTER TABLE parties ADD COLUMN address_digest text;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX parties_by_address ON parties (tenant, address_digest) WHERE address_digest IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX parties_without_digest ON parties (tenant, id) WHERE has_email AND address_digest IS NULL;
GRANT SELECT (has_email, address_digest), UPDATE (address_digest) ON parties TO ombud_admin;

-- Which cases an erasure was of.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX keys_by_erasure ON keys (tenant, erasure_id) WHERE erasure_id IS NOT NULL;

-- Every party that is the same person as this one: by the platform's id and, where one of the two is known by nothing but an
-- address, by the address. Two ids of the platform's that share an address are two persons. From somebody known by an address
-- alone, by_address leads on to whoever of the platform has that address; without it, it does not.
CREATE FUNCTION same_person(the_tenant text, the_party text, by_address boolean)
RETURNS TABLE (case_id text, party_id text, by_id boolean) LANGUAGE sql STABLE AS $$
    WITH mine AS (SELECT p.ref_digest FROM parties p WHERE p.tenant = the_tenant AND p.id = the_party),
    known AS (
        SELECT m.ref_digest FROM mine m
        UNION
        SELECT p.ref_digest FROM mine m JOIN parties p ON p.tenant = the_tenant AND p.address_digest = m.ref_digest
        WHERE by_address
    ),
    named AS (
        SELECT k.ref_digest FROM known k
        UNION
        SELECT p.address_digest FROM known k JOIN parties p ON p.tenant = the_tenant AND p.ref_digest = k.ref_digest
        WHERE p.address_digest IS NOT NULL
    )
    SELECT p.case_id, p.id, p.ref_digest = (SELECT m.ref_digest FROM mine m)
    FROM named n JOIN parties p ON p.tenant = the_tenant AND p.ref_digest = n.ref_digest
$$;

CREATE OR REPLACE FUNCTION erasure_reaches(the_tenant text, the_id text)
RETURNS TABLE (case_id text, party_id text) LANGUAGE sql STABLE AS $$
    SELECT p.case_id, p.id FROM erasures e JOIN parties p ON p.tenant = e.tenant AND p.case_id = e.case_id
    WHERE e.tenant = the_tenant AND e.id = the_id AND e.scope = 'case'
    UNION
    SELECT other.case_id, other.party_id FROM erasures e, same_person(the_tenant, e.party_id, true) other
    WHERE e.tenant = the_tenant AND e.id = the_id AND e.scope = 'person'
$$;

-- A hold covers whom an erasure would reach.
CREATE OR REPLACE FUNCTION refuse_while_held(the_tenant text, the_case text, the_holder text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reached text[] := ARRAY(
        SELECT the_case UNION
        SELECT other.case_id FROM parties mine, same_person(the_tenant, mine.id, true) other
        WHERE mine.tenant = the_tenant AND mine.case_id = the_case AND (the_holder IS NULL OR mine.id = the_holder));
BEGIN
    PERFORM 1 FROM cases c WHERE c.tenant = the_tenant AND c.id = ANY(reached) ORDER BY c.id FOR SHARE OF c;
    PERFORM 1 FROM cases c WHERE c.tenant = the_tenant AND c.legal_hold AND c.id = ANY(reached);
    IF FOUND THEN
        RAISE EXCEPTION 'this is under legal hold' USING ERRCODE = 'OM451';
    END IF;
END
$$;

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
    UPDATE party_address_changes a SET old_contact = NULL, last_error = NULL,
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
REVOKE EXECUTE ON FUNCTION same_person(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION same_person(text, text, boolean) TO ombud_app;
