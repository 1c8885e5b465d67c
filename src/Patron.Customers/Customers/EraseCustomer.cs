using Patron.Customers.Accounts;
using Patron.Customers.Merges;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Erases a customer (an admin, the organization's vendor, or a key with <c>customers:hard-delete</c>; 403 for other staff): the record
/// with its consents, its merged records and what their merges kept, the values in its audit entries and in those of records that it had
/// been merged into, its comments and entries in the mail log, stored answers that show it, and the data that other modules keep of it. One audit entry without personal data records the erasure. The account is unchanged, and the email address can be used again.
/// 404 (also for the second of two concurrent calls) and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Hard Delete'.
/// </summary>
public sealed class EraseCustomer(
    CustomerStore customers, AccountCopies accounts, IEnumerable<ICustomerReferences> references, MergeStore merges, IdempotentWork answers,
    DatabaseSession database)
{
    /// <summary>Returns the record as it was last.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessEraser(caller) is { } refused)
        {
            return refused;
        }

        var loaded = await accounts.LoadAccountsAsync(caller, [reference], cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var absorbed = await database.QueryAsync(
            "SELECT uid, customer_id FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2",
            row => new RecordIdentifiers(row.Uuid(), row.Text()), cancellationToken, customer.OrganizationId, customer.Uid);
        RecordIdentifiers[] erased = [RecordIdentifiers.Of(customer), .. absorbed];

        // Actor, action and time stay; the values are erased.
        await database.ExecuteAsync(
            "UPDATE shared.audit_entries SET before = NULL, after = NULL WHERE subject_id = ANY ($1)", cancellationToken,
            erased.Select(name => name.Uid).ToArray());
        await database.ExecuteAsync(
            "DELETE FROM shared.mail_log WHERE customer_uid = ANY ($1)", cancellationToken, (object)erased.Select(name => name.Uid).ToArray());
        var others = await merges.EraseAsync(customer.OrganizationId, [.. erased.Select(name => name.Uid)], cancellationToken);
        await answers.ForgetAsync([.. erased, .. others], cancellationToken);
        foreach (var keeper in references)
        {
            await keeper.ForgetAsync(customer.OrganizationId, [.. erased.Select(name => name.Uid)], cancellationToken);
        }

        await customers.RemoveAsync(customer, CustomerAudit.For(caller, "customer.erased", customer), cancellationToken);
        return (await transaction.CommitAsync(customer, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
