-- Mail that cannot be placed: kept sealed under a key of its own until somebody of the team places or dismisses it.
CREATE TABLE unplaced (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'unp\_%'),
    reason text NOT NULL CHECK (length(reason) <= 64),
    proof text NOT NULL CHECK (proof IN ('token', 'relay', 'caller', 'none', 'failed')),
    -- Keyed digests: of the mail, so that it lies here once, and of its sender.
    digest text NOT NULL,
    sender text NOT NULL,
    credential text NOT NULL,
    -- What it seems to be about.
    case_id text,
    party text,
    key_id text NOT NULL,
    wrapped bytea,
    sealed bytea,
    bytes bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    times bigint NOT NULL DEFAULT 1,
    -- Whether its sender is told.
    tell text NOT NULL DEFAULT 'none' CHECK (tell IN ('none', 'pending', 'sent', 'failed')),
    tries bigint NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'placed', 'dismissed')),
    closed_at timestamptz,
    closed_by text,
    closed_why text CHECK (length(closed_why) <= 64),
    placed_case text,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX unplaced_same ON unplaced (tenant, digest);
CREATE INDEX unplaced_waiting ON unplaced (tenant, id) WHERE state = 'waiting';
CREATE INDEX unplaced_to_tell ON unplaced (tenant, next_try_at) WHERE tell = 'pending';
CREATE INDEX unplaced_told ON unplaced (tenant, received_at) WHERE tell <> 'none';
CREATE INDEX unplaced_kept ON unplaced (tenant, closed_at) WHERE state = 'dismissed' AND wrapped IS NOT NULL;

ALTER TABLE unplaced ENABLE ROW LEVEL SECURITY;
ALTER TABLE unplaced FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON unplaced
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON unplaced TO ombud_app;
GRANT UPDATE (
    wrapped, sealed, last_at, times, tell, tries, next_try_at, last_error, state, closed_at, closed_by, closed_why, placed_case
) ON unplaced TO ombud_app;

-- Who read one, placed or dismissed it. Nothing of it can be changed.
CREATE TABLE unplaced_deeds (
    tenant text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    unplaced_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deed text NOT NULL CHECK (deed IN ('read', 'original_read', 'placed', 'reported', 'dismissed')),
    by text NOT NULL,
    credential text NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, unplaced_id) REFERENCES unplaced (tenant, id)
);
CREATE INDEX unplaced_deeds_of ON unplaced_deeds (tenant, unplaced_id, id);
ALTER TABLE unplaced_deeds ENABLE ROW LEVEL SECURITY;
ALTER TABLE unplaced_deeds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON unplaced_deeds
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON unplaced_deeds TO ombud_app;

-- How many mails of a sender (a keyed digest; empty: of everybody) may have caused letters on a day by UTC.
CREATE TABLE mail_days (
    tenant text NOT NULL REFERENCES tenants (id),
    day date NOT NULL,
    sender text NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, day, sender)
);
ALTER TABLE mail_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON mail_days
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, DELETE ON mail_days TO ombud_app;
GRANT UPDATE (times) ON mail_days TO ombud_app;

-- By what a subject of ours names a case: the last eight of its id.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_short ON cases (tenant, right(id, 8));
