-- Mail that could not be placed ends, too: with its time, with the person who wrote it, and never while its case is held.

-- A mail of somebody whose key on the case is destroyed goes with that key.
-- Erasing is an administrator's deed; that role reads no mail and changes none but through this.
CREATE FUNCTION forget_unplaced_with_the_key() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE unplaced SET wrapped = NULL, sealed = NULL,
        closed_at = coalesce(closed_at, clock_timestamp()), closed_by = coalesce(closed_by, 'system'),
        closed_why = coalesce(closed_why, 'erased'),
        state = CASE WHEN state = 'waiting' THEN 'dismissed' ELSE state END,
        tell = CASE WHEN tell = 'pending' THEN 'none' ELSE tell END
    WHERE tenant = NEW.tenant AND case_id = NEW.case_id AND party = NEW.holder AND wrapped IS NOT NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER unplaced_goes_with_the_key AFTER UPDATE ON keys FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION forget_unplaced_with_the_key();

-- What is placed lives on in its case; anything else stays while that case is held.
CREATE FUNCTION keep_unplaced_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'placed' AND EXISTS (
        SELECT FROM cases c WHERE c.tenant = OLD.tenant AND c.id = OLD.case_id AND c.legal_hold
    ) THEN
        RAISE EXCEPTION 'this is under legal hold' USING ERRCODE = 'OM451';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER unplaced_stays_while_held BEFORE UPDATE ON unplaced FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION keep_unplaced_while_held();

-- All mail of one sender is found by the keyed digest of the address: for whoever asks for their data, or for its end.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX unplaced_of_sender ON unplaced (tenant, sender, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX unplaced_by_age ON unplaced (tenant, received_at) WHERE wrapped IS NOT NULL;

-- The worker tells leads and operations that mail waits to be placed; no other letter is its to write.
GRANT INSERT ON team_letters TO ombud_app;
CREATE POLICY app_tells_of_mail_alone ON team_letters AS RESTRICTIVE FOR INSERT TO ombud_app
    WITH CHECK (event = 'mail_to_place' AND sealed IS NULL AND state = 'pending' AND address = (
        SELECT p.email FROM people p WHERE p.tenant = team_letters.tenant AND p.id = team_letters.recipient AND p.active));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX team_letters_of_mail ON team_letters (tenant, recipient, created_at) WHERE event = 'mail_to_place';
