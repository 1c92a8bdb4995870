-- How a party is reached: in the language that it has chosen on its page, and at an address that one of the team mended.

-- What they chose goes before what the platform said of them (`locale`). It is theirs, and no fact of any case.
ALTER TABLE parties ADD COLUMN language text CHECK (language ~ '^[a-z]{2,3}$');

-- Letters that went nowhere are sent anew, each time with a link of its own: those that went out before are good no more.
ALTER TABLE notices ADD COLUMN resent bigint NOT NULL DEFAULT 0;

-- Who changed where letters go. Whoever read the letters at the address before is told there, once; then that address is forgotten.
CREATE TABLE party_address_changes (
    tenant text NOT NULL,
    id text NOT NULL CHECK (id LIKE 'pac\_%'),
    case_id text NOT NULL,
    party_id text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The contact as it was, under the party's key; null where nobody is told.
    old_contact bytea,
    tell text NOT NULL DEFAULT 'none' CHECK (tell IN ('none', 'pending', 'sent', 'failed')),
    tries bigint NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, party_id) REFERENCES parties (tenant, id)
);
CREATE INDEX party_address_changes_by_case ON party_address_changes (tenant, case_id, id);
CREATE INDEX party_address_changes_to_tell ON party_address_changes (tenant, next_try_at) WHERE tell = 'pending';
ALTER TABLE party_address_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE party_address_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON party_address_changes
    USING (tenant = current_setting('ombud.tenant', true)) WITH CHECK (tenant = current_setting('ombud.tenant', true));

-- Where words go is the administrator's: the change, what ends by it and what goes out again are one deed, with its entry in the
-- trail. The application writes the letter to the address before, and what a party says it speaks.
GRANT UPDATE (language) ON parties TO ombud_app;
GRANT SELECT, UPDATE (old_contact, tell, tries, next_try_at, last_error) ON party_address_changes TO ombud_app;
GRANT SELECT (tenant, id, case_id, contact, key_id), UPDATE (contact, has_email) ON parties TO ombud_admin;
GRANT SELECT, INSERT ON party_address_changes TO ombud_admin;
GRANT UPDATE (channel, taken_at, folded_into, resent) ON notices TO ombud_admin;
GRANT SELECT (tenant, id, case_id, party_id, tell, used_at, revoked_at), UPDATE (revoked_at, revoked_by, tell) ON party_links
    TO ombud_admin;
GRANT SELECT (tenant, id, case_id, party_id, ended_at, expires_at), UPDATE (ended_at, ended_because) ON party_sessions
    TO ombud_admin;
