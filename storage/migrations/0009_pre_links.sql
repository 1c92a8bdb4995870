-- Cases that have to do with each other: what a case is about and against whom (as keyed digests), what one case orders in
-- another, and campaigns.

ALTER TABLE cases ADD COLUMN matter_digest text, ADD COLUMN respondent_digest text, ADD COLUMN campaign text;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_matter ON cases (tenant, kind, matter_digest, respondent_digest)
    WHERE status = 'open' AND matter_digest IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_campaign ON cases (tenant, campaign, id) WHERE campaign IS NOT NULL;

-- What is to happen in another case: ids and codes, as the fact says it.
ALTER TABLE effects ADD COLUMN errand jsonb;

CREATE TABLE campaigns (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'cmp\_%'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_by text,
    closed_at timestamptz,
    PRIMARY KEY (tenant, id),
    CONSTRAINT closed_by_somebody CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);

ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaigns FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON campaigns USING (tenant = current_setting('ombud.tenant', true))
    WITH CHECK (tenant = current_setting('ombud.tenant', true));

GRANT SELECT, INSERT ON campaigns TO ombud_app;
GRANT UPDATE (closed_by, closed_at) ON campaigns TO ombud_app;
