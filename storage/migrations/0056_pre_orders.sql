-- Orders of authorities (Regulation (EU) 2022/2065, articles 9 and 10): what came in, what was done about it and who was told. What
-- an order says lies sealed under a key of its own; with the key goes what it says, and that there was one stays.

CREATE TABLE orders (
    tenant text NOT NULL REFERENCES tenants (id),
    id text NOT NULL CHECK (id LIKE 'ord\_%'),
    article bigint NOT NULL CHECK (article IN (9, 10)),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    -- A code, by which reports count it.
    about text NOT NULL DEFAULT '' CHECK (about ~ '^([a-z0-9][a-z0-9_.:-]{0,63})?$'),
    language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    declared_language boolean NOT NULL,
    reasons_withheld boolean NOT NULL,
    received_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    hold_until timestamptz,
    keeper text,
    effect text CHECK (effect IN ('given', 'in_part', 'not_given')),
    because text CHECK (because IN ('not_specified', 'outside_scope', 'not_held', 'gone', 'challenged', 'other')),
    effect_at timestamptz,
    receipt_told_at timestamptz,
    authority_told_at timestamptz,
    person_told_at timestamptz,
    person_unreachable boolean NOT NULL DEFAULT false,
    coordinator_told_at timestamptz,
    -- Nothing is left to be done: domain/dsa/orders.py says the same.
    finished boolean NOT NULL GENERATED ALWAYS AS (
        effect IS NOT NULL AND authority_told_at IS NOT NULL
        AND (effect = 'not_given' OR person_told_at IS NOT NULL OR person_unreachable)
    ) STORED,
    -- Of the authority and its number: the same order is not noted twice.
    matter_digest text,
    key_id text NOT NULL,
    wrapped bytea,
    sealed bytea,
    erased_at timestamptz,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, keeper) REFERENCES people (tenant, id),
    CONSTRAINT why_not_all CHECK ((effect IN ('in_part', 'not_given')) = (because IS NOT NULL)),
    CONSTRAINT effect_at_a_time CHECK ((effect IS NULL) = (effect_at IS NULL)),
    CONSTRAINT told_of_an_effect CHECK (authority_told_at IS NULL OR effect IS NOT NULL),
    CONSTRAINT erased_whole CHECK ((erased_at IS NOT NULL) = (wrapped IS NULL) AND (erased_at IS NOT NULL) = (sealed IS NULL)),
    CONSTRAINT erased_when_finished CHECK (erased_at IS NULL OR effect IS NOT NULL)
);
CREATE UNIQUE INDEX orders_by_matter ON orders (tenant, matter_digest) WHERE matter_digest IS NOT NULL;
CREATE INDEX orders_to_do ON orders (tenant, due_at, id) WHERE NOT finished;
CREATE INDEX orders_by_time ON orders (tenant, received_at, id);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON orders
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));
GRANT SELECT ON orders TO ombud_app;
-- Each deed is noted in the trail in the same transaction, which is the administrator's role to write.
GRANT SELECT, INSERT, UPDATE (
    country, about, language, declared_language, reasons_withheld, due_at, hold_until, keeper, effect, because, effect_at,
    receipt_told_at, authority_told_at, person_told_at, person_unreachable, coordinator_told_at, matter_digest, wrapped, sealed,
    erased_at
) ON orders TO ombud_admin;
