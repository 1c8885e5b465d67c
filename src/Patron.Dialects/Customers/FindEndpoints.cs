using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Search;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>A suggestion of how a filter goes on.</summary>
public sealed record FilterSuggestionAnswer(string Label, string Description, string Text, int Caret)
{
    public static FilterSuggestionAnswer From(FilterSuggestion suggestion) =>
        new(suggestion.Label, suggestion.Description, suggestion.Text, suggestion.Caret);
}

/// <summary>Finds customers by a filter: a sorted list with cursors, results while typing, and suggestions.</summary>
internal static class FindEndpoints
{
    private const string SuggestionExample =
        """{"label": "city:", "description": "The whole name of the city, or a part with *", "text": "city:", "caret": 5}""";

    public static void MapFind(this RouteGroupBuilder customers)
    {
        customers.MapGet("/find", FindAsync)
            .Describe(
                "find_customers", "Find customers",
                $"For staff: a filter, and an order that is as fast for a million customers as for ten. Link leads to the next page with rel=\"next\" and to the one before with rel=\"prev\". X-Total-Count is exact up to {FindCustomers.ExactUpTo}; with X-Total-Is-Exact: false there are more than that.")
            .Answers<IEnumerable<CustomerListItem>>(200, "A page of customers, the newest first unless sorted.", $"[{CustomerListItem.Schema.Example}]")
            .Fails(401, 403, 404, 422, 503);
        customers.MapGet("/quick", QuickAsync)
            .Describe(
                "quick_find_customers", "Find customers while typing",
                $"For staff: the first {QuickFind.MaxResults} customers for a filter that is being typed, from {QuickFind.MinLength} letters on. A customer whose identifier, email address or reference it is comes first.")
            .Answers<IEnumerable<CustomerListItem>>(200, "The customers.", $"[{CustomerListItem.Schema.Example}]")
            .Fails(401, 403, 404, 503);
        customers.MapGet("/filter/suggestions", SuggestAsync)
            .Describe(
                "suggest_filter_terms", "List suggestions for a filter",
                "For staff: how the term at the caret of a filter can go on, with the text that results.")
            .Answers<IEnumerable<FilterSuggestionAnswer>>(200, "The suggestions.", $"[{SuggestionExample}]")
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> FindAsync(
        FindCustomers find, HttpContext http, CancellationToken cancellationToken, string? filter = null, Guid? segment = null,
        string? order = null, string? cursor = null, int limit = FindRequest.DefaultSize)
    {
        var criteria = new CustomerCriteria { Filter = filter, Segment = segment };
        var request = new FindRequest(criteria) { Order = order, Cursor = cursor, Size = limit };
        return (await find.HandleAsync(http.Caller(), request, cancellationToken)).ToOk(page => http.WithPages(page));
    }

    private static async Task<IResult> QuickAsync(
        QuickFind find, HttpContext http, CancellationToken cancellationToken, string text = "") =>
        (await find.HandleAsync(http.Caller(), text, cancellationToken))
            .ToOk(results => results.Customers.Select(customer => new CustomerListItem(customer)));

    private static async Task<IResult> SuggestAsync(
        SuggestTerms suggest, HttpContext http, CancellationToken cancellationToken, string filter = "", int? caret = null) =>
        (await suggest.HandleAsync(
            http.Caller(), filter, caret ?? filter.Length, RequestLanguage.Negotiate(http.Request), cancellationToken))
            .ToOk(suggestions => suggestions.Select(FilterSuggestionAnswer.From));

    private static IEnumerable<CustomerListItem> WithPages(this HttpContext http, FoundPage page)
    {
        http.SetTotal(page.Total, page.TotalIsExact);
        http.SetPages(page.Next, page.Previous);
        return page.Customers.Select(customer => new CustomerListItem(customer));
    }
}
