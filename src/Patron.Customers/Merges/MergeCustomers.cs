using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>A merge as a caller asks for it: the records to merge into one, and what the rules shall not decide.</summary>
public sealed record MergeRequest(IReadOnlyList<string> Others)
{
    /// <summary>Versions of the records by the name that the request uses; null accepts any.</summary>
    public IReadOnlyDictionary<string, long>? Versions { get; init; }

    /// <summary>The versions of the survivor that the caller accepts (<c>If-Match</c>); null accepts any.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>The record whose value wins, by field (<see cref="MergeChoices.Names"/>).</summary>
    public IReadOnlyDictionary<string, string>? Choices { get; init; }

    /// <summary>Required where two of the records have an account.</summary>
    public string? Reason { get; init; }

    /// <summary>Only shows what the merge would make.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>
/// Merges up to <see cref="MaxOthers"/> customers into one, in the order given (staff, or a key with <c>customers:write</c>). Where two of
/// them have an account, only an administrator may, with a reason: the accounts of the others are disabled, and both mailboxes are told.
/// Errors: 400 more addresses than a customer can have, other memberships of such an account; 403; 404 for any of them; 409 for records
/// that are one already, or change all the time; 412 for an outdated version; 422 naming what is invalid, such as tags over the limit. Nothing is done in part.
/// </summary>
public sealed class MergeCustomers(
    CustomerStore customers, CustomerMerger merger, MergePartners records, AccountCopies copies, DatabaseSession database, TimeProvider time)
{
    public const int MaxOthers = 9;

    /// <summary>The fields, and wholes of several, whose value a caller may choose.</summary>
    public static IReadOnlyList<string> ChoosableFields => MergeChoices.Names;

    private const int MaxAttempts = 3;

    public async Task<Result<MergeResult>> HandleAsync(
        Caller caller, string survivor, MergeRequest request, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var checkedRequest = MergeNames.Check(survivor, request);
        if (!checkedRequest.Succeeded(out var names, out var invalid))
        {
            return invalid;
        }

        // Before the transaction: do not wait for another service inside one.
        var loaded = await copies.LoadAccountsAsync(caller, names.All, cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await database.BeginAsync(cancellationToken);
            var locked = await records.LockAsync(caller, names, cancellationToken);
            if (!locked.Succeeded(out var found, out var missing))
            {
                return missing;
            }

            if (found.IsStable)
            {
                var merged = await MergeAsync(caller, names, found, cancellationToken);
                var committed = request.IsDryRun ? merged : await transaction.CommitAsync(merged, cancellationToken);
                return committed.Select(result => result with
                {
                    Customer = linkedAccounts.AddAccountData(result.Customer).ForReader(CustomerAccess.ReaderOf(caller)),
                });
            }

            if (attempt == MaxAttempts)
            {
                return MergeLocks.Changing;
            }
        }
    }

    private async Task<Result<MergeResult>> MergeAsync(
        Caller caller, MergeNames names, LockedRecords found, CancellationToken cancellationToken)
    {
        var (survivor, others, now) = (found.Survivor, found.Others, time.GetDatabaseNow());
        var retired = found.RetiredAccounts;
        if ((names.CheckVersions(found) ?? CheckAccounts(caller, names, retired)) is { } refused)
        {
            return refused;
        }

        if (await records.RetireAccountsAsync(caller, retired, names.Request.IsDryRun, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var orders = names.OrdersOf(found);
        var versions = found.All.ToDictionary(record => record.CustomerId, record => record.Version, StringComparer.Ordinal);
        var plans = await merger.PreviewAsync(survivor, [.. others.Zip(orders)], now, cancellationToken);
        var counts = await records.CountAsync(found, cancellationToken);
        if (MergeLimits.Check(found, counts, plans) is { } limit)
        {
            return limit;
        }

        var result = MergeResult.Of(found, plans, counts, versions);
        return names.Request.IsDryRun
            ? result with { Customer = plans[^1].Merged.Record }
            : await SaveAsync(caller, found, orders, result, now, cancellationToken);
    }

    private async Task<Result<MergeResult>> SaveAsync(
        Caller caller, LockedRecords found, IReadOnlyList<MergeOrder> orders, MergeResult result, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (entries, ids) = (new List<AuditEntry>(), new List<long>());
        foreach (var (absorbed, order) in found.Others.Zip(orders))
        {
            var merged = await merger.MergeAsync(caller, found.Survivor, absorbed, order, now, cancellationToken);
            if (!merged.Succeeded(out var made, out var refused))
            {
                return refused;
            }

            entries.AddRange(made.Entries);
            ids.Add(made.Id);
        }

        var saved = await customers.SaveAsync(found.Survivor, entries, cancellationToken);
        if (!saved.Succeeded(out var customer, out var taken))
        {
            return taken;
        }

        if (customer.UserId is not null)
        {
            await copies.RemoveAccountDataAsync(customer, cancellationToken);
        }

        return result with { Customer = customer, Merges = ids };
    }

    private static Error? CheckAccounts(Caller caller, MergeNames names, IReadOnlyList<(Guid Losing, Guid Keeping)> retired)
    {
        if (retired.Count == 0)
        {
            return null;
        }

        if (!caller.IsAdmin || caller.Key is not null)
        {
            return Error.Forbidden(
                "admin_required", "Two of these customers have an account. Only an administrator can merge them, with a reason.");
        }

        return names.Request.Reason is null ? Error.Required("reason") : null;
    }
}
