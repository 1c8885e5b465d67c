-- supersedes 4eda68b152e2a211d5de3c9a2226c50520aea062d1e73188441c35a3bdbbf9cb: counted all sessions while changes of accounts waited
-- The module's items in the staff's inbox (shared, 0011). A worker lists invitations shortly before they expire; what ends or renews one removes its item.
CREATE FUNCTION accounts.unlist_member_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM shared.inbox_items WHERE kind = 'invitation_expiring' AND source = 'member/' || OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER unlist_changed AFTER UPDATE ON accounts.invitations FOR EACH ROW
    WHEN (OLD.accepted_at IS DISTINCT FROM NEW.accepted_at OR OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at OR OLD.expires_at <> NEW.expires_at)
    EXECUTE FUNCTION accounts.unlist_member_invitation();
CREATE TRIGGER unlist_deleted AFTER DELETE ON accounts.invitations FOR EACH ROW EXECUTE FUNCTION accounts.unlist_member_invitation();

CREATE FUNCTION accounts.unlist_activation_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR num_nulls(NEW.came_at, NEW.withdrawn_at, NEW.declined_at) < 3 OR NEW.due_at IS NOT NULL
        OR OLD.last_mailed_at IS DISTINCT FROM NEW.last_mailed_at THEN
        DELETE FROM shared.inbox_items WHERE kind = 'invitation_expiring' AND source = 'customer/' || OLD.id;
    ELSE
        UPDATE shared.inbox_items SET customer_uid = NEW.customer_uid, version = version + 1
        WHERE kind = 'invitation_expiring' AND source = 'customer/' || NEW.id AND customer_uid <> NEW.customer_uid;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER unlist_changed AFTER UPDATE ON accounts.activation_invitations FOR EACH ROW EXECUTE FUNCTION accounts.unlist_activation_invitation();
CREATE TRIGGER unlist_deleted AFTER DELETE ON accounts.activation_invitations FOR EACH ROW EXECUTE FUNCTION accounts.unlist_activation_invitation();

-- Accounts whose addresses have one key (shared, 0004), for administrators.
CREATE FUNCTION accounts.list_key_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shared.inbox_items WHERE kind = 'key_collision' AND source = 'user/' || OLD.row_id;
    ELSE
        INSERT INTO shared.inbox_items (organization_id, kind, source, created_at) VALUES (NULL, 'key_collision', 'user/' || NEW.row_id, NEW.found_at)
        ON CONFLICT (kind, source) DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_new_user AFTER INSERT ON shared.email_key_conflicts FOR EACH ROW
    WHEN (NEW.kind = 'user') EXECUTE FUNCTION accounts.list_key_conflict();
CREATE TRIGGER list_deleted_user AFTER DELETE ON shared.email_key_conflicts FOR EACH ROW
    WHEN (OLD.kind = 'user') EXECUTE FUNCTION accounts.list_key_conflict();

INSERT INTO shared.inbox_items (organization_id, kind, source, created_at)
SELECT NULL, 'key_collision', 'user/' || row_id, found_at FROM shared.email_key_conflicts WHERE kind = 'user' ORDER BY found_at;

-- What statistics show of accounts, so that they cost the same for any number of people: sign-ins by day (UTC), accounts by the day of their last sign-in,
-- and invitations that were mailed and that were answered (with the day 1970-01-01). Writers append rows; housekeeping adds up those of a name and day.
CREATE TABLE accounts.figures (
    name text NOT NULL CONSTRAINT ck_figures_name CHECK (name IN ('sign_ins', 'last_sign_ins', 'invited', 'came')),
    day date NOT NULL,
    amount bigint NOT NULL
);

-- Its foreign key comes last.
CREATE TABLE accounts.last_sign_ins (
    user_id uuid NOT NULL CONSTRAINT pk_last_sign_ins PRIMARY KEY,
    day date NOT NULL
);

-- Counted before the triggers, which let sign-ins wait. Those that come meanwhile are counted below.
INSERT INTO accounts.figures SELECT 'sign_ins', (created_at AT TIME ZONE 'UTC')::date, count(*) FROM accounts.sessions GROUP BY 2;
INSERT INTO accounts.last_sign_ins SELECT user_id, max((created_at AT TIME ZONE 'UTC')::date) FROM accounts.sessions GROUP BY 1;

CREATE FUNCTION accounts.count_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (NEW.created_at AT TIME ZONE 'UTC')::date;
    former date;
