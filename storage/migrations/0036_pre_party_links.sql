-- Links by which a party reaches the page of its case, and the sessions that they are exchanged for. Of a link and of a session only
-- the hash of the secret is kept.

CREATE TABLE party_links (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'lnk\_%'),
    hash bytea NOT NULL,
    case_id text NOT NULL,
    party_id text NOT NULL,
    -- With a letter about the case, asked for from the page of lost links, handed out by the platform, made by the team, or on the
    -- receipt of a report by form.
    why text NOT NULL CHECK (why IN ('letter', 'asked', 'platform', 'team', 'report')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    -- The letter that brings it and nothing else.
    tell text NOT NULL DEFAULT 'none' CHECK (tell IN ('none', 'pending', 'sent', 'failed')),
    tries bigint NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, party_id) REFERENCES parties (tenant, id)
);
CREATE UNIQUE INDEX party_links_by_hash ON party_links (hash);
CREATE INDEX party_links_by_party ON party_links (tenant, case_id, party_id, id);
CREATE INDEX party_links_to_tell ON party_links (tenant, next_try_at) WHERE tell = 'pending';

CREATE TABLE party_sessions (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'pse\_%'),
    hash bytea NOT NULL,
    case_id text NOT NULL,
    party_id text NOT NULL,
    link_id text NOT NULL,
    device text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Kept to the minute.
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    idle_for interval NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text CHECK (ended_because IN ('signed_out', 'revoked')),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, party_id) REFERENCES parties (tenant, id),
    FOREIGN KEY (tenant, link_id) REFERENCES party_links (tenant, id)
);
CREATE UNIQUE INDEX party_sessions_by_hash ON party_sessions (hash);
CREATE INDEX party_sessions_by_party ON party_sessions (tenant, party_id, id);
-- Ended for good, whoever asks.
CREATE TRIGGER party_sessions_end_once BEFORE UPDATE ON party_sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION keep_session_ended();

-- Who asks for a link that was lost: the number as it was written, and a keyed digest of the address. Whether there is such a case is
-- found out later and elsewhere, so that the page answers everybody the same.
CREATE TABLE party_link_requests (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'lrq\_%'),
    number text NOT NULL CHECK (char_length(number) <= 100),
    address text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id)
);

-- How often somebody whom we do not know has tried something within an hour. `who` is a keyed digest.
CREATE TABLE public_tries (
    tenant text NOT NULL REFERENCES tenants (id),
    what text NOT NULL CHECK (char_length(what) <= 30),
    who text NOT NULL,
    hour timestamptz NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, what, who, hour)
);
CREATE INDEX public_tries_old ON public_tries (tenant, hour);

ALTER TABLE party_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE party_links FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON party_links
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
-- Whoever knows a secret may learn whose it is: before that, no tenant is known.
CREATE POLICY by_hash ON party_links FOR SELECT USING (encode(hash, 'hex') = current_setting('ombud.key_hash', true));
ALTER TABLE party_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE party_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON party_sessions
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
CREATE POLICY by_hash ON party_sessions FOR SELECT USING (encode(hash, 'hex') = current_setting('ombud.key_hash', true));
ALTER TABLE party_link_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE party_link_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON party_link_requests
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
ALTER TABLE public_tries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_tries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON public_tries
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- A party decides nothing, so the application itself lets one in. That a link was used or revoked is never unsaid.
CREATE FUNCTION keep_party_link_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        RAISE EXCEPTION 'a link that was used or revoked stays so' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER party_link_stays_used BEFORE UPDATE ON party_links FOR EACH ROW EXECUTE FUNCTION keep_party_link_used();

GRANT SELECT, INSERT, UPDATE (used_at, revoked_at, revoked_by, tell, tries, next_try_at, last_error) ON party_links TO ombud_app;
GRANT SELECT, INSERT, UPDATE (last_seen_at, ended_at, ended_because) ON party_sessions TO ombud_app;
GRANT SELECT, INSERT, DELETE ON party_link_requests TO ombud_app;
GRANT SELECT, INSERT, DELETE, UPDATE (times) ON public_tries TO ombud_app;

-- A source of forms that has a page of ours, on which anybody reports: only where somebody has said so.
ALTER TABLE intake_sources ADD COLUMN page boolean NOT NULL DEFAULT false;
