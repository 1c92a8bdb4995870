-- Whoever opens their case at the receipt of a form has shown nothing of who they are: such a session is good until somebody uses
-- the link of a letter to the address on record, and no longer.
ALTER TABLE party_sessions ADD COLUMN from_receipt boolean NOT NULL DEFAULT false;
