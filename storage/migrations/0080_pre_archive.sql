-- The archive: what a closed case consists of lies in the evidence store, as one sealed object, and its rows go. The case itself, its
-- people, its keys and its files stay, so that it is listed, found, erased and held as before.

-- Whether facts, commands, notices, tries, effects and texts of a case are in the archive.
ALTER TABLE cases ADD COLUMN archived boolean NOT NULL DEFAULT false;
-- What may go into it, the longest closed first: as many entries as there are closed cases outside of it.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_to_archive ON cases (tenant, closed_at, id) WHERE status = 'closed' AND NOT archived;

CREATE TABLE archives (
    tenant text NOT NULL,
    case_id text NOT NULL,
    object text NOT NULL,
    -- Of the object as it lies there, sealed.
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    bytes bigint NOT NULL,
    -- Of the rows in it: nothing else comes back.
    rows_sha256 bytea NOT NULL CHECK (octet_length(rows_sha256) = 32),
    -- The object's own key. It goes when the case is brought back: what it was then opens no more.
    key_id text NOT NULL,
    wrapped bytea,
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    brought_back_at timestamptz,
    PRIMARY KEY (tenant, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    CONSTRAINT there_or_brought_back CHECK ((wrapped IS NULL) = (brought_back_at IS NOT NULL))
);

-- Ids by which somebody may still ask: a command's is the tenant's only one for ever, and a letter is answered years later.
CREATE TABLE archived_ids (
    tenant text NOT NULL,
    id text NOT NULL,
    case_id text NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);
CREATE INDEX archived_ids_by_case ON archived_ids (tenant, case_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['archives', 'archived_ids'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = current_setting(''ombud.tenant'', true)) '
                       'WITH CHECK (tenant = current_setting(''ombud.tenant'', true))', name);
    END LOOP;
END
$$;
GRANT SELECT ON archives, archived_ids TO ombud_app;

-- Looked at after the row is there: whoever waited for a case that went into the archive just then sees its ids.
CREATE FUNCTION refuse_archived_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM archived_ids i WHERE i.tenant = NEW.tenant AND i.id = NEW.id) THEN
        RAISE EXCEPTION 'this id is that of a command in the archive' USING ERRCODE = 'unique_violation', CONSTRAINT = 'commands_by_id';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER commands_by_id_also_archived AFTER INSERT ON commands FOR EACH ROW WHEN (NEW.id LIKE 'cmd\_%')
    EXECUTE FUNCTION refuse_archived_id();

-- Only the two functions below move rows between table and archive. They run as the owner, whom nobody else can be.
CREATE FUNCTION archiving(the_table oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('ombud.archiving', true) = 'yes'
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = the_table)
$$;
CREATE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND archiving(TG_RELID) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a fact is never changed or removed' USING ERRCODE = 'insufficient_privilege';
END
$$;
DROP TRIGGER facts_never_change ON facts;
CREATE TRIGGER facts_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_facts();
-- What goes into the archive is not deleted. Of a case that is held itself nothing goes there.
CREATE OR REPLACE FUNCTION keep_row_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT archiving(TG_RELID) THEN
        PERFORM refuse_while_held(OLD.tenant, OLD.case_id, NULL);
    END IF;
    RETURN OLD;
END
$$;

-- Why a case stays where it is: something of it is not over yet, somebody has to see to it, or the rules of other cases look at its
-- facts. NULL: nothing keeps it.
CREATE FUNCTION archive_bar(the_case cases) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN the_case.archived THEN 'archived'
        WHEN the_case.status <> 'closed' OR the_case.state IS NULL THEN 'open'
        WHEN the_case.legal_hold THEN 'legal_hold'
        WHEN EXISTS (SELECT FROM commands m WHERE m.tenant = the_case.tenant AND m.case_id = the_case.id AND m.status = 'pending')
            OR EXISTS (SELECT FROM deadlines d WHERE d.tenant = the_case.tenant AND d.case_id = the_case.id)
            OR EXISTS (SELECT FROM effects e WHERE e.tenant = the_case.tenant AND e.case_id = the_case.id AND e.state = 'running')
            OR EXISTS (SELECT FROM notices n WHERE n.tenant = the_case.tenant AND n.case_id = the_case.id
                AND n.state IN ('pending', 'handed_over')) THEN 'not_quiet'
        WHEN the_case.needs_hands OR EXISTS (SELECT FROM effects e WHERE e.tenant = the_case.tenant AND e.case_id = the_case.id
                AND e.state = 'needs_hands' AND e.note IS DISTINCT FROM 'withheld')
            OR EXISTS (SELECT FROM notices n WHERE n.tenant = the_case.tenant AND n.case_id = the_case.id
                AND n.state = 'failed') THEN 'needs_hands'
        WHEN coalesce(the_case.state -> 'reports', '[]') <> '[]'
            OR EXISTS (SELECT FROM facts f WHERE f.tenant = the_case.tenant AND f.case_id = the_case.id
                AND f.type IN ('exception_asked', 'exception_granted', 'exception_refused')) THEN 'looked_at_by_others'
    END
