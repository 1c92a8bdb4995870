-- The record: cases, what was asked of them, what happened in them, and the encrypted texts that both refer to.

CREATE TABLE cases (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'case\_%'),
    -- Moved by every write, refusals included; a write that read an older one stores nothing.
    turn bigint NOT NULL DEFAULT 0,
    seq bigint NOT NULL DEFAULT 0,
    head text NOT NULL DEFAULT '',
    -- The folded case without its terms, which never change and are more than half of it.
    state jsonb,
    terms jsonb,
    kind text NOT NULL,
    category text NOT NULL,
    phase text NOT NULL DEFAULT 'intake',
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    outcome text,
    owner text,
    queue text NOT NULL,
    priority text NOT NULL,
    waiting_on text NOT NULL DEFAULT 'nobody',
    wants_owner boolean NOT NULL DEFAULT false,
    needs_hands boolean NOT NULL DEFAULT false,
    next_due_at timestamptz,
    next_clock text,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    external_id text,
    open_key text,
    open_command_id text NOT NULL,
    opened_by text NOT NULL,
    report_hash bytea NOT NULL,
    report_content text,
    pack text NOT NULL,
    pack_version text NOT NULL,
    calendars text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX cases_by_external_id ON cases (tenant, source, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX cases_by_open_key ON cases (tenant, open_key) WHERE open_key IS NOT NULL;
CREATE INDEX cases_open_by_due ON cases (tenant, next_due_at, id) WHERE status = 'open';
CREATE INDEX cases_open_by_queue ON cases (tenant, queue, next_due_at, id) WHERE status = 'open';
CREATE INDEX cases_open_by_owner ON cases (tenant, owner, next_due_at, id) WHERE status = 'open';
CREATE INDEX cases_by_kind ON cases (tenant, kind, id);

-- One data key for each holder (a party, or the staff) on each case; destroying it erases what they wrote.
CREATE TABLE keys (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'dek\_%'),
    case_id text NOT NULL,
    holder text NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    destroyed_at timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    CONSTRAINT destroyed_or_there CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX keys_by_holder ON keys (tenant, case_id, holder) WHERE destroyed_at IS NULL;

CREATE TABLE contents (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'cnt\_%'),
    case_id text NOT NULL,
    key_id text NOT NULL,
    ciphertext bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, key_id) REFERENCES keys (tenant, id)
);
CREATE INDEX contents_by_case ON contents (tenant, case_id);
CREATE INDEX contents_by_key ON contents (tenant, key_id);

CREATE TABLE parties (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'pty\_%'),
    case_id text NOT NULL,
    side text NOT NULL CHECK (side IN ('claimant', 'respondent')),
    role text NOT NULL,
    ref_digest text NOT NULL,
    -- Name, address and the platform's own id, encrypted under the party's key.
    contact bytea NOT NULL,
    key_id text NOT NULL,
    has_email boolean NOT NULL,
    locale text NOT NULL,
    zone text NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, key_id) REFERENCES keys (tenant, id)
);
CREATE INDEX parties_by_case ON parties (tenant, case_id);
CREATE INDEX parties_by_ref ON parties (tenant, ref_digest);

CREATE TABLE facts (
    tenant text NOT NULL,
    case_id text NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    type text NOT NULL,
    command_id text NOT NULL,
    actor_id text NOT NULL,
    body jsonb NOT NULL,
    hash text NOT NULL,
    prev_hash text NOT NULL,
    PRIMARY KEY (tenant, case_id, seq),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX facts_by_time ON facts (tenant, recorded_at);
CREATE TRIGGER facts_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Inbox, idempotency record and archive in one: every command that was ever sent, with what became of it.
CREATE TABLE commands (
    tenant text NOT NULL,
    case_id text NOT NULL,
    id text NOT NULL CHECK (length(id) <= 128),
    type text NOT NULL,
    actor_id text NOT NULL,
    channel text NOT NULL,
    -- By this server's clock, taken while the case's row was held.
    received_at timestamptz NOT NULL,
    body jsonb,
    -- A body that is no command, as it came; encrypted, because nobody knows what is in it.
    raw_content text,
    body_hash bytea,
    idempotency_key text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'refused', 'broken')),
    answer jsonb,
    answered_at timestamptz,
    PRIMARY KEY (tenant, case_id, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    CONSTRAINT answered_or_pending CHECK ((status = 'pending') = (answer IS NULL))
);
-- Rulings, effects and appeals are named after their command, so its id must be the only one of the tenant.
CREATE UNIQUE INDEX commands_by_id ON commands (tenant, id) WHERE id LIKE 'cmd\_%';
CREATE UNIQUE INDEX commands_by_key ON commands (tenant, case_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX commands_pending ON commands (tenant, case_id, received_at, id) WHERE status = 'pending';
CREATE INDEX commands_waiting ON commands (tenant, received_at) WHERE status = 'pending';

CREATE TABLE deadlines (
    tenant text NOT NULL,
    case_id text NOT NULL,
    clock text NOT NULL,
    instance bigint NOT NULL,
    level text NOT NULL,
    count bigint NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, case_id, clock, instance, level, count),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX deadlines_by_due ON deadlines (tenant, due_at);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['cases', 'keys', 'contents', 'parties', 'facts', 'commands', 'deadlines'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = current_setting(''ombud.tenant'', true)) '
                       'WITH CHECK (tenant = current_setting(''ombud.tenant'', true))', name);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON cases TO ombud_app;
GRANT SELECT, INSERT ON keys, contents, parties, facts, commands TO ombud_app;
GRANT UPDATE (wrapped, destroyed_at) ON keys TO ombud_app;
GRANT UPDATE (status, answer, answered_at) ON commands TO ombud_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON deadlines TO ombud_app;
