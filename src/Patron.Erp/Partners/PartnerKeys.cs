using NpgsqlTypes;
using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>
/// Compares the ledger with the keys of all partners that the ERP has: what is new waits to be read, what is missing is gone. A customer whose partner
/// is gone is kept, and what the ERP owned is its own again (linking.md, 'Sync' and 'Amended').
/// </summary>
public sealed class PartnerKeys(DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, IErpConnector connector, TimeProvider time)
{
    /// <summary>Fewer may go at once without a question.</summary>
    private const int FewPartners = 20;

    private const int LeavingAtOnce = 1000;

    private const string CountSql = "SELECT count(*) FROM erp.partners WHERE source = $1 AND is_in_erp";

    private const string StageSql = "CREATE TEMP TABLE listed_partners (external_id text) ON COMMIT DROP";

    // Those that are known are not even locked: they are nearly all. What has been read is written down by the importer.
    private const string AppearedSql = $"""
        INSERT INTO erp.partners AS p (source, external_id, organization_id, rank, state, is_active, first_seen_at, last_seen_at)
        SELECT DISTINCT $1, external_id, $2, 0, 'unseen', true, $3, $3 FROM listed_partners listed
        WHERE NOT EXISTS (SELECT FROM erp.partners k WHERE k.source = $1 AND k.external_id = listed.external_id AND k.is_in_erp)
            AND NOT EXISTS (SELECT FROM erp.readings r WHERE r.source = $1 AND r.external_id = listed.external_id)
        ORDER BY external_id
        ON CONFLICT (source, external_id) DO UPDATE SET {PartnerStatus.ReturnSql} WHERE NOT p.is_in_erp
        """;

    private const string ReturnedSql = $"""
        UPDATE erp.partners p SET {PartnerStatus.ReturnSql}
        FROM erp.readings r WHERE p.source = $1 AND NOT p.is_in_erp AND r.source = p.source AND r.external_id = p.external_id
        """;

    private const string UnlistedSql = $"""
        UPDATE erp.partners p SET {PartnerStatus.LeaveSql}
        WHERE p.source = $1 AND p.is_in_erp AND NOT EXISTS (SELECT FROM listed_partners listed WHERE listed.external_id = p.external_id)
        """;

    private const string UnlistedReadingsSql =
        "DELETE FROM erp.readings r WHERE r.source = $1 AND NOT EXISTS (SELECT FROM listed_partners listed WHERE listed.external_id = r.external_id)";

    private const string WouldLeaveSql = """
        SELECT external_id FROM erp.partners p WHERE source = $1 AND is_in_erp AND NOT EXISTS (SELECT FROM unnest($2) listed (external_id) WHERE listed.external_id = p.external_id)
        """;

    private const string MissingSql = $"UPDATE erp.partners p SET {PartnerStatus.LeaveSql} WHERE p.source = $1 AND p.external_id = ANY ($2)";

    private const string MissingReadingsSql = "DELETE FROM erp.readings r WHERE r.source = $1 AND r.external_id = ANY ($2)";

    private const string UnreadSql = """
        SELECT external_id FROM erp.partners p
        WHERE source = $1 AND state IN ('unseen', 'error') AND is_in_erp AND external_id > $2
            AND NOT EXISTS (SELECT FROM erp.readings r WHERE r.source = p.source AND r.external_id = p.external_id)
        ORDER BY external_id LIMIT $3
        """;

    private const string LeftSql = """
        SELECT c.uid FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.state = 'gone' ORDER BY c.id LIMIT $2
        """;

    // A partner that is gone and was only one more of its customer tells nothing of that any more.
    private const string UntieSql = """
        UPDATE erp.partners p SET customer_uid = NULL, successor_uid = NULL
        FROM customers.customers c WHERE p.source = $1 AND p.state = 'gone' AND c.uid = p.customer_uid AND c.erp_id IS NOT NULL
        """;

