using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>
/// What follows from accounts in other modules, inside the transaction of what happened: customer records are linked, and copy what their accounts
/// own. Role accounts: <see cref="NoCustomerRecords"/>.
/// </summary>
public interface ICustomerRecords
{
    /// <summary>These accounts are new; some addresses count as proven from the start (an administrator's, imported ones).</summary>
    Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken);

    /// <summary>
    /// The account has proven its address, perhaps a new one. <paramref name="isTrusted"/>: nobody has proven anything, but a closed network
    /// trusts whoever types the address (source 4).
    /// </summary>
    Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken);

    /// <summary>The account's names or phone are others now than <paramref name="before"/>.</summary>
    Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken);
}

/// <summary>A separate accounts service: no records follow, because the customers service asks for what it shows.</summary>
internal sealed class NoCustomerRecords : ICustomerRecords
{
    public Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) => Task.CompletedTask;
}
