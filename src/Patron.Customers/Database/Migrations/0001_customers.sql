-- The customer record. Lengths are rules in C# (Customers/CustomerFields.cs): no column is short enough to lose a value that
-- an ERP sends. What must never be untrue is kept here.

CREATE SCHEMA IF NOT EXISTS customers;

CREATE TABLE customers.customers (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_customers PRIMARY KEY,
    uid uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid,
    customer_id text NOT NULL CONSTRAINT ck_customers_customer_id CHECK (customer_id ~ '^CUST_[0-9A-F]{8}$'),
    code text NOT NULL CONSTRAINT ck_customers_code CHECK (code ~ '^CUST-[0-9]{5,}$'),
    username text NOT NULL CONSTRAINT ck_customers_username CHECK (username ~ '^[a-z0-9]+$'),

    -- Who they are
    first_name text NOT NULL,
    last_name text NOT NULL,
    name text NOT NULL CONSTRAINT ck_customers_name CHECK (name <> ''),
    customer_type text NOT NULL CONSTRAINT ck_customers_customer_type CHECK (customer_type IN ('individual', 'company')),
    email text,
    email_key text,
    claim text NOT NULL CONSTRAINT ck_customers_claim CHECK (claim IN ('claimed', 'unclaimed', 'released')),
    phone text,
    phone_e164 text,
    mobile text,
    date_of_birth date,
    gender text,

    -- Business
    company_name text,
    business_type text,
    tax_id text,
    website text,
    reference text,
    customer_group text NOT NULL,
    territory text NOT NULL,
    is_primary_contact boolean NOT NULL,

    -- The primary address: lists, search and statistics need no join
    address_line1 text,
    address_line2 text,
    city text,
    state text,
    postal_code text,
    country text,
    country_code text,

    emergency_contact_name text,
    emergency_contact_phone text,
    emergency_contact_relationship text,

    -- Preferences
    marketing_emails boolean NOT NULL,
    marketing_sms boolean NOT NULL,
    preferred_contact_method text
        CONSTRAINT ck_customers_preferred_contact_method CHECK (preferred_contact_method IN ('email', 'phone', 'sms', 'mail')),
    notification_preferences jsonb NOT NULL
        CONSTRAINT ck_customers_notification_preferences CHECK (jsonb_typeof(notification_preferences) = 'object'),
    notes text,
    tags text[] NOT NULL,

    -- State. Archived is the ERP's word; the rest is written here. The status follows from them (linking.md, 'Ownership').
    standing text NOT NULL CONSTRAINT ck_customers_standing CHECK (standing IN ('active', 'prospect')),
    is_blocked boolean NOT NULL,
    is_deleted boolean NOT NULL,
    deleted_at timestamptz,
    is_archived boolean NOT NULL DEFAULT false,
    status text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN is_blocked THEN 'blocked' WHEN is_deleted OR is_archived THEN 'inactive' ELSE standing END) STORED,
    is_active boolean NOT NULL GENERATED ALWAYS AS (NOT (is_blocked OR is_deleted OR is_archived)) STORED,
    email_verified_at timestamptz,
    phone_verified_at timestamptz,
    is_verified boolean NOT NULL GENERATED ALWAYS AS (email_verified_at IS NOT NULL OR phone_verified_at IS NOT NULL) STORED,

    total_services int NOT NULL CONSTRAINT ck_customers_total_services CHECK (total_services >= 0),
    last_service_date timestamptz,
    customer_since timestamptz NOT NULL,
    last_login_at timestamptz,
    odoo_last_sync timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Raised by every visible change: the ETag.
    version bigint NOT NULL CONSTRAINT ck_customers_version CHECK (version >= 1),

    CONSTRAINT ck_customers_email_key CHECK ((email IS NULL) = (email_key IS NULL)),
    CONSTRAINT ck_customers_claim_needs_email CHECK (claim <> 'claimed' OR email_key IS NOT NULL),
    CONSTRAINT ck_customers_deleted_at CHECK (is_deleted = (deleted_at IS NOT NULL)),
    CONSTRAINT ux_customers_uid UNIQUE (uid)
);

-- Contract, 'Invariants' 2. It comes before the user name's, so that the loser of a race for both hears of the address.
CREATE UNIQUE INDEX ux_customers_claimed_email ON customers.customers (organization_id, email_key) WHERE claim = 'claimed';
-- With the one above it finds every address: a row is in one of the two.
CREATE INDEX ix_customers_unclaimed_email ON customers.customers (organization_id, email_key) WHERE claim = 'unclaimed';
CREATE UNIQUE INDEX ux_customers_user ON customers.customers (organization_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX ux_customers_code ON customers.customers (organization_id, code);
CREATE UNIQUE INDEX ux_customers_customer_id ON customers.customers (customer_id);
CREATE UNIQUE INDEX ux_customers_username ON customers.customers (username);
-- Lists, by id and from any depth; with is_active beside it they are counted without reading the rows.
CREATE INDEX ix_customers_organization ON customers.customers (organization_id, id) INCLUDE (is_active);

-- Every change of a consent; before the first, the record's defaults hold (mail yes, SMS no).
CREATE TABLE customers.consents (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_consents PRIMARY KEY,
    customer_uid uuid NOT NULL CONSTRAINT fk_consents_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT ck_consents_kind CHECK (kind IN ('marketing_emails', 'marketing_sms')),
    value boolean NOT NULL,
    at timestamptz NOT NULL,
    source text NOT NULL CONSTRAINT ck_consents_source CHECK (source IN ('customer', 'staff', 'api', 'system')),
    actor_user_id uuid,
    actor_key_id uuid
);
CREATE INDEX ix_consents_customer ON customers.consents (customer_uid, id);

-- The addresses besides the primary one. How many a customer has at most is a rule in C#, kept under the lock of their row.
CREATE TABLE customers.addresses (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_addresses PRIMARY KEY,
    uid uuid NOT NULL,
    customer_uid uuid NOT NULL CONSTRAINT fk_addresses_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    type text NOT NULL CONSTRAINT ck_addresses_type CHECK (type IN ('billing', 'shipping', 'other')),
    address_line1 text,
    address_line2 text,
    city text,
    state text,
    postal_code text,
    country text,
    country_code text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,

    -- Something is there, and nothing of it is blank.
    CONSTRAINT ck_addresses_something CHECK (num_nonnulls(address_line1, address_line2, city, state, postal_code, country) > 0),
    CONSTRAINT ck_addresses_blank CHECK ('' <> ALL (ARRAY[address_line1, address_line2, city, state, postal_code, country])),
    CONSTRAINT ux_addresses_uid UNIQUE (uid)
);
CREATE INDEX ix_addresses_customer ON customers.addresses (customer_uid, id);

-- The next code of an organization. Its sequence is made at the first use: those who come first together wait for one
-- another that one time, later nobody does. Gaps are fine.
CREATE FUNCTION customers.next_code(organization uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    series text := 'customers.code_' || replace(organization::text, '-', '');
    number bigint;
BEGIN
    IF to_regclass(series) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(series, 0));
        EXECUTE 'CREATE SEQUENCE IF NOT EXISTS ' || series;
    END IF;
    number := nextval(series::regclass);
    RETURN 'CUST-' || lpad(number::text, greatest(5, length(number::text)), '0');
END
$$;
