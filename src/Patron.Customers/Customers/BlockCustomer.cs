using Patron.Customers.Accounts;
using Patron.Customers.Comments;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Blocks a customer and keeps the reason as a comment, in one transaction: staff and keys with <c>customers:write</c> (403 for others).
/// <see cref="UpdateCustomer"/> with another status unblocks. 404 for a record that the caller cannot see, 412 for an outdated version, 422
/// for <c>reason</c>.
/// </summary>
public sealed class BlockCustomer(
    CustomerStore customers, CommentStore comments, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
    /// <summary>Returns the changed record.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, string? reason, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            return Error.Required("reason");
        }

        if (!CustomerComment.Check(reason).Succeeded(out var text, out var invalid))
        {
            return invalid.WithFieldNames(new Dictionary<string, string> { ["text"] = "reason" });
        }

        var loaded = await accounts.LoadAccountsAsync(caller, [reference], cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var now = time.GetDatabaseNow();
        await comments.AddAsync(caller, customer, text, now, cancellationToken);
        customer.Block(now);
        var saved = await customers.SaveAsync(caller, customer, "customer.changed", cancellationToken);
        return (await transaction.CommitAsync(saved, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
