-- What was mailed to whom, for the timeline of a customer: kinds and times, never a text, an address or a subject. Kept for 90 days. It is written where
-- mails are queued, so in role customers it stays empty.
CREATE TABLE shared.mail_log (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_mail_log PRIMARY KEY,
    uid uuid NOT NULL CONSTRAINT ux_mail_log_uid UNIQUE,
    kind text NOT NULL,
    -- The person, where it is known: an account, a customer, or both. An invitation to an organization has neither.
    user_id uuid,
    customer_uid uuid,
    -- The organization that the mail is about; null for mails about an account alone.
    organization_id uuid,
    -- A message that is retried is queued until it is sent. Refused: by the recipient's server, for good.
    state text NOT NULL CONSTRAINT ck_mail_log_state CHECK (state IN ('queued', 'sent', 'given_up', 'refused')),
    queued_at timestamptz NOT NULL,
    -- Of the last state.
    state_at timestamptz NOT NULL,
    attempts int NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX ix_mail_log_customer ON shared.mail_log (customer_uid, queued_at, id) WHERE customer_uid IS NOT NULL;
CREATE INDEX ix_mail_log_user ON shared.mail_log (user_id, queued_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_mail_log_queued_at ON shared.mail_log (queued_at, id);

-- The entry of a mail; null for other messages, and for mails that an older process queued.
ALTER TABLE shared.outbox_messages ADD COLUMN mail_uid uuid;

-- Audit entries by time: of a subject, an organization, an actor, or all. The one by subject replaces that by id. Where there are entries already, the
-- parent's indexes are invalid until each partition has its own, which are built in the background (Audit/AuditIndexes.cs); partitions that are created
-- from now on have them at once.
DO $$
DECLARE
    is_new boolean := NOT EXISTS (SELECT FROM shared.audit_entries);
    target text := CASE WHEN is_new THEN '' ELSE 'ONLY ' END || 'shared.audit_entries';
BEGIN
    EXECUTE 'CREATE INDEX ix_audit_entries_subject_at ON ' || target || ' (subject_id, at, id)';
    EXECUTE 'CREATE INDEX ix_audit_entries_organization_at ON ' || target || ' (organization_id, at, id)';
    EXECUTE 'CREATE INDEX ix_audit_entries_actor_at ON ' || target || ' (coalesce(actor_user_id, actor_key_id), at, id)';
    EXECUTE 'CREATE INDEX ix_audit_entries_at ON ' || target || ' (at, id)';
    IF is_new THEN
        DROP INDEX shared.ix_audit_entries_subject;
        INSERT INTO shared.background_migrations (name, finished_at) VALUES ('shared.audit_indexes', now());
    END IF;
END $$;
