using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Customers.Erp;
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

    /// <summary>The deed itself is the caller's to do, whatever fields it touches.</summary>
    public bool IsPermitted { get; init; }
}

/// <summary>One time that a record keeps beside what people write: what the audit entry calls the deed, the time's name, and how it is read and set.</summary>
internal sealed record CustomerMark(string Action, string Field, Func<Customer, DateTimeOffset?> Read, Action<Customer, DateTimeOffset> Set)
{
    /// <summary>The versions the caller takes; any other is 412. Null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>Why the record cannot have it, or null.</summary>
    public Func<Customer, Error?> Refuse { get; init; } = _ => null;
}

/// <summary>What was done to a record and when, with the changed fields as JSON objects where they are kept.</summary>
internal sealed record CustomerDeed(string Action, DateTimeOffset At, string? Before = null, string? After = null);

/// <summary>
/// Changes a locked record: those who come together take turns. A change that changes nothing writes nothing; any other raises the
/// version and leaves an audit entry with the changed fields before and after, all in one transaction.
/// </summary>
public sealed partial class CustomerEditor(
    CustomersContext context, DatabaseSession session, AccountNames names, ChangeRequests requests, TimeProvider time, ILogger<CustomerEditor> logger)
{
    internal Task<Result<Customer>> EditAsync(
        Caller caller, string reference, CustomerEdit edit, CancellationToken cancellation, KnownAccounts? known = null) =>
        LockedAsync(
            caller, reference, edit.ExpectedVersions,
            (customer, accounts, now) => EditLockedAsync(caller, customer, accounts, edit, now, cancellation), cancellation, known);

    internal Task<Result<Customer>> MarkAsync(Caller caller, string reference, CustomerMark mark, CancellationToken cancellation) =>
        LockedAsync(
            caller, reference, mark.ExpectedVersions,
            (customer, accounts, now) => MarkLockedAsync(caller, customer, accounts, mark, now, cancellation), cancellation);

    /// <summary>
    /// Does the deed in a transaction that has locked the record, and shows what became of it: 404 where the caller has no such record, 412
    /// for a version they do not take. <paramref name="known"/> are the accounts of who has asked for them already, or needs none.
    /// </summary>
    internal async Task<Result<Customer>> LockedAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions,
        Func<Customer, KnownAccounts, DateTimeOffset, Task<Result<Customer>>> deed, CancellationToken cancellation, KnownAccounts? known = null)
    {
        // Before the transaction: another service is not waited for with a record locked.
        var accounts = known ?? await names.KnowAsync(caller, [reference], cancellation);
        var done = await session.InTransactionAsync(
            async () =>
            {
                var locked = await context.LockAsync(session, caller, reference, expectedVersions, cancellation);
                return locked.Succeeded(out var customer, out _) ? await deed(customer, accounts, time.GetDatabaseNow()) : locked;
            },
            cancellation);
        return done.Succeeded(out var changed, out _) ? accounts.Show(changed) : done;
    }

    /// <summary>Saves what was done to the record, with its audit entry.</summary>
    internal async Task<Result<Customer>> SaveAsync(Caller caller, Customer customer, CustomerDeed deed, CancellationToken cancellation)
    {
        Record(caller, customer, deed);
        return await context.TrySaveAsync(cancellation) is { } taken ? taken : customer;
    }

    /// <summary>
    /// Makes the change on a record that is locked; true where it changed something, which is then to be saved. What the ERP owns stays, and
    /// a customer's wish for it becomes a request to staff.
    /// </summary>
    internal async Task<Result<bool>> ApplyAsync(
        Caller caller, Customer customer, KnownAccounts accounts, CustomerEdit edit, DateTimeOffset now, CancellationToken cancellation)
    {
        // What was asked for was asked by somebody who saw the record as it is shown.
        var shown = accounts.Show(customer).Details;
        var asked = edit.Apply(shown);
        if (!edit.IsPermitted && CustomerAccess.RefuseFields(caller, customer, requests.Ownership, CustomerFields.Changed(shown, asked)) is { } refused)
        {
            // With accounts away nobody knows whether a name is another one.
            return refused.Kind == ErrorKind.Rule && accounts.Failure is { } away ? away : refused;
        }

        var settled = asked.Settled(shown);
        if (CustomerFields.Check(settled, CustomerFields.Changed(shown, settled), edit.Required, now, isLinked: customer.UserId is not null) is { } invalid)
        {
            return invalid;
        }

        var isAsked = await requests.AskAsync(caller, customer, shown, settled, now, cancellation);
        var before = customer.Details;
        var after = accounts.Strip(customer, requests.Ownership.Kept(customer, settled));
        var changed = CustomerFields.Changed(before, after);
        if (changed.Count == 0)
        {
            return isAsked;
        }

        customer.Change(after, now);
        context.Consents.AddRange(Consent.Of(customer, changed, caller));
        Record(caller, customer, new CustomerDeed(edit.Action, now, changed.ToJson(before), changed.ToJson(after)));
        return true;
    }

    private async Task<Result<Customer>> EditLockedAsync(
        Caller caller, Customer customer, KnownAccounts accounts, CustomerEdit edit, DateTimeOffset now, CancellationToken cancellation)
    {
        var edited = await ApplyAsync(caller, customer, accounts, edit, now, cancellation);
        return !edited.Succeeded(out var changed, out var refused) ? refused
            : changed && await context.TrySaveAsync(cancellation) is { } taken ? taken
            : customer;
    }

    private async Task<Result<Customer>> MarkLockedAsync(
        Caller caller, Customer customer, KnownAccounts accounts, CustomerMark mark, DateTimeOffset now, CancellationToken cancellation)
    {
        if (mark.Refuse(accounts.Show(customer)) is { } refused)
        {
            return refused;
        }

        var before = mark.Read(customer);
        mark.Set(customer, now);
        var after = mark.Read(customer);
        return before == after
            ? customer
            : await SaveAsync(caller, customer, new CustomerDeed(mark.Action, now, ToJson(mark.Field, before), ToJson(mark.Field, after)), cancellation);
    }

    private void Record(Caller caller, Customer customer, CustomerDeed deed)
    {
        context.Audit.Add(AuditEntry.For(
            caller, deed.Action, "customer", customer.Uid, deed.At, customer.OrganizationId, before: deed.Before, after: deed.After));
        session.AfterCommit(() => LogDeed(customer.Uid, deed.Action));
    }

    private static string ToJson(string field, DateTimeOffset? at) => new JsonObject { [field] = at?.UtcDateTime }.ToJsonString();

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action}")]
    private partial void LogDeed(Guid uid, string action);
}
