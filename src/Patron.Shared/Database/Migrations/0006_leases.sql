-- Work that one process at a time may do, such as the sync. The holder renews its row; a row whose time has passed is free.
CREATE TABLE shared.leases (
    name text NOT NULL CONSTRAINT pk_leases PRIMARY KEY,
    holder uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
