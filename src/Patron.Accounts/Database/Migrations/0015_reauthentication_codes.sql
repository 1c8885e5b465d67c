-- The last code that was mailed to confirm who uses a session. Nothing else reads this table: the code is good for nothing else.
CREATE TABLE accounts.reauthentication_codes (
    session_id uuid CONSTRAINT pk_reauthentication_codes PRIMARY KEY
        CONSTRAINT fk_reauthentication_codes_session REFERENCES accounts.sessions ON DELETE CASCADE,
    -- The hash is bound to it.
    id uuid NOT NULL,
    -- The address that the mail went to. A code of an earlier address of the account ends.
    email_key text NOT NULL,
    code_hash bytea NOT NULL,
    tries int NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_reauthentication_codes_expires_at ON accounts.reauthentication_codes (expires_at);