    // The address of a partner that is gone, and who has it now.
    private const string SuccessorsSql = """
        UPDATE erp.partners p SET successor_uid = now_has.uid
        FROM customers.customers had
        JOIN customers.customers now_has ON now_has.organization_id = had.organization_id AND now_has.email_key = had.email_key AND now_has.claim = 'claimed'
        WHERE p.source = $1 AND p.state = 'gone' AND had.uid = p.customer_uid AND had.user_id IS NULL AND had.claim = 'released'
            AND p.successor_uid IS DISTINCT FROM now_has.uid
        """;

    /// <summary>A sentence where the ERP shows so few of the known partners that its answer is rather wrong than true; else null.</summary>
    public async Task<string?> DoubtAsync(long shown, CancellationToken cancellationToken)
    {
        var known = await CountAsync(cancellationToken);
        return known - shown > FewPartners && shown < known / 2
            ? $"{connector.Name} shows {shown} partners of the {known} that are known here: probably the robot's rights have changed. Nothing was taken for deleted. If they are really gone, say so with --accept-losses."
            : null;
    }

    /// <summary>How many partners are known and not gone.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(CountSql, row => row.Long(), cancellationToken, ledger.Source)).Single();

    /// <summary>Those that are known and not gone, and are not among these. For a preview; an array of all keys is little beside what a run reads.</summary>
    public Task<List<string>> FindUnlistedAsync(IReadOnlyCollection<string> listed, CancellationToken cancellationToken) =>
        database.QueryAsync(WouldLeaveSql, row => row.Text(), cancellationToken, ledger.Source, listed.ToArray());

    /// <summary>Reads the keys of all partners and compares. False where another process has taken the run over.</summary>
    public async Task<bool> CompareAsync(Caller caller, SyncTicket ticket, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        await database.ExecuteAsync(StageSql, cancellationToken);
        await foreach (var ids in connector.ReadIdsAsync(cancellationToken))
        {
            await using var copy = await database.Connection.BeginBinaryImportAsync("COPY listed_partners FROM STDIN (FORMAT BINARY)", cancellationToken);
            foreach (var id in ids)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(id, NpgsqlDbType.Text, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        if (!await ticket.HoldAsync(database, cancellationToken))
        {
            return false;
        }

        await database.ExecuteAsync("ANALYZE listed_partners", cancellationToken);
        await database.ExecuteAsync(UnlistedReadingsSql, cancellationToken, ledger.Source);
        await database.ExecuteAsync(UnlistedSql, cancellationToken, ledger.Source);
        await database.ExecuteAsync(AppearedSql, cancellationToken, ledger.Source, caller.OrganizationId, time.GetDatabaseNow());
        await database.ExecuteAsync(ReturnedSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The next partners that are still to be read, or went wrong before.</summary>
    public Task<List<string>> UnreadAsync(string after, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(UnreadSql, row => row.Text(), cancellationToken, ledger.Source, after, limit);

    /// <summary>These partners were asked for and are not there. False where another process has taken the run over.</summary>
    public async Task<bool> ForgetAsync(SyncTicket ticket, IReadOnlyCollection<string> missing, CancellationToken cancellationToken)
    {
        await using var transaction = await ticket.BeginAsync(database, cancellationToken);
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
    /// Gives the customers of partners that are gone what the ERP owned of them, so many at once. False where there are none (any more), or another process
    /// has taken the run over.
    /// </summary>
    public async Task<bool> LeaveAsync(Caller caller, SyncTicket ticket, CancellationToken cancellationToken)
    {
        await using var transaction = await ticket.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        var left = await database.QueryAsync(LeftSql, row => row.Uuid(), cancellationToken, ledger.Source, LeavingAtOnce);
        await customers.LeaveAsync(caller, left, cancellationToken);
        await database.ExecuteAsync(UntieSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return left.Count == LeavingAtOnce;
    }

    /// <summary>
    /// Proposes to merge the customer of a partner that is gone with whoever has its address now. False where another process has taken the run over.
    /// </summary>
    public async Task<bool> ProposeMergesAsync(SyncTicket ticket, CancellationToken cancellationToken)
    {
        await using var transaction = await ticket.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        await database.ExecuteAsync(SuccessorsSql, cancellationToken, ledger.Source);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
