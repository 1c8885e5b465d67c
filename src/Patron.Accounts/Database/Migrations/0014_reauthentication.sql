-- When the person of a session last proved again that they are its owner. Null: not since the session began.
ALTER TABLE accounts.sessions ADD COLUMN reauthenticated_at timestamptz;
