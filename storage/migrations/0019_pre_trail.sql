-- The audit trail proves itself in the database too: whoever adds to it, by whatever role, adds behind the last entry.

-- Whoever may add an entry could otherwise take the highest number there is, and no deed would ever find one behind it. The lock is the
-- one that `note` holds; the path keeps a temporary table of the same name from standing in for the trail.
CREATE FUNCTION follow_the_trail() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last_seq bigint;
    last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('trail ' || NEW.tenant, 0));
    SELECT t.seq, t.hash INTO last_seq, last_hash FROM public.trail t WHERE t.tenant = NEW.tenant ORDER BY t.seq DESC LIMIT 1;
    IF NEW.seq - 1 <> coalesce(last_seq, 0) OR NEW.prev_hash <> coalesce(last_hash, '') THEN
        RAISE EXCEPTION 'an entry of the trail follows the last one' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.hash !~ '^[0-9a-f]{64}$' OR NEW.at > clock_timestamp() OR NEW.at < clock_timestamp() - interval '1 hour' THEN
        RAISE EXCEPTION 'an entry of the trail has its hash and the time of its deed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF jsonb_typeof(NEW.body) <> 'object' OR jsonb_typeof(NEW.body -> 'more') IS DISTINCT FROM 'object'
        OR (NEW.body ->> 'seq', NEW.body ->> 'deed', NEW.body ->> 'about', NEW.body ->> 'by', NEW.body ->> 'credential')
            IS DISTINCT FROM (NEW.seq::text, NEW.deed, NEW.about, NEW.actor_id, NEW.credential)
        OR (NEW.body ->> 'at')::timestamptz IS DISTINCT FROM NEW.at THEN
        RAISE EXCEPTION 'an entry of the trail says in its columns what its content says' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER trail_has_one_end BEFORE INSERT ON trail FOR EACH ROW EXECUTE FUNCTION follow_the_trail();

-- The application notes one deed, in nobody's name: an endpoint that there is was disabled, and why.
DROP POLICY app_notes_its_own ON trail;
CREATE POLICY app_notes_its_own ON trail AS RESTRICTIVE FOR INSERT TO ombud_app
    WITH CHECK (deed = 'endpoint_disabled' AND actor_id = 'system' AND credential = 'system'
        AND (body -> 'more') - 'because' = '{}' AND body -> 'more' ->> 'because' IN ('endpoint_gone', 'given_up', 'silent')
        AND EXISTS (SELECT FROM webhook_endpoints w WHERE w.tenant = trail.tenant AND w.id = trail.about AND NOT w.active));

-- What people of the team are told that is about no case: what was done in their name, and what was done to conflicts of interest.
CREATE TABLE team_letters (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'ltr\_%'),
    event text NOT NULL,
    recipient text NOT NULL,
    -- Where it goes: as it was when the letter was written, so that a new address does not catch what is about it.
    address text,
    -- Ids and codes.
    data jsonb NOT NULL,
    -- A login code, sealed; it goes with the letter.
    sealed bytea,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    attempts bigint NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, recipient) REFERENCES people (tenant, id)
);
CREATE INDEX team_letters_due ON team_letters (tenant, next_try_at) WHERE state = 'pending';

ALTER TABLE team_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_letters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON team_letters
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- The administrator writes them, the worker sends them: nobody sends one elsewhere, or writes one of their own.
GRANT INSERT ON team_letters TO ombud_admin;
GRANT SELECT, UPDATE (state, attempts, next_try_at, last_error) ON team_letters TO ombud_app;

-- What is out, or never will be, keeps neither the address nor the code, and is not sent again.
CREATE FUNCTION forget_what_was_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'pending' THEN
        RAISE EXCEPTION 'a letter that is out stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> 'pending' THEN
        NEW.address := NULL;
        NEW.sealed := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER letters_are_sent_once BEFORE UPDATE ON team_letters FOR EACH ROW EXECUTE FUNCTION forget_what_was_sent();
