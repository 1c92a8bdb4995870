-- The master key can be changed while everything runs: what it sealed is sealed again, in batches, by the administrator.

-- Which keys this database has been worked with, told by a digest of each: whoever comes with another root of digests would find
-- nobody and nothing again, and is refused. Of no tenant, and nothing of anybody.
CREATE TABLE key_marks (
    what text NOT NULL CHECK (what IN ('digests', 'master')),
    mark text NOT NULL CHECK (mark ~ '^([0-9a-f]{16,32}|of_the_master_key)$'),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Of a master key: since when nothing lies under an earlier one.
    alone_since timestamptz,
    PRIMARY KEY (what, mark)
);
CREATE UNIQUE INDEX one_root_of_digests ON key_marks (what) WHERE what = 'digests';
GRANT SELECT, INSERT, UPDATE (mark) ON key_marks TO ombud_app;
GRANT SELECT, UPDATE (alone_since) ON key_marks TO ombud_admin;
-- Before there was a root of its own, digests followed from the master key.
INSERT INTO key_marks (what, mark) SELECT 'digests', 'of_the_master_key' WHERE EXISTS (SELECT FROM tenant_ids);

-- A key under legal hold is wrapped anew as every other, and destroyed or replaced by nobody: the function below is the only way,
-- and it takes nothing away. It runs as the owner, whom nobody else can be.
CREATE OR REPLACE FUNCTION keep_key_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM refuse_while_held(OLD.tenant, OLD.case_id, OLD.holder);
        RETURN OLD;
    END IF;
    IF NEW.wrapped IS NOT NULL AND current_setting('ombud.rewrapping', true) = 'yes'
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF OLD.wrapped IS NOT NULL AND NEW.wrapped IS DISTINCT FROM OLD.wrapped THEN
        PERFORM refuse_while_held(OLD.tenant, OLD.case_id, OLD.holder);
    END IF;
    RETURN NEW;
END
$$;

-- Put what was sealed again into the place of what it was; whatever was changed, erased or sealed anew meanwhile stays as it is.
-- Nothing is put in that is shorter than what a master key seals, or bears no master key's id.
CREATE FUNCTION reseal(the_place text, ids text[], old bytea[], new bytea[]) RETURNS bigint LANGUAGE plpgsql
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
    END CASE;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('ombud.rewrapping', '', true);
    RETURN done;
END
$$;
REVOKE ALL ON FUNCTION reseal(text, text[], bytea[], bytea[]) FROM public;
GRANT EXECUTE ON FUNCTION reseal(text, text[], bytea[], bytea[]) TO ombud_admin;
