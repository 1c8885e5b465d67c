-- What staff write about a customer for one another: plain texts in the timeline. The field notes of the record is another thing, which merges join and
-- the ERP may own. Earlier texts are in the audit entries, so that an erasure removes them.
CREATE TABLE customers.comments (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_comments PRIMARY KEY,
    uid uuid NOT NULL CONSTRAINT ux_comments_uid UNIQUE,
    organization_id uuid NOT NULL,
    customer_uid uuid NOT NULL CONSTRAINT fk_comments_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    -- The merged record that it was written for; null where it was written for this customer.
    origin_uid uuid,
    author_user_id uuid,
    author_key_id uuid,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    -- The text of a removed comment is empty.
    deleted_at timestamptz,
    CONSTRAINT ck_comments_text CHECK ((text = '') = (deleted_at IS NOT NULL))
);
CREATE INDEX ix_comments_customer ON customers.comments (organization_id, customer_uid, created_at, id);
-- The foreign key's, for erasures.
CREATE INDEX ix_comments_customer_uid ON customers.comments (customer_uid);

-- For timelines. This table is small; that of consents is built in the background (Customers/ListConsents.cs).
CREATE INDEX ix_change_requests_asked_at ON customers.change_requests (organization_id, customer_uid, asked_at, id);
