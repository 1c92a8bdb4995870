-- What was told at Temporal's door in somebody's name and not let in: for operations to see, and never more than a day's bound.

CREATE TABLE door_refusals (
    tenant text NOT NULL REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    day date NOT NULL,
    first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- As they were said, by whoever it was. All empty in the row that counts what came beyond the day's bound.
    case_id text NOT NULL,
    claimed text NOT NULL CHECK (length(claimed) <= 128),
    type text NOT NULL CHECK (length(type) <= 128),
    command_id text NOT NULL CHECK (length(command_id) <= 128),
    code text NOT NULL,
    channel text NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    -- When operations was told of it and of what came before.
    told_at timestamptz,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX door_refusals_same ON door_refusals (tenant, day, case_id, claimed, type, command_id, code);
CREATE INDEX door_refusals_told ON door_refusals (tenant, told_at) WHERE told_at IS NOT NULL;

ALTER TABLE door_refusals ENABLE ROW LEVEL SECURITY;
ALTER TABLE door_refusals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON door_refusals
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

GRANT SELECT, INSERT ON door_refusals TO ombud_app;
GRANT UPDATE (times, last_at, told_at) ON door_refusals TO ombud_app;
