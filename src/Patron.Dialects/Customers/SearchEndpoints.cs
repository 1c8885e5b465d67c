using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The query parameter that says whether customers must have any of the tags (<c>any</c>) or all of them (<c>all</c>).</summary>
public readonly record struct TagMatch(bool All)
{
    public static bool TryParse(string text, out TagMatch match)
    {
        match = new TagMatch(text == "all");
        return text is "any" or "all";
    }
}

/// <summary>Searches customers by any field, by tags and by place, and lists the places.</summary>
internal static class SearchEndpoints
{
    private const string Paged = "The newest last; X-Total-Count says how many match, Link with rel=\"next\" leads to the next page.";

    public static void MapSearch(this RouteGroupBuilder customers)
    {
        customers.MapPost("/search", SearchAsync)
            .Describe(
                "search_customers", "Search customers",
                "For staff. A query of three letters or more is looked for anywhere in names, email, phone, company, username and customer_id, one of one or two letters at the beginning of words; case and accents do not matter. Each other text is looked for anywhere in its own field, and all that is given must hold. The total is exact up to 100 000 matches; more than that cannot be sorted by city or country.")
            .TakesExample(CustomerExamples.Search)
            .Answers<SearchAnswer>(200, "A page of the customers found, the newest first unless sorted.", CustomerExamples.Found)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        customers.MapGet("/tags/{tags}", ListByTagsAsync)
            .Describe(
                "list_customers_by_tags", "List customers by tag",
                $"Tags with commas between them: those who have any of them or, with match=all, all of them. {Paged}")
            .Answers<IEnumerable<CustomerListItem>>(200, "A page of customers.", $"[{CustomerListItem.Schema.Example}]")
            .Fails(401, 403, 404, 422, 503);
        customers.MapGet("/location/search", ListByPlaceAsync)
            .Describe(
                "list_customers_by_location", "List customers by place",
                $"By whole names of city, state and country, one or more of them; case and accents do not matter, and a country may be any of its names or its ISO code. {Paged}")
            .Answers<IEnumerable<CustomerListItem>>(200, "A page of customers.", $"[{CustomerListItem.Schema.Example}]")
            .Fails(401, 403, 404, 422, 503);
        MapPlaces(
            customers, "countries", ListCountriesAsync, "List countries",
            "Each under its name in the language of Accept-Language, German or else English, in whatever spelling people wrote it; what is no known country as it was written. Sorted by name.",
            """["Canada", "United Kingdom", "USA"]""");
        MapPlaces(
            customers, "states", ListStatesAsync, "List states", "As people wrote them, by name; with country only those in it, which may be any of its names or its ISO code.",
            """["CA", "NY"]""");
        MapPlaces(
            customers, "cities", ListCitiesAsync, "List cities", "As people wrote them, by name; with country only those in it, which may be any of its names or its ISO code.",
            """["Chicago", "Los Angeles", "New York"]""");
    }

    private static void MapPlaces(
        RouteGroupBuilder customers, string places, Delegate list, string summary, string description, string example) =>
        customers.MapGet($"/available/{places}", list)
            .Describe($"list_available_{places}", summary, $"{description} X-Total-Count says how many there are.")
            .Answers<IEnumerable<string>>(200, "The names.", example)
            .Fails(401, 403, 404, 422, 503);

    private static async Task<IResult> SearchAsync(
        SearchRequest request, SearchCustomers search, HttpContext http, CancellationToken cancellationToken)
    {
        var wanted = request.ToSearch();
        return (await search.HandleAsync(http.Caller(), wanted, cancellationToken)).ToOk(page => SearchAnswer.From(wanted, page));
    }

    private static Task<IResult> ListByTagsAsync(
        string tags, ListCustomers list, HttpContext http, CancellationToken cancellationToken,
        TagMatch? match = null, int skip = 0, int limit = CustomerListQuery.DefaultLimit, long? cursor = null)
    {
        var criteria = new CustomerCriteria { Tags = CustomerTags.Parse(tags), AllTags = match?.All == true };
        return criteria.Tags.Length == 0
            ? Task.FromResult(Answers.Problem(Error.Invalid("tags", "Name at least one tag. Separate several with commas.")))
            : list.AnswerAsync(
                http, new CustomerListQuery { Criteria = criteria, After = cursor, Skip = skip, Limit = limit }, cancellationToken);
    }

    private static Task<IResult> ListByPlaceAsync(
        ListCustomers list, HttpContext http, CancellationToken cancellationToken,
        string? city = null, string? state = null, string? country = null, int skip = 0, int limit = CustomerListQuery.DefaultLimit,
        long? cursor = null)
    {
        var criteria = new CustomerCriteria { City = city, State = state, Country = country, WholePlaces = true };
        return list.AnswerAsync(
            http, new CustomerListQuery { Criteria = criteria, After = cursor, Skip = skip, Limit = limit }, cancellationToken);
    }

    private static Task<IResult> ListCountriesAsync(
        ListPlaces list, HttpContext http, CancellationToken cancellationToken, int skip = 0, int limit = PlaceQuery.DefaultLimit) =>
        ListPlacesAsync(
            list, http, new PlaceQuery(PlaceKind.Country) { Skip = skip, Limit = limit, Language = RequestLanguage.Negotiate(http.Request) },
            cancellationToken);

    private static Task<IResult> ListStatesAsync(
        ListPlaces list, HttpContext http, CancellationToken cancellationToken, string? country = null, int skip = 0,
        int limit = PlaceQuery.DefaultLimit) =>
        ListPlacesAsync(list, http, new PlaceQuery(PlaceKind.State, country) { Skip = skip, Limit = limit }, cancellationToken);

    private static Task<IResult> ListCitiesAsync(
        ListPlaces list, HttpContext http, CancellationToken cancellationToken, string? country = null, int skip = 0,
        int limit = PlaceQuery.DefaultLimit) =>
        ListPlacesAsync(list, http, new PlaceQuery(PlaceKind.City, country) { Skip = skip, Limit = limit }, cancellationToken);

    private static async Task<IResult> ListPlacesAsync(
        ListPlaces list, HttpContext http, PlaceQuery query, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), query, cancellationToken)).ToOk(page =>
        {
            http.SetTotal(page.Total);
            if (query.Kind == PlaceKind.Country)
            {
                http.Response.SetLanguage(query.Language);
            }

            return page.Names.AsEnumerable();
        });
}
