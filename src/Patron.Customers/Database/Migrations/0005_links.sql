-- Customers and accounts: whose a record is and how that is known, what is offered, and what was merged (linking.md).

-- The folding rule is in one place; the short way for ASCII stays here, where most texts take it.
CREATE OR REPLACE FUNCTION customers.fold(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(given) = char_length(given) THEN
        RETURN lower(given COLLATE "C");
    END IF;
    RETURN shared.fold(given);
END
$$;

ALTER TABLE customers.customers
    ADD COLUMN link_evidence text CONSTRAINT ck_customers_link_evidence
        CHECK (link_evidence IN ('registered', 'email_proven', 'accepted', 'staff', 'trusted')),
    ADD COLUMN linked_at timestamptz,
    -- The account that did it; nobody where a program or Patron itself did.
    ADD COLUMN linked_by uuid,
    -- When the person made the record their profile: a second time is refused.
    ADD COLUMN profile_created_at timestamptz;

-- What was linked before evidence was kept, staff linked.
UPDATE customers.customers SET link_evidence = 'staff', linked_at = updated_at WHERE user_id IS NOT NULL;

ALTER TABLE customers.customers
    ADD CONSTRAINT ck_customers_link CHECK (num_nulls(user_id, link_evidence, linked_at) IN (0, 3)),
    ADD CONSTRAINT ck_customers_profile CHECK (user_id IS NOT NULL OR profile_created_at IS NULL),
    DROP CONSTRAINT ck_customers_name,
    -- A separate customers service keeps no name of a linked person.
    ADD CONSTRAINT ck_customers_name CHECK (name <> '' OR user_id IS NOT NULL);

-- Both are asked across organizations too: all records of an account, and all that wait for an address.
DROP INDEX customers.ux_customers_claimed_email;
CREATE UNIQUE INDEX ux_customers_claimed_email ON customers.customers (email_key, organization_id) WHERE claim = 'claimed';
DROP INDEX customers.ux_customers_user;
CREATE UNIQUE INDEX ux_customers_user ON customers.customers (user_id, organization_id) WHERE user_id IS NOT NULL;

-- A link that the person has not agreed to. What else becomes of it stays as its history.
CREATE TABLE customers.offers (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_offers PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    customer_uid uuid NOT NULL CONSTRAINT fk_offers_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    state text NOT NULL CONSTRAINT ck_offers_state CHECK (state IN ('offered', 'linked', 'declined', 'withdrawn', 'expired')),
    -- How the account was named: by its number, or only by an address, of which its maker shall not learn whose it is.
    named_by text NOT NULL CONSTRAINT ck_offers_named_by CHECK (named_by IN ('user', 'address')),
    made_at timestamptz NOT NULL,
    made_by uuid,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT ck_offers_answered CHECK ((state = 'offered') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX ux_offers_user ON customers.offers (user_id, organization_id) WHERE state = 'offered';
CREATE UNIQUE INDEX ux_offers_customer ON customers.offers (customer_uid) WHERE state = 'offered';
CREATE INDEX ix_offers_customer ON customers.offers (customer_uid);

-- Records that were merged into another: their identifiers go on answering, with that one.
CREATE TABLE customers.absorbed (
    uid uuid NOT NULL CONSTRAINT pk_absorbed PRIMARY KEY,
    organization_id uuid NOT NULL,
    number bigint NOT NULL CONSTRAINT ux_absorbed_number UNIQUE,
    customer_id text NOT NULL CONSTRAINT ux_absorbed_customer_id UNIQUE,
    code text NOT NULL,
    username text NOT NULL CONSTRAINT ux_absorbed_username UNIQUE,
    merged_into uuid NOT NULL CONSTRAINT fk_absorbed_merged_into REFERENCES customers.customers (uid) ON DELETE CASCADE,
    merged_at timestamptz NOT NULL,
    -- The row as it was, with its addresses: what an undo needs.
    before jsonb NOT NULL
);
CREATE INDEX ix_absorbed_merged_into ON customers.absorbed (merged_into);
