-- Words that the team uses again and again in reasons, with places that a case fills in. They are the company's, and about nobody.
CREATE TABLE reason_templates (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'tpl\_%'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    -- Of which kind, and for which outcome; null: of any.
    kind text,
    outcome text,
    body text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 10000),
    written_by text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Kept when it is taken away: rulings were written with it.
    retired_at timestamptz,
    used bigint NOT NULL DEFAULT 0,
    used_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, written_by) REFERENCES people (tenant, id)
);
ALTER TABLE reason_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE reason_templates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON reason_templates
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE (retired_at, used, used_at) ON reason_templates TO ombud_app;
