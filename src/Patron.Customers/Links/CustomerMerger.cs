using Npgsql;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Merges two records of the same person (linking.md, 'Merge') inside the transaction that has locked both. The survivor's values win;
/// addresses, consents, offers and history move to it, and the absorbed record's identifiers lead to it from then on. The state of the
/// absorbed record is stored, so that a merge can be undone.
/// </summary>
public sealed class CustomerMerger(
    CustomerAddresses addresses, IEnumerable<ICustomerReferences> references, DatabaseSession database, ErpOwnership erp)
{
    // Before the survivor is saved, because it takes over the account and the address, which only one record can have.
    private const string MoveSql = """
        INSERT INTO customers.absorbed (uid, organization_id, number, customer_id, code, username, merged_into, merged_at, before)
        SELECT c.uid, c.organization_id, c.id, c.customer_id, c.code, c.username, $3, $4, to_jsonb(c) - 'search_text' || jsonb_build_object('addresses',
            (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM customers.addresses a WHERE a.organization_id = $1 AND a.customer_uid = c.uid))
        FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = $2
        """;

    private const string FollowSql = "UPDATE customers.absorbed SET merged_into = $3 WHERE organization_id = $1 AND merged_into = $2";
    private const string AddressesSql = "UPDATE customers.addresses SET customer_uid = $3 WHERE organization_id = $1 AND customer_uid = $2";
    private const string ConsentsSql = "UPDATE customers.consents SET customer_uid = $3 WHERE organization_id = $1 AND customer_uid = $2";

    // An open offer of the absorbed record is no longer needed.
    private const string OffersSql = """
        UPDATE customers.offers SET customer_uid = $3, state = CASE state WHEN 'offered' THEN 'withdrawn' ELSE state END, answered_at = coalesce(answered_at, $4)
        WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string RequestsSql = """
        UPDATE customers.change_requests SET customer_uid = $3, answer = coalesce(answer, 'replaced'), answered_at = coalesce(answered_at, $4)
        WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string RemoveSql = "DELETE FROM customers.customers WHERE organization_id = $1 AND uid = $2";

    // The newest consent of each kind, of both records.
    private const string NewestConsentsSql = """
        SELECT DISTINCT ON (kind) kind, value FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 ORDER BY kind, at DESC, id DESC
        """;

    private static readonly Error TwoAccounts = Error.Rule(
        "two_accounts", "These records belong to two accounts, so to two people. If it's one person, close one of the accounts first.");

    /// <summary>The survivor and the absorbed one of two records: the one that claims its address stays, else the older.</summary>
    internal static (Customer Survivor, Customer Absorbed) Order(Customer one, Customer other)
    {
        var (oneClaims, otherClaims) = (one.Claim == EmailClaim.Claimed, other.Claim == EmailClaim.Claimed);
        var oneSurvives = oneClaims == otherClaims ? one.Id < other.Id : oneClaims;
        return oneSurvives ? (one, other) : (other, one);
    }

    /// <summary>
    /// Merges the records. The caller saves the survivor with the returned audit entries. 400 for records of two accounts, which belong to
    /// two people.
    /// </summary>
    internal async Task<Result<IReadOnlyList<AuditEntry>>> MergeAsync(
        Caller caller, Customer survivor, Customer absorbed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (survivor.UserId is not null && absorbed.UserId is not null)
        {
            return TwoAccounts;
        }

        var before = survivor.Copy();
        var merged = survivor.MergedWith(absorbed);
        merged = survivor.Partner is null && absorbed.Partner is not null
            ? erp.WithErpValues(merged, absorbed)
            : erp.KeepErpValues(survivor, merged);

        // The absorbed record's primary address becomes an additional one, unless both are equal.
        if (!absorbed.Address.IsEmpty && !survivor.Address.IsEmpty && absorbed.Address != survivor.Address)
        {
            await addresses.InsertAsync(CustomerAddress.Create(survivor, absorbed.Address, AddressType.Other, now), cancellationToken);
        }

        foreach (var others in references)
        {
            await others.MoveAsync(survivor.OrganizationId, absorbed.Uid, survivor.Uid, cancellationToken);
        }

        await MoveAsync(survivor, absorbed, now, cancellationToken);
        await database.QueryAsync(
            NewestConsentsSql, row => SetConsent(merged, row.Text(), row.Flag()), cancellationToken, survivor.OrganizationId, survivor.Uid);
        survivor.Absorb(absorbed, merged, now);
        return new AuditEntry[]
        {
            CustomerAudit.Changed(caller, "customer.merged", before, survivor, ("absorbed", absorbed.CustomerId)),
            AuditEntry.For(
                caller, "customer.absorbed", "customer", absorbed.Uid, now, survivor.OrganizationId,
                after: $$"""{"merged_into":"{{survivor.CustomerId}}"}"""),
        };
    }

    private static bool SetConsent(Customer customer, string kind, bool value)
    {
        foreach (var field in CustomerSchema.Fields.Written)
        {
            if (field.IsConsent && field.Name == kind && field is Schema.Field<Customer, bool> consent)
            {
                new CustomerChanges(consent.With(value)).Apply(customer);
            }
        }

        return value;
    }

    private async Task MoveAsync(Customer survivor, Customer absorbed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        foreach (var sql in new[] { MoveSql, FollowSql, AddressesSql, ConsentsSql, OffersSql, RequestsSql, RemoveSql })
        {
            batch.BatchCommands.Add(DatabaseQueries.BatchCommand(sql, survivor.OrganizationId, absorbed.Uid, survivor.Uid, now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
