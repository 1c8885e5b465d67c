-- Third: the audit log is partitioned by month (UTC), so that old months can be dropped (Audit:RetentionMonths). An entry whose month has no partition
-- yet goes to the default one. There is no primary key: it would have to contain the time, and entries are found by their subject or cause.
DO $$
DECLARE
    ends text := (SELECT substring(pg_get_expr(conbin, conrelid) FROM '''([^'']+)''') FROM pg_constraint WHERE conname = 'ck_audit_entries_first');
BEGIN
    LOCK TABLE shared.audit_entries IN ACCESS EXCLUSIVE MODE;
    EXECUTE format($sql$
        CREATE TABLE shared.audit_entries_by_month (
            id bigint GENERATED ALWAYS AS IDENTITY (START WITH %s),
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
            after jsonb,
            cause text
        ) PARTITION BY RANGE (at)
        $sql$, nextval(pg_get_serial_sequence('shared.audit_entries', 'id')));
    ALTER TABLE shared.audit_entries ALTER COLUMN id DROP IDENTITY;
    ALTER TABLE shared.audit_entries RENAME TO audit_entries_first;
    ALTER TABLE shared.audit_entries_by_month RENAME TO audit_entries;
    ALTER INDEX shared.ix_audit_entries_subject RENAME TO ix_audit_entries_first_subject;
    CREATE INDEX ix_audit_entries_subject ON shared.audit_entries (subject_id, id);
    CREATE INDEX ix_audit_entries_cause ON shared.audit_entries (cause, id) WHERE cause IS NOT NULL;
    EXECUTE format('ALTER TABLE shared.audit_entries ATTACH PARTITION shared.audit_entries_first FOR VALUES FROM (MINVALUE) TO (%L)', ends);
    ALTER TABLE shared.audit_entries_first DROP CONSTRAINT ck_audit_entries_first;
    CREATE TABLE shared.audit_entries_default PARTITION OF shared.audit_entries DEFAULT;
END $$;

-- The partitions but the default one, with their end.
CREATE VIEW shared.audit_partitions AS
SELECT c.oid::regclass AS partition, substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz AS ends
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'shared.audit_entries'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT';

-- Creates the partitions until three months ahead, and drops those that ended more than so many months ago (null drops none). It waits for nobody: where
-- others hold locks, the next call does the rest. It runs with the permissions of the tables' owner, because a server may have fewer.
CREATE FUNCTION shared.keep_audit_partitions(today timestamptz, retention_months int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
    this_month timestamptz := date_trunc('month', today);
    kept_from timestamptz := this_month - make_interval(months => retention_months);
    starts timestamptz;
    name text;
    expired regclass;
BEGIN
    FOR expired IN SELECT partition FROM shared.audit_partitions WHERE ends <= kept_from LOOP
        EXECUTE format('DROP TABLE %s', expired);
    END LOOP;
    DELETE FROM shared.audit_entries_default WHERE at < kept_from;

    LOOP
        starts := coalesce((SELECT max(ends) FROM shared.audit_partitions), this_month);
        EXIT WHEN starts >= this_month + interval '3 months';
        name := 'audit_entries_' || to_char(starts, 'YYYY_MM');
        EXECUTE format('CREATE TABLE shared.%I (LIKE shared.audit_entries)', name);
        EXECUTE format(
            'WITH moved AS (DELETE FROM shared.audit_entries_default WHERE at >= %L AND at < %L RETURNING *) INSERT INTO shared.%I SELECT * FROM moved',
            starts, starts + interval '1 month', name);
        EXECUTE format(
            'ALTER TABLE shared.audit_entries ATTACH PARTITION shared.%I FOR VALUES FROM (%L) TO (%L)', name, starts, starts + interval '1 month');
    END LOOP;
EXCEPTION WHEN lock_not_available OR check_violation OR duplicate_table THEN
    RAISE LOG 'Audit partitions are left to the next run: %', SQLERRM;
END $$;

SELECT shared.keep_audit_partitions(now(), NULL);
