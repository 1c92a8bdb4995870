-- The life of keys and people, and the audit trail: what a tenant's administrators did.

-- Numbered without gaps for each tenant and hash-chained as a case's facts are. It holds ids, codes and numbers: nobody's words,
-- nobody's name, no secret.
CREATE TABLE trail (
    tenant text NOT NULL REFERENCES tenants (id),
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    deed text NOT NULL,
    -- The id of whom or what it was done to.
    about text NOT NULL,
    actor_id text NOT NULL,
    credential text NOT NULL,
    body jsonb NOT NULL,
    hash text NOT NULL,
    prev_hash text NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE INDEX trail_by_about ON trail (tenant, about, seq);
CREATE TRIGGER trail_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE trail ENABLE ROW LEVEL SECURITY;
ALTER TABLE trail FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON trail
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT ON trail TO ombud_app;

-- Null: never, or before this was asked for.
ALTER TABLE api_keys ADD COLUMN expires_at timestamptz;
-- Kept to the minute.
ALTER TABLE api_keys ADD COLUMN last_used_at timestamptz;
ALTER TABLE api_keys ADD COLUMN created_by text;
ALTER TABLE api_keys ADD COLUMN revoked_at timestamptz;
-- The secret before the last rotation, and until when it is good too.
ALTER TABLE api_keys ADD COLUMN rotated_at timestamptz;
ALTER TABLE api_keys ADD COLUMN earlier_hash bytea;
ALTER TABLE api_keys ADD COLUMN earlier_until timestamptz;
-- A tenant has few keys: both indexes are made in an instant.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX api_keys_by_earlier_hash ON api_keys (earlier_hash) WHERE earlier_hash IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX api_keys_by_person ON api_keys (tenant, person_id) WHERE person_id IS NOT NULL;
CREATE POLICY by_earlier_hash ON api_keys FOR SELECT
    USING (encode(earlier_hash, 'hex') = current_setting('ombud.key_hash', true));

ALTER TABLE people ADD COLUMN deactivated_at timestamptz;

-- Whoever does not work here any more opens nothing: by whatever way they were deactivated, their keys end in the same transaction,
-- for good, and none is made for them while they are away.
CREATE FUNCTION end_keys_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE api_keys SET active = false, revoked_at = coalesce(revoked_at, clock_timestamp())
    WHERE tenant = NEW.tenant AND person_id = NEW.id AND active;
    UPDATE signing_keys SET revoked_at = clock_timestamp()
    WHERE tenant = NEW.tenant AND person_id = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER keys_end_with_person AFTER UPDATE OF active ON people
    FOR EACH ROW WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION end_keys_of_person();

CREATE FUNCTION refuse_key_of_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Held against a deactivation that goes on at the same moment. Whom there is not, the foreign key refuses.
    PERFORM 1 FROM people WHERE tenant = NEW.tenant AND id = NEW.person_id AND NOT active FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'a deactivated person gets no key' USING ERRCODE = 'OM401';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER no_key_for_nobody BEFORE INSERT OR UPDATE OF active, person_id ON api_keys
    FOR EACH ROW WHEN (NEW.active AND NEW.person_id IS NOT NULL) EXECUTE FUNCTION refuse_key_of_nobody();

-- Of whoever was deactivated before this. Row-level security shows even the owner one tenant at a time.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT id FROM tenants LOOP
        PERFORM set_config('ombud.tenant', one, true);
        UPDATE api_keys k SET active = false, revoked_at = clock_timestamp()
        FROM people p WHERE k.tenant = one AND p.tenant = one AND p.id = k.person_id AND k.active AND NOT p.active;
    END LOOP;
    PERFORM set_config('ombud.tenant', '', true);
END
$$;
