-- What every module writes beside its own rows, in the same transaction.

-- Side effects on their way out. A worker takes due rows with FOR UPDATE SKIP LOCKED and moves due_at on while it
-- works, so that a crash leaves the row to be tried again. Sent rows are deleted; dead ones stay to be looked at.
CREATE TABLE shared.outbox_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    last_error text,
    dead_at timestamptz
);
CREATE INDEX ix_outbox_messages_due ON shared.outbox_messages (due_at) WHERE dead_at IS NULL;

-- Who did what to whom, when, from where; before and after hold only what changed.
CREATE TABLE shared.audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    organization_id uuid,
    actor_user_id uuid,
    actor_key_id uuid,
    address text NOT NULL,
    user_agent text,
    before jsonb,
    after jsonb
);
CREATE INDEX ix_audit_entries_subject ON shared.audit_entries (subject_id, id);

-- Answers to creates that carried an Idempotency-Key, replayed for 24 hours.
CREATE TABLE shared.idempotent_answers (
    scope text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status int NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX ix_idempotent_answers_created_at ON shared.idempotent_answers (created_at);
