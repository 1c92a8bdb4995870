-- Legal hold: while a case is held, nothing of it and nothing of its people is deleted, whoever asks.
ALTER TABLE cases ADD COLUMN legal_hold boolean NOT NULL DEFAULT false;

-- Every case of the person is held until whoever wants to delete has looked at it: a hold that is being written comes first.
CREATE FUNCTION refuse_while_held(the_tenant text, the_case text, the_holder text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cases c
    WHERE c.tenant = the_tenant AND (c.id = the_case OR c.id IN (
        SELECT other.case_id FROM parties mine
        JOIN parties other ON other.tenant = mine.tenant AND other.ref_digest = mine.ref_digest
        WHERE mine.tenant = the_tenant AND mine.case_id = the_case AND (the_holder IS NULL OR mine.id = the_holder)))
    ORDER BY c.id
    FOR SHARE OF c;
    PERFORM 1 FROM cases c
    WHERE c.tenant = the_tenant AND c.legal_hold AND (c.id = the_case OR c.id IN (
        SELECT other.case_id FROM parties mine
        JOIN parties other ON other.tenant = mine.tenant AND other.ref_digest = mine.ref_digest
        WHERE mine.tenant = the_tenant AND mine.case_id = the_case AND (the_holder IS NULL OR mine.id = the_holder)));
    IF FOUND THEN
        RAISE EXCEPTION 'this is under legal hold' USING ERRCODE = 'OM451';
    END IF;
END
$$;

CREATE FUNCTION keep_key_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM refuse_while_held(OLD.tenant, OLD.case_id, OLD.holder);
        RETURN OLD;
    END IF;
    IF OLD.wrapped IS NOT NULL AND NEW.wrapped IS DISTINCT FROM OLD.wrapped THEN
        PERFORM refuse_while_held(OLD.tenant, OLD.case_id, OLD.holder);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keys_stay_while_held BEFORE UPDATE OR DELETE ON keys FOR EACH ROW EXECUTE FUNCTION keep_key_while_held();

CREATE FUNCTION keep_row_while_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_while_held(OLD.tenant, OLD.case_id, NULL);
    RETURN OLD;
END
$$;
CREATE TRIGGER contents_stay_while_held BEFORE DELETE ON contents FOR EACH ROW EXECUTE FUNCTION keep_row_while_held();
CREATE TRIGGER parties_stay_while_held BEFORE DELETE ON parties FOR EACH ROW EXECUTE FUNCTION keep_row_while_held();
CREATE TRIGGER commands_stay_while_held BEFORE DELETE ON commands FOR EACH ROW EXECUTE FUNCTION keep_row_while_held();
