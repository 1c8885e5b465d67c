using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Accounts;

/// <summary>The criteria of an account search: all that are given must be contained, ignoring case and accents.</summary>
public sealed record AccountCriteria(string? Query, string? FirstName, string? LastName, string? Email, string? Phone)
{
    internal bool IsEmpty => this is { Query: null, FirstName: null, LastName: null, Email: null, Phone: null };
}

/// <summary>
/// The port through which Customers reads accounts (style.md, 'The house'). In process it uses the same connection and transaction; a
/// separate customers service calls the accounts service with its caller's token. Callers see themselves, staff see the acting
/// organization's members, an administrator sees all. Errors: 503 where accounts are unavailable.
/// </summary>
public interface IAccountDirectory
{
    /// <summary>
    /// Whether a linked row holds a copy of the account's data, updated in the transaction of the account's change. Otherwise the row holds
    /// nothing of it and readers look it up.
    /// </summary>
    bool KeepsCopies { get; }

    /// <summary>
    /// The caller's own account. Inside a transaction it is locked, so that its address and names do not change. 403 for API keys and for a
    /// disabled or deleted account.
    /// </summary>
    Task<Result<Account>> OwnAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>The accounts with these ids, at most a thousand; those the caller may not see are left out.</summary>
    Task<Result<IReadOnlyList<Account>>> ReadAsync(Caller caller, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// The members of the acting organization with one of these addresses, proven or not. Inside a transaction they are locked, so that no
    /// address is proven meanwhile.
    /// </summary>
    Task<Result<IReadOnlyList<Account>>> FindByEmailAsync(
        Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken);

    /// <summary>
    /// Locks these accounts until the transaction ends, in the common order, so that their names and addresses do not change. Does nothing
    /// where rows hold no copies.
    /// </summary>
    Task LockAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// Disables the account of a person who has two, because their records are merged, ends its sessions and tells both mailboxes.
    /// <paramref name="isPreview"/> only checks. The caller has locked both. Errors: 400 while it has other memberships, 422 where accounts
    /// are another service.
    /// </summary>
    Task<Error?> RetireAsync(Caller caller, Guid losing, Guid keeping, bool isPreview, CancellationToken cancellationToken);

    /// <summary>Enables an account again whose records are separate again. The caller has locked it.</summary>
    Task ReviveAsync(Caller caller, Guid userId, CancellationToken cancellationToken);

    /// <summary>The members of the acting organization that match, by id; 422 where they are more than a thousand.</summary>
    Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, AccountCriteria criteria, CancellationToken cancellationToken);
}

/// <summary>Counts those of these accounts that have a password. Registered only where accounts share the database.</summary>
public delegate Task<long> CountAccountsWithPassword(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken);
