using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Inbox;
using Patron.Customers.Links;
using Patron.Dialects.Customers;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Shared.Inbox;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Staff;

/// <summary>What waits for a decision of staff: lists it, shows each with what the decision needs, takes and snoozes it.</summary>
internal static class InboxEndpoints
{
    private const string Decisions =
        "The decisions themselves are made where they belong: partners at /api/portal/sync/partners/, change requests at /api/portal/change-requests/, duplicates at /api/v1/duplicates/.";

    public static void MapInbox(this IEndpointRouteBuilder app)
    {
        var inbox = Group(app, "inbox");
        inbox.MapGet("/", ListAsync)
            .Describe(
                "list_inbox", "List the inbox",
                $"For staff: what waits for a decision, oldest first, and how many items of each kind there are. An item disappears when its decision is made anywhere. Administrators in the home organization also see what belongs to the whole installation. Link with rel=\"next\" leads to the next page. {Decisions}")
            .Answers<InboxAnswer>(200, "A page of items.", $$"""{"items": [{{InboxItemAnswer.Example}}], "counts": {"change_request": 1} }""")
            .Fails(401, 403, 404, 422, 503);
        inbox.MapGet("/{id:long}", ReadAsync)
            .Describe(
                "get_inbox_item", "Get an item of the inbox",
                "For staff: the item with what a decision needs, in the one field of its kind; the others are null. next is the item after it under the same filter.")
            .Answers<OpenedInboxItemAnswer>(
                200, "The item.",
                $$"""{"item": {{InboxItemAnswer.Example}}, "next": 43, "partners": null, "change_request": null, "offer": null, "invitation": null, "member_invitation": null, "message": null, "job": null, "import": null, "duplicates": null, "released_claim": null, "email_conflict": null}""")
            .Fails(401, 403, 404, 422, 503);
        inbox.MapPost("/{id:long}/assign", AssignAsync)
            .Describe("assign_inbox_item", "Take an item", "For staff: the caller takes the item. If somebody else has it, the answer names them.")
            .Answers<InboxItemAnswer>(200, "The item.", InboxItemAnswer.Example)
            .Fails(400, 401, 403, 404, 409, 503);
        inbox.MapPost("/{id:long}/release", ReleaseAsync)
            .Describe("release_inbox_item", "Release an item", "For staff: gives back an item that the caller has taken.")
            .Answers<InboxItemAnswer>(200, "The item.", InboxItemAnswer.Example)
            .Fails(400, 401, 403, 404, 409, 503);
        inbox.MapPost("/{id:long}/snooze", SnoozeAsync)
            .Describe("snooze_inbox_item", "Snooze an item", "For staff: hides the item until the beginning of a day (UTC), when it comes back by itself.")
            .TakesExample("""{"until": "2026-12-24"}""")
            .Answers<InboxItemAnswer>(200, "The item.", InboxItemAnswer.Example)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
        inbox.MapPost("/{id:long}/wake", WakeAsync)
            .Describe("wake_inbox_item", "Wake an item", "For staff: shows a snoozed item again now.")
            .Answers<InboxItemAnswer>(200, "The item.", InboxItemAnswer.Example)
            .Fails(401, 403, 404, 409, 503);
        inbox.MapPost("/{id:long}/dismiss", DismissAsync)
            .Describe(
                "dismiss_inbox_item", "Dismiss an item",
                "For staff: removes an item of a kind that needs no decision (job_rejected, released_claim). What it is about doesn't change.")
            .Answers<InboxItemAnswer>(200, "The item as it was.", InboxItemAnswer.Example)
            .Fails(400, 401, 403, 404, 409, 503);
        MapOffers(Group(app, "offers"));
        MapMessages(Group(app, "messages"));
    }

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app, string name) => app.MapGroup($"/api/v1/{name}")
        .WithTags("Inbox").RequireAuthorization().ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();

    private static void MapOffers(RouteGroupBuilder offers)
    {
        offers.MapPost("/{id:long}/extend", ExtendAsync)
            .Describe("extend_offer", "Extend an offer", "For staff: keeps an open offer to an account, which was named by its id, for another 30 days.")
            .Answers<StaffOfferAnswer>(200, "The offer.", StaffOfferAnswer.Example)
            .Fails(401, 403, 404, 503);
        offers.MapPost("/{id:long}/withdraw", WithdrawAsync)
            .Describe("withdraw_offer", "Withdraw an offer", "For staff: the account can no longer accept the offer.")
            .Answers<StaffOfferAnswer>(200, "The offer as it was.", StaffOfferAnswer.Example)
            .Fails(401, 403, 404, 503);
    }

    private static void MapMessages(RouteGroupBuilder messages)
    {
        messages.MapPost("/{id:long}/retry", RetryAsync)
            .Describe("retry_message", "Retry a message", "For administrators: sends a message again that was given up.")
            .Answers<GivenUpMessageAnswer>(200, "The message as it was.", GivenUpMessageAnswer.Example)
            .Fails(401, 403, 404, 503);
        messages.MapPost("/{id:long}/drop", DropAsync)
            .Describe("drop_message", "Drop a message", "For administrators: deletes a message that was given up, unsent.")
            .Answers<GivenUpMessageAnswer>(200, "The message as it was.", GivenUpMessageAnswer.Example)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(
        ListInbox list, HttpContext http, CancellationToken cancellationToken, string[]? kind = null, string? assigned = null,
        bool snoozed = false, long cursor = 0, int limit = ListInbox.DefaultLimit)
    {
        if (!ReadFilter(kind, assigned, snoozed).Succeeded(out var filter, out var invalid))
        {
            return Answers.Problem(invalid);
        }

        return (await list.HandleAsync(http.Caller(), filter, cursor, limit, cancellationToken)).ToOk(page =>
        {
            http.SetNext(page.Next?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return InboxAnswer.From(page);
        });
    }

    private static async Task<IResult> ReadAsync(
        long id, ReadInboxItem read, HttpContext http, CancellationToken cancellationToken, string[]? kind = null, string? assigned = null,
        bool snoozed = false)
    {
        if (!ReadFilter(kind, assigned, snoozed).Succeeded(out var filter, out var invalid))
        {
            return Answers.Problem(invalid);
        }

        return (await read.HandleAsync(http.Caller(), id, filter, cancellationToken)).ToOk(OpenedInboxItemAnswer.From);
    }

    private static async Task<IResult> AssignAsync(
        long id, AssignInboxItem assign, HttpContext http, CancellationToken cancellationToken) =>
        (await assign.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(InboxItemAnswer.From);

    private static async Task<IResult> ReleaseAsync(
        long id, AssignInboxItem assign, HttpContext http, CancellationToken cancellationToken) =>
        (await assign.ReleaseAsync(http.Caller(), id, cancellationToken)).ToOk(InboxItemAnswer.From);

    private static async Task<IResult> SnoozeAsync(
        long id, SnoozeRequest request, SnoozeInboxItem snooze, HttpContext http, CancellationToken cancellationToken) =>
        (await snooze.HandleAsync(http.Caller(), id, request.Until, cancellationToken)).ToOk(InboxItemAnswer.From);

    private static async Task<IResult> WakeAsync(long id, SnoozeInboxItem snooze, HttpContext http, CancellationToken cancellationToken) =>
        (await snooze.WakeAsync(http.Caller(), id, cancellationToken)).ToOk(InboxItemAnswer.From);

    private static async Task<IResult> DismissAsync(
        long id, DismissInboxItem dismiss, HttpContext http, CancellationToken cancellationToken) =>
        (await dismiss.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(InboxItemAnswer.From);

    private static async Task<IResult> ExtendAsync(long id, ExtendOffer offers, HttpContext http, CancellationToken cancellationToken) =>
        (await offers.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(StaffOfferAnswer.From);

    private static async Task<IResult> WithdrawAsync(long id, ExtendOffer offers, HttpContext http, CancellationToken cancellationToken) =>
        (await offers.WithdrawAsync(http.Caller(), id, cancellationToken)).ToOk(StaffOfferAnswer.From);

    private static async Task<IResult> RetryAsync(
        long id, GivenUpMessages messages, HttpContext http, CancellationToken cancellationToken) =>
        (await messages.RetryAsync(http.Caller(), id, cancellationToken)).ToOk(GivenUpMessageAnswer.From);

    private static async Task<IResult> DropAsync(
        long id, GivenUpMessages messages, HttpContext http, CancellationToken cancellationToken) =>
        (await messages.DropAsync(http.Caller(), id, cancellationToken)).ToOk(GivenUpMessageAnswer.From);

    private static Result<InboxFilter> ReadFilter(string[]? kinds, string? assigned, bool withSnoozed)
    {
        var errors = new FieldErrors();
        var read = new List<InboxKind>();
        foreach (var kind in kinds ?? [])
        {
            if (EnumNames<InboxKind>.TryRead(kind, out var known))
            {
                read.Add(known);
            }
            else
            {
                errors.Add("kind", EnumNames<InboxKind>.Rule);
            }
        }

        var whose = InboxAssignment.All;
        if (assigned is not null && !EnumNames<InboxAssignment>.TryRead(assigned, out whose))
        {
            errors.Add("assigned", EnumNames<InboxAssignment>.Rule);
        }

        return errors.Any ? errors.ToError() : new InboxFilter { Kinds = read, Assigned = whose, WithSnoozed = withSnoozed };
    }
}
