using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>An address after its change (after its removal: as it was last), and its customer, whose version the change has raised.</summary>
public sealed record ChangedAddress(Customer Customer, CustomerAddress Address);

/// <summary>What was done to an address; null before it was added and after it was removed.</summary>
internal sealed record AddressDeed(CustomerAddress Address, AddressInput? Before, AddressInput? After);

/// <summary>One change of an address: what the audit entry calls it, the deed on the locked customer, and the versions the caller takes.</summary>
internal sealed record AddressEdit(
    string Action, Func<Customer, DateTimeOffset, Task<Result<AddressDeed>>> DoAsync, IReadOnlyCollection<long>? ExpectedVersions);

/// <summary>
/// Changes the addresses of a locked customer: those who come together take turns, so that rules about all of them hold. A change
/// that changes nothing writes nothing; any other raises the customer's version and leaves an audit entry, all in one transaction.
/// </summary>
public sealed partial class AddressEditor(CustomersContext context, DatabaseSession session, TimeProvider time, ILogger<AddressEditor> logger)
{
    private static readonly Error NotFound = Error.NotFound("The customer has no such address. Look it up in the list of their addresses.");

    private static readonly Error Primary = Error.Rule(
        "This is the primary address, a part of the customer itself: change or empty it there (PUT /api/v1/customers/{customer_id}/). Nothing was changed.");

    internal Task<Result<ChangedAddress>> EditAsync(Caller caller, string reference, AddressEdit edit, CancellationToken cancellation) =>
        session.InTransactionAsync(() => EditLockedAsync(caller, reference, edit, cancellation), cancellation);

    /// <summary>One of the customer's other addresses, by its uid.</summary>
    internal async Task<Result<CustomerAddress>> FindAsync(Customer customer, string text, CancellationToken cancellation)
    {
        if (!Guid.TryParseExact(text, "D", out var uid))
        {
            return NotFound;
        }

        if (uid == customer.Uid)
        {
            return Primary;
        }

        var found = await context.Addresses.SingleOrDefaultAsync(address => address.Uid == uid && address.CustomerUid == customer.Uid, cancellation);
        return found is null ? NotFound : found;
    }

    private async Task<Result<ChangedAddress>> EditLockedAsync(Caller caller, string reference, AddressEdit edit, CancellationToken cancellation)
    {
        var locked = await context.LockAsync(session, caller, reference, edit.ExpectedVersions, cancellation);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var now = time.GetDatabaseNow();
        var done = await edit.DoAsync(customer, now);
        if (!done.Succeeded(out var deed, out var refused))
        {
            return refused;
        }

        if (deed.Before != deed.After)
        {
            customer.Touch(now);
            context.Audit.Add(EntryFor(caller, edit.Action, customer, deed));
            await context.SaveChangesAsync(cancellation);
            session.AfterCommit(() => LogEdited(customer.Uid, edit.Action, deed.Address.Uid));
        }

        return new ChangedAddress(customer, deed.Address);
    }

    // The timeline is the customer's, so the entry is; which of the addresses it was stands beside what changed.
    private static AuditEntry EntryFor(Caller caller, string action, Customer customer, AddressDeed deed)
    {
        WrittenField<AddressInput>[] fields = [new("id", _ => deed.Address.Uid), .. AddressFields.All.Changed(deed.Before, deed.After)];
        return AuditEntry.For(
            caller, action, "customer", customer.Uid, customer.UpdatedAt, customer.OrganizationId,
            before: deed.Before is { } before ? fields.ToJson(before) : null, after: deed.After is { } after ? fields.ToJson(after) : null);
    }

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action} {AddressUid}")]
    private partial void LogEdited(Guid uid, string action, Guid addressUid);
}
