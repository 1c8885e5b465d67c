-- When a message itself was refused, such as by a mailbox that does not exist: the last failure was not the system's. Whether it is tried again
-- says dead_at, as for every message.
ALTER TABLE shared.outbox_messages ADD COLUMN refused_at timestamptz;
