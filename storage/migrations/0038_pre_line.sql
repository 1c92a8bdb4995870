-- Whom somebody's manager reports to, and so on upwards, nearest first: whoever stands above somebody could make them say something,
-- however many are between. Nobody twice, and not they themselves, whatever was written about who reports to whom.
CREATE FUNCTION people_above(of_tenant text, of_person text, of_manager text) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line (id, path) AS (
        SELECT p.manager, ARRAY[of_person, of_manager]
        FROM people p
        WHERE p.tenant = of_tenant AND p.id = of_manager AND p.manager IS NOT NULL
        UNION ALL
        SELECT p.manager, line.path || line.id
        FROM line JOIN people p ON p.tenant = of_tenant AND p.id = line.id
        WHERE p.manager IS NOT NULL AND line.id <> ALL (line.path)
    )
    SELECT array_agg(line.id ORDER BY cardinality(line.path)) FROM line WHERE line.id <> ALL (line.path)
$$;

-- As before, with the whole line.
CREATE OR REPLACE FUNCTION person_as_actor(person people) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN person.id IS NULL THEN NULL
        WHEN person.roles && ARRAY['ops', 'lead', 'mediator'] THEN jsonb_build_object(
            'id', person.id,
            'role', CASE WHEN 'ops' = ANY(person.roles) THEN 'ops' WHEN 'lead' = ANY(person.roles) THEN 'lead' ELSE 'mediator' END,
            'team', person.team, 'site', person.site, 'vendor', person.vendor, 'manager', person.manager,
            'above', CASE WHEN person.manager IS NULL THEN '[]'::jsonb
                ELSE coalesce(to_jsonb(people_above(person.tenant, person.id, person.manager)), '[]'::jsonb) END,
            'conflicts', to_jsonb(person.conflicts))
    END
$$;
