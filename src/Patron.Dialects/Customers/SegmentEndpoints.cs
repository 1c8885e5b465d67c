using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Segments;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>A new segment; of the organization, unless it is private.</summary>
public sealed record SegmentRequest(string? Name, string? Filter, bool IsPrivate = false);

/// <summary>What to change of a segment; what is left out or null stays.</summary>
public sealed record SegmentChangeRequest(string? Name = null, string? Filter = null);

/// <summary>A segment and how many customers it has, exact up to 10 000; null where counting took too long.</summary>
public sealed record SegmentAnswer(
    Guid Id, string Name, string Filter, bool IsPrivate, int? Customers, bool CustomersIsExact, string? Problem, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, long Version)
{
    public static SegmentAnswer From(CountedSegment counted) => new(
        counted.Segment.Uid, counted.Segment.Name, counted.Segment.Filter, counted.Segment.IsPrivate, counted.Customers, counted.IsExact,
        counted.Problem, counted.Segment.CreatedAt, counted.Segment.ChangedAt, counted.Segment.Version);

    public static SegmentAnswer From(Segment segment) => From(new CountedSegment(segment, Customers: null, IsExact: false, Problem: null));
}

/// <summary>Segments: saved filters of customers, private or of the organization.</summary>
internal static class SegmentEndpoints
{
    private const string Example = """
        {"id": "0198c0de-7777-7000-8000-000000000001", "name": "Premium in Harare", "filter": "tag:premium city:harare", "is_private": false, "customers": 128, "customers_is_exact": true, "problem": null, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "version": 1}
        """;

    private const string UncountedExample = """
        {"id": "0198c0de-7777-7000-8000-000000000001", "name": "Premium in Harare", "filter": "tag:premium city:harare", "is_private": false, "customers": null, "customers_is_exact": false, "problem": null, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "version": 1}
        """;

    public static void MapSegments(this RouteGroupBuilder segments)
    {
        segments.MapGet("/", ListAsync)
            .Describe(
                "list_segments", "List segments",
                "For staff: those of the organization and your own private ones, with how many customers each has now, exact up to 10 000.")
            .Answers<IEnumerable<SegmentAnswer>>(200, "The segments, private ones first, by name.", $"[{Example}]")
            .Fails(401, 403, 404, 503);
        segments.MapPost("/", CreateAsync)
            .Describe(
                "create_segment", "Create a segment",
                $"For staff: saves a filter under a name, which ignores case. At most {Segment.MaxCount} of the organization, and as many private ones of each person.")
            .TakesExample("""{"name": "Premium in Harare", "filter": "tag:premium city:harare"}""")
            .Answers<SegmentAnswer>(201, "The segment, not counted yet.", UncountedExample)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        segments.MapGet("/{id:guid}", GetAsync)
            .Describe("get_segment", "Get a segment", "For staff: the segment with how many customers it has now, exact up to 10 000.")
            .Answers<SegmentAnswer>(200, "The segment.", Example)
            .Fails(401, 403, 404, 503);
        segments.MapPatch("/{id:guid}", ChangeAsync)
            .Describe(
                "change_segment", "Change a segment",
                "For staff: any of the organization, and your own private ones. If-Match takes the version, so that nothing is overwritten.")
            .TakesExample("""{"filter": "tag:premium city:harare is:active"}""")
            .Answers<SegmentAnswer>(200, "The segment, not counted yet.", UncountedExample)
            .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);
        segments.MapDelete("/{id:guid}", DeleteAsync)
            .Describe("delete_segment", "Delete a segment", "For staff: any of the organization, and your own private ones. Jobs keep its filter.")
            .Answers<SegmentAnswer>(200, "The segment as it was.", UncountedExample)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(ListSegments list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken)).ToOk(segments => segments.Select(SegmentAnswer.From));

    private static async Task<IResult> GetAsync(Guid id, ListSegments list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.FindAsync(http.Caller(), id, cancellationToken)).ToOk(SegmentAnswer.From);

    private static async Task<IResult> CreateAsync(
        SegmentRequest request, CreateSegment create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), new NewSegment(request.Name, request.Filter, request.IsPrivate), cancellationToken))
            .ToResult(segment => TypedResults.Created($"/api/v1/segments/{segment.Uid}/", SegmentAnswer.From(segment)));

    private static async Task<IResult> ChangeAsync(
        Guid id, SegmentChangeRequest request, ChangeSegment change, HttpContext http, CancellationToken cancellationToken) =>
        (await change.HandleAsync(
            http.Caller(), id, new SegmentChanges(request.Name, request.Filter), EntityTags.Expected(http), cancellationToken))
            .ToOk(SegmentAnswer.From);

    private static async Task<IResult> DeleteAsync(Guid id, DeleteSegment delete, HttpContext http, CancellationToken cancellationToken) =>
        (await delete.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(SegmentAnswer.From);
}
