-- Least power: what administers a tenant is a role of its own. Whoever has the application's password mints no key, gives nobody a
-- role, redirects no webhook, publishes no policy, and destroys or replaces no data key.

-- As with the application's role, the stack or the operator makes it, with a password; here it is made only when it is missing and
-- this role may make roles.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ombud_admin') THEN
        CREATE ROLE ombud_admin LOGIN NOBYPASSRLS;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO ombud_admin;
GRANT SELECT ON schema_migrations, tenant_ids TO ombud_admin;

-- Tenants, people, keys, endpoints, sources, signing keys, published packs and calendars: made and changed by the administrator.
REVOKE INSERT, UPDATE ON tenants, people, api_keys, webhook_endpoints, intake_sources, signing_keys, pack_versions FROM ombud_app;
REVOKE UPDATE (revoked_at) ON signing_keys FROM ombud_app;
REVOKE UPDATE (approved_by, approved_at, approved_with) ON pack_versions FROM ombud_app;
REVOKE INSERT ON calendar_versions FROM ombud_app;
GRANT SELECT, INSERT, UPDATE ON tenants, people, api_keys, webhook_endpoints, intake_sources TO ombud_admin;
GRANT SELECT, INSERT ON signing_keys, pack_versions, calendars, calendar_versions, trail TO ombud_admin;
GRANT UPDATE (revoked_at) ON signing_keys TO ombud_admin;
GRANT UPDATE (approved_by, approved_at, approved_with) ON pack_versions TO ombud_admin;
-- An endpoint that is disabled or deleted leaves what was on its way to it.
GRANT SELECT, UPDATE (state, last_error) ON notices TO ombud_admin;

-- What the application notes while it works: when something was last used, who is away, whose turn it is.
GRANT UPDATE (last_used_at) ON api_keys, intake_sources TO ombud_app;
GRANT UPDATE (absent_from, absent_until, absence_returned_for, last_assigned_at) ON people TO ombud_app;

-- The worker counts failures of an endpoint, and disables it when that is enough: only one that is active, so never back again.
GRANT UPDATE (failing_since, given_up, active, disabled_at, disabled_because) ON webhook_endpoints TO ombud_app;
CREATE POLICY app_changes_active ON webhook_endpoints AS RESTRICTIVE FOR UPDATE TO ombud_app
    USING (active) WITH CHECK (true);

-- Of deeds it notes that one, in nobody's name.
CREATE POLICY app_notes_its_own ON trail AS RESTRICTIVE FOR INSERT TO ombud_app
    WITH CHECK (deed = 'endpoint_disabled' AND actor_id = 'system' AND credential = 'system'
        AND body ->> 'deed' = 'endpoint_disabled' AND body ->> 'by' = 'system' AND body ->> 'credential' = 'system');

-- The data keys of cases: the application adds one where a holder has none, and reads it. It replaces and destroys none.
REVOKE INSERT ON keys FROM ombud_app;
REVOKE UPDATE (wrapped, destroyed_at) ON keys FROM ombud_app;
GRANT INSERT (tenant, id, case_id, holder, wrapped) ON keys TO ombud_app;
GRANT SELECT, UPDATE (wrapped, destroyed_at) ON keys TO ombud_admin;

-- The legal hold looks at cases and parties, which are not the administrator's to read: it looks with the owner's rights, whom
-- row-level security shows the same tenant.
ALTER FUNCTION refuse_while_held(text, text, text) SECURITY DEFINER;
ALTER FUNCTION refuse_while_held(text, text, text) SET search_path = pg_catalog, public, pg_temp;
REVOKE EXECUTE ON FUNCTION refuse_while_held(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse_while_held(text, text, text) TO ombud_app, ombud_admin;

-- Packs and calendars lie under the hash of their content, and a case brings those that it was opened under. What is missing of a
-- pack is filled in once; whoever asks, what is there never changes.
CREATE FUNCTION keep_what_a_pack_says() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> OLD.version OR (OLD.body <> '{}' AND NEW.body <> OLD.body)
        OR (OLD.notices IS NOT NULL AND NEW.notices::text IS DISTINCT FROM OLD.notices::text) THEN
        RAISE EXCEPTION 'what a pack says is never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER packs_are_filled_in_once BEFORE UPDATE ON packs FOR EACH ROW EXECUTE FUNCTION keep_what_a_pack_says();
