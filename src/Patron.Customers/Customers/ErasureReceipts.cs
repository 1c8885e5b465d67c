using System.Security.Cryptography;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.Customers.Customers;

/// <summary>
/// Receipts of erasures: keyed hashes of the ids of erased records. They are kept outside of the database, so that a backup from before an
/// erasure can be restored without bringing the person back. Without the master key nobody can tell whose they are.
/// </summary>
public sealed class ErasureReceipts(MasterKey master)
{
    private readonly byte[] key = master.Derive("patron erasure receipts 1");

    /// <summary>The receipt of a record, in hexadecimal digits.</summary>
    public string Of(Guid customer) => Convert.ToHexStringLower(HMACSHA256.HashData(key, customer.ToByteArray()));
}

/// <summary>Erases the records again that have a receipt: after a restore to a moment before their erasure.</summary>
public sealed class RepeatErasures(DatabaseSession database, EraseCustomer erase, MasterKey master)
{
    // The hashes of a million ids take about a second.
    private const string RecordsSql = "SELECT uid, organization_id FROM customers.customers";

    /// <summary>Returns the number of erased records.</summary>
    /// <exception cref="CannotStartException">A record could not be erased; a repetition goes on with the others.</exception>
    public async Task<int> HandleAsync(IReadOnlySet<string> receipts, CancellationToken cancellationToken)
    {
        var erased = 0;
        if (receipts.Count == 0)
        {
            return erased;
        }

        var hashes = new ErasureReceipts(master);
        var records = await database.QueryAsync(RecordsSql, row => (Uid: row.Uuid(), OrganizationId: row.Uuid()), cancellationToken);
        foreach (var record in records.Where(record => receipts.Contains(hashes.Of(record.Uid))))
        {
            var result = await erase.HandleAsync(
                Caller.System(record.OrganizationId), record.Uid.ToString(), expectedVersions: null, cancellationToken);
            if (!result.Succeeded(out _, out var error))
            {
                throw new CannotStartException($"The erasure of customer {record.Uid} couldn't be repeated: {error.Detail} Please run this again.");
            }

            erased++;
            database.ClearChangeTrackers();
        }

        return erased;
    }
}