BEGIN
    INSERT INTO accounts.figures VALUES ('sign_ins', today, 1);
    SELECT day INTO former FROM accounts.last_sign_ins WHERE user_id = NEW.user_id;
    IF former = today THEN
        RETURN NULL; -- The common case, without a lock.
    END IF;
    SELECT day INTO former FROM accounts.last_sign_ins WHERE user_id = NEW.user_id FOR UPDATE;
    IF former IS NULL THEN
        INSERT INTO accounts.last_sign_ins VALUES (NEW.user_id, today) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO accounts.figures VALUES ('last_sign_ins', today, 1);
        END IF;
    ELSIF former < today THEN
        UPDATE accounts.last_sign_ins SET day = today WHERE user_id = NEW.user_id;
        INSERT INTO accounts.figures VALUES ('last_sign_ins', former, -1), ('last_sign_ins', today, 1);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION accounts.uncount_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts.figures VALUES ('last_sign_ins', OLD.day, -1);
    RETURN NULL;
END
$$;
CREATE TRIGGER uncount_sign_in AFTER DELETE ON accounts.last_sign_ins FOR EACH ROW EXECUTE FUNCTION accounts.uncount_sign_in();

CREATE FUNCTION accounts.count_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    invited int := 0;
    came int := 0;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        invited := (NEW.mails > 0)::int;
        came := (NEW.came_at IS NOT NULL)::int;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        invited := invited - (OLD.mails > 0)::int;
        came := came - (OLD.came_at IS NOT NULL)::int;
    END IF;
    IF invited <> 0 THEN
        INSERT INTO accounts.figures VALUES ('invited', '1970-01-01', invited);
    END IF;
    IF came <> 0 THEN
        INSERT INTO accounts.figures VALUES ('came', '1970-01-01', came);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER count_new AFTER INSERT ON accounts.activation_invitations FOR EACH ROW
    WHEN (NEW.mails > 0 OR NEW.came_at IS NOT NULL) EXECUTE FUNCTION accounts.count_invitation();
CREATE TRIGGER count_changed AFTER UPDATE ON accounts.activation_invitations FOR EACH ROW
    WHEN ((OLD.mails > 0) <> (NEW.mails > 0) OR (OLD.came_at IS NULL) <> (NEW.came_at IS NULL)) EXECUTE FUNCTION accounts.count_invitation();
CREATE TRIGGER count_deleted AFTER DELETE ON accounts.activation_invitations FOR EACH ROW EXECUTE FUNCTION accounts.count_invitation();

INSERT INTO accounts.figures SELECT 'invited', '1970-01-01', count(*) FROM accounts.activation_invitations WHERE mails > 0;
INSERT INTO accounts.figures SELECT 'came', '1970-01-01', count(*) FROM accounts.activation_invitations WHERE came_at IS NOT NULL;

-- From here on sign-ins wait. The days since yesterday are counted again.
CREATE TRIGGER count_sign_in AFTER INSERT ON accounts.sessions FOR EACH ROW EXECUTE FUNCTION accounts.count_sign_in();
DELETE FROM accounts.figures WHERE name = 'sign_ins' AND day >= (now() AT TIME ZONE 'UTC')::date - 1;
INSERT INTO accounts.figures
SELECT 'sign_ins', (created_at AT TIME ZONE 'UTC')::date, count(*) FROM accounts.sessions
WHERE (created_at AT TIME ZONE 'UTC')::date >= (now() AT TIME ZONE 'UTC')::date - 1 GROUP BY 2;
INSERT INTO accounts.last_sign_ins
SELECT user_id, max((created_at AT TIME ZONE 'UTC')::date) FROM accounts.sessions
WHERE (created_at AT TIME ZONE 'UTC')::date >= (now() AT TIME ZONE 'UTC')::date - 1 GROUP BY 1
ON CONFLICT (user_id) DO UPDATE SET day = excluded.day WHERE last_sign_ins.day < excluded.day;
INSERT INTO accounts.figures SELECT 'last_sign_ins', day, count(*) FROM accounts.last_sign_ins GROUP BY 2;

-- Changes of accounts wait from here on. The rows from above are not looked at: one of an account that was deleted meanwhile does no harm.
ALTER TABLE accounts.last_sign_ins ADD CONSTRAINT fk_last_sign_ins_user
    FOREIGN KEY (user_id) REFERENCES accounts.users (id) ON DELETE CASCADE NOT VALID;
