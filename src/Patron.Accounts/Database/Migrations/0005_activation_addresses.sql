-- Mail about a first password goes to the stored address, and what was typed is compared by its key: its spelling is nobody's business.
ALTER TABLE accounts.activation_challenges DROP COLUMN email;
