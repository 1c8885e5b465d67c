-- First passwords for people who are customers already (source 4), and the invitations that staff send them.

-- Somebody typed an address: one row for every address, known or not. The hashes come when it turns out that somebody waits there.
CREATE TABLE accounts.activation_challenges (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    email_key text NOT NULL,
    code_hash bytea,
    link_hash bytea,
    tries int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    -- Null where only a link was asked for.
    code_expires_at timestamptz,
    link_expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    -- Another challenge of the address was consumed.
    superseded_at timestamptz,
    CONSTRAINT ux_activation_challenges_link UNIQUE (link_hash),
    CONSTRAINT ck_activation_challenges_code CHECK (code_hash IS NULL OR code_expires_at IS NOT NULL),
    CONSTRAINT ck_activation_challenges_end CHECK (consumed_at IS NULL OR superseded_at IS NULL)
);
CREATE INDEX ix_activation_challenges_open ON accounts.activation_challenges (email_key) WHERE consumed_at IS NULL AND superseded_at IS NULL;
CREATE INDEX ix_activation_challenges_link_expires_at ON accounts.activation_challenges (link_expires_at);

-- Customers of the home organization whom staff have asked to come. It holds no secret, and no address: mails go where the record says.
CREATE TABLE accounts.activation_invitations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_uid uuid NOT NULL,
    invited_at timestamptz NOT NULL,
    invited_by uuid,
    mails int NOT NULL DEFAULT 0,
    last_mailed_at timestamptz,
    -- When the next mail may go; null when the last one has gone, or it has ended.
    due_at timestamptz,
    came_at timestamptz,
    -- The record no longer waits, without the person having come: it was deleted, blocked, or has no address any more.
    withdrawn_at timestamptz,
    CONSTRAINT ux_activation_invitations_customer UNIQUE (customer_uid),
    CONSTRAINT ck_activation_invitations_end CHECK (num_nulls(came_at, withdrawn_at) >= 1 AND (due_at IS NULL OR num_nulls(came_at, withdrawn_at) = 2)),
    CONSTRAINT ck_activation_invitations_mails CHECK ((mails = 0) = (last_mailed_at IS NULL))
);
CREATE INDEX ix_activation_invitations_due_at ON accounts.activation_invitations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_activation_invitations_last_mailed_at ON accounts.activation_invitations (last_mailed_at);
