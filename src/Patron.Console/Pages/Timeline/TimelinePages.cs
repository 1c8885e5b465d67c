using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Comments;
using Patron.Customers.Customers;
using Patron.Linking.Timeline;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Pages.Customers;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Timeline;

/// <summary>A page of what happened to a customer, of one kind or of all.</summary>
public sealed record TimelineModel(Customer Customer, TimelinePage Timeline, TimelineKind? Kind);

/// <summary>Shows what happened to a customer, and takes comments of staff.</summary>
internal static class TimelinePages
{
    private const int PageSize = 50;

    public static void MapTimeline(this RouteGroupBuilder pages)
    {
        var customer = pages.MapGroup(CustomerRecordPages.Path + "/{id}");
        customer.MapGet("/timeline", ShowAsync);
        customer.MapPost("/comments", AddAsync);
        customer.MapPost("/comments/{comment:guid}/change", ChangeAsync);
        customer.MapPost("/comments/{comment:guid}/remove", RemoveAsync);
    }

    public static string AddressOf(HttpContext http, string id) => CustomerRecordPages.AddressOf(http, id) + "/timeline";

    private static async Task<IResult> ShowAsync(
        string id, FindCustomer find, ReadTimeline read, HttpContext http, CancellationToken cancellationToken, string? kind = null,
        string? cursor = null)
    {
        TimelineKind? only = EnumNames<TimelineKind>.TryRead(kind ?? "", out var named) ? named : null;
        var query = new TimelineQuery { Kinds = only is { } one ? [one] : [], Cursor = cursor, Limit = PageSize };
        var timeline = await read.HandleAsync(http.Caller(), id, query, cancellationToken);
        if (!timeline.Succeeded(out var page, out var refused))
        {
            return Answers.Problem(refused);
        }

        return (await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken)).ToResult(customer =>
            PageResults.Page<CustomerTimelinePage, TimelineModel>(new TimelineModel(customer, page, only)));
    }

    private static async Task<IResult> AddAsync(
        string id, FormInput input, AddComment add, HttpContext http, CancellationToken cancellationToken) =>
        Answer(http, id, input, await add.HandleAsync(http.Caller(), id, input["text"], cancellationToken), "comment_added");

    private static async Task<IResult> ChangeAsync(
        string id, Guid comment, FormInput input, ChangeComment change, HttpContext http, CancellationToken cancellationToken) =>
        Answer(http, id, input, await change.HandleAsync(http.Caller(), id, comment, input["text"], cancellationToken), "comment_changed");

    private static async Task<IResult> RemoveAsync(
        string id, Guid comment, FormInput input, RemoveComment remove, HttpContext http, CancellationToken cancellationToken) =>
        Answer(http, id, input, await remove.HandleAsync(http.Caller(), id, comment, cancellationToken), "comment_removed");

    private static IResult Answer(HttpContext http, string id, FormInput input, Result<CustomerComment> result, string notice) =>
        result.Error is { } error ? PageResults.Refused(http, input, error) : PageResults.Redirect(http, AddressOf(http, id), notice);
}
