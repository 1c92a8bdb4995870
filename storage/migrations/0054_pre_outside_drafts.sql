-- What somebody outside has begun to write and not sent: the answers of a report by form, by the hash of a secret that their browser
-- alone has, and a party's words in its case, under the key of its own words. Kept for a day at most.

CREATE TABLE outside_drafts (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (char_length(id) <= 200),
    -- Of a party's words alone.
    case_id text,
    key_id text,
    sealed bytea NOT NULL CHECK (octet_length(sealed) <= 400000),
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    CHECK ((case_id IS NULL) = (key_id IS NULL)),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, key_id) REFERENCES keys (tenant, id)
);
CREATE INDEX outside_drafts_old ON outside_drafts (tenant, saved_at);

ALTER TABLE outside_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE outside_drafts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON outside_drafts
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON outside_drafts TO ombud_app;
