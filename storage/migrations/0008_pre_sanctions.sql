-- Sanctions by person, over all their cases: what follows the next time depends on what there was before.

CREATE TABLE sanctions (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'san\_%'),
    case_id text NOT NULL,
    party text NOT NULL,
    ref_digest text NOT NULL,
    category text NOT NULL,
    sanction text NOT NULL,
    weight bigint NOT NULL CHECK (weight >= 0),
    imposed_at timestamptz NOT NULL,
    -- Null: no ban, or one without an end.
    ends_at timestamptz,
    -- Null: it never counts.
    counts_until timestamptz,
    lifted_at timestamptz,
    -- Taken back, as if it had never been.
    voided_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX sanctions_by_person ON sanctions (tenant, ref_digest) WHERE voided_at IS NULL;
CREATE INDEX sanctions_by_case ON sanctions (tenant, case_id);

ALTER TABLE sanctions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sanctions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sanctions
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

GRANT SELECT, INSERT, UPDATE ON sanctions TO ombud_app;
