-- What waits for a decision of staff. The module that owns a kind puts and removes its items by triggers on its own tables, in the transaction that makes or
-- settles the thing, so that no entry point, no cascade and no older process can forget it. An item names records and holds nothing personal. There are no
-- foreign keys: customers are in another schema, and their deletion removes their items (customers, 0025).
CREATE TABLE shared.inbox_items (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_inbox_items PRIMARY KEY,
    -- Null for what belongs to the whole installation, such as its mails.
    organization_id uuid,
    kind text NOT NULL CONSTRAINT ck_inbox_items_kind CHECK (kind IN (
        'sync_conflict', 'change_request', 'offer_expiring', 'invitation_expiring', 'mail_given_up', 'job_rejected', 'duplicate', 'released_claim',
        'key_collision')),
    -- The thing in its own table, in the words of its owner.
    source text NOT NULL,
    customer_uid uuid,
    created_at timestamptz NOT NULL,
    -- When there is nothing left to decide: the offer or invitation expires.
    due_at timestamptz,
    assigned_to uuid,
    assigned_at timestamptz,
    snoozed_until timestamptz,
    data jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT ux_inbox_items_source UNIQUE (kind, source),
    CONSTRAINT ck_inbox_items_assigned CHECK ((assigned_to IS NULL) = (assigned_at IS NULL))
);
-- Pages by kind and id, and counts, from the index alone.
CREATE INDEX ix_inbox_items_page ON shared.inbox_items (organization_id, kind, id) INCLUDE (assigned_to, snoozed_until, due_at);
CREATE INDEX ix_inbox_items_customer ON shared.inbox_items (customer_uid) WHERE customer_uid IS NOT NULL;
CREATE INDEX ix_inbox_items_due ON shared.inbox_items (due_at) WHERE due_at IS NOT NULL;

-- Messages that were given up, until somebody retries or drops them, or housekeeping deletes them.
CREATE FUNCTION shared.list_given_up_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.dead_at IS NOT NULL THEN
        INSERT INTO shared.inbox_items (organization_id, kind, source, created_at) VALUES (NULL, 'mail_given_up', NEW.id::text, NEW.dead_at)
        ON CONFLICT (kind, source) DO NOTHING;
    ELSE
        DELETE FROM shared.inbox_items WHERE kind = 'mail_given_up' AND source = OLD.id::text;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER list_given_up AFTER UPDATE ON shared.outbox_messages FOR EACH ROW
    WHEN ((OLD.dead_at IS NULL) <> (NEW.dead_at IS NULL)) EXECUTE FUNCTION shared.list_given_up_message();
CREATE TRIGGER list_dropped AFTER DELETE ON shared.outbox_messages FOR EACH ROW
    WHEN (OLD.dead_at IS NOT NULL) EXECUTE FUNCTION shared.list_given_up_message();

INSERT INTO shared.inbox_items (organization_id, kind, source, created_at)
SELECT NULL, 'mail_given_up', id::text, dead_at FROM shared.outbox_messages WHERE dead_at IS NOT NULL ORDER BY dead_at;
