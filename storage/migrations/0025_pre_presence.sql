-- Who looks at a case or writes in it at this moment, for courtesy: nothing is decided by it, and nothing of it is kept.
-- A row is written anew every few seconds while a page is open, and lives for less than a minute.

CREATE UNLOGGED TABLE presence (
    tenant text NOT NULL,
    case_id text NOT NULL,
    person_id text NOT NULL,
    doing text NOT NULL CHECK (doing IN ('reading', 'writing')),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, case_id, person_id, doing),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
CREATE INDEX presence_by_age ON presence (tenant, seen_at);
ALTER TABLE presence ENABLE ROW LEVEL SECURITY;
ALTER TABLE presence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON presence
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON presence TO ombud_app;
