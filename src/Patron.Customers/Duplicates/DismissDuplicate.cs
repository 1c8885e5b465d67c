using Patron.Customers.Accounts;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Says of a pair that it is not one customer: it is not found again, also after one of the two was merged into another record. Or takes
/// that back. Repeating it changes nothing. For staff and keys with <c>customers:write</c> (403 for others). 404 for an unknown pair.
/// </summary>
public sealed class DismissDuplicate(
    DuplicatePairs pairs, DuplicateViews views, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<ShownDuplicate>> HandleAsync(Caller caller, long id, bool isDismissed, CancellationToken cancellationToken)
    {
        if (DuplicateAccess.Refuse(caller, accounts, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await pairs.LockAsync(caller.OrganizationId, id, cancellationToken) is not { } pair)
        {
            return DuplicateAccess.NotFound;
        }

        if (pair.DismissedAt is null == isDismissed)
        {
            var now = time.GetDatabaseNow();
            pair = await (isDismissed
                ? pairs.DismissAsync(caller, pair, now, cancellationToken) : pairs.ReopenAsync(caller, pair, cancellationToken));
            await database.AddAuditAsync(Entry(caller, isDismissed, pair.UidA, pair.UidB, now), cancellationToken);
            await database.AddAuditAsync(Entry(caller, isDismissed, pair.UidB, pair.UidA, now), cancellationToken);
        }

        var shown = await views.ShowAsync(caller, [pair], cancellationToken);
        return shown is [var one] ? await transaction.CommitAsync(one, cancellationToken) : DuplicateAccess.NotFound;
    }

    private static AuditEntry Entry(Caller caller, bool isDismissed, Guid customer, Guid other, DateTimeOffset now) => AuditEntry.For(
        caller, isDismissed ? "customer.duplicate_dismissed" : "customer.duplicate_reopened", "customer", customer, now,
        caller.OrganizationId, after: $$"""{"duplicate":"{{other}}"}""");
}
