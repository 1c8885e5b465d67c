using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Removes a customer for good (an admin, the organization's vendor, or a key with <c>customers:hard-delete</c>; 403 for other staff):
/// the record with its consents and what was merged into it, what its audit entries say of it, and the stored answers that show it. One entry without personal
/// data tells that it was done. The account is untouched, and the e-mail address can be entered again. 404 (also for the second of two
/// at once) and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Hard Delete'.
/// </summary>
public sealed class EraseCustomer(CustomerEditor editor, CustomersContext context, IdempotentWork answers)
{
    /// <summary>The record in its last state; nowhere but in this answer any more.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessEraser(caller) is { } refused)
        {
            return refused;
        }

        return await editor.LockedAsync(
            caller, reference, expectedVersions, (customer, _, now) => EraseLockedAsync(caller, customer, now, cancellation), cancellation);
    }

    private async Task<Result<Customer>> EraseLockedAsync(Caller caller, Customer customer, DateTimeOffset now, CancellationToken cancellation)
    {
        // Who did what and when stays; what the record said goes.
        var absorbed = await context.Database
            .SqlQuery<RecordName>($"""SELECT uid AS "Uid", customer_id AS "CustomerId" FROM customers.absorbed WHERE merged_into = {customer.Uid}""")
            .ToListAsync(cancellation);
        Guid[] uids = [customer.Uid, .. absorbed.Select(other => other.Uid)];
        await context.Audit.Where(entry => uids.Contains(entry.SubjectId)).ExecuteUpdateAsync(
            entries => entries.SetProperty(entry => entry.Before, (string?)null).SetProperty(entry => entry.After, (string?)null), cancellation);
        await answers.ForgetAsync([RecordName.Of(customer), .. absorbed], cancellation);
        context.Customers.Remove(customer); // Its consents, offers and what it absorbed go with it, by their foreign keys.
        return await editor.SaveAsync(caller, customer, new CustomerDeed("customer.erased", now), cancellation);
    }
}
