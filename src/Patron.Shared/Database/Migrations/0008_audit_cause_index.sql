-- Second: proves the constraint, so that the next step need not read the table.
ALTER TABLE shared.audit_entries VALIDATE CONSTRAINT ck_audit_entries_first;
CREATE INDEX ix_audit_entries_first_cause ON shared.audit_entries (cause, id) WHERE cause IS NOT NULL;