$$;

-- What goes, as it lies in the object: a row a line, in an order of its own. What lists show stays (the report and its subject), and
-- so does the opening of an appeal, which the next one about the same decision is compared with. What may name somebody and lies
-- under no key of theirs does not come along: it is good for nothing any more.
CREATE FUNCTION archived_rows(the_tenant text, the_case text) RETURNS TABLE (line text) LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(r.name, r.row)::text FROM cases c CROSS JOIN LATERAL (
        SELECT 1 AS n, 'facts' AS name, to_jsonb(f) AS row, lpad(f.seq::text, 12, '0') AS place FROM facts f
        WHERE f.tenant = c.tenant AND f.case_id = c.id
        UNION ALL
        SELECT 2, 'commands', to_jsonb(m) - 'idempotency_key', m.id FROM commands m
        WHERE m.tenant = c.tenant AND m.case_id = c.id AND NOT (c.appeal_digest IS NOT NULL AND m.id = c.open_command_id)
        UNION ALL
        SELECT 3, 'contents', to_jsonb(t), t.id FROM contents t
        WHERE t.tenant = c.tenant AND t.case_id = c.id
            AND t.id IS DISTINCT FROM c.report_content AND t.id IS DISTINCT FROM c.state #>> '{subject,content_id}'
        UNION ALL
        SELECT 4, 'effects', to_jsonb(e), e.id FROM effects e WHERE e.tenant = c.tenant AND e.case_id = c.id
        UNION ALL
        SELECT 5, 'notices', to_jsonb(o) - 'last_error' - 'receipt', o.id FROM notices o
        WHERE o.tenant = c.tenant AND o.case_id = c.id
        UNION ALL
        SELECT 6, 'deliveries', to_jsonb(d), lpad(d.id::text, 20, '0')
        FROM notices o JOIN deliveries d ON d.tenant = o.tenant AND d.notice_id = o.id
        WHERE o.tenant = c.tenant AND o.case_id = c.id
    ) r
    WHERE c.tenant = the_tenant AND c.id = the_case
    ORDER BY r.n, r.place COLLATE "C"
$$;

-- Take away what lies in an object, if it is still what was put there; why not, where it is not: NULL when it was done.
CREATE FUNCTION archive_case(the_tenant text, the_case text, the_object text, the_sha256 bytea, the_bytes bigint, of_rows bytea,
    the_key text, the_wrapped bytea) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_case cases%ROWTYPE;
    bar text;
