-- The desk: what people can do and when they are away, and for how long they worked on cases.

-- Without a language somebody speaks that of their locale.
ALTER TABLE people ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
ALTER TABLE people ADD COLUMN languages text[] NOT NULL DEFAULT '{}';
-- Away from one instant to another; no end: nobody knows until when.
ALTER TABLE people ADD COLUMN absent_from timestamptz;
ALTER TABLE people ADD COLUMN absent_until timestamptz;
-- The beginning of the absence for which their cases were given back to the queues.
ALTER TABLE people ADD COLUMN absence_returned_for timestamptz;

-- Work on a case: from the first act of its owner to the last one, and so much longer as a lease lasts. Handling time follows from
-- it and no rule does, so these are rows and no facts.
CREATE TABLE leases (
    tenant text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    case_id text NOT NULL,
    person_id text NOT NULL,
    started_at timestamptz NOT NULL,
    -- While it runs, when it ends unless the person does something; afterwards, when it ended.
    until_at timestamptz NOT NULL,
    -- Null: it runs, or ran out.
    ended_because text CHECK (ended_because IN ('skipped', 'moved', 'ruled', 'closed')),
    reason text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    CONSTRAINT ends_after_it_starts CHECK (until_at >= started_at)
);
CREATE INDEX leases_by_case ON leases (tenant, case_id, person_id);
CREATE INDEX leases_by_person ON leases (tenant, person_id, started_at);

ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON leases
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE ON leases TO ombud_app;
