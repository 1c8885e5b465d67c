using System.Text.Json;
using Patron.Customers.Erp;
using Patron.Erp.Partners;
using Patron.Erp.Runs;

namespace Patron.Dialects.Portal;

/// <summary>How a run is wanted: everything read again, or only what was written since the last one.</summary>
public sealed record SyncRequest(bool Full = false);

/// <summary>A run of the sync; <c>figures</c> once it has succeeded.</summary>
public sealed record SyncRunAnswer(
    long Id, SyncState State, SyncMode Mode, SyncStart StartedBy, SyncPhase Phase, long ReadPartners, DateTimeOffset RequestedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, string? Error, SyncFigures? Figures)
{
    public static SyncRunAnswer From(SyncRun run) => new(
        run.Id, run.State, run.Mode, run.StartedBy, run.Phase, run.ReadPartners, run.RequestedAt, run.StartedAt, run.FinishedAt, run.Error, run.ReadFigures());
}

public sealed record StartedSyncAnswer(bool Success, string Message, SyncRunAnswer Data)
{
    public static StartedSyncAnswer From(RequestedSync asked) => new(
        true,
        asked.IsNew ? $"Run {asked.Run.Id} begins in a moment; GET /api/portal/sync/{asked.Run.Id}/ shows how far it is." : $"Run {asked.Run.Id} has not ended yet; one at a time reads the ERP.",
        SyncRunAnswer.From(asked.Run));
}

public sealed record SyncRunsAnswer(bool Success, IReadOnlyList<SyncRunAnswer> Data);

public sealed record FoundSyncAnswer(bool Success, SyncRunAnswer Data);

/// <summary>How the sync stands (source 4, 'Monitor Sync Status').</summary>
public sealed record SyncStatusAnswer(bool Success, SyncStatusDataAnswer Data)
{
    public static SyncStatusAnswer From(SyncStatus status) => new(true, new SyncStatusDataAnswer(
        status.Customers, status.Conflicts, status.Errors, status.ChangeRequests,
        status.Open is null ? null : SyncRunAnswer.From(status.Open), status.Last is null ? null : SyncRunAnswer.From(status.Last), status.LastSucceeded?.FinishedAt));
}

public sealed record SyncStatusDataAnswer(
    CustomerFigures Customers, long Conflicts, long Errors, long ChangeRequests, SyncRunAnswer? Open, SyncRunAnswer? Last, DateTimeOffset? LastSucceededAt);

/// <summary>
/// A partner of the ERP: what that says of it, what became of it here, the customer it is linked to, whoever has its address since it is gone, and where
/// it is found in the ERP.
/// </summary>
public sealed record PartnerAnswer(
    string Id, PartnerState State, string? Reason, JsonElement? Erp, string? Url, PortalCustomerAnswer? Customer, PortalCustomerAnswer? Successor, bool IsActive, DateTimeOffset? WrittenAt, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt)
{
    public static PartnerAnswer From(PartnerView view) => new(
        view.Partner.PartnerId, view.Partner.State, view.Partner.Reason, view.Partner.Facts is { } facts ? JsonElement.Parse(facts) : null, view.Link?.AbsoluteUri,
        view.Customer is null ? null : PortalCustomerAnswer.From(view.Customer), view.Successor is null ? null : PortalCustomerAnswer.From(view.Successor), view.Partner.IsActive, view.Partner.WrittenAt, view.Partner.FirstSeenAt, view.Partner.LastSeenAt);
}

public sealed record PartnersAnswer(bool Success, IReadOnlyList<PartnerAnswer> Data);

public sealed record SettledPartnerAnswer(bool Success, PartnerAnswer Data);

public sealed record SettleRequest(Settlement? Decision);

/// <summary>What a customer wants changed that the ERP owns.</summary>
public sealed record ChangeRequestAnswer(
    long Id, PortalCustomerAnswer Customer, string Field, string? Value, DateTimeOffset AskedAt, ChangeAnswer? Answer, DateTimeOffset? AnsweredAt)
{
    public static ChangeRequestAnswer From(ChangeRequestView view) => new(
        view.Request.Id, PortalCustomerAnswer.From(view.Customer), view.Request.Field, view.Request.Value, view.Request.AskedAt, view.Request.Answer, view.Request.AnsweredAt);
}

public sealed record ChangeRequestsAnswer(bool Success, IReadOnlyList<ChangeRequestAnswer> Data);

public sealed record AnsweredRequestAnswer(bool Success, ChangeRequestAnswer Data);
