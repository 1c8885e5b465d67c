using NpgsqlTypes;
using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>
/// Compares the ledger with the ids of all partners in the ERP: new ones are marked to be read, missing ones as gone. The customer of a
/// gone partner is kept with its values (linking.md, 'Sync' and 'Amended').
/// </summary>
public sealed class PartnerKeys(
    DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, IErpConnector connector, TimeProvider time)
{
    /// <summary>This many partners may disappear without a confirmation.</summary>
    private const int MaxSilentLosses = 20;

    private const int BatchSize = 1000;

    private const string CountSql = "SELECT count(*) FROM erp.partners WHERE source = $1 AND is_in_erp";

    private const string StageSql = "CREATE TEMP TABLE listed_partners (external_id text) ON COMMIT DROP";

    // Existing rows, which are nearly all, are not even locked. The importer inserts the ones that were read.
    private const string InsertNewSql = $"""
        INSERT INTO erp.partners AS p (source, external_id, organization_id, rank, state, is_active, first_seen_at, last_seen_at)
        SELECT DISTINCT $1, external_id, $2, 0, 'unseen', true, $3, $3 FROM listed_partners listed
        WHERE NOT EXISTS (SELECT FROM erp.partners k WHERE k.source = $1 AND k.external_id = listed.external_id AND k.is_in_erp)
            AND NOT EXISTS (SELECT FROM erp.readings r WHERE r.source = $1 AND r.external_id = listed.external_id)
        ORDER BY external_id
        ON CONFLICT (source, external_id) DO UPDATE SET {PartnerStatus.MarkPresentSql} WHERE NOT p.is_in_erp
        """;

    private const string ReturnedSql = $"""
        UPDATE erp.partners p SET {PartnerStatus.MarkPresentSql}
        FROM erp.readings r WHERE p.source = $1 AND NOT p.is_in_erp AND r.source = p.source AND r.external_id = p.external_id
        """;

    private const string UnlistedSql = $"""
        UPDATE erp.partners p SET {PartnerStatus.MarkGoneSql}
        WHERE p.source = $1 AND p.is_in_erp AND NOT EXISTS (SELECT FROM listed_partners listed WHERE listed.external_id = p.external_id)
        """;

    private const string UnlistedReadingsSql =
        "DELETE FROM erp.readings r WHERE r.source = $1 AND NOT EXISTS (SELECT FROM listed_partners listed WHERE listed.external_id = r.external_id)";

    private const string FindUnlistedSql = """
        SELECT external_id FROM erp.partners p WHERE source = $1 AND is_in_erp AND NOT EXISTS (SELECT FROM unnest($2) listed (external_id) WHERE listed.external_id = p.external_id)
        """;

    private const string MissingSql =
        $"UPDATE erp.partners p SET {PartnerStatus.MarkGoneSql} WHERE p.source = $1 AND p.external_id = ANY ($2)";

    private const string MissingReadingsSql = "DELETE FROM erp.readings r WHERE r.source = $1 AND r.external_id = ANY ($2)";

    private const string UnreadSql = """
        SELECT external_id FROM erp.partners p
        WHERE source = $1 AND state IN ('unseen', 'error') AND is_in_erp AND external_id > $2
            AND NOT EXISTS (SELECT FROM erp.readings r WHERE r.source = p.source AND r.external_id = p.external_id)
        ORDER BY external_id LIMIT $3
        """;

    private const string GoneCustomersSql = """
        SELECT c.uid FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.state = 'gone' ORDER BY c.id LIMIT $2
        """;

    // A gone partner that was only an additional one of its customer no longer refers to it.
    private const string UnlinkSql = """
        UPDATE erp.partners p SET customer_uid = NULL, successor_uid = NULL
        FROM customers.customers c WHERE p.source = $1 AND p.state = 'gone' AND c.uid = p.customer_uid AND c.erp_id IS NOT NULL
        """;

    // The customer that now has the address of a gone partner.
    private const string SuccessorsSql = """
        UPDATE erp.partners p SET successor_uid = now_has.uid
        FROM customers.customers had
        JOIN customers.customers now_has ON now_has.organization_id = had.organization_id AND now_has.email_key = had.email_key AND now_has.claim = 'claimed'
        WHERE p.source = $1 AND p.state = 'gone' AND had.uid = p.customer_uid AND had.user_id IS NULL AND had.claim = 'released'
            AND p.successor_uid IS DISTINCT FROM now_has.uid
        """;

    /// <summary>A sentence if the ERP returns so few of the known partners that an error is likely; else null.</summary>
    public async Task<string?> CheckLossesAsync(long shown, CancellationToken cancellationToken)
    {
        var known = await CountAsync(cancellationToken);
        return known - shown > MaxSilentLosses && shown < known / 2
            ? $"{connector.Name} shows {shown} partners of the {known} that are known here: probably the robot's rights have changed. Nothing was taken for deleted. If they are really gone, say so with --accept-losses."
            : null;
    }

    /// <summary>The number of partners that are not gone.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(CountSql, row => row.Long(), cancellationToken, ledger.Source)).Single();

    /// <summary>
    /// The partners that are not gone and not among these ids. For a preview: an array of all ids is small compared with what a run reads.
    /// </summary>
    public Task<List<string>> FindUnlistedAsync(IReadOnlyCollection<string> listed, CancellationToken cancellationToken) =>
        database.QueryAsync(FindUnlistedSql, row => row.Text(), cancellationToken, ledger.Source, listed.ToArray());

    /// <summary>Reads the ids of all partners and compares them. False where another process has taken over the run.</summary>
    public async Task<bool> CompareAsync(Caller caller, FencingToken fencingToken, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        await database.ExecuteAsync(StageSql, cancellationToken);
        await foreach (var ids in connector.ReadIdsAsync(cancellationToken))
        {
            await using var copy = await database.Connection.BeginBinaryImportAsync(
                "COPY listed_partners FROM STDIN (FORMAT BINARY)", cancellationToken);
            foreach (var id in ids)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(id, NpgsqlDbType.Text, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        if (!await fencingToken.LockRunAsync(database, cancellationToken))
        {
            return false;
        }

        await database.ExecuteAsync("ANALYZE listed_partners", cancellationToken);
        await database.ExecuteAsync(UnlistedReadingsSql, cancellationToken, ledger.Source);
        await database.ExecuteAsync(UnlistedSql, cancellationToken, ledger.Source);
        await database.ExecuteAsync(InsertNewSql, cancellationToken, ledger.Source, caller.OrganizationId, time.GetDatabaseNow());
        await database.ExecuteAsync(ReturnedSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The next partners that are still to be read, or failed before.</summary>
    public Task<List<string>> FindUnreadAsync(string after, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(UnreadSql, row => row.Text(), cancellationToken, ledger.Source, after, limit);

    /// <summary>Marks partners as gone that were requested and not returned. False where another process has taken over the run.</summary>
    public async Task<bool> MarkMissingAsync(
        FencingToken fencingToken, IReadOnlyCollection<string> missing, CancellationToken cancellationToken)
    {
        await using var transaction = await fencingToken.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        await database.ExecuteAsync(MissingReadingsSql, cancellationToken, ledger.Source, missing.ToArray());
        await database.ExecuteAsync(MissingSql, cancellationToken, ledger.Source, missing.ToArray());
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Unlinks a batch of customers from their gone partners. False where there are none left, or another process has taken over the run.
    /// </summary>
    public async Task<bool> UnlinkGoneAsync(Caller caller, FencingToken fencingToken, CancellationToken cancellationToken)
    {
        await using var transaction = await fencingToken.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        var unlinked = await database.QueryAsync(GoneCustomersSql, row => row.Uuid(), cancellationToken, ledger.Source, BatchSize);
        await customers.UnlinkPartnersAsync(caller, unlinked, cancellationToken);
        await database.ExecuteAsync(UnlinkSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return unlinked.Count == BatchSize;
    }

    /// <summary>
    /// Proposes to merge the customer of a gone partner with the customer that has its address now. False where another process has taken
    /// over the run.
    /// </summary>
    public async Task<bool> ProposeMergesAsync(FencingToken fencingToken, CancellationToken cancellationToken)
    {
        await using var transaction = await fencingToken.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        await database.ExecuteAsync(SuccessorsSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
