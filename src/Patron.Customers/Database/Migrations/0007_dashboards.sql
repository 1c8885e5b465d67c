-- What the ERP last said of a customer's documents, a row for each part of the dashboard: shown again while it is fresh, and when the
-- ERP is away.
CREATE TABLE customers.dashboards (
    customer_uid uuid NOT NULL CONSTRAINT fk_dashboards_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    section text NOT NULL CONSTRAINT ck_dashboards_section CHECK (section IN ('services', 'billing', 'arrears', 'tickets', 'orders')),
    -- Whose documents these are: after the record was tied to another partner they are nobody's.
    partner_id bigint NOT NULL,
    -- Null where the ERP has no such documents, because a module is not installed.
    answer jsonb,
    as_of timestamptz NOT NULL,
    CONSTRAINT pk_dashboards PRIMARY KEY (customer_uid, section)
);
