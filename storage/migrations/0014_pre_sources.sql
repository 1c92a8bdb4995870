-- Endpoints that live: two secrets while one is being replaced, disabled when nothing gets through. Intake sources of each tenant.

ALTER TABLE webhook_endpoints ADD COLUMN created_by text;
-- The secret before the last rotation: signs beside the new one until then.
ALTER TABLE webhook_endpoints ADD COLUMN old_secret bytea;
ALTER TABLE webhook_endpoints ADD COLUMN old_until timestamptz;
-- Since when nothing was taken, and how many notices in a row were given up; both empty while it works.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since timestamptz;
ALTER TABLE webhook_endpoints ADD COLUMN given_up bigint NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN disabled_at timestamptz;
ALTER TABLE webhook_endpoints ADD COLUMN disabled_because text;
-- Its row stays for the notices that name it; its address and secrets go.
ALTER TABLE webhook_endpoints ADD COLUMN deleted_at timestamptz;

CREATE TABLE intake_sources (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'src\_%'),
    provider text NOT NULL CHECK (provider IN ('stripe', 'paypal', 'mail', 'webhook', 'form')),
    name text NOT NULL DEFAULT '',
    kind text,
    queue text,
    -- Who is on the other side when a report does not say, sealed: a name and an address.
    respondent bytea,
    secret bytea NOT NULL,
    old_secret bytea,
    old_until timestamptz,
    active boolean NOT NULL DEFAULT true,
    deleted_at timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX intake_sources_by_id ON intake_sources (id);

ALTER TABLE intake_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON intake_sources
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
-- Whoever knows an address may learn whose it is, to prove what came there: before that, no tenant is known.
CREATE POLICY by_id ON intake_sources FOR SELECT
    USING (id = current_setting('ombud.source', true));

GRANT SELECT, INSERT, UPDATE ON intake_sources TO ombud_app;
