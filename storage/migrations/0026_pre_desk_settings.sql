-- How somebody of the team looks at their desk: times, blurred pictures, what comes after sending. Theirs alone to read and to change.
CREATE TABLE desk_settings (
    tenant text NOT NULL,
    person_id text NOT NULL,
    said jsonb NOT NULL,
    PRIMARY KEY (tenant, person_id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
ALTER TABLE desk_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON desk_settings
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE ON desk_settings TO ombud_app;
