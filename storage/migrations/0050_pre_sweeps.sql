-- How far the search for what should run in Temporal and does not has come, in each tenant. One worker at a time goes on with it.
CREATE TABLE sweeps (
    tenant text PRIMARY KEY REFERENCES tenants (id),
    -- The last case that was looked at; empty: the next look begins with the first one.
    after text NOT NULL DEFAULT '',
    claimed_at timestamptz NOT NULL,
    -- Runs that were ended from outside are known up to here.
    ended_until timestamptz NOT NULL,
    -- When every case had been looked at.
    passed_at timestamptz
);
ALTER TABLE sweeps ENABLE ROW LEVEL SECURITY;
ALTER TABLE sweeps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sweeps
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE ON sweeps TO ombud_app;

-- A run at rest although something of its case waits is ended and begun anew from the record, seldom.
ALTER TABLE pokes ADD COLUMN restarted_at timestamptz;
