using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Merges;

/// <summary>
/// Saves both records of an undone merge. An address that another customer claims meanwhile comes back as released, with an item for the
/// staff's inbox, so that an undo never fails because of it.
/// </summary>
public sealed class ReturnedClaims(CustomerStore customers, InboxItems inbox, DatabaseSession database)
{
    private const int MaxAttempts = 5;

    private const string TakenSql = """
        SELECT email_key FROM customers.customers WHERE organization_id = $1 AND uid <> ALL ($2) AND email_key = ANY ($3) AND claim = 'claimed'
        """;

    private const string UsernameSql = "SELECT username FROM customers.absorbed WHERE organization_id = $1 AND uid = $2";

    private static readonly Field<Customer>[] Inserted = [CustomerSchema.Id, .. CustomerSchema.Fields.Inserted];

    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers ({Inserted.Names()}) OVERRIDING SYSTEM VALUE VALUES ({string.Join(", ", Inserted.Select((_, place) => $"${place + 1}"))})
        """;

    /// <summary>
    /// Changes the locked survivor to <paramref name="separated"/> and stores the returned record again. Returns the customer_ids of the
    /// records whose address somebody else claims.
    /// </summary>
    internal async Task<IReadOnlyList<string>> SaveAsync(
        Caller caller, Customer survivor, Customer separated, Customer returned, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var version = survivor.Version;
        var username = await database.QueryAsync(UsernameSql, row => row.Text(), cancellationToken, returned.OrganizationId, returned.Uid);
        (returned.Username, separated.Username) = (username[0], survivor.Username);
        var released = new List<Customer>();
        for (var attempt = 1; ; attempt++)
        {
            released.AddRange(await ReleaseAsync(separated, returned, cancellationToken));
            CopyTo(survivor, separated, version + 1, now);
            (returned.UpdatedAt, returned.Version) = (now, Math.Max(returned.Version, version) + 1);
            await using var step = await database.BeginAsync(cancellationToken);
            var saved = await TrySaveAsync(caller, survivor, returned, cancellationToken);
            if ((await step.CommitAsync(saved, cancellationToken)).Error is not { } taken)
            {
                break;
            }

            // Somebody claimed the address, or linked the account, between the look and the write.
            if (taken != CustomerConflicts.EmailTaken || attempt == MaxAttempts)
            {
                throw new InvalidOperationException($"A merge could not be undone: {taken.Detail}");
            }
        }

        foreach (var record in released)
        {
            await inbox.PutAsync(
                record.OrganizationId, InboxKind.ReleasedClaim, record.Uid.ToString(), record.Uid, now, cancellationToken);
        }

        return [.. released.Select(record => record.CustomerId)];
    }

    private static void CopyTo(Customer survivor, Customer separated, long version, DateTimeOffset now)
    {
        foreach (var field in CustomerSchema.Fields.Updated)
        {
            field.Copy(separated, survivor);
        }

        (survivor.UpdatedAt, survivor.Version) = (now, version);
    }

    // Both cannot claim one address either: the survivor's later edits go first.
    private async Task<List<Customer>> ReleaseAsync(Customer separated, Customer returned, CancellationToken cancellationToken)
    {
        Customer[] both = [separated, returned];
        var taken = (await database.QueryAsync(
            TakenSql, row => row.Text(), cancellationToken, returned.OrganizationId, both.Select(record => record.Uid).ToArray(),
            both.Select(record => record.EmailKey).OfType<string>().ToArray())).ToHashSet(StringComparer.Ordinal);
        var released = new List<Customer>();
        foreach (var record in both)
        {
            record.Name = record is { Name.Length: 0, UserId: null } ? record.CustomerId : record.Name;
            if (record.Claim != EmailClaim.Claimed)
            {
                continue;
            }

            if (record.EmailKey is null)
            {
                record.Claim = EmailClaim.Unclaimed;
            }
            else if (!taken.Add(record.EmailKey))
            {
                (record.Claim, record.EmailVerifiedAt) = (EmailClaim.Released, null);
                released.Add(record);
            }
        }

        return released;
    }

    private async Task<Result<Customer>> TrySaveAsync(
        Caller caller, Customer survivor, Customer returned, CancellationToken cancellationToken)
    {
        var entry = CustomerAudit.Changed(caller, "customer.unmerged", survivor, ("returned", returned.CustomerId));
        var saved = await customers.SaveAsync(survivor, [entry], cancellationToken);
        if (saved.Error is not null)
        {
            return saved;
        }

        try
        {
            await database.ExecuteAsync(InsertSql, cancellationToken, [.. Inserted.Select(field => field.ToParameter(returned))]);
        }
        catch (Npgsql.PostgresException exception) when (CustomerConflicts.ToError(exception) is { } taken)
        {
            return taken;
        }

        await database.AddAuditAsync(
            CustomerAudit.For(caller, "customer.unmerged", returned, after: FieldText.ToJson(("separated_from", survivor.CustomerId))),
            cancellationToken);
        return survivor;
    }
}
