using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Duplicates;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The query parameter that selects open or dismissed pairs.</summary>
public readonly record struct DuplicateState(bool IsDismissed)
{
    public static bool TryParse(string text, out DuplicateState state)
    {
        state = new DuplicateState(text == "dismissed");
        return text is "open" or "dismissed";
    }
}

/// <summary>Customers that are probably one: lists them, compares values with them, and dismisses pairs.</summary>
internal static class DuplicateEndpoints
{
    private const string Where = "Not in a separate customers service, which doesn't hold names (422).";

    public static void MapDuplicates(this RouteGroupBuilder duplicates)
    {
        duplicates.MapGet("", ListAsync)
            .Describe(
                "list_duplicates", "List duplicates",
                $"For staff: pairs of customers that are probably one, the most probable first. New and changed customers are compared within seconds. {Where}")
            .Answers<IEnumerable<DuplicateAnswer>>(
                200, "A page of pairs. Link with rel=\"next\" leads to the next page.", $"[{DuplicateAnswer.Example}]")
            .Fails(401, 403, 404, 422, 503);
        duplicates.MapPost("/check", CheckAsync)
            .Describe(
                "check_duplicates", "Find customers with similar values",
                $"For staff: the customers that these values probably belong to. Nothing is stored. {Where}")
            .TakesExample(CustomerExamples.Create)
            .Answers<IEnumerable<PossibleDuplicateAnswer>>(200, "The customers, the most probable first.", "[]")
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        duplicates.MapPost("/{id}/dismiss", DismissAsync)
            .Describe(
                "dismiss_duplicate", "Dismiss a pair",
                "For staff: the two are different customers. The pair isn't found again, also after one of them was merged into another record.")
            .Answers<DuplicateAnswer>(200, "The pair as it is now.", DuplicateAnswer.Example)
            .Fails(401, 403, 404, 422, 503);
        duplicates.MapPost("/{id}/reopen", ReopenAsync)
            .Describe("reopen_duplicate", "Reopen a pair", "For staff: takes back that the pair was dismissed.")
            .Answers<DuplicateAnswer>(200, "The pair as it is now.", DuplicateAnswer.Example)
            .Fails(401, 403, 404, 422, 503);
    }

    public static void MapCustomerDuplicates(this RouteGroupBuilder customers) =>
        customers.MapGet("/{customer_id}/duplicates", ListOfCustomerAsync)
            .Describe(
                "list_customer_duplicates", "List the duplicates of a customer",
                $"For staff: the pairs of this customer, at most {ListDuplicatesOfCustomer.MaxPairs}. {Where}")
            .Answers<IEnumerable<DuplicateAnswer>>(200, "The pairs, the most probable first.", $"[{DuplicateAnswer.Example}]")
            .Fails(401, 403, 404, 422, 503);

    private static async Task<IResult> ListAsync(
        ListDuplicates list, HttpContext http, CancellationToken cancellationToken,
        DuplicateState? state = null, [FromQuery(Name = "min_score")] double minScore = DuplicateQuery.DefaultMinScore,
        int limit = DuplicateQuery.DefaultLimit, string? cursor = null)
    {
        DuplicateCursor? after = DuplicateCursor.TryParse(cursor, out var place) ? place : null;
        if (cursor is not null && after is null)
        {
            return Answers.Problem(Error.Invalid("cursor", "Must be the cursor of a Link header."));
        }

        var query = new DuplicateQuery { IsDismissed = state?.IsDismissed == true, MinScore = minScore, Limit = limit, After = after };
        return (await list.HandleAsync(http.Caller(), query, cancellationToken)).ToOk(page =>
            http.WithNext(page.Next?.ToString(), page.Duplicates.Select(DuplicateAnswer.From)));
    }

    private static async Task<IResult> ListOfCustomerAsync(
        [FromRoute(Name = "customer_id")] string customerId, ListDuplicatesOfCustomer list, HttpContext http,
        CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), customerId, cancellationToken)).ToOk(found => found.Select(DuplicateAnswer.From));

    private static async Task<IResult> CheckAsync(
        CustomerRequest request, CheckDuplicates check, HttpContext http, CancellationToken cancellationToken) =>
        (await check.HandleAsync(http.Caller(), request.Changes, cancellationToken))
            .ToOk(found => found.Select(PossibleDuplicateAnswer.From));

    private static async Task<IResult> DismissAsync(
        long id, DismissDuplicate dismiss, HttpContext http, CancellationToken cancellationToken) =>
        (await dismiss.HandleAsync(http.Caller(), id, isDismissed: true, cancellationToken)).ToOk(DuplicateAnswer.From);

    private static async Task<IResult> ReopenAsync(
        long id, DismissDuplicate dismiss, HttpContext http, CancellationToken cancellationToken) =>
        (await dismiss.HandleAsync(http.Caller(), id, isDismissed: false, cancellationToken)).ToOk(DuplicateAnswer.From);
}
