-- The record that a partner belonged to before a merge moved it, so that an undo returns it.
ALTER TABLE erp.partners ADD COLUMN origin_uid uuid;
