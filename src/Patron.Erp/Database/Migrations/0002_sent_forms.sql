-- The forms of people that were passed on to the ERP. A form that is submitted twice is passed on once.
CREATE TABLE erp.sent_forms (
    key uuid PRIMARY KEY,
    customer_uid uuid NOT NULL REFERENCES customers.customers (uid) ON DELETE CASCADE,
    sent_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX sent_forms_customer ON erp.sent_forms (customer_uid);
