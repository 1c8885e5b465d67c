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
