using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Accounts;

/// <summary>Whose accounts a search means: all that is given must be part of theirs, without regard to case and accents.</summary>
public sealed record AccountCriteria(string? Query, string? FirstName, string? LastName, string? Email, string? Phone)
{
    internal bool AsksNothing => this is { Query: null, FirstName: null, LastName: null, Email: null, Phone: null };
}

/// <summary>
/// What Customers needs of accounts: the port it owns (style.md, 'The house'). Where both share a database it is asked on the same
/// connection, inside the same transaction; a separate customers service asks the accounts service with its caller's token. Callers are
/// told of themselves, staff of the acting organization's members, an administrator of all. Errors: 503 when accounts are away.
/// </summary>
public interface IAccountDirectory
{
    /// <summary>
    /// Whether a linked row holds a copy of what its account owns, kept in the same transaction as the account's change. Where it does not,
    /// the row holds nothing of it, and readers look it up.
    /// </summary>
    bool KeepsCopies { get; }

    /// <summary>
    /// The caller's own account. Inside a transaction it stays as it is until that ends: nobody proves or renames it meanwhile. 403 for API
    /// keys and for an account that is switched off or gone.
    /// </summary>
    Task<Result<Account>> OwnAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>The accounts with these ids, at most a thousand; those the caller may not see are left out.</summary>
    Task<Result<IReadOnlyList<Account>>> ReadAsync(Caller caller, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// The members of the acting organization with one of these addresses, proven or not. Inside a transaction they stay as they are until
    /// it ends: nobody proves an address meanwhile.
    /// </summary>
    Task<Result<IReadOnlyList<Account>>> FindByEmailAsync(Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken);

    /// <summary>The members of the acting organization that match, by id; 422 where they are more than a thousand.</summary>
    Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, AccountCriteria criteria, CancellationToken cancellationToken);
}
