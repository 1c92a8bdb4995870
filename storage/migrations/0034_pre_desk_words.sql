-- Labels by which the team sorts its cases, and in which ruling each of its words for reasons was used.

-- A label is a code and about no person; it decides nothing, and nobody outside the team reads it.
CREATE TABLE case_tags (
    tenant text NOT NULL,
    tag text NOT NULL CHECK (tag ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
    case_id text NOT NULL,
    tagged_by text NOT NULL,
    tagged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- In this order the cases of a tag, and the tags that there are, are read from the index alone.
    PRIMARY KEY (tenant, tag, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, tagged_by) REFERENCES people (tenant, id)
);
CREATE INDEX case_tags_of_case ON case_tags (tenant, case_id, tag);
ALTER TABLE case_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_tags FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON case_tags
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, DELETE ON case_tags TO ombud_app;

-- What became of the ruling, the case itself says.
CREATE TABLE reason_template_uses (
    tenant text NOT NULL,
    template_id text NOT NULL,
    case_id text NOT NULL,
    ruling_id text NOT NULL,
    used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, template_id, ruling_id),
    FOREIGN KEY (tenant, template_id) REFERENCES reason_templates (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX reason_template_uses_newest ON reason_template_uses (tenant, template_id, used_at);
ALTER TABLE reason_template_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE reason_template_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON reason_template_uses
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON reason_template_uses TO ombud_app;

-- Counts are read from an index alone as far as it is known that its rows are visible to all. By the usual share (a fifth of the
-- table) that is looked at every few weeks.
ALTER TABLE cases SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- A clock whose time was over and that stands still is no late one any more: whoever migrates places late cases anew.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT id FROM tenants LOOP
        PERFORM set_config('ombud.tenant', one, true);
        UPDATE cases SET pressing = 4 WHERE tenant = one AND status = 'open' AND pressing = 0 AND state IS NOT NULL;
    END LOOP;
    PERFORM set_config('ombud.tenant', '', true);
END
$$;
