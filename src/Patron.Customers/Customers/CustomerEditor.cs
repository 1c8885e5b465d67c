using Patron.Customers.Accounts;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>One change of what people write on a record.</summary>
internal sealed record CustomerEdit(CustomerChanges Changes)
{
    /// <summary>Fields that the caller's interface never leaves empty.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];

    /// <summary>The use case itself is the caller's to call, whatever fields it touches.</summary>
    public bool IsPermitted { get; init; }
}

/// <summary>
/// Changes what people write on a locked record, whoever asks: refuses what is not the caller's to change, checks what is new, keeps what the ERP owns
/// and turns a customer's change of it into a request. The use case saves.
/// </summary>
public sealed class CustomerEditor(ChangeRequests requests, TimeProvider time)
{
    /// <summary>Null where the record is as wanted now. Errors: 400, 403, 422, and 503 where accounts are away and it takes them to know what is asked.</summary>
    internal async Task<Error?> ChangeAsync(Caller caller, Customer customer, KnownAccounts accounts, CustomerEdit edit, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var shown = accounts.Show(customer); // What was asked for was asked by somebody who saw the record as it is shown.
        var wanted = shown.With(edit.Changes);
        if (!edit.IsPermitted && CustomerAccess.RefuseFields(caller, customer, requests.Ownership, Asked(shown, wanted, edit.Changes)) is { } refused)
        {
            // With accounts away nobody knows whether a name is another one.
            return refused.Kind == ErrorKind.Rule && accounts.Failure is { } away ? away : refused;
        }

        if (CustomerSchema.Check(wanted, CustomerSchema.Fields.Changed(shown, wanted), edit.Required, now, edit.Changes.Mistakes) is { } invalid)
        {
            return invalid;
        }

        await requests.AskAsync(caller, customer, shown, wanted, now, cancellationToken);
        var kept = accounts.Strip(customer, requests.Ownership.Kept(customer, wanted));
        if (CustomerSchema.Fields.Changed(customer, kept).Count > 0)
        {
            customer.Change(kept, now);
        }

        return null;
    }

    // A name that only follows from the changed ones was not asked for.
    private static List<Field<Customer>> Asked(Customer shown, Customer wanted, CustomerChanges changes) =>
        [.. CustomerSchema.Fields.Changed(shown, wanted).Where(field => field != CustomerSchema.Name || changes.Names(field))];
}
