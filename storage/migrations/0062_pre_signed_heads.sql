-- Each signed head as it stands in the file outside, so that whoever asks for the proof of a case gets it along. What counts is the
-- file: these rows are copies, and a signature says by itself whether it is genuine. chain_heads was the same of earlier releases.

CREATE TABLE signed_heads (
    tenant text NOT NULL REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    case_id text NOT NULL,
    seq bigint NOT NULL,
    -- The line as it was signed, and with which key (hex).
    line text NOT NULL CHECK (octet_length(line) <= 4000),
    public_key text NOT NULL CHECK (public_key ~ '^[0-9a-f]{64}$'),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id)
);
CREATE INDEX signed_heads_by_case ON signed_heads (tenant, case_id, id);

ALTER TABLE signed_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE signed_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON signed_heads
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
-- Written once, by whoever signs.
GRANT SELECT, INSERT ON signed_heads TO ombud_app;
