using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Patron.Customers.Search;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Answers lists of customers as arrays, with the total number and the next page in the headers.</summary>
internal static class ListHeaders
{
    /// <summary>Runs the query and returns its page, with the headers <c>X-Total-Count</c> and <c>Link</c>.</summary>
    public static async Task<IResult> AnswerAsync(
        this ListCustomers list, HttpContext http, CustomerListQuery query, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), query, cancellationToken)).ToOk(page =>
        {
            http.SetTotal(page.Total, page.TotalIsExact);
            return http.WithNext(page.Next, page.Customers.Select(customer => new CustomerListItem(customer)));
        });

    /// <summary>The items, with the header <c>Link</c> where there is a next page.</summary>
    public static IEnumerable<T> WithNext<T>(this HttpContext http, long? next, IEnumerable<T> items) =>
        http.WithNext(next?.ToString(CultureInfo.InvariantCulture), items);

    /// <summary>The same with a cursor that is a text.</summary>
    public static IEnumerable<T> WithNext<T>(this HttpContext http, string? cursor, IEnumerable<T> items)
    {
        http.SetNext(cursor);
        return items;
    }

    /// <summary>The header alone, for answers that are not a list.</summary>
    public static void SetNext(this HttpContext http, string? cursor)
    {
        if (cursor is not null)
        {
            http.Response.Headers.Link = $"<{PathOf(http, cursor)}>; rel=\"next\"";
        }
    }

    /// <summary>Sets the header <c>Link</c> to the pages beside this one; null where there is none.</summary>
    public static void SetPages(this HttpContext http, string? next, string? previous)
    {
        string[] links =
        [
            .. next is null ? [] : new[] { $"<{PathOf(http, next)}>; rel=\"next\"" },
            .. previous is null ? [] : new[] { $"<{PathOf(http, previous)}>; rel=\"prev\"" },
        ];
        if (links.Length > 0)
        {
            http.Response.Headers.Link = string.Join(", ", links);
        }
    }

    /// <summary>Sets the total number, with <c>X-Total-Is-Exact: false</c> if it is an estimate.</summary>
    public static void SetTotal(this HttpContext http, long total, bool isExact = true)
    {
        http.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        if (!isExact)
        {
            http.Response.Headers["X-Total-Is-Exact"] = "false";
        }
    }

    // The same query with a cursor, which stays correct while customers are added.
    private static string PathOf(HttpContext http, string cursor)
    {
        var request = http.Request;
        var parameters = request.Query.Where(parameter => parameter.Key != "skip" && !ReadPositions.IsOfPage(parameter.Key));
        var query = new QueryBuilder(parameters) { { "cursor", cursor } };
        return ReadPositions.OfPage(http, UriHelper.BuildRelative(request.PathBase, RawPath.Of(request), query.ToQueryString()));
    }
}
