-- Whose notices of illegal content go first: who has been awarded the status of a trusted flagger (Regulation (EU) 2022/2065, article
-- 22), by whom and from when until when, and which cases their notices became. Organisations, whose names the Commission publishes.

CREATE TABLE trusted_flaggers (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'tfl\_%'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    -- By which their reports are known: the platform's own id, or the address by which they write.
    ref text NOT NULL CHECK (char_length(ref) BETWEEN 1 AND 254),
    -- The Digital Services Coordinator that awarded it.
    authority text NOT NULL CHECK (char_length(authority) BETWEEN 1 AND 200),
    -- Of what they know something.
    area text NOT NULL DEFAULT '' CHECK (char_length(area) <= 500),
    since_at timestamptz NOT NULL,
    until_at timestamptz,
    -- While the coordinator investigates (article 22(6)).
    suspended_at timestamptz,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (until_at IS NULL OR until_at >= since_at),
    PRIMARY KEY (tenant, id)
);
CREATE INDEX trusted_flaggers_by_ref ON trusted_flaggers (tenant, ref);

CREATE TABLE trusted_flagger_notices (
    tenant text NOT NULL,
    case_id text NOT NULL,
    flagger_id text NOT NULL,
    came_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, flagger_id) REFERENCES trusted_flaggers (tenant, id)
);
CREATE INDEX trusted_flagger_notices_by_time ON trusted_flagger_notices (tenant, came_at);

ALTER TABLE trusted_flaggers ENABLE ROW LEVEL SECURITY;
ALTER TABLE trusted_flaggers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON trusted_flaggers
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
ALTER TABLE trusted_flagger_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE trusted_flagger_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON trusted_flagger_notices
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT ON trusted_flaggers TO ombud_app;
GRANT SELECT, INSERT ON trusted_flagger_notices TO ombud_app;
GRANT SELECT, INSERT, UPDATE (until_at, suspended_at) ON trusted_flaggers TO ombud_admin;
