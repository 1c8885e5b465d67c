-- What a change was a part of, such as job:42 (Audit/Cause.cs). The entries become partitions by month in three steps, none of which holds an exclusive
-- lock while it reads the table. First: the entries so far become one partition, which ends with the month of the latest of them.
DO $$
DECLARE
    latest timestamptz := greatest(now() + interval '1 day', (SELECT max(at) FROM shared.audit_entries));
    ends timestamptz := (date_trunc('month', latest AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    EXECUTE format(
        'ALTER TABLE shared.audit_entries ADD COLUMN cause text, ADD CONSTRAINT ck_audit_entries_first CHECK (at < %L) NOT VALID', ends);
END $$;
