using Microsoft.Extensions.Logging;
using Patron.Customers.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>One change of a record: what the audit entry calls it, the change itself, and what must hold before it.</summary>
internal sealed record CustomerEdit(string Action, Func<CustomerDetails, CustomerDetails> Apply)
{
    /// <summary>The versions the caller takes; any other is 412. Null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>Fields that the caller's interface never leaves empty.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];
}

/// <summary>
/// Changes a locked record: those who come together take turns. A change that changes nothing writes nothing; any other raises the
/// version and leaves an audit entry with the changed fields before and after, all in one transaction.
/// </summary>
public sealed partial class CustomerEditor(CustomersContext context, DatabaseSession session, TimeProvider time, ILogger<CustomerEditor> logger)
{
    internal Task<Result<Customer>> EditAsync(Caller caller, string reference, CustomerEdit edit, CancellationToken cancellation) =>
        session.InTransactionAsync(() => EditLockedAsync(caller, reference, edit, cancellation), cancellation);

    private async Task<Result<Customer>> EditLockedAsync(Caller caller, string reference, CustomerEdit edit, CancellationToken cancellation)
    {
        var locked = await context.LockAsync(caller, reference, edit.ExpectedVersions, cancellation);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var before = customer.Details;
        var asked = edit.Apply(before);
        if (CustomerAccess.RefuseFields(caller, customer, CustomerFields.Changed(before, asked)) is { } refused)
        {
            return refused;
        }

        var after = asked.Settled(before);
        var changed = CustomerFields.Changed(before, after);
        var now = time.GetDatabaseNow();
        if (CustomerFields.Check(after, changed, edit.Required, now) is { } invalid)
        {
            return invalid;
        }

        return changed.Count == 0 ? customer : await SaveAsync(caller, customer, before, after, (edit.Action, changed, now), cancellation);
    }

    private async Task<Result<Customer>> SaveAsync(
        Caller caller, Customer customer, CustomerDetails before, CustomerDetails after,
        (string Action, IReadOnlyList<CustomerField> Changed, DateTimeOffset Now) deed, CancellationToken cancellation)
    {
        customer.Change(after, deed.Now);
        context.Consents.AddRange(Consent.Of(customer, deed.Changed, caller));
        context.Audit.Add(AuditEntry.For(
            caller, deed.Action, "customer", customer.Uid, deed.Now, customer.OrganizationId,
            before: deed.Changed.ToJson(before), after: deed.Changed.ToJson(after)));
        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        session.AfterCommit(() => LogEdited(customer.Uid, deed.Action));
        return customer;
    }

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action}")]
    private partial void LogEdited(Guid uid, string action);
}
