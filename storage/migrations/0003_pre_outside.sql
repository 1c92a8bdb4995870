-- What goes out: notices and their tries, effects, webhook endpoints; and the keys of requests that came in.

CREATE TABLE webhook_endpoints (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'whk\_%'),
    purpose text NOT NULL CHECK (purpose IN ('events', 'remedies')),
    url text NOT NULL,
    secret bytea NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id)
);

CREATE TABLE notices (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'ntc\_%'),
    case_id text NOT NULL,
    -- The fact that caused it.
    seq bigint NOT NULL,
    event text NOT NULL,
    audience text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook', 'none')),
    endpoint_id text NOT NULL DEFAULT '',
    data jsonb NOT NULL,
    texts jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'handed_over', 'sent', 'failed', 'unreachable')),
    attempts bigint NOT NULL DEFAULT 0,
    last_error text,
    receipt text,
    -- When a workflow of its own first tried it; handed over and never taken, it is named again.
    taken_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE UNIQUE INDEX notices_once ON notices (tenant, case_id, seq, event, recipient, endpoint_id);
CREATE INDEX notices_pending ON notices (tenant, case_id, id) WHERE state = 'pending';
CREATE INDEX notices_waiting ON notices (tenant, created_at) WHERE state = 'pending';

-- One row for each try.
CREATE TABLE deliveries (
    tenant text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    notice_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    result text NOT NULL CHECK (result IN ('sent', 'error', 'failed', 'repeat')),
    code text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, notice_id) REFERENCES notices (tenant, id)
);
CREATE INDEX deliveries_by_notice ON deliveries (tenant, notice_id);

CREATE TABLE effects (
    tenant text NOT NULL,
    id text NOT NULL,
    case_id text NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    amount bigint,
    currency text,
    side text NOT NULL,
    to_party text,
    because text NOT NULL,
    reverses text,
    synthetic boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'reversed', 'needs_hands')),
    ordered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    began_at timestamptz,
    finished_at timestamptz,
    result text,
    note text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX effects_by_case ON effects (tenant, case_id);
CREATE INDEX effects_waiting ON effects (tenant, ordered_at) WHERE state = 'running' AND began_at IS NULL;
CREATE INDEX effects_running ON effects (tenant, case_id) WHERE state = 'running';

CREATE TABLE idempotency (
    tenant text NOT NULL REFERENCES tenants (id),
    key text NOT NULL,
    route text NOT NULL,
    body_hash bytea NOT NULL,
    state text NOT NULL DEFAULT 'in_flight' CHECK (state IN ('in_flight', 'done')),
    status_code bigint,
    response jsonb,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at timestamptz,
    PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_by_age ON idempotency (tenant, began_at);

-- How often the relay has woken a case since it last moved: rarer each time, for every poke is an event in its history.
CREATE TABLE pokes (
    tenant text NOT NULL,
    case_id text NOT NULL,
    turn bigint NOT NULL,
    times bigint NOT NULL,
    poked_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);

CREATE INDEX pokes_by_time ON pokes (tenant, poked_at);

-- Which signed heads were put outside the database, and when.
CREATE TABLE chain_heads (
    tenant text NOT NULL REFERENCES tenants (id),
    case_id text NOT NULL,
    seq bigint NOT NULL,
    head text NOT NULL,
    signature text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, case_id, seq)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'notices', 'deliveries', 'effects', 'idempotency', 'pokes', 'chain_heads'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = current_setting(''ombud.tenant'', true)) '
                       'WITH CHECK (tenant = current_setting(''ombud.tenant'', true))', name);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON webhook_endpoints, notices, effects, pokes TO ombud_app;
GRANT SELECT, INSERT ON deliveries, chain_heads TO ombud_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO ombud_app;
