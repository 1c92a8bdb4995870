-- What a provider of payments said of a dispute goes with the number of its case: whoever may look into the provider's books has by
-- one of these ids the name, the address and the card of whoever paid. What was said of the payment itself (a refund) goes, too, unless
-- another dispute about it is known.
CREATE FUNCTION provider_news_go_with_the_number() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    payments text[] := ARRAY(
        SELECT n.dispute FROM provider_news n
        WHERE n.tenant = old.tenant AND n.provider = old.source AND n.news ->> 'dispute' = old.external_id);
BEGIN
    DELETE FROM provider_news n
    WHERE n.tenant = old.tenant AND n.provider = old.source AND n.news ->> 'dispute' = old.external_id;
    DELETE FROM provider_news n
    WHERE n.tenant = old.tenant AND n.provider = old.source AND n.dispute = ANY(payments)
        AND NOT EXISTS (
            SELECT FROM provider_news o
            WHERE o.tenant = n.tenant AND o.provider = n.provider AND o.dispute = n.dispute
                AND coalesce(o.news ->> 'stage', '') NOT IN ('payment', 'refund', 'beside'));
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION provider_news_go_with_the_number() FROM PUBLIC;
CREATE TRIGGER provider_news_go_with_the_number AFTER UPDATE OF external_id ON cases FOR EACH ROW
    WHEN (old.external_id IS DISTINCT FROM new.external_id AND new.external_id LIKE 'erased:%')
    EXECUTE FUNCTION provider_news_go_with_the_number();
-- By which dispute the rows of a case are found.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX provider_news_by_dispute ON provider_news (tenant, provider, (news ->> 'dispute'));
