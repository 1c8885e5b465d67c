using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Patron.Customers.Search;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Lists of customers as an array, with what there is to say of them in the headers.</summary>
internal static class ListHeaders
{
    /// <summary>The list asked for: how many match in all, and where the next page is.</summary>
    public static async Task<IResult> AnswerAsync(this ListCustomers list, HttpContext http, CustomerListQuery query, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), query, cancellationToken)).ToOk(page =>
        {
            http.SetTotal(page.Total, page.TotalIsExact);
            if (page.Next is { } next)
            {
                http.Response.Headers.Link = $"<{NextPath(http.Request, next)}>; rel=\"next\"";
            }

            return page.Customers.Select(customer => new CustomerListItem(customer));
        });

    /// <summary>How many there are in all; <c>X-Total-Is-Exact: false</c> where that is an estimate.</summary>
    public static void SetTotal(this HttpContext http, long total, bool isExact = true)
    {
        http.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        if (!isExact)
        {
            http.Response.Headers["X-Total-Is-Exact"] = "false";
        }
    }

    // The same question, from the cursor on: it stays right while customers are added.
    private static string NextPath(HttpRequest request, long next)
    {
        var kept = request.Query.Where(parameter => parameter.Key is not ("skip" or "cursor"));
        return UriHelper.BuildRelative(request.PathBase, SentPath.Of(request), new QueryBuilder(kept) { { "cursor", next.ToString(CultureInfo.InvariantCulture) } }.ToQueryString());
    }
}
