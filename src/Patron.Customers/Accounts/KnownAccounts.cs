using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Accounts;

/// <summary>
/// The accounts behind the records of one answer, as far as they are known. Where rows hold copies of what accounts own, records are shown
/// as they are. Where they do not, an account that could not be had leaves its record incomplete; of the caller's own the token says a part.
/// </summary>
internal sealed class KnownAccounts
{
    /// <summary>What an answer lacks that could not be completed by the accounts service.</summary>
    private static readonly IReadOnlyList<string> WithoutAccounts = ["accounts"];

    private readonly IReadOnlyDictionary<Guid, Account>? found;

    private KnownAccounts(IReadOnlyDictionary<Guid, Account>? found, Account? own = null, Error? failure = null) =>
        (this.found, Own, Failure) = (found, own, failure);

    /// <summary>Rows hold copies, or no record has an account.</summary>
    public static KnownAccounts NotNeeded { get; } = new(found: null);

    /// <summary>Nothing is known, and nobody was asked.</summary>
    public static KnownAccounts NotAsked { get; } = new(new Dictionary<Guid, Account>());

    /// <summary>Why they could not be had; null where they were answered.</summary>
    public Error? Failure { get; }

    /// <summary>The caller's own account as their token says it is; null where it does not, and where accounts are here.</summary>
    public Account? Own { get; }

    public static KnownAccounts Of(Caller caller, Result<IReadOnlyList<Account>> answer)
    {
        var self = caller is { UserId: { } id, Identity: { } token }
            ? new Account(id, token.Email, token.EmailVerified, token.FirstName, token.LastName, Phone: null)
            : null;
        return answer.Succeeded(out var accounts, out var failure)
            ? new KnownAccounts(accounts.ToDictionary(account => account.UserId), self)
            : new KnownAccounts(new Dictionary<Guid, Account>(), self, failure);
    }

    /// <summary>The record with what its account owns: a copy where anything is filled in, which is never saved.</summary>
    public Customer Show(Customer customer) =>
        customer.UserId is { } user && found is not null ? customer.Shown(Find(user), found.ContainsKey(user) ? null : WithoutAccounts) : customer;

    /// <summary>What is stored of a record that was changed as it was shown: nothing that the account owns.</summary>
    public Customer Strip(Customer customer, Customer changed) =>
        customer.UserId is { } user && found is not null ? changed.WithoutAccount(Find(user)) : changed;

    private Account? Find(Guid user) => found!.GetValueOrDefault(user) ?? (Own?.UserId == user ? Own : null);
}
