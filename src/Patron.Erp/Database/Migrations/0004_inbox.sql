-- Partners that need a decision, in the staff's inbox (shared, 0011). Those of one customer are one item; a partner that wants the address of somebody else
-- is an item of its own, because the decision is about these two.
CREATE VIEW erp.waiting_partners AS
SELECT p.organization_id, p.source, p.external_id, p.customer_uid, coalesce(p.reason, 'gone') AS reason,
    CASE WHEN p.reason IN ('same_address', 'address_taken') THEN 'key_collision' ELSE 'sync_conflict' END AS kind,
    CASE WHEN p.reason IN ('same_address', 'address_taken') OR p.customer_uid IS NULL THEN 'partner/' || p.source || '/' || p.external_id
        ELSE p.customer_uid::text END AS item
FROM erp.partners p
WHERE p.state = 'conflict' OR (p.state = 'gone' AND p.customer_uid IS NOT NULL AND (p.successor_uid IS NOT NULL
    OR EXISTS (SELECT FROM customers.customers c WHERE c.uid = p.customer_uid AND c.user_id IS NOT NULL)));

-- Locks the items first: of two transactions that settle the last two partners of one, the second sees what the first did.
CREATE FUNCTION erp.refresh_items(given_source text, given_id text, customers uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    items text[] := array_append(array_remove(customers, NULL)::text[], 'partner/' || given_source || '/' || given_id);
BEGIN
    PERFORM FROM shared.inbox_items WHERE kind IN ('sync_conflict', 'key_collision') AND source = ANY (items) ORDER BY id FOR UPDATE;
    DELETE FROM shared.inbox_items i WHERE i.kind IN ('sync_conflict', 'key_collision') AND i.source = ANY (items)
        AND NOT EXISTS (SELECT FROM erp.waiting_partners w
            WHERE (w.customer_uid = ANY (customers) OR (w.source, w.external_id) = (given_source, given_id)) AND (w.kind, w.item) = (i.kind, i.source));
    INSERT INTO shared.inbox_items AS i (organization_id, kind, source, customer_uid, created_at, data)
    SELECT w.organization_id, w.kind, w.item, w.customer_uid, now(), jsonb_build_object('partners', count(*), 'reasons', jsonb_agg(DISTINCT w.reason))
    FROM erp.waiting_partners w
    WHERE (w.customer_uid = ANY (customers) OR (w.source, w.external_id) = (given_source, given_id)) AND w.item = ANY (items)
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (kind, source) DO UPDATE SET data = excluded.data, customer_uid = excluded.customer_uid, version = i.version + 1
        WHERE (i.data, i.customer_uid) IS DISTINCT FROM (excluded.data, excluded.customer_uid);
END
$$;

CREATE FUNCTION erp.list_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM erp.refresh_items(NEW.source, NEW.external_id, ARRAY[NEW.customer_uid]);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM erp.refresh_items(OLD.source, OLD.external_id, ARRAY[OLD.customer_uid]);
    ELSE
        PERFORM erp.refresh_items(NEW.source, NEW.external_id, ARRAY[OLD.customer_uid, NEW.customer_uid]);
    END IF;
    RETURN NULL;
END
$$;
-- By row, and only for those that wait or waited: most rows of a sync do neither.
CREATE TRIGGER list_new AFTER INSERT ON erp.partners FOR EACH ROW WHEN (NEW.state IN ('conflict', 'gone')) EXECUTE FUNCTION erp.list_partner();
CREATE TRIGGER list_changed AFTER UPDATE ON erp.partners FOR EACH ROW
    WHEN ((OLD.state IN ('conflict', 'gone') OR NEW.state IN ('conflict', 'gone'))
        AND (OLD.state, OLD.reason, OLD.customer_uid, OLD.successor_uid) IS DISTINCT FROM (NEW.state, NEW.reason, NEW.customer_uid, NEW.successor_uid))
    EXECUTE FUNCTION erp.list_partner();
CREATE TRIGGER list_deleted AFTER DELETE ON erp.partners FOR EACH ROW WHEN (OLD.state IN ('conflict', 'gone')) EXECUTE FUNCTION erp.list_partner();

-- A gone partner needs a decision while its customer has an account.
CREATE FUNCTION erp.list_gone_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erp.refresh_items(p.source, p.external_id, ARRAY[NEW.uid]) FROM erp.partners p
    WHERE p.customer_uid = NEW.uid AND p.state = 'gone' AND p.organization_id = NEW.organization_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_gone_partner AFTER UPDATE ON customers.customers FOR EACH ROW
    WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id) EXECUTE FUNCTION erp.list_gone_partner();

INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at, data)
SELECT w.organization_id, w.kind, w.item, w.customer_uid, now(), jsonb_build_object('partners', count(*), 'reasons', jsonb_agg(DISTINCT w.reason))
FROM erp.waiting_partners w GROUP BY 1, 2, 3, 4;
