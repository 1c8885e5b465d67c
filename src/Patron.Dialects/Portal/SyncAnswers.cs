using System.Text.Json;
using Patron.Customers.Erp;
using Patron.Erp.Partners;
using Patron.Erp.Runs;

namespace Patron.Dialects.Portal;

/// <summary>Starts a run that reads all partners, or only those changed since the last run.</summary>
public sealed record SyncRequest(bool Full = false);

/// <summary>A sync run. <c>figures</c> is null until it has succeeded.</summary>
public sealed record SyncRunAnswer(
    long Id, SyncState State, SyncMode Mode, SyncTrigger StartedBy, SyncPhase Phase, long ReadPartners, DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, string? Error, SyncFigures? Figures)
{
    public static SyncRunAnswer From(SyncRun run) => new(
        run.Id, run.State, run.Mode, run.StartedBy, run.Phase, run.ReadPartners, run.RequestedAt, run.StartedAt, run.FinishedAt, run.Error,
        run.ReadFigures());
}

public sealed record StartedSyncAnswer(bool Success, string Message, SyncRunAnswer Data)
{
    public static StartedSyncAnswer From(RequestedSync requested) => new(
        true,
        requested.IsNew
            ? $"Run {requested.Run.Id} begins in a moment; GET /api/portal/sync/{requested.Run.Id}/ shows how far it is."
            : $"Run {requested.Run.Id} has not ended yet; one at a time reads the ERP.",
        SyncRunAnswer.From(requested.Run));
}

public sealed record SyncRunsAnswer(bool Success, IReadOnlyList<SyncRunAnswer> Data);

public sealed record FoundSyncAnswer(bool Success, SyncRunAnswer Data);

/// <summary>The status of the sync (source 4, 'Monitor Sync Status').</summary>
public sealed record SyncStatusAnswer(bool Success, SyncStatusDataAnswer Data)
{
    public static SyncStatusAnswer From(SyncStatus status) => new(true, new SyncStatusDataAnswer(
        status.Customers, status.Conflicts, status.Errors, status.ChangeRequests,
        status.Open is null ? null : SyncRunAnswer.From(status.Open),
        status.Last is null ? null : SyncRunAnswer.From(status.Last),
        status.LastSucceeded?.FinishedAt));
}

public sealed record SyncStatusDataAnswer(
    CustomerFigures Customers, long Conflicts, long Errors, long ChangeRequests, SyncRunAnswer? Open, SyncRunAnswer? Last,
    DateTimeOffset? LastSucceededAt);

/// <summary>
/// A partner of the ERP: its data there, its state here, the customer it is linked to, the customer who has its address now if it is gone,
/// and its URL in the ERP.
/// </summary>
public sealed record PartnerAnswer(
    string Id, PartnerState State, string? Reason, JsonElement? Erp, string? Url, PortalCustomerAnswer? Customer,
    PortalCustomerAnswer? Successor, bool IsActive, DateTimeOffset? WrittenAt, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt)
{
    public static PartnerAnswer From(PartnerView view) => new(
        view.Partner.PartnerId, view.Partner.State, view.Partner.Reason,
        view.Partner.Facts is { } facts ? JsonElement.Parse(facts) : null,
        view.Link?.AbsoluteUri,
        view.Customer is null ? null : PortalCustomerAnswer.From(view.Customer),
        view.Successor is null ? null : PortalCustomerAnswer.From(view.Successor),
        view.Partner.IsActive, view.Partner.WrittenAt, view.Partner.FirstSeenAt, view.Partner.LastSeenAt);
}

public sealed record PartnersAnswer(bool Success, IReadOnlyList<PartnerAnswer> Data, long Total, string? Next);

public sealed record SettledPartnerAnswer(bool Success, PartnerAnswer Data);

public sealed record SettleRequest(Settlement? Decision);

/// <summary>A customer's request to change a field that the ERP owns.</summary>
public sealed record ChangeRequestAnswer(
    long Id, PortalCustomerAnswer Customer, string Field, string? Value, DateTimeOffset AskedAt, ChangeAnswer? Answer,
    DateTimeOffset? AnsweredAt)
{
    public static ChangeRequestAnswer From(ChangeRequestView view) => new(
        view.Request.Id, PortalCustomerAnswer.From(view.Customer), view.Request.Field, view.Request.Value, view.Request.AskedAt,
        view.Request.Answer, view.Request.AnsweredAt);
}

public sealed record ChangeRequestsAnswer(bool Success, IReadOnlyList<ChangeRequestAnswer> Data);

public sealed record AnsweredRequestAnswer(bool Success, ChangeRequestAnswer Data);
