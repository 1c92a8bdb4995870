-- The ground: who may touch what, the tenants and their people, and the shared library of packs and calendars.

-- The application role never owns a table and never bypasses row-level security. The stack or the operator makes it (with a
-- password); here it is made only when it is missing and this role may make roles.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ombud_app') THEN
        CREATE ROLE ombud_app LOGIN NOBYPASSRLS;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO ombud_app;
GRANT SELECT ON schema_migrations TO ombud_app;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a fact is never changed or removed' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TABLE tenants (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name text NOT NULL,
    zone text NOT NULL DEFAULT 'UTC',
    development boolean NOT NULL DEFAULT false,
    time_scale double precision NOT NULL DEFAULT 1.0 CHECK (time_scale > 0 AND time_scale <= 1),
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT only_development_scales_time CHECK (development OR time_scale = 1.0)
);

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenants
    USING (id = current_setting('ombud.tenant', true)) WITH CHECK (id = current_setting('ombud.tenant', true));
-- The relay and the audit go through all tenants one by one. A view is read with its owner's rights, so the application sees the
-- ids and nothing else of the tenants it has not taken on.
CREATE POLICY owner_reads ON tenants FOR SELECT TO CURRENT_USER USING (true);
CREATE VIEW tenant_ids AS SELECT id FROM tenants;

CREATE TABLE people (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'per\_%'),
    name text NOT NULL,
    email text,
    roles text[] NOT NULL DEFAULT '{}',
    team text,
    site text,
    vendor text,
    manager text,
    queues text[] NOT NULL DEFAULT '{}',
    capacity bigint NOT NULL DEFAULT 20 CHECK (capacity >= 0),
    conflicts text[] NOT NULL DEFAULT '{}',
    locale text NOT NULL DEFAULT 'en',
    zone text NOT NULL DEFAULT 'UTC',
    active boolean NOT NULL DEFAULT true,
    last_assigned_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id)
);
CREATE INDEX people_by_queue ON people USING gin (queues) WHERE active;

CREATE TABLE api_keys (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'key\_%'),
    hash bytea NOT NULL,
    name text NOT NULL DEFAULT '',
    scopes text[] NOT NULL DEFAULT '{}',
    person_id text,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

CREATE TABLE packs (
    version text PRIMARY KEY,
    name text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE calendars (
    ref text PRIMARY KEY,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON people
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON api_keys
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
-- Whoever knows a secret may learn whose it is: before that, no tenant is known.
CREATE POLICY by_hash ON api_keys FOR SELECT
    USING (encode(hash, 'hex') = current_setting('ombud.key_hash', true));

GRANT SELECT, INSERT, UPDATE ON tenants, people, api_keys TO ombud_app;
GRANT SELECT ON tenant_ids TO ombud_app;
GRANT SELECT, INSERT ON packs, calendars TO ombud_app;

-- A person as the rules see them: several roles count as the strongest one; nobody with no role that the rules know.
CREATE FUNCTION person_as_actor(person people) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN person.id IS NULL THEN NULL
        WHEN person.roles && ARRAY['ops', 'lead', 'mediator'] THEN jsonb_build_object(
            'id', person.id,
            'role', CASE WHEN 'ops' = ANY(person.roles) THEN 'ops' WHEN 'lead' = ANY(person.roles) THEN 'lead' ELSE 'mediator' END,
            'team', person.team, 'site', person.site, 'vendor', person.vendor, 'manager', person.manager,
            'conflicts', to_jsonb(person.conflicts))
    END
$$;
