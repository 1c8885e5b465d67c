using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Segments;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages.Customers;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Segments;

/// <summary>The saved segments with their figures.</summary>
public sealed record SegmentsModel(IReadOnlyList<CountedSegment> Segments);

/// <summary>Saves filters of the list under a name, and renames, shares, changes and deletes them.</summary>
internal static class SegmentPages
{
    public const string Path = "/segments";

    // Forms have another field of this name, with another label.
    private static readonly FrozenDictionary<string, string> FieldNames =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "segment_name" }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void MapSegments(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapPost(Path, CreateAsync);
        var segment = pages.MapGroup(Path + "/{id:guid}");
        segment.MapGet("", ShowAsync);
        segment.MapPost("", (Guid id, FormInput input, ChangeSegment change, HttpContext http, CancellationToken cancellationToken) =>
            ChangeAsync(id, input, new SegmentChanges(input["segment_name"], input["filter"]), change, http, cancellationToken));
        segment.MapPost("/share", (Guid id, FormInput input, ChangeSegment change, HttpContext http, CancellationToken cancellationToken) =>
            ChangeAsync(id, input, new SegmentChanges(Name: null, Filter: null) { Share = true }, change, http, cancellationToken));
        segment.MapPost("/delete", DeleteAsync);
    }

    private static async Task<IResult> ListAsync(ListSegments list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken)).ToResult(segments =>
            PageResults.Page<SegmentsPage, SegmentsModel>(new SegmentsModel(segments)));

    private static async Task<IResult> CreateAsync(
        FormInput input, CreateSegment create, HttpContext http, CancellationToken cancellationToken)
    {
        var wanted = new NewSegment(input["segment_name"], input["filter"], IsPrivate: !input.IsOn("is_shared"));
        var result = await create.HandleAsync(http.Caller(), wanted, cancellationToken);
        return result.Succeeded(out var segment, out var error)
            ? PageResults.Redirect(http, ListOf(http, segment.Uid), "segment_saved")
            : PageResults.Refused(http, input, error.WithFieldNames(FieldNames), "segment_name");
    }

    private static async Task<IResult> ShowAsync(Guid id, ListSegments list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.FindAsync(http.Caller(), id, cancellationToken)).ToResult(
            PageResults.Page<SegmentPage, CountedSegment>);

    private static async Task<IResult> ChangeAsync(
        Guid id, FormInput input, SegmentChanges changes, ChangeSegment change, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await change.HandleAsync(http.Caller(), id, changes, input.Versions(), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error.WithFieldNames(FieldNames), "segment_name")
            : PageResults.Redirect(http, $"{ConsoleVisit.Of(http).Path}{Path}/{id}", changes.Share ? "segment_shared" : "segment_saved");
    }

    private static async Task<IResult> DeleteAsync(Guid id, DeleteSegment delete, HttpContext http, CancellationToken cancellationToken) =>
        (await delete.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(_ =>
            PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "segment_deleted"));

    private static string ListOf(HttpContext http, Guid segment) =>
        ConsoleVisit.Of(http).Path + (ListState.Read(http) with { Segment = segment }).Address();
}
