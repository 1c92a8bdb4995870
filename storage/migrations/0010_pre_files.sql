-- Files that are handed in as evidence: what is known of each. The bytes lie in the evidence store, sealed.

CREATE TABLE files (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'fil\_%'),
    case_id text NOT NULL,
    uploader text NOT NULL,
    key_id text NOT NULL,
    -- Name and SHA-256, sealed under the key.
    about bytea NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    -- Keyed digest of the bytes: their address in the store.
    digest text NOT NULL,
    -- Keyed digest of bytes, name and media type: the same upload again is the same file.
    once text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, key_id) REFERENCES keys (tenant, id)
);
CREATE UNIQUE INDEX files_once ON files (tenant, case_id, uploader, once);

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
ALTER TABLE files FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON files
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- Written once, as the bytes are.
GRANT SELECT, INSERT ON files TO ombud_app;
