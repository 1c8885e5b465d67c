-- A takeover closes the organizations that only the unproven account owned. Rows of a closed organization stay, for administrators.
ALTER TABLE accounts.organizations
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT ck_organizations_home_is_open CHECK (closed_at IS NULL OR NOT is_home);

-- Nobody joins a closed organization, is invited to it or gets a key for it. The lock waits for a closing in progress.
CREATE FUNCTION accounts.require_open_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts.organizations WHERE id = NEW.organization_id AND closed_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'organization % is closed', NEW.organization_id USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_organization_is_open';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER require_open_organization BEFORE INSERT ON accounts.memberships FOR EACH ROW EXECUTE FUNCTION accounts.require_open_organization();
CREATE TRIGGER require_open_organization BEFORE INSERT ON accounts.invitations FOR EACH ROW EXECUTE FUNCTION accounts.require_open_organization();
CREATE TRIGGER require_open_organization BEFORE INSERT ON accounts.api_keys FOR EACH ROW EXECUTE FUNCTION accounts.require_open_organization();

-- An organization is closed after its memberships, invitations and keys have ended.
CREATE FUNCTION accounts.require_ended_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts.memberships WHERE organization_id = NEW.id)
        OR EXISTS (SELECT FROM accounts.invitations WHERE organization_id = NEW.id AND accepted_at IS NULL AND withdrawn_at IS NULL)
        OR EXISTS (SELECT FROM accounts.api_keys WHERE organization_id = NEW.id AND revoked_at IS NULL) THEN
        RAISE EXCEPTION 'organization % still gives access', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_organization_access';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER require_ended_access BEFORE UPDATE OF closed_at ON accounts.organizations FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION accounts.require_ended_access();

-- A vendor is its organization's record and outlives the profile it was made with.
ALTER TABLE accounts.vendors DROP CONSTRAINT vendors_profile_id_fkey;
