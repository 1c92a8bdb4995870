-- A row that was emptied or deleted leaves its earlier version in the table's file: until the place is used again, and VACUUM alone
-- does not wipe it. So a copy of the files made after an erasure could still have the key that it destroyed. Tables that an erasure
-- empties are written anew, without what is gone; the old file goes with that.

-- Which tables may still hold, in their files, what was destroyed since when. Names of tables alone: of no tenant.
CREATE TABLE erased_files (
    table_name text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON erased_files TO ombud_app, ombud_admin;

-- What an erasure empties or deletes (carry_out_erasure). Here and nowhere else a table is named.
CREATE FUNCTION erased_tables() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['keys', 'unplaced', 'party_address_changes', 'provider_news', 'drafts', 'outside_drafts', 'case_tags', 'campaigns',
        'idempotency', 'party_link_requests', 'orders', 'cases', 'commands', 'notices', 'parties']
$$;

-- Whoever rewrites a table holds it alone, so whoever has emptied a row of it has committed by then, with the mark; and whoever
-- empties one afterwards marks it again.
CREATE FUNCTION mark_erased_files() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO erased_files (table_name) SELECT t FROM unnest(erased_tables()) AS t ORDER BY t ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER erasing_leaves_files AFTER UPDATE OF done_at ON erasures FOR EACH ROW
    WHEN (OLD.done_at IS NULL AND NEW.done_at IS NOT NULL) EXECUTE FUNCTION mark_erased_files();
CREATE TRIGGER erasing_an_order_leaves_files AFTER UPDATE OF wrapped ON orders FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION mark_erased_files();
CREATE TRIGGER emptied_mail_leaves_files AFTER UPDATE OF wrapped ON unplaced FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION mark_erased_files();

-- Write one marked table anew. How many rows that are gone are in the new file all the same, because somebody still reads by an older
-- snapshot: then the mark stays. NULL: it is larger than at_most bytes, or not marked. Only the owner may do it, and nothing else by
-- this. A table that somebody holds is let be after two seconds: everybody behind would wait with us.
CREATE FUNCTION rewrite_erased(the_table text, at_most bigint) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    left_over bigint;
BEGIN
    IF NOT the_table = ANY (erased_tables()) OR NOT EXISTS (SELECT FROM erased_files f WHERE f.table_name = the_table)
        OR pg_total_relation_size(format('public.%I', the_table)::regclass) > at_most THEN
        RETURN NULL;
    END IF;
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', the_table);
    EXECUTE format('CLUSTER public.%I USING %I', the_table, the_table || '_pkey');
    -- Counts what is dead, by looking at the whole of any file up to 240 MB, and at a sample of a larger one.
    EXECUTE format('ANALYZE public.%I', the_table);
    left_over := pg_stat_get_dead_tuples(format('public.%I', the_table)::regclass);
    IF left_over = 0 THEN
        DELETE FROM erased_files f WHERE f.table_name = the_table;
    END IF;
    RETURN left_over;
END
$$;
REVOKE EXECUTE ON FUNCTION erased_tables(), mark_erased_files(), rewrite_erased(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rewrite_erased(text, bigint) TO ombud_admin;

-- A second line: what is gone is vacuumed soon, so that its place is used again, and does not wait for fifty rows and a fifth.
ALTER TABLE keys SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
ALTER TABLE unplaced SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
ALTER TABLE party_address_changes SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

-- What earlier erasures left.
INSERT INTO erased_files (table_name) SELECT t FROM unnest(erased_tables()) AS t WHERE EXISTS (SELECT FROM tenants);
