using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Matching;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>How far a scan is.</summary>
public enum ScanPhase
{
    Reading,
    Comparing,
    Storing,
}

/// <summary>
/// Compares all customers of the acting organization with each other, learns the weights of comparisons from them, and stores the pairs
/// that are probably one. One process at a time scans an organization. A scan whose process was killed starts over. For staff and keys with
/// <c>customers:write</c> (403 for others). 400 while another process scans, 422 in a separate customers service.
/// </summary>
public sealed class ScanDuplicates(
    DuplicateScans scans, DuplicatePairs pairs, MatchKeys keys, AccountCopies accounts, LeaseStore leases, DatabaseSession database)
{
    private static readonly string ReadSql =
        $"SELECT {MatchInputs.Columns} FROM customers.customers c WHERE c.organization_id = $1 AND NOT c.is_deleted";

    private static readonly Error Running = Error.Rule(
        "scan_running", "Another process is scanning this organization for duplicates. Wait until it has finished.");

    /// <summary>Scans with so many threads.</summary>
    public async Task<Result<DuplicateScan>> HandleAsync(
        Caller caller, int threads, Action<ScanPhase> report, CancellationToken cancellationToken)
    {
        if (DuplicateAccess.Refuse(caller, accounts, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var lease = await leases.AcquireUnlessRenewedAsync($"duplicates:{caller.OrganizationId}", cancellationToken);
        if (lease is null)
        {
            return Running;
        }

        var startedAt = await scans.BeginAsync(caller.OrganizationId, cancellationToken);
        report(ScanPhase.Reading);
        var scanner = new DuplicateScanner(threads);
        var uids = await ReadAsync(caller.OrganizationId, scanner, cancellationToken);
        var dismissed = await FindDismissedAsync(caller.OrganizationId, uids, cancellationToken);
        report(ScanPhase.Comparing);
        var result = await Task.Run(() => scanner.Run(dismissed, cancellationToken), cancellationToken);
        report(ScanPhase.Storing);
        return await StoreAsync(caller.OrganizationId, result, uids, startedAt, cancellationToken);
    }

    // The records are numbered as they come.
    private Task<List<Guid>> ReadAsync(Guid organizationId, DuplicateScanner scanner, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(ReadSql, connection) { CommandTimeout = 0 };
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var uids = new List<Guid>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (uid, input) = MatchInputs.Read(new RowCursor(reader));
                    uids.Add(uid);
                    scanner.Add(input);
                }

                return uids;
            },
            cancellationToken);

    private async Task<DismissedPairs> FindDismissedAsync(Guid organizationId, List<Guid> uids, CancellationToken cancellationToken)
    {
        var dismissed = new DismissedPairs();
        if (await pairs.FindDismissedAsync(organizationId, cancellationToken) is { Count: > 0 } found)
        {
            var named = found.SelectMany(pair => new[] { pair.UidA, pair.UidB }).ToHashSet();
            var places = uids.Select((uid, place) => (uid, place)).Where(one => named.Contains(one.uid))
                .ToDictionary(one => one.uid, one => one.place);
            foreach (var (one, other) in found)
            {
                if (places.TryGetValue(one, out var place) && places.TryGetValue(other, out var otherPlace))
                {
                    dismissed.Add(place, otherPlace);
                }
            }
        }

        return dismissed;
    }

    private async Task<Result<DuplicateScan>> StoreAsync(
        Guid organizationId, ScanResult result, List<Guid> uids, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var all = uids.Select((uid, place) => (uid, MatchKeys.OfOrganization(organizationId, result.KeysOf(place))));
        await keys.SaveAllAsync(organizationId, all, cancellationToken);

        await using var storing = await database.BeginAsync(cancellationToken);
        var found = result.Pairs.Select(pair => FoundPair.Of(uids[pair.Left], uids[pair.Right], pair.Probability, pair.Cluster));
        await pairs.ReplaceAllAsync(organizationId, found, startedAt, cancellationToken);
        var scan = new DuplicateScan(result.Records, result.Pairs.Count, result.Clusters.Count);
        await scans.FinishAsync(organizationId, scan, result.Model, cancellationToken);
        return await storing.CommitAsync(scan, cancellationToken);
    }
}
