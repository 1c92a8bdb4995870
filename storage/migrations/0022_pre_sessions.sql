-- Signing in to the pages. A session is a row, so that it can be seen and ended; of its secret only the hash is kept.

CREATE TABLE sessions (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'ses\_%'),
    hash bytea NOT NULL,
    person_id text NOT NULL,
    -- How they signed in: a provider of identities, or by choosing a name on a development machine.
    way text NOT NULL CHECK (way IN ('oidc', 'development')),
    -- What the browser called itself, cut short, for whoever looks through their sessions.
    device text NOT NULL DEFAULT '',
    -- Of the provider: who it is, the person as it calls them, and its own session, which it may end.
    issuer text,
    subject text,
    provider_sid text,
    -- When its person last showed who they are, as far as that is known: a provider lets in without asking whom it knows.
    proved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Kept to the minute.
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    idle_for interval NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text CHECK (ended_because IN ('signed_out', 'ended', 'deactivated', 'provider')),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
CREATE UNIQUE INDEX sessions_by_hash ON sessions (hash);
CREATE INDEX sessions_by_person ON sessions (tenant, person_id, id);
CREATE INDEX sessions_by_provider ON sessions (tenant, issuer, subject) WHERE issuer IS NOT NULL AND ended_at IS NULL;

-- Whom a provider means by its own id of somebody. Bound once, by the address that both know them by.
CREATE TABLE sign_ins (
    tenant text NOT NULL REFERENCES tenants (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, issuer, subject),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sessions
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
-- Whoever knows a secret may learn whose it is: before that, no tenant is known.
CREATE POLICY by_hash ON sessions FOR SELECT
    USING (encode(hash, 'hex') = current_setting('ombud.key_hash', true));
ALTER TABLE sign_ins ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_ins FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sign_ins
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- A session is somebody, as a key is: it is made by the administrator's role. The application notes that one is used, and ends one.
GRANT SELECT, INSERT, UPDATE (ended_at, ended_because) ON sessions TO ombud_admin;
GRANT SELECT, UPDATE (last_seen_at, ended_at, ended_because) ON sessions TO ombud_app;
GRANT SELECT, INSERT ON sign_ins TO ombud_admin;

-- What has ended stays so, whoever asks.
CREATE FUNCTION keep_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a session that has ended does not change' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER sessions_end_once BEFORE UPDATE ON sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION keep_session_ended();

-- Whoever does not work here any more is signed out in the same transaction, and signs in no more.
CREATE OR REPLACE FUNCTION end_keys_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE api_keys SET active = false, revoked_at = coalesce(revoked_at, clock_timestamp())
    WHERE tenant = NEW.tenant AND person_id = NEW.id AND active;
    UPDATE signing_keys SET revoked_at = clock_timestamp()
    WHERE tenant = NEW.tenant AND person_id = NEW.id AND revoked_at IS NULL;
    UPDATE sessions SET ended_at = clock_timestamp(), ended_because = 'deactivated'
    WHERE tenant = NEW.tenant AND person_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER no_session_for_nobody BEFORE INSERT ON sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_key_of_nobody();

-- What somebody has begun to write in a case. Sealed under the key of the team's words there, and erased with them.
CREATE TABLE drafts (
    tenant text NOT NULL,
    case_id text NOT NULL,
    person_id text NOT NULL,
    form text NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, case_id, person_id, form),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id),
    FOREIGN KEY (tenant, key_id) REFERENCES keys (tenant, id)
);
ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE drafts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON drafts
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO ombud_app;

-- Lists that somebody comes back to: an address of the inbox under a name, theirs alone or for everybody.
CREATE TABLE saved_views (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'vew\_%'),
    person_id text NOT NULL,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    query text NOT NULL CHECK (char_length(query) <= 1000),
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id)
);
CREATE INDEX saved_views_by_person ON saved_views (tenant, person_id);
CREATE INDEX saved_views_shared ON saved_views (tenant) WHERE shared;
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_views FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON saved_views
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, DELETE ON saved_views TO ombud_app;
