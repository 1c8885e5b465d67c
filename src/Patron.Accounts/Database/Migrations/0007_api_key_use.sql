-- When a key was last used, to the hour: owners see which keys they can end.
ALTER TABLE accounts.api_keys ADD COLUMN last_used_at timestamptz;
