-- Who read what of a case, and who broke the glass to read it.

CREATE TABLE case_access (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'acc\_%'),
    case_id text NOT NULL,
    person_id text NOT NULL,
    credential text NOT NULL,
    -- A reference to the text, which is encrypted with the team's texts of the case.
    reason jsonb NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id),
    CONSTRAINT ends_after_it_begins CHECK (until_at > asked_at)
);
CREATE INDEX case_access_by_person ON case_access (tenant, case_id, person_id, until_at);

CREATE TABLE reads (
    tenant text NOT NULL REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    case_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who text NOT NULL,
    role text NOT NULL,
    credential text NOT NULL,
    what text NOT NULL,
    -- By what right: their part in the case, their role, their queue, or an access that they asked for.
    why text NOT NULL,
    access_id text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, access_id) REFERENCES case_access (tenant, id)
);
CREATE INDEX reads_by_case ON reads (tenant, case_id, id);
CREATE INDEX reads_again ON reads (tenant, case_id, who, at);

ALTER TABLE case_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_access FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON case_access
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

ALTER TABLE reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE reads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON reads
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- What was read, and what access was taken, never changes.
GRANT SELECT, INSERT ON case_access, reads TO ombud_app;
