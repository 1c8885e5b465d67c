using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Erp;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Makes one record of two of the same person (linking.md, 'Merge'), inside the transaction that has locked both. The survivor's value wins
/// where it has one; addresses, consents, offers and history move to it, and the absorbed one's identifiers answer with it from then on.
/// What both said before is kept, so that it can be undone.
/// </summary>
public sealed class MergeCustomers(CustomersContext context, DatabaseSession session, ErpOwnership erp)
{
    // Before the survivor is saved: it takes over what only one record can have, the account and the address.
    private const string MoveSql = """
        INSERT INTO customers.absorbed (uid, organization_id, number, customer_id, code, username, merged_into, merged_at, before)
        SELECT c.uid, c.organization_id, c.id, c.customer_id, c.code, c.username, $2, $3, to_jsonb(c) - 'search_text' || jsonb_build_object('addresses',
            (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM customers.addresses a WHERE a.customer_uid = c.uid))
        FROM customers.customers c WHERE c.uid = $1
        """;

    private const string FollowSql = "UPDATE customers.absorbed SET merged_into = $2 WHERE merged_into = $1";
    private const string AddressesSql = "UPDATE customers.addresses SET customer_uid = $2 WHERE customer_uid = $1";
    private const string ConsentsSql = "UPDATE customers.consents SET customer_uid = $2 WHERE customer_uid = $1";

    // An open offer of the absorbed one is a question that has been answered.
    private const string OffersSql = """
        UPDATE customers.offers SET customer_uid = $2, state = CASE state WHEN 'offered' THEN 'withdrawn' ELSE state END, answered_at = coalesce(answered_at, $3)
        WHERE customer_uid = $1
        """;

    // Of two partners that own a record each, the survivor's goes on owning it; staff look at the other.
    private const string PartnersSql = """
        UPDATE customers.erp_partners p
        SET customer_uid = $2,
            state = CASE WHEN p.partner_id = pair.absorbed THEN 'conflict' ELSE p.state END,
            reason = CASE WHEN p.partner_id = pair.absorbed THEN 'merged' ELSE p.reason END
        FROM (SELECT $1 AS uid) one
        LEFT JOIN (
            SELECT a.uid, a.erp_partner_id AS absorbed FROM customers.customers a JOIN customers.customers s ON s.uid = $2 AND s.erp_partner_id IS NOT NULL) pair
            ON pair.uid = one.uid
        WHERE p.customer_uid = one.uid
        """;

    private const string RequestsSql = """
        UPDATE customers.change_requests r SET customer_uid = $2, answer = coalesce(answer, 'replaced'), answered_at = coalesce(answered_at, $3)
        WHERE customer_uid = $1
        """;

    private const string RemoveSql = "DELETE FROM customers.customers WHERE uid = $1";

    private static readonly Error TwoAccounts = Error.Rule(
        "These records belong to two accounts, so they are two people's. If it is one person, close one of the accounts first.");

    /// <summary>Of two records of one person the one that stays: the claimed one, then the older.</summary>
    internal static (Customer Survivor, Customer Absorbed) Order(Customer one, Customer other) =>
        (one.Claim == EmailClaim.Claimed) == (other.Claim == EmailClaim.Claimed)
            ? one.Id < other.Id ? (one, other) : (other, one)
            : one.Claim == EmailClaim.Claimed ? (one, other) : (other, one);

    /// <summary>Merges: the survivor is changed and still to be saved. Two accounts' records are not one person's: 400.</summary>
    internal async Task<Error?> MergeAsync(Caller caller, Customer survivor, Customer absorbed, DateTimeOffset now, CancellationToken cancellation)
    {
        if (survivor.UserId is not null && absorbed.UserId is not null)
        {
            return TwoAccounts;
        }

        var before = survivor.Details;
        var merged = before.MergedWith(absorbed.Details);
        merged = survivor.ErpPartnerId is null && absorbed.ErpPartnerId is not null ? erp.Take(merged, absorbed.Details) : erp.Kept(survivor, merged);
        AddSecondAddress(survivor, absorbed, now);
        context.Entry(absorbed).State = EntityState.Detached;
        await MoveAsync(survivor.Uid, absorbed.Uid, now, cancellation);
        merged = await WithConsentsAsync(survivor, merged, cancellation);
        survivor.Absorb(absorbed, merged, now);
        var changed = CustomerFields.Changed(before, merged);
        AddEntry(caller, "customer.merged", survivor, survivor.Uid, changed.ToJson(before), With(changed.ToJson(merged), "absorbed", absorbed.CustomerId), now);
        AddEntry(caller, "customer.absorbed", survivor, absorbed.Uid, null, With("{}", "merged_into", survivor.CustomerId), now);
        return null;
    }

    // Two primary addresses: the absorbed one's becomes another one, unless it is the same.
    private void AddSecondAddress(Customer survivor, Customer absorbed, DateTimeOffset now)
    {
        var address = absorbed.Details.Address;
        if (!address.IsEmpty && !survivor.Details.Address.IsEmpty && address != survivor.Details.Address)
        {
            context.Addresses.Add(CustomerAddress.Enter(survivor, new AddressInput { Address = address }, now));
        }
    }

    private async Task MoveAsync(Guid survivor, Guid absorbed, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var sql in new[] { MoveSql, FollowSql, AddressesSql, ConsentsSql, OffersSql, PartnersSql, RequestsSql, RemoveSql })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = absorbed }, new NpgsqlParameter<Guid> { TypedValue = survivor },
                    new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellation);
    }

    // Of both records' statements the newest of each kind.
    private async Task<CustomerDetails> WithConsentsAsync(Customer survivor, CustomerDetails details, CancellationToken cancellation)
    {
        var newest = await context.Consents.AsNoTracking().Where(consent => consent.CustomerUid == survivor.Uid)
            .OrderBy(consent => consent.At).ThenBy(consent => consent.Id)
            .Select(consent => new { consent.Kind, consent.Value }).ToListAsync(cancellation);
        foreach (var consent in newest)
        {
            details = consent.Kind == "marketing_emails" ? details with { MarketingEmails = consent.Value } : details with { MarketingSms = consent.Value };
        }

        return details;
    }

    private void AddEntry(Caller caller, string action, Customer survivor, Guid subject, string? before, string after, DateTimeOffset now) =>
        context.Audit.Add(AuditEntry.For(caller, action, "customer", subject, now, survivor.OrganizationId, survivor.UserId, before, after));

    private static string With(string json, string name, string value)
    {
        var fields = JsonNode.Parse(json)!.AsObject();
        fields[name] = value;
        return fields.ToJsonString();
    }
}
