using Patron.Customers.Accounts;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>A change of the fields that people write.</summary>
internal sealed record CustomerEdit(CustomerChanges Changes)
{
    /// <summary>Fields that the caller's interface requires.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];
}

/// <summary>
/// Applies a change to a locked record: checks the caller's permissions and the new values, keeps the values that the ERP owns, and turns a
/// customer's change of those into a change request. The use case saves.
/// </summary>
public sealed class CustomerEditor(ChangeRequests requests, TimeProvider time)
{
    /// <summary>
    /// Null if the record now has the requested values. Errors: 400, 403, 422, and 503 where accounts are unavailable and needed for the
    /// comparison.
    /// </summary>
    internal async Task<Error?> ChangeAsync(
        Caller caller, Customer customer, LoadedAccounts accounts, CustomerEdit edit, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        if (!Check(caller, customer, accounts, edit, now).Succeeded(out var request, out var invalid))
        {
            return invalid;
        }

        await requests.CreateAsync(caller, customer, request.Shown, request.Requested, now, cancellationToken);
        Change(customer, accounts, request.Requested, now);
        return null;
    }

    /// <summary>The same for staff, whose changes of what the ERP owns are refused instead of requested. It asks no database.</summary>
    internal Error? ChangeAsStaff(Caller staff, Customer customer, LoadedAccounts accounts, CustomerEdit edit)
    {
        var now = time.GetDatabaseNow();
        if (!Check(staff, customer, accounts, edit, now).Succeeded(out var request, out var invalid))
        {
            return invalid;
        }

        Change(customer, accounts, request.Requested, now);
        return null;
    }

    private Result<RequestedChange> Check(
        Caller caller, Customer customer, LoadedAccounts accounts, CustomerEdit edit, DateTimeOffset now)
    {
        var shown = accounts.AddAccountData(customer); // The caller made the change on the record as it was shown.
        var requested = shown.With(edit.Changes);
        CustomerSchema.KeepHidden(shown, requested);
        if (CustomerAccess.RefuseFields(
            caller, customer, requests.Ownership, RequestedFields(shown, requested, edit.Changes)) is { } refused)
        {
            // Without the accounts an unchanged name cannot be recognized.
            return refused.Kind == ErrorKind.Rule && accounts.Failure is { } unavailable ? unavailable : refused;
        }

        return CustomerSchema.Check(
            requested, CustomerSchema.Fields.Changed(shown, requested), edit.Required, now, edit.Changes.Errors) is { } invalid
            ? invalid
            : new RequestedChange(shown, requested);
    }

    private void Change(Customer customer, LoadedAccounts accounts, Customer requested, DateTimeOffset now)
    {
        var stored = accounts.RemoveAccountData(customer, requests.Ownership.KeepErpValues(customer, requested));
        customer.StateConsents(requested, now);
        if (CustomerSchema.Fields.Changed(customer, stored).Count > 0)
        {
            customer.Change(stored, now);
        }
    }

    // A derived name was not requested.
    private static List<Field<Customer>> RequestedFields(Customer shown, Customer requested, CustomerChanges changes) =>
        [.. CustomerSchema.Fields.Changed(shown, requested).Where(field => field != CustomerSchema.Name || changes.Contains(field))];

    // The record as the caller saw it, and as they want it.
    private sealed record RequestedChange(Customer Shown, Customer Requested);
}
