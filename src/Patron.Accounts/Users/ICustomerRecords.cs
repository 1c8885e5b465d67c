using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>
/// The port by which changes of accounts update customer records, inside the same transaction: records are linked, and copy the fields that
/// accounts own. Role accounts uses <see cref="NoCustomerRecords"/>.
/// </summary>
public interface ICustomerRecords
{
    /// <summary>New accounts were saved. Some addresses are proven from the start (administrators, imported accounts).</summary>
    Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken);

    /// <summary>
    /// The account has proven its address, perhaps a new one. <paramref name="isTrusted"/>: there was no proof, but the settings trust a
    /// typed address, for closed networks (source 4).
    /// </summary>
    Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken);

    /// <summary>Withdraws the organization's open offers to this account, whose membership there ends; to all where it is null.</summary>
    Task WithdrawOffersAsync(Guid organizationId, Guid? userId, CancellationToken cancellationToken);

    /// <summary>The names or phone of the account have changed from <paramref name="before"/>.</summary>
    Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken);
}

/// <summary>
/// For a separate accounts service: it updates no records, because the customers service reads accounts when it shows them.
/// </summary>
internal sealed class NoCustomerRecords : ICustomerRecords
{
    public Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WithdrawOffersAsync(Guid organizationId, Guid? userId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
