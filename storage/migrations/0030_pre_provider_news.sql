-- What payment providers said of disputes that have no case yet, and which of their transmissions were seen.
-- Ids, codes, amounts and instants: nothing here is about a person.
CREATE TABLE provider_news (
    tenant text NOT NULL REFERENCES tenants (id),
    provider text NOT NULL,
    dispute text NOT NULL,
    -- Of what it says: the same said twice is one row.
    digest bytea NOT NULL,
    news jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, provider, dispute, digest)
);
-- What never found its case goes by its age.
CREATE INDEX provider_news_by_age ON provider_news (tenant, received_at);
ALTER TABLE provider_news ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_news FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON provider_news
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, DELETE ON provider_news TO ombud_app;

CREATE TABLE provider_transmissions (
    tenant text NOT NULL REFERENCES tenants (id),
    source text NOT NULL,
    -- Of the id and the time by which the provider signed it.
    digest bytea NOT NULL,
    -- Of the body that came with it: the provider's signature covers no more of it than a checksum.
    body_hash bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, source, digest)
);
CREATE INDEX provider_transmissions_by_age ON provider_transmissions (tenant, received_at);
ALTER TABLE provider_transmissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_transmissions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON provider_transmissions
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, DELETE ON provider_transmissions TO ombud_app;
