-- What keeps one tenant from starving the others, and one party from flooding the letters of another.

-- What each tenant may still ask of the API. Unlogged: after a crash everybody begins with a full budget, and no request waits for
-- a disk.
CREATE UNLOGGED TABLE budgets (
    tenant text PRIMARY KEY REFERENCES tenants (id),
    tokens double precision NOT NULL,
    -- What the last lease got.
    granted double precision NOT NULL,
    at timestamptz NOT NULL
);

ALTER TABLE budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE budgets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON budgets
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE ON budgets TO ombud_app;

-- The notice whose letter tells of this one, too. Null: it has a letter of its own.
ALTER TABLE notices ADD COLUMN folded_into text;
