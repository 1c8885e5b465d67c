CREATE SCHEMA accounts;

-- People who sign in. The normalized columns are the comparison keys made by the program (NFKC, invariant lower case).
CREATE TABLE accounts.users (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    normalized_email text NOT NULL,
    email_confirmed boolean NOT NULL DEFAULT false,
    email_confirmed_at timestamptz,
    pending_email text,
    user_name text,
    normalized_user_name text,
    first_name text NOT NULL,
    last_name text NOT NULL,
    phone_number text,
    password_hash text,
    security_stamp text,
    concurrency_stamp text,
    is_admin boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ux_users_number UNIQUE (number),
    -- In this order: who registers a taken user name hears of that, whether the address is taken or not (private registration).
    CONSTRAINT ux_users_normalized_user_name UNIQUE (normalized_user_name),
    CONSTRAINT ux_users_normalized_email UNIQUE (normalized_email),
    CONSTRAINT ck_users_user_name CHECK ((user_name IS NULL) = (normalized_user_name IS NULL)),
    CONSTRAINT ck_users_user_name_form CHECK (normalized_user_name ~ '^[a-z0-9._-]{3,30}$'),
    CONSTRAINT ck_users_confirmed CHECK (email_confirmed = (email_confirmed_at IS NOT NULL))
);

CREATE TABLE accounts.organizations (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    is_home boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT ux_organizations_number UNIQUE (number)
);
CREATE UNIQUE INDEX ux_organizations_home ON accounts.organizations (is_home) WHERE is_home;

CREATE TABLE accounts.memberships (
    organization_id uuid NOT NULL REFERENCES accounts.organizations (id),
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('customer', 'employee', 'vendor')),
    since timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX ix_memberships_user ON accounts.memberships (user_id);

-- Somebody was asked to join; the secret went to the mailbox and only its hash is here.
CREATE TABLE accounts.invitations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES accounts.organizations (id),
    email text NOT NULL,
    normalized_email text NOT NULL,
    role text NOT NULL CHECK (role IN ('customer', 'employee', 'vendor')),
    invited_by uuid,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT ux_invitations_secret UNIQUE (secret_hash)
);
CREATE UNIQUE INDEX ux_invitations_open ON accounts.invitations (organization_id, normalized_email)
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;

-- One row for a sign-in, however often its refresh token rotates: the token carries the generation.
CREATE TABLE accounts.sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    generation int NOT NULL DEFAULT 0,
    rotated_at timestamptz,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    address text NOT NULL,
    user_agent text
);
CREATE INDEX ix_sessions_user ON accounts.sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX ix_sessions_expires_at ON accounts.sessions (expires_at);

-- Secrets that went to a mailbox, by their hash: what they allow, for which address, once.
CREATE TABLE accounts.challenges (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
    email text NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT ux_challenges_secret UNIQUE (secret_hash)
);
CREATE INDEX ix_challenges_user ON accounts.challenges (user_id) WHERE consumed_at IS NULL;

CREATE TABLE accounts.api_keys (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    secret_hash bytea NOT NULL,
    organization_id uuid NOT NULL REFERENCES accounts.organizations (id),
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_by uuid REFERENCES accounts.users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT ux_api_keys_key UNIQUE (key)
);
CREATE INDEX ix_api_keys_organization ON accounts.api_keys (organization_id);

-- Private keys are wrapped by the master key, which is not in the database. One is current; retired ones verify for a while.
CREATE TABLE accounts.signing_keys (
    key_id text PRIMARY KEY,
    wrapped_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    retires_at timestamptz
);
CREATE UNIQUE INDEX ux_signing_keys_current ON accounts.signing_keys ((true)) WHERE retires_at IS NULL;

-- Counters that must hold across processes: wrong passwords, mails to a mailbox, invitations of a sender.
CREATE TABLE accounts.attempts (
    kind text NOT NULL,
    key bytea NOT NULL,
    count int NOT NULL,
    window_ends_at timestamptz NOT NULL,
    blocked_until timestamptz,
    PRIMARY KEY (kind, key)
);
CREATE INDEX ix_attempts_window_ends_at ON accounts.attempts (window_ends_at);
