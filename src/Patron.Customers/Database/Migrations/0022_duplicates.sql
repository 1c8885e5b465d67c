-- supersedes 9901c840251a07a653a43a943c73d4234cf2f6f23dd69a32d065ee6c123c7f1b: read all customers while changes waited
-- Pairs of customers that are probably one (Duplicates/). What they have in common is compared again whenever a pair is shown, so that nothing of a
-- person is kept here. There are no foreign keys to customers: storing a scan would lock all of them against changes. Merges and erasures remove
-- the rows (Duplicates/DuplicateReferences.cs).
CREATE TABLE customers.duplicate_pairs (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_duplicate_pairs PRIMARY KEY,
    organization_id uuid NOT NULL,
    -- The lower uid is the first.
    uid_a uuid NOT NULL,
    uid_b uuid NOT NULL,
    -- The probability that both are one.
    score double precision NOT NULL CONSTRAINT ck_duplicate_pairs_score CHECK (score BETWEEN 0 AND 1),
    -- The customers of one cluster are probably one. Null for a weak pair, and for one that was found after the last scan.
    cluster bigint,
    found_at timestamptz NOT NULL,
    dismissed_at timestamptz,
    dismissed_by uuid,
    CONSTRAINT ck_duplicate_pairs_order CHECK (uid_a < uid_b),
    CONSTRAINT ux_duplicate_pairs UNIQUE (uid_a, uid_b)
);
CREATE INDEX ix_duplicate_pairs_b ON customers.duplicate_pairs (uid_b);
CREATE INDEX ix_duplicate_pairs_open ON customers.duplicate_pairs (organization_id, score DESC, id) WHERE dismissed_at IS NULL;
CREATE INDEX ix_duplicate_pairs_dismissed ON customers.duplicate_pairs (organization_id, score DESC, id) WHERE dismissed_at IS NOT NULL;

-- What staff said is not one customer, by the uids that the records were created with: it holds while one of them is merged into another record, and
-- when that merge is undone.
CREATE TABLE customers.dismissed_duplicates (
    uid_a uuid NOT NULL,
    uid_b uuid NOT NULL,
    organization_id uuid NOT NULL,
    CONSTRAINT pk_dismissed_duplicates PRIMARY KEY (uid_a, uid_b),
    CONSTRAINT ck_dismissed_duplicates_order CHECK (uid_a < uid_b)
);
CREATE INDEX ix_dismissed_duplicates_b ON customers.dismissed_duplicates (uid_b);
CREATE INDEX ix_dismissed_duplicates_organization ON customers.dismissed_duplicates (organization_id);

-- Hashes of what a customer can be found by: two customers that share one are compared. Written in the background.
CREATE TABLE customers.match_keys (
    customer_uid uuid NOT NULL CONSTRAINT pk_match_keys PRIMARY KEY,
    organization_id uuid NOT NULL,
    keys bigint[] NOT NULL
);
CREATE INDEX ix_match_keys ON customers.match_keys USING gin (keys);

-- The customers that share a key, of each key at most so many. The planner does not know how rare a key is: without the setting it may read the table.
CREATE FUNCTION customers.match_candidates(organization uuid, given bigint[], max_per_key int) RETURNS TABLE (uid uuid)
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY SELECT DISTINCT found.customer_uid
    FROM unnest(given) key CROSS JOIN LATERAL (
        SELECT k.customer_uid FROM customers.match_keys k WHERE k.keys @> ARRAY[key] AND k.organization_id = organization LIMIT max_per_key) found;
END
$$;

-- The last scan of an organization, and what it learned of its records. A scan that is due and whose process died starts over.
CREATE TABLE customers.duplicate_scans (
    organization_id uuid NOT NULL CONSTRAINT pk_duplicate_scans PRIMARY KEY,
    is_due boolean NOT NULL,
    finished_at timestamptz,
    records bigint,
    pairs bigint,
    clusters bigint,
    model jsonb
);

-- Customers that are new or have changed and were not compared yet; some more than once. Without an index, because writers only append and the worker
-- takes what is there.
CREATE TABLE customers.duplicate_queue (
    organization_id uuid NOT NULL,
    customer_uid uuid NOT NULL
);

CREATE FUNCTION customers.queue_for_duplicates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customers.duplicate_queue SELECT r.organization_id, r.uid FROM rows_after r WHERE NOT r.is_deleted;
    ELSE
        INSERT INTO customers.duplicate_queue
        SELECT a.organization_id, a.uid FROM rows_after a JOIN rows_before b ON b.id = a.id
        WHERE (a.first_name, a.last_name, a.name, a.company_name, a.customer_type, a.email_key, a.phone, a.mobile, a.tax_id, a.date_of_birth,
                a.address_line1, a.address_line2, a.city, a.state, a.postal_code, a.country, a.is_deleted)
            IS DISTINCT FROM (b.first_name, b.last_name, b.name, b.company_name, b.customer_type, b.email_key, b.phone, b.mobile, b.tax_id, b.date_of_birth,
                b.address_line1, b.address_line2, b.city, b.state, b.postal_code, b.country, b.is_deleted);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER queue_new_for_duplicates AFTER INSERT ON customers.customers
    REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.queue_for_duplicates();
CREATE TRIGGER queue_changed_for_duplicates AFTER UPDATE ON customers.customers
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.queue_for_duplicates();

-- Customers that were there before this migration are compared by a scan in the background.
-- The triggers above let changes wait, so the next organization is looked up in an index instead of reading all customers.
WITH RECURSIVE organizations AS (
    (SELECT organization_id AS id FROM customers.customers ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT c.organization_id FROM customers.customers c WHERE c.organization_id > o.id ORDER BY c.organization_id LIMIT 1)
    FROM organizations o WHERE o.id IS NOT NULL
)
INSERT INTO customers.duplicate_scans (organization_id, is_due) SELECT id, true FROM organizations WHERE id IS NOT NULL;
