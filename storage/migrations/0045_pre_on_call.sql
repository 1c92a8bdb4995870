-- Who is called for a queue outside working hours, and from when until when: turns, of which one is handed over to somebody else.

CREATE TABLE on_call_turns (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'oct\_%'),
    queue text NOT NULL CHECK (char_length(queue) <= 64),
    person_id text NOT NULL,
    -- 1 is called first, 2 when nobody has answered, and so on.
    place bigint NOT NULL CHECK (place BETWEEN 1 AND 5),
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    -- The turn from which it was taken over.
    handed_from text,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Ended early, or taken back before it began (then it ends when it begins).
    ended_by text,
    CHECK (until_at >= from_at),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person_id) REFERENCES people (tenant, id),
    FOREIGN KEY (tenant, handed_from) REFERENCES on_call_turns (tenant, id)
);
CREATE INDEX on_call_turns_by_end ON on_call_turns (tenant, until_at, queue);

ALTER TABLE on_call_turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE on_call_turns FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON on_call_turns
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT, INSERT, UPDATE (until_at, ended_by) ON on_call_turns TO ombud_app;
