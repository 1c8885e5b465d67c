using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Erp.Partners;
using Patron.Shared;
using Patron.Shared.Audit;
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
        SyncRun run, FencingToken fencingToken, SyncParameters parameters, Action<SyncProgress> report, CancellationToken cancellationToken)
    {
        var expected = await connector.CountAsync(cancellationToken); // Detects an unavailable ERP or wrong settings first, and quickly.
        var progress = new SyncProgress(run.Phase, run.ReadPartners, expected);
        for (var phase = run.Phase; phase != SyncPhase.Done; phase++)
        {
            report(progress = progress with { Phase = phase });
            if (phase == SyncPhase.Ids && !parameters.AcceptLosses
                && await InScopeAsync<PartnerKeys, string?>(keys => keys.CheckLossesAsync(expected, cancellationToken)) is { } losses)
            {
                return Error.Rule("many_losses", losses);
            }

            var isStillOurs = await InScopeAsync<SyncRuns, bool>(runs => runs.SetPhaseAsync(fencingToken, phase, cancellationToken))
                && phase switch
            {
                SyncPhase.Pages =>
                    await ReadPagesAsync(
                        run, fencingToken, read => report(progress = progress with { Read = progress.Read + read }), cancellationToken),
                SyncPhase.Ids => await InScopeAsync<PartnerKeys, bool>(keys => keys.CompareAsync(Robot(fencingToken), fencingToken, cancellationToken)),
                SyncPhase.Rest => await ReadUnreadAsync(fencingToken, cancellationToken),
                SyncPhase.Addresses => await PrepareAddressesAsync(fencingToken, cancellationToken),
                _ => await ImportAsync(fencingToken, cancellationToken),
            };
            if (!isStillOurs)
            {
                return PartnerImporter.TakenOver;
            }
        }

        return default(Unit);
    }

    private async Task<bool> ReadPagesAsync(SyncRun run, FencingToken fencingToken, Action<int> report, CancellationToken cancellationToken)
    {
        await foreach (var page in connector.ReadPagesAsync(run.SinceCursor, run.Cursor,
            cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if (!await InScopeAsync<PendingPartners, bool>(
                pendingPartners => pendingPartners.SaveAsync(Robot(fencingToken), fencingToken, page, cancellationToken)))
            {
                return false;
            }

            report(page.Partners.Count);
        }

        return true;
    }

    // A requested partner that is not returned is gone.
    private async Task<bool> ReadUnreadAsync(FencingToken fencingToken, CancellationToken cancellationToken)
    {
        var after = "";
        while (await InScopeAsync<PartnerKeys, List<string>>(
            keys => keys.FindUnreadAsync(after, UnreadBatchSize, cancellationToken)) is { Count: > 0 } unread)
        {
            var page = await connector.ReadAsync(unread, cancellationToken);
            var missing = unread.Except(page.Partners.Select(partner => partner.Id)).Except(page.Unreadable.Select(note => note.PartnerId))
                .ToList();
            if (!await InScopeAsync<PendingPartners, bool>(
                pendingPartners => pendingPartners.SaveAsync(Robot(fencingToken), fencingToken, page, cancellationToken))
                || !await InScopeAsync<PartnerKeys, bool>(keys => keys.MarkMissingAsync(fencingToken, missing, cancellationToken)))
            {
                return false;
            }

            after = unread[^1];
        }

        return true;
    }

    // The changes of a run are found by it in the audit log.
    private Caller Robot(FencingToken fencingToken) => Caller.System(home.Id) with { Cause = Cause.Sync(fencingToken.RunId) };

    private async Task<bool> PrepareAddressesAsync(FencingToken fencingToken, CancellationToken cancellationToken)
    {
        while (await InScopeAsync<PartnerKeys, bool>(keys => keys.UnlinkGoneAsync(Robot(fencingToken), fencingToken, cancellationToken)))
        {
        }

        return await InScopeAsync<PendingPartners, bool>(pendingPartners => pendingPartners.RequeueAsync(fencingToken, cancellationToken));
    }

    private async Task<bool> ImportAsync(FencingToken fencingToken, CancellationToken cancellationToken)
    {
        await foreach (var batch in ReadBatchesAsync(cancellationToken).ReadAheadAsync(cancellationToken))
        {
            if ((await InScopeAsync<PartnerImporter, Result<Unit>>(importer =>
                importer.HandleAsync(Robot(fencingToken), fencingToken, batch, cancellationToken))).Error is not null)
            {
                return false;
            }
        }

        return await InScopeAsync<PartnerKeys, bool>(keys => keys.ProposeMergesAsync(fencingToken, cancellationToken));
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
