-- The module's items in the staff's inbox (shared, 0011): change requests, expiring offers, jobs and imports with rejected rows, duplicates, released claims
-- and records whose addresses have one key.

CREATE FUNCTION customers.list_change_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.answer IS NOT NULL THEN
        DELETE FROM shared.inbox_items WHERE kind = 'change_request' AND source = OLD.id::text;
    ELSE
        INSERT INTO shared.inbox_items AS i (organization_id, kind, source, customer_uid, created_at, data)
        VALUES (NEW.organization_id, 'change_request', NEW.id::text, NEW.customer_uid, NEW.asked_at, jsonb_build_object('field', NEW.field))
        ON CONFLICT (kind, source) DO UPDATE SET customer_uid = excluded.customer_uid, version = i.version + 1;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_new AFTER INSERT ON customers.change_requests FOR EACH ROW
    WHEN (NEW.answer IS NULL) EXECUTE FUNCTION customers.list_change_request();
CREATE TRIGGER list_changed AFTER UPDATE ON customers.change_requests FOR EACH ROW
    WHEN (OLD.answer IS DISTINCT FROM NEW.answer OR OLD.customer_uid <> NEW.customer_uid) EXECUTE FUNCTION customers.list_change_request();
CREATE TRIGGER list_deleted AFTER DELETE ON customers.change_requests FOR EACH ROW EXECUTE FUNCTION customers.list_change_request();

INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at, data)
SELECT organization_id, 'change_request', id::text, customer_uid, asked_at, jsonb_build_object('field', field)
FROM customers.change_requests WHERE answer IS NULL ORDER BY id;

-- A worker lists offers shortly before they expire (Links/ExpiringOffers.cs).
CREATE FUNCTION customers.unlist_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.state <> 'offered' OR NEW.expires_at <> OLD.expires_at THEN
        DELETE FROM shared.inbox_items WHERE kind = 'offer_expiring' AND source = OLD.id::text;
    ELSE
        UPDATE shared.inbox_items SET customer_uid = NEW.customer_uid, version = version + 1 WHERE kind = 'offer_expiring' AND source = NEW.id::text;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER unlist_changed AFTER UPDATE ON customers.offers FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.expires_at <> NEW.expires_at OR OLD.customer_uid <> NEW.customer_uid) EXECUTE FUNCTION customers.unlist_offer();
CREATE TRIGGER unlist_deleted AFTER DELETE ON customers.offers FOR EACH ROW EXECUTE FUNCTION customers.unlist_offer();

-- Jobs that were applied without some of their customers, until they are undone or somebody has seen the rows.
CREATE FUNCTION customers.list_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = 'applied' AND NEW.cannot + NEW.skipped > 0 THEN
        INSERT INTO shared.inbox_items (organization_id, kind, source, created_at, data)
        VALUES (NEW.organization_id, 'job_rejected', 'job/' || NEW.id, coalesce(NEW.finished_at, now()), jsonb_build_object('rejected', NEW.cannot + NEW.skipped))
        ON CONFLICT (kind, source) DO NOTHING;
    ELSE
        DELETE FROM shared.inbox_items WHERE kind = 'job_rejected' AND source = 'job/' || OLD.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_changed AFTER UPDATE ON customers.jobs FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION customers.list_job();
CREATE TRIGGER list_deleted AFTER DELETE ON customers.jobs FOR EACH ROW EXECUTE FUNCTION customers.list_job();

CREATE FUNCTION customers.list_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shared.inbox_items (organization_id, kind, source, created_at, data)
    VALUES (NEW.organization_id, 'job_rejected', 'import/' || NEW.id, NEW.finished_at, jsonb_build_object('rejected', NEW.rejected))
    ON CONFLICT (kind, source) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_finished AFTER UPDATE ON customers.imports FOR EACH ROW
    WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.rejected > 0) EXECUTE FUNCTION customers.list_import();

INSERT INTO shared.inbox_items (organization_id, kind, source, created_at, data)
SELECT organization_id, 'job_rejected', 'job/' || id, coalesce(finished_at, now()), jsonb_build_object('rejected', cannot + skipped)
FROM customers.jobs WHERE state = 'applied' AND cannot + skipped > 0 ORDER BY id;

-- Open pairs that are more probably one than not. Those of a cluster are one item, named by the lowest uid of them, which stays when a scan numbers the
-- clusters anew. A pair leads its item if no other of its cluster has a lower uid.
CREATE INDEX ix_duplicate_pairs_cluster ON customers.duplicate_pairs (organization_id, cluster, uid_a) WHERE dismissed_at IS NULL AND cluster IS NOT NULL;

CREATE VIEW customers.leading_duplicates AS
SELECT p.organization_id, p.uid_a, p.found_at FROM customers.duplicate_pairs p
WHERE p.dismissed_at IS NULL AND p.score >= 0.5 AND (p.cluster IS NULL OR NOT EXISTS (
    SELECT FROM customers.duplicate_pairs q
    WHERE q.organization_id = p.organization_id AND q.cluster = p.cluster AND q.dismissed_at IS NULL AND q.score >= 0.5 AND q.uid_a < p.uid_a));

