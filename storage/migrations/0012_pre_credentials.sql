-- By which credential a command came, and the keys by which people sign what is told at Temporal's own doors.

-- Null: kept before this was asked for. The id of an API key, an intake source or a signing key; `operator`, `temporal` or `system`.
ALTER TABLE commands ADD COLUMN credential text;
-- Of a signed command: the key's id and the signature, so that anybody can check it again.
ALTER TABLE commands ADD COLUMN signature jsonb;

-- Likewise of the two persons who put a pack in force: their credentials differ as they do.
ALTER TABLE pack_versions ADD COLUMN proposed_with text;
ALTER TABLE pack_versions ADD COLUMN approved_with text;
GRANT UPDATE (approved_with) ON pack_versions TO ombud_app;

CREATE TABLE signing_keys (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'sig\_%'),
    person_id text NOT NULL,
    -- Ed25519 (RFC 8032), 32 bytes.
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
CREATE UNIQUE INDEX signing_keys_by_key ON signing_keys (tenant, public_key);
CREATE INDEX signing_keys_by_person ON signing_keys (tenant, person_id);

ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON signing_keys
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON signing_keys TO ombud_app;
GRANT UPDATE (revoked_at) ON signing_keys TO ombud_app;
