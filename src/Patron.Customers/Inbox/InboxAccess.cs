using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>
/// An item with its customer, if it has one, and the name of who has taken it; null where the caller may not see that account.
/// </summary>
public sealed record InboxEntry(InboxItem Item, Customer? Customer, string? AssignedName);

/// <summary>
/// The permissions on the inbox: staff of the acting organization, and its keys with the scope. Taking items is for persons.
/// </summary>
internal static class InboxAccess
{
    public static readonly Error NotFound = Error.NotFound(
        "inbox_item_not_found", "There's no such item in the inbox. Somebody may have settled it meanwhile.");

    private static readonly Error PersonRequired = Error.Rule(
        "person_required", "Only a person who has signed in can take items. An API key can't.");

    public static Error? RefuseReading(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers);

    public static Error? RefuseChanging(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    public static Error? RefuseTaking(Caller caller) =>
        RefuseChanging(caller) ?? (caller.UserId is null ? PersonRequired : null);
}

/// <summary>Adds customers and names of staff to items.</summary>
public sealed class InboxEntries(InboxItems items, CustomerStore customers, IAccountDirectory accounts)
{
    /// <summary>The items in the same order. Errors: 503 where accounts are unavailable.</summary>
    internal async Task<Result<IReadOnlyList<InboxEntry>>> ShowAsync(
        Caller caller, IReadOnlyList<InboxItem> shown, CancellationToken cancellationToken)
    {
        Guid[] people = [.. shown.Select(item => item.AssignedTo).OfType<Guid>().Distinct()];
        var named = people.Length == 0
            ? new Result<IReadOnlyList<Account>>()
            : await accounts.ReadAsync(caller, people, cancellationToken);
        if (named.Error is { } unavailable)
        {
            return unavailable;
        }

        var names = people.Length == 0 ? [] : named.Value.ToDictionary(account => account.UserId, account => account.FullName);
        Guid[] uids = [.. shown.Select(item => item.CustomerUid).OfType<Guid>().Distinct()];
        var found = uids.Length == 0 ? [] : await customers.FindAllAsync(caller.OrganizationId, uids, cancellationToken);
        var reader = CustomerAccess.ReaderOf(caller);
        return shown.Select(item => new InboxEntry(
            item, item.CustomerUid is { } uid ? found.GetValueOrDefault(uid)?.ForReader(reader) : null,
            item.AssignedTo is { } person ? names.GetValueOrDefault(person) : null)).ToList();
    }

    /// <summary>One item.</summary>
    internal async Task<Result<InboxEntry>> ShowAsync(Caller caller, InboxItem item, CancellationToken cancellationToken) =>
        (await ShowAsync(caller, [item], cancellationToken)).Select(entries => entries[0]);

    /// <summary>Why a change of an item failed: there is none, or somebody else has it.</summary>
    internal async Task<Result<InboxEntry>> ExplainAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (await items.FindAsync(caller, id, cancellationToken) is not { } item)
        {
            return InboxAccess.NotFound;
        }

        return (await ShowAsync(caller, item, cancellationToken)).Succeeded(out var entry, out var unavailable)
            ? entry.Item.AssignedTo is { } other && other != caller.UserId ? Taken(entry) : entry
            : unavailable;
    }

    private static Error Taken(InboxEntry entry) => Error.Conflict(
        "inbox_item_taken", $"{entry.AssignedName ?? "Another member of staff"} has taken this item. Ask them to release it.");
}
