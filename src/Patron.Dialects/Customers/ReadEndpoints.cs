using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Finds and lists customers.</summary>
internal static class ReadEndpoints
{
    public static void MapReads(this RouteGroupBuilder customers)
    {
        customers.MapGet("", ListAsync)
            .Describe(
                "list_customers", "List customers",
                "Of the acting organization, by number, for its staff. X-Total-Count says how many match; Link with rel=\"next\" leads to the next page, by a cursor that stays right while customers are added. filter takes terms such as city:harare -tag:old created:>2026-01-01, and segment a saved filter.")
            .Answers<IEnumerable<CustomerListItem>>(
                200, "A page of customers; deleted ones too unless is_active says otherwise.", $"[{CustomerListItem.Schema.Example}]")
            .Fails(401, 403, 404, 422, 503);
        customers.MapGet("/{customer_id}", GetAsync)
            .Describe(
                "get_customer", "Get a customer",
                "By customer_id, account_number or uid, in any case. Staff see all, a customer their own. The ETag is for If-Match.")
            .Answers<CustomerAnswer>(200, "The customer.", CustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 503);
        customers.MapGet("/username/{username}", GetByUsernameAsync)
            .Describe("get_customer_by_username", "Get a customer by username", "The customer with this username.")
            .Answers<CustomerAnswer>(200, "The customer.", CustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 503);
        customers.MapGet("/email/{email}", GetByEmailAsync)
            .Describe(
                "get_customer_by_email", "Get a customer by email address",
                "The one that holds the address comes before one that only typed it at a sign-up.")
            .Answers<CustomerAnswer>(200, "The customer.", CustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 503);
    }

    private static Task<IResult> ListAsync(
        ListCustomers list, HttpContext http, CancellationToken cancellationToken,
        int skip = 0, int limit = CustomerListQuery.DefaultLimit, [FromQuery(Name = "is_active")] bool? isActive = null,
        long? cursor = null, string? filter = null, Guid? segment = null)
    {
        var criteria = new CustomerCriteria { IsActive = isActive, Filter = filter, Segment = segment };
        return list.AnswerAsync(
            http, new CustomerListQuery { Criteria = criteria, After = cursor, Skip = skip, Limit = limit }, cancellationToken);
    }

    private static Task<IResult> GetAsync(
        [FromRoute(Name = "customer_id")] string customerId, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        FindAsync(new CustomerLookup.ById(customerId), find, http, cancellationToken);

    private static Task<IResult> GetByUsernameAsync(
        string username, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        FindAsync(new CustomerLookup.ByUsername(username), find, http, cancellationToken);

    private static Task<IResult> GetByEmailAsync(string email, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        FindAsync(new CustomerLookup.ByEmail(email), find, http, cancellationToken);

    private static async Task<IResult> FindAsync(
        CustomerLookup lookup, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), lookup, cancellationToken)).ToOk(customer => http.Tagged(customer));
}
