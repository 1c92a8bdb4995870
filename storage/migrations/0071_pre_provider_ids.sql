-- A payment provider's ids lie sealed beside what it said: their digests stand in `dispute` and `news`, by which it is found. Rows of
-- an earlier release have none: there the ids stand as they are, until the rows go by their age.
ALTER TABLE provider_news ADD COLUMN sealed bytea;

CREATE OR REPLACE FUNCTION reseal(the_place text, ids text[], old bytea[], new bytea[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    the_tenant text := current_setting('ombud.tenant', true);
    done bigint;
BEGIN
    IF EXISTS (
        SELECT FROM unnest(old, new) AS u (old, new)
        WHERE u.new IS NULL OR substr(u.new, 1, 1) <> '\x02' OR octet_length(u.new) < octet_length(u.old)
    ) THEN
        RAISE EXCEPTION 'this was not sealed by a master key' USING ERRCODE = 'OM454';
    END IF;
    PERFORM set_config('ombud.rewrapping', 'yes', true);
    CASE the_place
        WHEN 'keys' THEN
            UPDATE keys t SET wrapped = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.wrapped = u.old;
        WHEN 'unplaced' THEN
            UPDATE unplaced t SET wrapped = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.wrapped = u.old;
        WHEN 'orders' THEN
            UPDATE orders t SET wrapped = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.wrapped = u.old;
        WHEN 'endpoint_secrets' THEN
            UPDATE webhook_endpoints t SET secret = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.secret = u.old;
        WHEN 'endpoint_old_secrets' THEN
            UPDATE webhook_endpoints t SET old_secret = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.old_secret = u.old;
        WHEN 'source_secrets' THEN
            UPDATE intake_sources t SET secret = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.secret = u.old;
        WHEN 'source_old_secrets' THEN
            UPDATE intake_sources t SET old_secret = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.old_secret = u.old;
        WHEN 'source_parties' THEN
            UPDATE intake_sources t SET respondent = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.respondent = u.old;
        WHEN 'login_codes' THEN
            UPDATE team_letters t SET sealed = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.sealed = u.old;
        WHEN 'answers' THEN
            UPDATE idempotency t SET sealed = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.key = u.id AND t.sealed = u.old;
        WHEN 'form_drafts' THEN
            UPDATE outside_drafts t SET sealed = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.id = u.id AND t.sealed = u.old;
        WHEN 'provider_ids' THEN
            UPDATE provider_news t SET sealed = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.dispute || '/' || encode(t.digest, 'hex') = u.id AND t.sealed = u.old;
    END CASE;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('ombud.rewrapping', '', true);
    RETURN done;
END
$$;
REVOKE ALL ON FUNCTION reseal(text, text[], bytea[], bytea[]) FROM public;
GRANT EXECUTE ON FUNCTION reseal(text, text[], bytea[], bytea[]) TO ombud_admin;
