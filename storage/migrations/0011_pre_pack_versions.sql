-- Packs that a tenant publishes itself: one person proposes, another one approves, and new reports are bound by the newest approved.

CREATE TABLE pack_versions (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'pkv\_%'),
    kind text NOT NULL,
    -- The hash of the text, by which cases name the pack they were opened under.
    version text NOT NULL,
    body text NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text,
    approved_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, proposed_by) REFERENCES people (tenant, id),
    FOREIGN KEY (tenant, approved_by) REFERENCES people (tenant, id),
    CONSTRAINT two_persons CHECK (approved_by IS DISTINCT FROM proposed_by),
    CONSTRAINT approved_by_somebody CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
-- The newest approved one of each kind is asked for with every report.
CREATE INDEX pack_versions_in_force ON pack_versions (tenant, kind, approved_at DESC) WHERE approved_at IS NOT NULL;

ALTER TABLE pack_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE pack_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON pack_versions
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

GRANT SELECT, INSERT ON pack_versions TO ombud_app;
-- What was proposed never changes; it is approved once.
GRANT UPDATE (approved_by, approved_at) ON pack_versions TO ombud_app;