BEGIN
    SELECT * INTO of_case FROM cases c WHERE c.tenant = the_tenant AND c.id = the_case FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    bar := archive_bar(of_case);
    IF bar IS NOT NULL THEN
        RETURN bar;
    END IF;
    -- A letter that comes back just now is waited for, or waits.
    PERFORM 1 FROM notices n WHERE n.tenant = the_tenant AND n.case_id = the_case FOR UPDATE;
    IF of_rows IS DISTINCT FROM (
        SELECT sha256(convert_to(string_agg(r.line, E'\n'), 'UTF8')) FROM archived_rows(the_tenant, the_case) r
    ) THEN
        RETURN 'moved';
    END IF;
    INSERT INTO archives AS a (tenant, case_id, object, sha256, bytes, rows_sha256, key_id, wrapped)
    VALUES (the_tenant, the_case, the_object, the_sha256, the_bytes, of_rows, the_key, the_wrapped)
    ON CONFLICT (tenant, case_id) DO UPDATE SET object = excluded.object, sha256 = excluded.sha256, bytes = excluded.bytes,
        rows_sha256 = excluded.rows_sha256, key_id = excluded.key_id, wrapped = excluded.wrapped, archived_at = excluded.archived_at,
        brought_back_at = NULL;
    INSERT INTO archived_ids (tenant, id, case_id)
    SELECT the_tenant, m.id, the_case FROM commands m
    WHERE m.tenant = the_tenant AND m.case_id = the_case AND m.id LIKE 'cmd\_%'
        AND NOT (of_case.appeal_digest IS NOT NULL AND m.id = of_case.open_command_id)
    UNION ALL
    SELECT the_tenant, n.id, the_case FROM notices n
    WHERE n.tenant = the_tenant AND n.case_id = the_case AND n.channel = 'email' AND n.recipient LIKE 'pty\_%';
    PERFORM set_config('ombud.archiving', 'yes', true);
    DELETE FROM deliveries d USING notices n
    WHERE n.tenant = the_tenant AND n.case_id = the_case AND d.tenant = n.tenant AND d.notice_id = n.id;
    DELETE FROM notices n WHERE n.tenant = the_tenant AND n.case_id = the_case;
    DELETE FROM effects e WHERE e.tenant = the_tenant AND e.case_id = the_case;
    DELETE FROM contents t WHERE t.tenant = the_tenant AND t.case_id = the_case
        AND t.id IS DISTINCT FROM of_case.report_content AND t.id IS DISTINCT FROM of_case.state #>> '{subject,content_id}';
    DELETE FROM commands m WHERE m.tenant = the_tenant AND m.case_id = the_case
        AND NOT (of_case.appeal_digest IS NOT NULL AND m.id = of_case.open_command_id);
    DELETE FROM facts f WHERE f.tenant = the_tenant AND f.case_id = the_case;
    PERFORM set_config('ombud.archiving', '', true);
    UPDATE cases c SET archived = true WHERE c.tenant = the_tenant AND c.id = the_case;
    RETURN NULL;
END
$$;

-- Put the rows of an archived case where they were, as they were taken away and no other. False: it is not in the archive any more.
CREATE FUNCTION bring_back_case(the_tenant text, the_case text, the_rows text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept archives%ROWTYPE;
    lines jsonb;
    name text;
    of_table jsonb;
    columns text;
BEGIN
    SELECT * INTO kept FROM archives a WHERE a.tenant = the_tenant AND a.case_id = the_case AND a.brought_back_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF sha256(convert_to(the_rows, 'UTF8')) <> kept.rows_sha256 THEN
        RAISE EXCEPTION 'this is not what went into the archive' USING ERRCODE = 'OM455';
    END IF;
    -- What is written of a jsonb has no line breaks of its own.
    lines := ('[' || replace(the_rows, E'\n', ',') || ']')::jsonb;
    DELETE FROM archived_ids i WHERE i.tenant = the_tenant AND i.case_id = the_case;
    -- What was told once more meanwhile has its answer already.
    PERFORM set_config('ombud.archiving', 'yes', true);
    DELETE FROM commands m USING jsonb_array_elements(lines) l
    WHERE m.tenant = the_tenant AND m.case_id = the_case AND m.status = 'pending' AND m.id = l #>> '{commands,id}';
    PERFORM set_config('ombud.archiving', '', true);
    FOREACH name IN ARRAY ARRAY['facts', 'commands', 'contents', 'effects', 'notices', 'deliveries'] LOOP
        SELECT jsonb_agg(l -> name) INTO of_table FROM jsonb_array_elements(lines) l WHERE l ? name;
        CONTINUE WHEN of_table IS NULL;
        -- A column that is younger than the object has its default.
        SELECT string_agg(DISTINCT quote_ident(k), ', ') INTO columns
        FROM jsonb_array_elements(of_table) r, jsonb_object_keys(r) k;
        EXECUTE format('INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM jsonb_populate_recordset(NULL::%I, $1)',
            name, columns, columns, name) USING of_table;
    END LOOP;
    UPDATE archives a SET brought_back_at = clock_timestamp(), wrapped = NULL WHERE a.tenant = the_tenant AND a.case_id = the_case;
    UPDATE cases c SET archived = false WHERE c.tenant = the_tenant AND c.id = the_case;
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION archive_bar(cases), archived_rows(text, text),
    archive_case(text, text, text, bytea, bigint, bytea, text, bytea), bring_back_case(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION archive_bar(cases), archived_rows(text, text), bring_back_case(text, text, text) TO ombud_app;
GRANT EXECUTE ON FUNCTION archive_case(text, text, text, bytea, bigint, bytea, text, bytea) TO ombud_admin;

-- The key of an object is sealed again as every other when the master key is changed.
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
        WHEN 'archives' THEN
            UPDATE archives t SET wrapped = u.new FROM unnest(ids, old, new) AS u (id, old, new)
            WHERE t.tenant = the_tenant AND t.case_id = u.id AND t.wrapped = u.old;
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
