-- Jobs: one change of many customers, with a preview, a confirmation and an undo (Jobs/). Neither table holds personal data: what was changed is in the
-- audit entries with the cause of the job, so that an erasure ends the undo. The filter and values that people typed are removed when the job ends.

CREATE TABLE customers.jobs (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_jobs PRIMARY KEY,
    uid uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL
        CONSTRAINT ck_jobs_kind CHECK (kind IN ('update', 'add_tags', 'remove_tags', 'verify', 'deactivate', 'restore', 'invite', 'erase')),
    -- Jobs/JobStates.cs says which follows which.
    state text NOT NULL CONSTRAINT ck_jobs_state CHECK (state IN (
        'previewing', 'ready', 'expired', 'cancelled', 'applying', 'paused', 'applied', 'undoing', 'undo_paused', 'undone')),
    -- Why the job is paused or cancelled; null where a person cancelled it.
    reason text,
    -- Criteria, or the given customers until the preview has read them; neither for criteria that were removed.
    filter jsonb,
    uids uuid[],
    changes jsonb NOT NULL,
    fields text[] NOT NULL,
    -- Of the rows' fingerprints; removed with them.
    salt bytea,
    -- Customers by number: the preview has read those up to set_after, and those after set_until came later.
    set_after bigint NOT NULL,
    set_until bigint NOT NULL,
    -- Rows up to this place are applied, or taken back.
    place int NOT NULL,
    total int NOT NULL,
    would_change int NOT NULL,
    unchanged int NOT NULL,
    cannot int NOT NULL,
    changed int NOT NULL,
    skipped int NOT NULL,
    undone int NOT NULL,
    kept int NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    confirmed_at timestamptz,
    confirmed_by uuid,
    -- For whom the worker acts: ids and permissions (Shared, StoredCaller).
    acting jsonb NOT NULL,
    expires_at timestamptz,
    finished_at timestamptz,
    undone_at timestamptz
);
CREATE INDEX ix_jobs_organization ON customers.jobs (organization_id, id);
CREATE INDEX ix_jobs_open ON customers.jobs (id) WHERE state IN ('previewing', 'ready', 'applying', 'paused', 'undoing');

-- In the order of the customers' numbers, in which everybody locks them. Without a foreign key: a million checks of one and the same job.
CREATE TABLE customers.job_rows (
    job_id bigint NOT NULL,
    place int NOT NULL,
    customer_uid uuid NOT NULL,
    state text NOT NULL CONSTRAINT ck_job_rows_state CHECK (state IN (
        'would_change', 'unchanged', 'cannot', 'changed', 'skipped', 'undone', 'partly_undone', 'kept')),
    reason text,
    -- The fields that an undo did not take back.
    fields text[],
    -- Of the fields that the job touches, as the preview saw them; until the row is applied.
    fingerprint bigint,
    CONSTRAINT pk_job_rows PRIMARY KEY (job_id, place)
) WITH (fillfactor = 80);

-- Imports of files, the cause of their audit entries. The name is the file's without its folder.
CREATE TABLE customers.imports (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_imports PRIMARY KEY,
    organization_id uuid NOT NULL,
    file_name text,
    started_at timestamptz NOT NULL,
    started_by uuid,
    finished_at timestamptz,
    imported bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0
);
