namespace Patron.Accounts.Users;

/// <summary>What can happen to an account that another module may want to follow.</summary>
public enum AccountEventKind
{
    Registered,
    EmailVerified,
    Changed,
}

/// <summary>Something happened to an account; told inside the transaction that made it so.</summary>
public sealed record AccountEvent(AccountEventKind Kind, User User);

/// <summary>
/// The port through which Accounts says what happened. Where accounts and customers share a database the host hands it to
/// Customers in the same transaction; a separate accounts service has no listener, and the customers service looks up.
/// </summary>
public delegate Task AccountEventListener(AccountEvent happened, CancellationToken cancellation);
