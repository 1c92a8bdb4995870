-- Lists cost what they show: the terms of many cases are the same and are known by their hash, whoever had a part in a case finds it
-- by an index, and each way to list has one.

-- The hash of the terms. Null in rows that an earlier release wrote: those are read whole.
ALTER TABLE cases ADD COLUMN terms_key text;

-- Who had a part in a case, for the lists of people who read no more than what they work on; which part the case itself says.
CREATE TABLE case_parts (
    tenant text NOT NULL,
    person_id text NOT NULL,
    case_id text NOT NULL,
    PRIMARY KEY (tenant, person_id, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
ALTER TABLE case_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_parts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON case_parts
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON case_parts TO ombud_app;

-- Of the cases that are there. Row-level security shows even the owner one tenant at a time.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT id FROM tenants LOOP
        PERFORM set_config('ombud.tenant', one, true);
        UPDATE cases SET terms_key = encode(sha256(convert_to(terms::text, 'UTF8')), 'hex') WHERE tenant = one AND terms IS NOT NULL;
        INSERT INTO case_parts (tenant, person_id, case_id)
        SELECT DISTINCT c.tenant, part ->> 'person', c.id FROM cases c, jsonb_array_elements(c.state -> 'involved') AS had (part)
        WHERE c.tenant = one AND c.state IS NOT NULL;
    END LOOP;
    PERFORM set_config('ombud.tenant', '', true);
END
$$;

-- What waits for somebody, for the desk: its lists and its counts are answered from this index alone.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_waiting ON cases (tenant, queue, next_due_at, id)
    WHERE status = 'open' AND owner IS NULL AND phase IN ('intake', 'review', 'appeal');
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_queue ON cases (tenant, queue, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_owner ON cases (tenant, owner, id) WHERE owner IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_phase ON cases (tenant, phase, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_closed ON cases (tenant, id) WHERE status = 'closed';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_kind ON cases (tenant, kind, next_due_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_phase ON cases (tenant, phase, next_due_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX case_access_of_person ON case_access (tenant, person_id, until_at);
