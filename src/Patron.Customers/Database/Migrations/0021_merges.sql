-- Merges can be undone: each keeps both records as they were before, and each row that a merge moves remembers the record it was made for.

-- One row for each absorbed record; those of one request share their group. The snapshots are empty once the merge is undone or a person in it is
-- erased; what was merged, when, by whom and why stays.
CREATE TABLE customers.merges (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_merges PRIMARY KEY,
    organization_id uuid NOT NULL,
    group_id uuid NOT NULL,
    survivor_uid uuid NOT NULL,
    absorbed_uid uuid NOT NULL,
    survivor_customer_id text NOT NULL,
    absorbed_customer_id text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid,
    made_by_key uuid,
    evidence text NOT NULL CONSTRAINT ck_merges_evidence CHECK (evidence IN ('staff', 'proof', 'erp')),
    reason text,
    -- Which fields were chosen from which of the two; the rules decide about the others.
    choices jsonb NOT NULL DEFAULT '{}',
    -- Columns of the row, by name, and when each consent was last stated. Columns that are newer than the snapshot have their default.
    survivor_before jsonb,
    absorbed_before jsonb,
    schema_version int NOT NULL,
    -- The newest statement of consent of both: later ones are repeated by an undo.
    last_consent_id bigint NOT NULL,
    -- Fields of the survivor that people have changed since, where an undo of another merge has hidden the difference.
    edited text[] NOT NULL DEFAULT '{}',
    -- The additional address that the merge made of a primary one.
    made_address_uid uuid,
    -- The account of the absorbed record, if both had one: the merge disabled it.
    disabled_user_id uuid,
    undone_at timestamptz,
    undone_by uuid,
    undone_by_key uuid,
    undo_reason text,
    erased_at timestamptz,
    CONSTRAINT ck_merges_pair CHECK (survivor_uid <> absorbed_uid),
    CONSTRAINT ck_merges_snapshots CHECK ((survivor_before IS NULL) = (absorbed_before IS NULL)
        AND (survivor_before IS NULL) = (undone_at IS NOT NULL OR erased_at IS NOT NULL OR schema_version = 0))
);
-- A record is absorbed once at a time.
CREATE UNIQUE INDEX ux_merges_absorbed ON customers.merges (absorbed_uid) WHERE undone_at IS NULL AND erased_at IS NULL;
CREATE INDEX ix_merges_survivor ON customers.merges (survivor_uid);
CREATE INDEX ix_merges_absorbed ON customers.merges (absorbed_uid);
CREATE INDEX ix_merges_organization ON customers.merges (organization_id, id);

-- Moved rows of other modules that cannot remember their record themselves.
CREATE TABLE customers.merge_rows (
    merge_id bigint NOT NULL CONSTRAINT fk_merge_rows_merge REFERENCES customers.merges (id) ON DELETE CASCADE,
    kind text NOT NULL,
    row_id text NOT NULL,
    CONSTRAINT pk_merge_rows PRIMARY KEY (merge_id, kind, row_id)
);

-- The record that a row was made for, where that is not the one it belongs to now: a merge has moved it, or it was added by the identifier of a record
-- that had been merged.
ALTER TABLE customers.addresses ADD COLUMN origin_uid uuid, ADD COLUMN made_by_merge bigint;
ALTER TABLE customers.consents ADD COLUMN origin_uid uuid;
-- closed_by_merge: the merge withdrew the offer, or closed the request.
ALTER TABLE customers.offers ADD COLUMN origin_uid uuid, ADD COLUMN closed_by_merge bigint;
ALTER TABLE customers.change_requests ADD COLUMN origin_uid uuid, ADD COLUMN closed_by_merge bigint;

-- merged_into is the record that answers, however many merges are between; this is the record that it was merged into.
ALTER TABLE customers.absorbed ADD COLUMN absorbed_by uuid;
UPDATE customers.absorbed SET absorbed_by = merged_into;

-- Earlier merges are listed, but nothing was kept by which they could be undone.
INSERT INTO customers.merges (organization_id, group_id, survivor_uid, absorbed_uid, survivor_customer_id, absorbed_customer_id, made_at, evidence, schema_version,
    last_consent_id)
SELECT a.organization_id, gen_random_uuid(), a.merged_into, a.uid, c.customer_id, a.customer_id, a.merged_at, 'proof', 0, 0
FROM customers.absorbed a JOIN customers.customers c ON c.uid = a.merged_into ORDER BY a.merged_at;

-- What waits for staff. It names records and holds nothing personal.
CREATE TABLE customers.inbox_items (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_inbox_items PRIMARY KEY,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    customer_uid uuid CONSTRAINT fk_inbox_items_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT ux_inbox_items_source UNIQUE (kind, source)
);
CREATE INDEX ix_inbox_items_organization ON customers.inbox_items (organization_id, id);
CREATE INDEX ix_inbox_items_customer ON customers.inbox_items (customer_uid);
