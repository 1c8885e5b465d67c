-- What a person is to others (profiles), the businesses they run (vendors), and finding accounts by any part of them.

-- Old processes make organizations without it while they are replaced: so it has a default.
ALTER TABLE accounts.organizations ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE accounts.organizations SET updated_at = created_at;

-- A person's face of one type, with the organization they showed it to last. It never authorises anything: memberships do.
CREATE TABLE accounts.profiles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    profile_type text NOT NULL CHECK (profile_type IN ('vendor', 'employee', 'customer')),
    is_primary boolean NOT NULL DEFAULT false,
    organization_id uuid NOT NULL REFERENCES accounts.organizations (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ux_profiles_user_type UNIQUE (user_id, profile_type)
);
CREATE UNIQUE INDEX ux_profiles_primary ON accounts.profiles (user_id) WHERE is_primary;

-- An organization's business card: made with the organization, of the person who made it.
CREATE TABLE accounts.vendors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES accounts.organizations (id),
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    profile_id bigint NOT NULL REFERENCES accounts.profiles (id) ON DELETE CASCADE,
    name text NOT NULL,
    email text,
    phone text,
    tax_id text,
    website text,
    status text NOT NULL CHECK (status IN ('active', 'inactive')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ux_vendors_organization_user UNIQUE (organization_id, user_id)
);
CREATE INDEX ix_vendors_user ON accounts.vendors (user_id);
CREATE INDEX ix_vendors_profile ON accounts.vendors (profile_id);

-- A phone as it is dialled from anywhere, where its country code was written: the trunk zero and the extension are not part of it.
CREATE FUNCTION accounts.dialled(phone text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN regexp_replace(regexp_replace(regexp_replace(replace(phone, '(0)', ''), '(ext|x|#).*$', '', 'i'), '[^0-9+]', '', 'g'), '^00', '+');
END
$$;

-- What a search looks through, a line for each field, each line begun by a blank: so '% jo%' is the beginning of a word, and
-- the first lines are found by their number (Users/AccountConditions.cs). Words joined by hyphens follow once more apart.
CREATE FUNCTION accounts.search_text(first_name text, last_name text, email text, phone text, user_name text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN shared.fold(
        ' ' || first_name || E'\n ' || last_name || E'\n ' || email
        || E'\n ' || coalesce(phone, '') || E'\n ' || coalesce(accounts.dialled(phone), '')
        || E'\n ' || coalesce(user_name, '') || E'\n ' || first_name || ' ' || last_name
        || CASE WHEN first_name || last_name ~ '[-''’]' THEN E'\n ' || translate(first_name || ' ' || last_name, '-''’', '   ') ELSE '' END);
END
$$;

ALTER TABLE accounts.users ADD COLUMN search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    accounts.search_text(first_name, last_name, email, phone_number, user_name)) STORED;
CREATE INDEX ix_users_search ON accounts.users USING gin (search_text gin_trgm_ops);
