using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>What can happen to an account that another module may want to follow.</summary>
public enum AccountEventKind
{
    /// <summary>It is new; its address may be proven already (an administrator, an import).</summary>
    Registered,

    /// <summary>Its address, perhaps a new one, has been proven.</summary>
    EmailVerified,

    /// <summary>Its names or phone are others now.</summary>
    Changed,
}

/// <summary>Something happened to accounts, by the caller's deed; told inside the transaction that made it so.</summary>
public sealed record AccountEvent(Caller Caller, AccountEventKind Kind, IReadOnlyList<User> Users)
{
    /// <summary>What the one account was called before it <see cref="AccountEventKind.Changed"/>.</summary>
    public PersonNames? Before { get; init; }

    /// <summary>The address counts as proven because somebody typed it, in a closed network that wants it so (source 4).</summary>
    public bool IsBelieved { get; init; }
}

/// <summary>
/// The port through which Accounts says what happened. Where accounts and customers share a database the host hands it to
/// Customers in the same transaction; a separate accounts service has no listener, and the customers service looks up.
/// </summary>
public delegate Task AccountEventListener(AccountEvent happened, CancellationToken cancellation);
