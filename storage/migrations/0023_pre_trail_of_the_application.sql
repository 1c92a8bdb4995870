-- What the application may add to the trail by itself is a single text: seven fields, an instant in one spelling, a hash that is
-- right, once for each time that an endpoint is disabled. Nothing of an entry can be taken away again, so nothing loose goes in.

CREATE OR REPLACE FUNCTION follow_the_trail() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
        OR NEW.body - '{seq,at,deed,about,by,credential,more}'::text[] <> '{}' OR octet_length(NEW.body::text) > 65536
        OR (NEW.body -> 'seq', NEW.body ->> 'deed', NEW.body ->> 'about', NEW.body ->> 'by', NEW.body ->> 'credential')
            IS DISTINCT FROM (to_jsonb(NEW.seq), NEW.deed, NEW.about, NEW.actor_id, NEW.credential)
        OR NEW.body ->> 'at' IS DISTINCT FROM to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
            || coalesce('.' || nullif(to_char(NEW.at AT TIME ZONE 'UTC', 'US'), '000000'), '') || 'Z' THEN
        RAISE EXCEPTION 'an entry of the trail says in its columns what its content says' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

-- Every part of such an entry is known, so its one canonical text (domain/model/chain.py) can be written here too. It looks behind
-- the lock of the function above, not with the statement's eyes: of two that come at once the second sees the first.
CREATE FUNCTION note_one_disabling() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    because text;
    since timestamptz;
BEGIN
    SELECT w.disabled_because, w.disabled_at INTO because, since FROM public.webhook_endpoints w
    WHERE w.tenant = NEW.tenant AND w.id = NEW.about AND NOT w.active AND w.id ~ '^whk_[0-9A-Za-z_-]{1,64}$'
        AND w.disabled_because IN ('endpoint_gone', 'given_up', 'silent');
    IF NOT FOUND OR NEW.body -> 'more' <> jsonb_build_object('because', because) THEN
        RAISE EXCEPTION 'the application notes why an endpoint is disabled' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF since IS NULL OR since > NEW.at OR EXISTS (
        SELECT FROM public.trail t
        WHERE t.tenant = NEW.tenant AND t.about = NEW.about AND t.deed = 'endpoint_disabled' AND t.at >= since
    ) THEN
        RAISE EXCEPTION 'the application notes once that an endpoint is disabled' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.hash <> encode(sha256(convert_to(
        NEW.prev_hash || E'\n{"about":"' || NEW.about || '","at":"' || (NEW.body ->> 'at')
            || '","by":"system","credential":"system","deed":"endpoint_disabled","more":{"because":"' || because
            || '"},"seq":' || NEW.seq || '}', 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'an entry of the trail has its hash' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
-- Behind the other by its name: triggers go in the order of the alphabet.
CREATE TRIGGER trail_notes_one_disabling BEFORE INSERT ON trail
    FOR EACH ROW WHEN (current_user = 'ombud_app') EXECUTE FUNCTION note_one_disabling();
