-- What the company's ERP knows of customers: a ledger of its partners, the runs that read them, and what customers ask for of fields
-- that the ERP owns (linking.md, 'Sync, ledger and figures' and 'Ownership').

ALTER TABLE customers.customers
    -- The partner whose values the record shows, as long as that link stands.
    ADD COLUMN erp_partner_id bigint;
CREATE UNIQUE INDEX ux_customers_erp_partner ON customers.customers (erp_partner_id) WHERE erp_partner_id IS NOT NULL;

-- One run at a time reads the ERP: there is one open row, and who works on it holds a lock besides.
CREATE TABLE customers.sync_runs (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sync_runs PRIMARY KEY,
    state text NOT NULL CONSTRAINT ck_sync_runs_state CHECK (state IN ('requested', 'running', 'succeeded', 'failed')),
    mode text NOT NULL CONSTRAINT ck_sync_runs_mode CHECK (mode IN ('full', 'incremental')),
    started_by text NOT NULL CONSTRAINT ck_sync_runs_started_by CHECK (started_by IN ('command', 'request', 'schedule')),
    requested_by uuid,
    -- The time of the schedule that asked for it: of many processes one does.
    due_at timestamptz CONSTRAINT ux_sync_runs_due_at UNIQUE,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    -- Where a killed run goes on, and who may write that down.
    runner uuid,
    phase text NOT NULL CONSTRAINT ck_sync_runs_phase CHECK (phase IN ('active', 'archived', 'known', 'rest', 'done')),
    after_id bigint NOT NULL,
    -- Partners written before it are not read again; null reads all. The watermark is the greatest time seen, never our clock.
    since timestamptz,
    watermark timestamptz,
    read_partners bigint NOT NULL,
    -- Whose partners these are: numbers of another database would mean other people.
    erp text,
    figures jsonb,
    error text,
    CONSTRAINT ck_sync_runs_finished CHECK ((state IN ('succeeded', 'failed')) = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX ux_sync_runs_open ON customers.sync_runs ((true)) WHERE state IN ('requested', 'running');

-- Every partner that the ERP has, and what became of it here. Several may belong to one customer; one of them owns its values.
CREATE TABLE customers.erp_partners (
    partner_id bigint NOT NULL CONSTRAINT pk_erp_partners PRIMARY KEY,
    organization_id uuid NOT NULL,
    state text NOT NULL CONSTRAINT ck_erp_partners_state CHECK (state IN ('unseen', 'current', 'skipped', 'conflict', 'error', 'gone')),
    reason text,
    customer_uid uuid CONSTRAINT fk_erp_partners_customer REFERENCES customers.customers (uid) ON DELETE SET NULL,
    -- The ERP's own address, beside the customer's.
    email_key text,
    is_active boolean NOT NULL,
    written_at timestamptz,
    hash bytea,
    -- What the ERP said, for staff who look at a conflict.
    facts jsonb,
    -- The last run that changed something by it, and what that was.
    run_id bigint,
    outcome text CONSTRAINT ck_erp_partners_outcome CHECK (outcome IN ('created', 'updated', 'adopted')),
    warnings text[],
    first_seen_at timestamptz NOT NULL,
    -- When it was read last; while it is not gone, the last run has seen it.
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT ck_erp_partners_reason CHECK ((state IN ('skipped', 'conflict', 'error')) = (reason IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX ix_erp_partners_customer ON customers.erp_partners (customer_uid) WHERE customer_uid IS NOT NULL;
CREATE INDEX ix_erp_partners_email ON customers.erp_partners (email_key) WHERE customer_uid IS NOT NULL;
CREATE INDEX ix_erp_partners_open ON customers.erp_partners (state, partner_id) WHERE state IN ('unseen', 'conflict', 'error');

-- What a customer wants changed that the ERP owns: for staff, who change it there.
CREATE TABLE customers.change_requests (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_change_requests PRIMARY KEY,
    organization_id uuid NOT NULL,
    customer_uid uuid NOT NULL CONSTRAINT fk_change_requests_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    field text NOT NULL,
    value text,
    asked_at timestamptz NOT NULL,
    asked_by uuid,
    answer text CONSTRAINT ck_change_requests_answer CHECK (answer IN ('done', 'declined', 'replaced')),
    answered_at timestamptz,
    answered_by uuid,
    CONSTRAINT ck_change_requests_answered CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE UNIQUE INDEX ux_change_requests_open ON customers.change_requests (customer_uid, field) WHERE answer IS NULL;
CREATE INDEX ix_change_requests_organization ON customers.change_requests (organization_id, id) WHERE answer IS NULL;
