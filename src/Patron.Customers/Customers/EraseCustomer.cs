using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Removes a customer for good (an admin, the organization's vendor, or a key with <c>customers:hard-delete</c>; 403 for other staff):
/// the record with its consents and what was merged into it, what its audit entries say of it, the stored answers that show it, and what other
/// modules keep of it. One entry without personal data tells that it was done. The account is untouched, and the e-mail address can be entered again.
/// 404 (also for the second of two at once) and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Hard Delete'.
/// </summary>
public sealed class EraseCustomer(
    CustomerStore customers, AccountCopies accounts, IEnumerable<ICustomerReferences> references, IdempotentWork answers, DatabaseSession database)
{
    /// <summary>The record in its last state; nowhere but in this answer any more.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessEraser(caller) is { } refused)
        {
            return refused;
        }

        var known = await accounts.KnowAsync(caller, [reference], cancellationToken);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var absorbed = await database.QueryAsync(
            "SELECT uid, customer_id FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2",
            row => new RecordName(row.Uuid(), row.Text()), cancellationToken, customer.OrganizationId, customer.Uid);
        RecordName[] erased = [RecordName.Of(customer), .. absorbed];

        // Who did what and when stays; what the record said goes.
        await database.ExecuteAsync(
            "UPDATE shared.audit_entries SET before = NULL, after = NULL WHERE subject_id = ANY ($1)", cancellationToken, erased.Select(name => name.Uid).ToArray());
        await answers.ForgetAsync(erased, cancellationToken);
        foreach (var others in references)
        {
            await others.ForgetAsync(customer.OrganizationId, [.. erased.Select(name => name.Uid)], cancellationToken);
        }

        await customers.RemoveAsync(customer, CustomerAudit.For(caller, "customer.erased", customer), cancellationToken);
        return (await transaction.CommitAsync(customer, cancellationToken)).Select(known.Show);
    }
}
