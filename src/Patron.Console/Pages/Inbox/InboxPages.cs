using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Inbox;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Inbox;

/// <summary>A page of the inbox under a filter.</summary>
public sealed record InboxModel(InboxPage Page, InboxView View);

/// <summary>An item with what a decision needs, opened under a filter.</summary>
public sealed record InboxItemModel(OpenedInboxItem Opened, InboxView View);

/// <summary>
/// Shows what waits for a decision, and lets staff take, release, snooze and dismiss items. <see cref="InboxDecisionPages"/> has the
/// decisions.
/// </summary>
internal static class InboxPages
{
    public const string Path = "/inbox";

    public static void MapInbox(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        var item = pages.MapGroup(Path + "/{id:long}");
        item.MapGet("", ShowAsync);
        item.MapPost("/assign", (AssignInboxItem assign, [AsParameters] InboxRequest item) =>
            StayAsync(item, "inbox_assigned", assign.HandleAsync(item.Caller, item.Id, item.CancellationToken)));
        item.MapPost("/release", (AssignInboxItem assign, [AsParameters] InboxRequest item) =>
            StayAsync(item, "inbox_released", assign.ReleaseAsync(item.Caller, item.Id, item.CancellationToken)));
        item.MapPost("/wake", (SnoozeInboxItem snooze, [AsParameters] InboxRequest item) =>
            StayAsync(item, "inbox_awake", snooze.WakeAsync(item.Caller, item.Id, item.CancellationToken)));
        item.MapPost("/snooze", SnoozeAsync);
        item.MapPost("/dismiss", (FormInput input, DismissInboxItem dismiss, [AsParameters] InboxRequest item) =>
            item.DecideAsync(input, dismiss.HandleAsync(item.Caller, item.Id, item.CancellationToken), "inbox_dismissed"));
        item.MapDecisions();
    }

    private static async Task<IResult> ListAsync(
        ListInbox list, HttpContext http, CancellationToken cancellationToken, long after = 0)
    {
        var view = InboxView.Of(http.Request);
        var found = await list.HandleAsync(http.Caller(), view.Filter, after, ListInbox.DefaultLimit, cancellationToken);
        return found.ToResult(page => PageResults.Page<InboxListPage, InboxModel>(new InboxModel(page, view)));
    }

    // An old link, or somebody was quicker: the list says so.
    private static async Task<IResult> ShowAsync([AsParameters] InboxRequest item)
    {
        var found = await item.Read.HandleAsync(item.Caller, item.Id, item.View.Filter, item.CancellationToken);
        return found.Error is { Kind: ErrorKind.NotFound }
            ? PageResults.Redirect(item.Http, item.View.ListAddress(item.Http), "inbox_settled")
            : found.ToResult(opened => PageResults.Page<InboxItemPage, InboxItemModel>(new InboxItemModel(opened, item.View)));
    }

    private static async Task<IResult> SnoozeAsync(FormInput input, SnoozeInboxItem snooze, [AsParameters] InboxRequest item)
    {
        var text = input["until"].Length > 0 ? input["until"] : input["day"];
        DateOnly? until =
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        var result = await snooze.HandleAsync(item.Caller, item.Id, until, item.CancellationToken);
        return result.Error is { Kind: ErrorKind.Invalid } invalid
            ? PageResults.Refused(item.Http, input, invalid.WithFieldNames(new Dictionary<string, string> { ["until"] = "day" }))
            : await item.LeaveAsync(result, "inbox_snoozed");
    }

    private static async Task<IResult> StayAsync(InboxRequest item, string notice, Task<Result<InboxEntry>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(item.Http, item.View.AddressOf(item.Http, item.Id), notice));
}
