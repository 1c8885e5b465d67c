-- Keys of e-mail addresses have their domain in ASCII (IDNA). Rows whose key could not become so, because another row has it already or because what they
-- hold is no address any more: neither is changed by guess, staff decide (Database/EmailKeys.cs).
CREATE TABLE shared.email_key_conflicts (
    kind text NOT NULL,
    row_id text NOT NULL,
    former_key text NOT NULL,
    -- Null where the address is none.
    key text,
    found_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_email_key_conflicts PRIMARY KEY (kind, row_id)
);
