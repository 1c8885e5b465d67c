using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Erp.Partners;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>
/// Counts the results of a run from the ledger itself, so that the figures are correct even after an interruption (linking.md, 'Sync,
/// ledger and figures'): each partner that is not gone counts once.
/// </summary>
public sealed class CountPartners(
    DatabaseSession database, HomeOrganization home, IErpConnector? connector = null, CountAccountsWithPassword? passwords = null)
{
    internal const int ListLength = 100;
    private const int BatchSize = 10_000;

    private const string PartnersSql = """
        SELECT state, CASE WHEN state = 'skipped' THEN reason END, CASE WHEN state = 'current' AND run_id = $1 THEN outcome END, count(*)
        FROM erp.partners WHERE ($2::text IS NULL OR source = $2) AND (is_in_erp OR state = 'gone')
        GROUP BY 1, 2, 3
        """;

    private const string OpenSql = """
        SELECT count(*) FILTER (WHERE state = 'conflict'), count(*) FILTER (WHERE state = 'error')
        FROM erp.partners WHERE ($1::text IS NULL OR source = $1) AND state IN ('unseen', 'conflict', 'error')
        """;

    private const string CustomersSql = """
        SELECT count(*), count(erp_id), count(*) FILTER (WHERE customer_type = 'company')
        FROM customers.customers WHERE organization_id = $1
        """;

    private const string UsersSql =
        "SELECT user_id FROM customers.customers WHERE organization_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3";

    private const string AdoptedSql = """
        SELECT p.external_id, c.customer_id FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid
        WHERE p.run_id = $1 AND p.outcome = 'adopted' ORDER BY p.rank, 1 LIMIT $2
        """;

    private const string WarningsSql = """
        SELECT external_id, array_to_string(warnings, ', ') FROM erp.partners WHERE ($2::text IS NULL OR source = $2) AND warnings IS NOT NULL AND state <> 'gone' ORDER BY rank, 1 LIMIT $1
        """;

    private const string FailedSql =
        "SELECT external_id, reason FROM erp.partners WHERE ($2::text IS NULL OR source = $2) AND state = 'error' ORDER BY rank, 1 LIMIT $1";

    // Null where the ERP was removed from the settings: then all ledger rows count.
    private NpgsqlParameter Source => OptionalParameter.Of(connector?.Source, NpgsqlDbType.Text);

    public async Task<SyncFigures> HandleAsync(long run, TimeSpan duration, CancellationToken cancellationToken)
    {
        var counts = await database.QueryAsync(
            PartnersSql, row =>
                (State: row.EnumValue<PartnerState>(), Reason: row.OptionalText(), Outcome: row.OptionalEnumValue<PartnerOutcome>(),
                    Count: row.Long()), cancellationToken, run, Source);
        var live = counts.Where(count => count.State != PartnerState.Gone).ToList();
        long Sum(Func<(PartnerState State, string? Reason, PartnerOutcome? Outcome, long Count), bool> predicate) =>
            live.Where(predicate).Sum(count => count.Count);
        return new SyncFigures(
            Total: Sum(_ => true),
            Created: Sum(count => count is { State: PartnerState.Current, Outcome: PartnerOutcome.Created }),
            Updated: Sum(count => count is { State: PartnerState.Current, Outcome: PartnerOutcome.Updated or PartnerOutcome.Adopted }),
            Unchanged: Sum(count => count is { State: PartnerState.Current, Outcome: null } or { State: PartnerState.Unseen }),
            Skipped: SyncFigures.SkippedBy(
                reason =>
                    Sum(count => count.State == PartnerState.Skipped && count.Reason == reason),
                    erased: Sum(count => count.State == PartnerState.Erased)),
            Conflicts: Sum(count => count.State == PartnerState.Conflict),
            Errors: Sum(count => count.State == PartnerState.Error),
            Customers: await CountCustomersAsync(cancellationToken),
            DurationMs: (long)duration.TotalMilliseconds)
        {
            Gone = counts.Where(count => count.State == PartnerState.Gone).Sum(count => count.Count),
            Adopted = await database.QueryAsync(
                AdoptedSql, row => new AdoptedPartner(row.Text(), row.Text()), cancellationToken, run, ListLength),
            Warnings = await database.QueryAsync(
                WarningsSql, row => new PartnerIssue(row.Text(), row.Text()), cancellationToken, ListLength, Source),
            Failed = await database.QueryAsync(
                FailedSql, row => new PartnerIssue(row.Text(), row.Text()), cancellationToken, ListLength, Source),
        };
    }

    /// <summary>The number of conflicts that staff can settle, and of partners that will be tried again.</summary>
    public async Task<(long Conflicts, long Errors)> CountOpenAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(OpenSql, row => (row.Long(), row.Long()), cancellationToken, Source)).Single();

    /// <summary>Counts the home organization's customers.</summary>
    public async Task<CustomerFigures> CountCustomersAsync(CancellationToken cancellationToken)
    {
        var (total, linked, companies) =
            (await database.QueryAsync(CustomersSql, row => (row.Long(), row.Long(), row.Long()), cancellationToken, home.Id)).Single();
        return new CustomerFigures(total, linked, await CountWithPasswordAsync(cancellationToken), companies, total - companies);
    }

    private async Task<long> CountWithPasswordAsync(CancellationToken cancellationToken)
    {
        var (count, after) = (0L, Guid.Empty);
        while (passwords is not null)
        {
            var users = await database.QueryAsync(UsersSql, row => row.Uuid(), cancellationToken, home.Id, after, BatchSize);
            if (users.Count == 0)
            {
                break;
            }

            count += await passwords(users, cancellationToken);
            after = users[^1];
        }

        return count;
    }
}
