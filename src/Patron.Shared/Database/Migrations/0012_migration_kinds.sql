-- contract
-- What each migration means to programs that do not know it: with expand they can go on, with contract they must not start (decision 0025). Programs of
-- before this migration do not read the column and refuse every newer database, so this one is contract. The migrations of before count as contract, too,
-- which changes nothing: every program that reads the column knows them.
ALTER TABLE shared.migrations ADD COLUMN kind text NOT NULL DEFAULT 'contract';
ALTER TABLE shared.migrations ADD CONSTRAINT ck_migrations_kind CHECK (kind IN ('expand', 'contract'));
