using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>The methods of source 1 for administrators: listing accounts and creating missing customer records.</summary>
internal static class UserMethods
{
    private static readonly IReadOnlyDictionary<string, string> FieldNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["skip"] = "limit_start",
        ["take"] = "limit_page_length",
        ["email"] = "user_email",
    };

    public static void MapUserMethods(this AppMethods methods)
    {
        methods.MapGet("auth.get_users", GetUsersAsync).RequireAuthorization()
            .Describe(
                "tradeline_users", "List accounts with their customers",
                "For administrators. search finds any part of a name or an email address; limit_page_length is 20 unless given, and 1000 at most.")
            .Returns<MethodUsersAnswer>(methods, "A page of accounts, the oldest first, and how many there are.", TradelineExamples.Users)
            .Fails(401, 403, 404, 422, 503);
        methods.MapPost("auth.create_customer_for_user", CreateCustomerAsync).RequireAuthorization()
            .Describe(
                "tradeline_create_customer", "Create a customer for an account",
                "For administrators. Who already has one in the home organization keeps it, and it is answered.")
            .TakesArguments<MethodCustomerRequest>(TradelineExamples.CreateCustomer)
            .Returns<MethodCreatedCustomerAnswer>(methods, "The account's customer record.", TradelineExamples.CreatedCustomer)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> GetUsersAsync(
        ListUsers list, HomeCustomers customers, HttpContext http, CancellationToken cancellationToken,
        [FromQuery(Name = "limit_start")] int limitStart = 0,
        [FromQuery(Name = "limit_page_length")] int limitPageLength = ListUsers.DefaultPageSize, string? search = null)
    {
        var result = await list.HandleAsync(http.Caller(), search, limitStart, limitPageLength, cancellationToken);
        if (!result.Succeeded(out var page, out var error))
        {
            return Answers.Problem(error, FieldNames);
        }

        var found = await customers.FindAsync([.. page.Accounts.Select(account => account.User.Id)], cancellationToken);
        return TypedResults.Ok(new MethodUsersAnswer(
            true, [.. page.Accounts.Select(account => MethodListedUserAnswer.From(account, found.GetValueOrDefault(account.User.Id)))],
            page.Total));
    }

    private static async Task<IResult> CreateCustomerAsync(
        FrappeBody<MethodCustomerRequest> body, CreateCustomerForUser create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), body.Value.UserEmail ?? "", cancellationToken)).ToOk(
            ensured => new MethodCreatedCustomerAnswer(
                true, ensured.IsNew
                    ? "Customer created successfully"
                    : "The user already has a customer", MethodCustomerAnswer.From(ensured.Customer)!),
            FieldNames);
}
