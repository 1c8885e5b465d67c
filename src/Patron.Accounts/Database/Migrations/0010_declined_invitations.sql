-- When the customer asked for no more invitations to set a password.
ALTER TABLE accounts.activation_invitations ADD COLUMN declined_at timestamptz;
