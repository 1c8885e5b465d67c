using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Dialects.OpenApi;
using Patron.Linking.Timeline;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Who made an entry, and their name where the caller may know it.</summary>
public sealed record ActorAnswer(ActorKind Kind, Guid? Id, string? Name)
{
    internal static ActorAnswer From(TimelineActor actor) => new(actor.Kind, actor.Id, actor.Name);
}

/// <summary>A changed field with both values as texts.</summary>
public sealed record ChangedFieldAnswer(string Field, string? Before, string? After)
{
    internal static IReadOnlyList<ChangedFieldAnswer> From(IEnumerable<FieldChange> changes) =>
        [.. changes.Select(change => new ChangedFieldAnswer(change.Field, change.Before, change.After))];
}

/// <summary>One thing that happened to a customer.</summary>
public sealed record TimelineAnswer(
    TimelineKind Kind, string Action, DateTimeOffset At, ActorAnswer Actor, string? Cause, IReadOnlyList<ChangedFieldAnswer> Changes,
    Guid Subject, Guid? Comment, string? Text, string? State, DateTimeOffset? StateAt, string? Address, string? Device)
{
    internal const string Example = """
        {"kind": "record", "action": "customer.changed", "at": "2026-11-29T10:30:00Z", "actor": {"kind": "person", "id": "0198c0de-1111-7000-8000-000000000001", "name": "Jane Doe"}, "cause": null, "changes": [{"field": "city", "before": "Boston", "after": "Harare"}], "subject": "0198c0de-4444-7000-8000-000000000001", "comment": null, "text": null, "state": null, "state_at": null, "address": "203.0.113.7", "device": "Firefox, Windows"}
        """;

    internal static TimelineAnswer From(TimelineEntry entry) => new(
        entry.Kind, entry.Action, entry.At, ActorAnswer.From(entry.Actor), entry.Cause, ChangedFieldAnswer.From(entry.Changes),
        entry.Subject, entry.Comment, entry.Text, entry.State, entry.StateAt, entry.Origin?.Address, entry.Origin?.Device);
}

/// <summary>What happened to a customer.</summary>
internal static class TimelineEndpoints
{
    public static void MapTimeline(this RouteGroupBuilder timeline) =>
        timeline.MapGet("/{customer_id}/timeline", ReadAsync)
            .Describe(
                "read_timeline", "Get the timeline",
                "For staff: what happened to the customer and to records merged into it, the newest first. Sign-ins, mails to the account, addresses and devices are for staff of the home organization; others see changes of the account since it was linked.")
            .Answers<IEnumerable<TimelineAnswer>>(
                200, "A page of entries. Link with rel=\"next\" leads to the next page.", $"[{TimelineAnswer.Example}]")
            .Fails(401, 403, 404, 422, 503);

    private static async Task<IResult> ReadAsync(
        [FromRoute(Name = "customer_id")] string customerId, ReadTimeline read, HttpContext http, CancellationToken cancellationToken,
        string? kinds = null, string? cursor = null, int limit = TimelineQuery.DefaultLimit)
    {
        var names = kinds?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (Array.Exists(names, name => !EnumNames<TimelineKind>.TryRead(name, out _)))
        {
            return Answers.Problem(Error.Invalid("kinds", EnumNames<TimelineKind>.Rule));
        }

        var query = new TimelineQuery { Kinds = [.. names.Select(EnumNames<TimelineKind>.Parse)], Cursor = cursor, Limit = limit };
        return (await read.HandleAsync(http.Caller(), customerId, query, cancellationToken))
            .ToOk(page => http.WithNext(page.Next, page.Entries.Select(TimelineAnswer.From)));
    }
}
