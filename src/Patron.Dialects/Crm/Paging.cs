using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>
/// The requested page of a list, in the style of Django REST framework: from 1, with 25 rows by default and at most 1000.
/// </summary>
internal sealed record Paging([FromQuery(Name = "page")] int Page = 1, [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultSize)
{
    public const int DefaultSize = 25;
    public const int MaxSize = 1000;
    private static readonly Error NoSuchPage = Error.NotFound("page_not_found", "Invalid page: the list ends before it.");

    /// <summary>The error in the numbers, or null. A page whose rows would exceed the range of int does not exist.</summary>
    public Error? Refusal =>
        PageSize <= MaxSize && (long)Page * PageSize > int.MaxValue ? NoSuchPage : Web.Http.Page.Refusal(Page, PageSize, MaxSize);

    /// <summary>
    /// The page with links to the next and previous ones; 404 after the last page. The first page exists even if it is empty.
    /// </summary>
    public IResult Answer<T>(HttpContext http, long count, IReadOnlyList<T> results)
    {
        if (results.Count == 0 && Page > 1)
        {
            return Answers.Problem(NoSuchPage);
        }

        var next = (long)Page * PageSize < count ? Address(http.Request, Page + 1) : null;
        var previous = Page > 1 ? Address(http.Request, Page - 1) : null;
        return TypedResults.Ok(new PageAnswer<T>(count, next, previous, results));
    }

    // The URL of the same query with another page number. The first page has no page parameter.
    private static string Address(HttpRequest request, int page)
    {
        var parameters = request.Query.Where(parameter => parameter.Key != "page").ToList();
        if (page > 1)
        {
            parameters.Add(new("page", page.ToString(CultureInfo.InvariantCulture)));
        }

        var query = new QueryBuilder(parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)).ToQueryString();
        return request.HttpContext.RequestServices.GetRequiredService<PublicAddress>().Of(request, request.Path, query);
    }
}

/// <summary>A page of a list in the format of Django REST framework.</summary>
internal sealed record PageAnswer<T>(long Count, string? Next, string? Previous, IReadOnlyList<T> Results);

/// <summary>The example of a list with one row.</summary>
internal static class PageExample
{
    public static string Of(string row) => $$"""{"count": 1, "next": null, "previous": null, "results": [{{row}}]}""";
}
