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