-- Locks the items first: of two transactions that settle the last two pairs of one, the second sees what the first did.
CREATE FUNCTION customers.refresh_duplicates(touched uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM shared.inbox_items WHERE kind = 'duplicate' AND source = ANY (touched::text[]) ORDER BY id FOR UPDATE;
    DELETE FROM shared.inbox_items i WHERE i.kind = 'duplicate' AND i.source = ANY (touched::text[])
        AND NOT EXISTS (SELECT FROM customers.leading_duplicates l WHERE l.uid_a = i.source::uuid);
    INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at)
    SELECT l.organization_id, 'duplicate', l.uid_a::text, l.uid_a, min(l.found_at) FROM customers.leading_duplicates l WHERE l.uid_a = ANY (touched)
    GROUP BY l.organization_id, l.uid_a ORDER BY min(l.found_at), l.uid_a
    ON CONFLICT (kind, source) DO NOTHING;
END
$$;

-- Once for each statement, because a scan writes all pairs in one.
CREATE FUNCTION customers.list_duplicates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT r.uid_a FROM rows_after r UNION SELECT q.uid_a FROM rows_after r
            JOIN customers.duplicate_pairs q ON q.organization_id = r.organization_id AND q.cluster = r.cluster AND q.dismissed_at IS NULL);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT r.uid_a FROM rows_before r UNION SELECT q.uid_a FROM rows_before r
            JOIN customers.duplicate_pairs q ON q.organization_id = r.organization_id AND q.cluster = r.cluster AND q.dismissed_at IS NULL);
    ELSE
        touched := ARRAY(
            WITH r AS (
                SELECT organization_id, uid_a, cluster FROM rows_before UNION SELECT organization_id, uid_a, cluster FROM rows_after)
            SELECT r.uid_a FROM r UNION SELECT q.uid_a FROM r
            JOIN customers.duplicate_pairs q ON q.organization_id = r.organization_id AND q.cluster = r.cluster AND q.dismissed_at IS NULL);
    END IF;
    IF cardinality(touched) > 0 THEN
        PERFORM customers.refresh_duplicates(touched);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_new AFTER INSERT ON customers.duplicate_pairs
    REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.list_duplicates();
CREATE TRIGGER list_changed AFTER UPDATE ON customers.duplicate_pairs
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.list_duplicates();
CREATE TRIGGER list_deleted AFTER DELETE ON customers.duplicate_pairs
    REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION customers.list_duplicates();

SELECT customers.refresh_duplicates(ARRAY(SELECT DISTINCT uid_a FROM customers.leading_duplicates));

-- Claims that an undo of a merge has released. Their item ends with the claim's next change.
INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at)
SELECT i.organization_id, 'released_claim', i.customer_uid::text, i.customer_uid, min(i.created_at) FROM customers.inbox_items i
JOIN customers.customers c ON c.uid = i.customer_uid AND c.claim = 'released' AND NOT c.is_deleted
WHERE i.kind = 'released_claim' GROUP BY i.organization_id, i.customer_uid ORDER BY min(i.created_at);
DROP TABLE customers.inbox_items;

-- What a change of the record settles. A record that is linked or deactivated has no open offer or invitation any more.
CREATE FUNCTION customers.settle_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM shared.inbox_items WHERE customer_uid = NEW.uid AND (
        (kind = 'released_claim' AND (NEW.claim <> 'released' OR NEW.is_deleted))
        OR (kind IN ('offer_expiring', 'invitation_expiring') AND (NEW.user_id IS NOT NULL OR NEW.is_deleted)));
    RETURN NULL;
END
$$;
CREATE TRIGGER settle_items AFTER UPDATE ON customers.customers FOR EACH ROW
    WHEN (OLD.claim <> NEW.claim OR OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.is_deleted <> NEW.is_deleted)
    EXECUTE FUNCTION customers.settle_items();

-- Erased and merged records. What a merge moves to the survivor has left its item before.
CREATE FUNCTION customers.remove_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM shared.inbox_items i USING rows_before b WHERE i.customer_uid = b.uid;
    RETURN NULL;
END
$$;
CREATE TRIGGER remove_items AFTER DELETE ON customers.customers
    REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION customers.remove_items();

-- Two records whose addresses have one key (shared, 0004). The accounts' module lists those of accounts.
CREATE FUNCTION customers.list_key_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shared.inbox_items WHERE kind = 'key_collision' AND source = 'customer/' || OLD.row_id;
    ELSE
        INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at)
        SELECT c.organization_id, 'key_collision', 'customer/' || c.uid, c.uid, NEW.found_at FROM customers.customers c WHERE c.uid = NEW.row_id::uuid
        ON CONFLICT (kind, source) DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_new_customer AFTER INSERT ON shared.email_key_conflicts FOR EACH ROW
    WHEN (NEW.kind = 'customer') EXECUTE FUNCTION customers.list_key_conflict();
CREATE TRIGGER list_deleted_customer AFTER DELETE ON shared.email_key_conflicts FOR EACH ROW
    WHEN (OLD.kind = 'customer') EXECUTE FUNCTION customers.list_key_conflict();

INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at)
SELECT c.organization_id, 'key_collision', 'customer/' || c.uid, c.uid, k.found_at
FROM shared.email_key_conflicts k JOIN customers.customers c ON k.kind = 'customer' AND c.uid = k.row_id::uuid ORDER BY k.found_at;
