-- Saved filters of customers (Segments/): private ones of a person, or those of the organization, which have no owner.
CREATE TABLE customers.segments (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_segments PRIMARY KEY,
    uid uuid NOT NULL CONSTRAINT ux_segments_uid UNIQUE,
    organization_id uuid NOT NULL,
    -- The account; there is no foreign key, because accounts may be another service.
    owner_id uuid,
    name text NOT NULL CONSTRAINT ck_segments_name CHECK (name <> ''),
    -- The name as it is compared (Folding.Key).
    name_key text NOT NULL,
    filter text NOT NULL CONSTRAINT ck_segments_filter CHECK (filter <> ''),
    created_at timestamptz NOT NULL,
    created_by uuid,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    version bigint NOT NULL CONSTRAINT ck_segments_version CHECK (version >= 1)
);
CREATE UNIQUE INDEX ux_segments_private_name ON customers.segments (organization_id, owner_id, name_key) WHERE owner_id IS NOT NULL;
CREATE UNIQUE INDEX ux_segments_shared_name ON customers.segments (organization_id, name_key) WHERE owner_id IS NULL;
