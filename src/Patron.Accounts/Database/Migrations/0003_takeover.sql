-- When an unproven account went to whoever reads its mailbox: what was linked to it before is kept aside (linking.md, 'Proof').
ALTER TABLE accounts.users ADD COLUMN taken_over_at timestamptz;
