-- Erasing is asked for, agreed to by a second person where that is so, and carried out once: the keys of what is somebody's are
-- destroyed, and what was destroyed, why, by whom and on whose approval stays for good (here, at each key, and in the trail).

CREATE TABLE erasures (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'ers\_%'),
    -- A whole case, or one person in every case of theirs. The person is named by a party of a case, never by their own id.
    scope text NOT NULL CHECK (scope IN ('case', 'person')),
    case_id text NOT NULL,
    party_id text,
    -- Codes: why, and on what ground before every case is over.
    reason text NOT NULL CHECK (reason ~ '^[a-z][a-z0-9_]{0,63}$'),
    though_open text CHECK (though_open ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT a_case_ends_first CHECK (scope = 'person' OR though_open IS NULL),
    needs_second boolean NOT NULL,
    asked_by text NOT NULL,
    asked_with text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text,
    approved_with text,
    approved_at timestamptz,
    dropped_by text,
    dropped_at timestamptz,
    done_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, party_id) REFERENCES parties (tenant, id),
    CONSTRAINT person_by_party CHECK ((scope = 'person') = (party_id IS NOT NULL)),
    CONSTRAINT second_is_another CHECK (approved_by <> asked_by AND approved_with <> asked_with),
    CONSTRAINT approved_by_somebody CHECK ((approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (approved_with IS NULL)),
    CONSTRAINT dropped_by_somebody CHECK ((dropped_by IS NULL) = (dropped_at IS NULL)),
    CONSTRAINT done_or_dropped CHECK (done_at IS NULL OR dropped_at IS NULL),
    CONSTRAINT done_with_the_second CHECK (done_at IS NULL OR NOT needs_second OR approved_by IS NOT NULL)
);
CREATE INDEX erasures_by_case ON erasures (tenant, case_id);
CREATE UNIQUE INDEX erasures_waiting ON erasures (tenant, case_id, coalesce(party_id, ''))
    WHERE done_at IS NULL AND dropped_at IS NULL;
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON erasures
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT ON erasures TO ombud_app;
GRANT SELECT, INSERT, UPDATE (approved_by, approved_with, approved_at, dropped_by, dropped_at) ON erasures TO ombud_admin;

-- By which erasure a key was destroyed.
ALTER TABLE keys ADD COLUMN erasure_id text;
-- Keys are few and short; each names an erasure or none.
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
ALTER TABLE keys ADD CONSTRAINT destroyed_by_erasure FOREIGN KEY (tenant, erasure_id) REFERENCES erasures (tenant, id);

-- What was asked for and ended is never changed; what was agreed to stays agreed.
CREATE FUNCTION keep_what_was_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.done_at IS NOT NULL OR OLD.dropped_at IS NOT NULL
        OR (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by) THEN
        RAISE EXCEPTION 'an erasure that has ended stays as it is' USING ERRCODE = 'OM453';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erasures_end_once BEFORE UPDATE ON erasures FOR EACH ROW EXECUTE FUNCTION keep_what_was_erased();

-- Whom an erasure concerns: the cases, and which holders' keys of each.
CREATE FUNCTION erasure_reaches(the_tenant text, the_id text)
RETURNS TABLE (case_id text, party_id text) LANGUAGE sql STABLE AS $$
    SELECT p.case_id, p.id FROM erasures e JOIN parties p ON p.tenant = e.tenant AND p.case_id = e.case_id
    WHERE e.tenant = the_tenant AND e.id = the_id AND e.scope = 'case'
    UNION
    SELECT other.case_id, other.id FROM erasures e
    JOIN parties mine ON mine.tenant = e.tenant AND mine.id = e.party_id
    JOIN parties other ON other.tenant = mine.tenant AND other.ref_digest = mine.ref_digest
    WHERE e.tenant = the_tenant AND e.id = the_id AND e.scope = 'person'
$$;

-- An administrator reads no case: this looks, and destroys, with the owner's rights, whom row-level security shows the same tenant.
-- The cases are held until it is on disk: one that is taken up again, or held, at the same time comes before it or after it.
CREATE FUNCTION carry_out_erasure(the_tenant text, the_id text)
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
    UPDATE parties p SET has_email = false FROM erasure_reaches(the_tenant, the_id) r
    WHERE p.tenant = the_tenant AND p.id = r.party_id AND p.has_email;
    UPDATE erasures e SET done_at = clock_timestamp() WHERE e.tenant = the_tenant AND e.id = the_id;
END
$$;
REVOKE EXECUTE ON FUNCTION erasure_reaches(text, text), carry_out_erasure(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erasure_reaches(text, text) TO ombud_app;
GRANT EXECUTE ON FUNCTION carry_out_erasure(text, text) TO ombud_admin;
