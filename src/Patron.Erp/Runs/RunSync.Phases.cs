using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Erp.Partners;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <content>The phases of a run.</content>
public sealed partial class RunSync
{
    // Each phase can be repeated from its beginning or continue where it was; finished work is not changed.
    private async Task<Result<Unit>> RunPhasesAsync(
        SyncRun run, SyncLease lease, SyncParameters parameters, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var expected = await connector.CountAsync(cancellationToken); // Detects an unavailable ERP or wrong settings first, and quickly.
        var progress = new SyncProgress(run.Phase, run.ReadPartners, expected);
        for (var phase = run.Phase; phase != SyncPhase.Done; phase++)
        {
            report(progress = progress with { Phase = phase });
            if (phase == SyncPhase.Ids && !parameters.AcceptLosses
                && await InScopeAsync<PartnerKeys, string?>(keys => keys.CheckLossesAsync(expected, cancellationToken)) is { } losses)
            {
                return Error.Rule(losses);
            }

            var isStillOurs = await InScopeAsync<SyncRuns, bool>(runs => runs.SetPhaseAsync(lease, phase, cancellationToken))
                && phase switch
            {
                SyncPhase.Pages =>
                    await ReadPagesAsync(
                        run, lease, read => report(progress = progress with { Read = progress.Read + read }), cancellationToken),
                SyncPhase.Ids => await InScopeAsync<PartnerKeys, bool>(keys => keys.CompareAsync(robot, lease, cancellationToken)),
                SyncPhase.Rest => await ReadUnreadAsync(lease, cancellationToken),
                SyncPhase.Addresses => await PrepareAddressesAsync(lease, cancellationToken),
                _ => await ImportAsync(lease, cancellationToken),
            };
            if (!isStillOurs)
            {
                return PartnerImporter.TakenOver;
            }
        }

        return default(Unit);
    }

    private async Task<bool> ReadPagesAsync(SyncRun run, SyncLease lease, Action<int> report, CancellationToken cancellationToken)
    {
        await foreach (var page in connector.ReadPagesAsync(run.SinceCursor, run.Cursor,
            cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if (!await InScopeAsync<PendingPartners, bool>(
                pendingPartners => pendingPartners.SaveAsync(robot, lease, page, cancellationToken)))
            {
                return false;
            }

            report(page.Partners.Count);
        }

        return true;
    }

    // A requested partner that is not returned is gone.
    private async Task<bool> ReadUnreadAsync(SyncLease lease, CancellationToken cancellationToken)
    {
        var after = "";
        while (await InScopeAsync<PartnerKeys, List<string>>(
            keys => keys.FindUnreadAsync(after, UnreadBatchSize, cancellationToken)) is { Count: > 0 } unread)
        {
            var page = await connector.ReadAsync(unread, cancellationToken);
            var missing = unread.Except(page.Partners.Select(partner => partner.Id)).Except(page.Unreadable.Select(note => note.PartnerId))
                .ToList();
            if (!await InScopeAsync<PendingPartners, bool>(
                pendingPartners => pendingPartners.SaveAsync(robot, lease, page, cancellationToken))
                || !await InScopeAsync<PartnerKeys, bool>(keys => keys.MarkMissingAsync(lease, missing, cancellationToken)))
            {
                return false;
            }

            after = unread[^1];
        }

        return true;
    }

    private async Task<bool> PrepareAddressesAsync(SyncLease lease, CancellationToken cancellationToken)
    {
        while (await InScopeAsync<PartnerKeys, bool>(keys => keys.UnlinkGoneAsync(robot, lease, cancellationToken)))
        {
        }

        return await InScopeAsync<PendingPartners, bool>(pendingPartners => pendingPartners.RequeueAsync(lease, cancellationToken));
    }

    private async Task<bool> ImportAsync(SyncLease lease, CancellationToken cancellationToken)
    {
        await foreach (var batch in ReadBatchesAsync(cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if ((await InScopeAsync<PartnerImporter, Result<Unit>>(importer =>
                importer.HandleAsync(robot, lease, batch, cancellationToken))).Error is not null)
            {
                return false;
            }
        }

        return await InScopeAsync<PartnerKeys, bool>(keys => keys.ProposeMergesAsync(lease, cancellationToken));
    }

    // By rank. The next batch is read while the current one is written.
    private async IAsyncEnumerable<IReadOnlyList<PartnerData>> ReadBatchesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PartnerData? after = null;
        while (await InScopeAsync<PendingPartners, IReadOnlyList<PartnerData>>(
            pendingPartners => pendingPartners.NextAsync(after, ImportBatchSize, cancellationToken)) is { Count: > 0 } batch)
        {
            after = batch[^1];
            yield return batch;
        }
    }
}
