using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>The methods for the addresses of the caller's customer record, an extension of source 1.</summary>
internal static class AddressMethods
{
    private static readonly Error NoCustomer = Error.NotFound(
        "profile_not_found", "You don't have a customer record yet. An administrator can create one for your account (create_customer_for_user).");

    public static void MapAddressMethods(this AppMethods methods)
    {
        methods.MapGet("address.list", ListAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe("tradeline_addresses", "List my addresses", "The primary one first, where there is one.")
            .Returns<MethodAddressesAnswer>(methods, "All addresses of your customer record.", TradelineExamples.Addresses)
            .Fails(401, 403, 404, 503);
        methods.MapPost("address.create", CreateAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "tradeline_create_address", "Add an address",
                $"A billing, shipping or other one, at most {CustomerAddress.MaxPerCustomer} of them. Without a type it is an other one.")
            .TakesArguments<MethodAddressRequest>(TradelineExamples.CreateAddress)
            .Returns<MethodAddressAnswer>(methods, "The new address.", TradelineExamples.Address)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        methods.MapPost("address.update", UpdateAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "tradeline_update_address", "Update an address",
                "By its name. What is left out stays, null or an empty text empties a part.")
            .TakesArguments<MethodAddressRequest>(TradelineExamples.UpdateAddress)
            .Returns<MethodAddressAnswer>(methods, "The address as it is now.", TradelineExamples.Address)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        methods.MapPost("address.delete", DeleteAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe("tradeline_delete_address", "Remove an address", "By its name, for good.")
            .TakesArguments<MethodAddressNameRequest>(TradelineExamples.AddressName)
            .Returns<MethodAddressAnswer>(methods, "The address as it was.", TradelineExamples.Address)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static Task<IResult> ListAsync(
        ListAddresses list, HomeCustomers customers, HttpContext http, CancellationToken cancellationToken) =>
        OnOwnAsync(
            customers, http,
            async (caller, customer) => (await list.HandleAsync(caller, customer, cancellationToken)).ToOk(
                book => new MethodAddressesAnswer(true, [.. book.Addresses.Select(address => new MethodAddressView(address))])),
            cancellationToken);

    private static Task<IResult> CreateAsync(
        FrappeBody<MethodAddressRequest> body, AddAddress add, HomeCustomers customers, HttpContext http,
        CancellationToken cancellationToken) =>
        OnOwnAsync(
            customers, http,
            async (caller, customer) =>
                Shape(await add.HandleAsync(caller, customer, body.Value.Changes, expectedVersions: null, cancellationToken)),
            cancellationToken);

    private static Task<IResult> UpdateAsync(
        FrappeBody<MethodAddressRequest> body, ChangeAddress change, HomeCustomers customers, HttpContext http,
        CancellationToken cancellationToken) =>
        OnOwnAsync(
            customers, http,
            async (caller, customer) => Refusal(body.Value.Name)
                ?? Shape(
                    await change.HandleAsync(
                        caller, customer, body.Value.Name!, body.Value.Changes, expectedVersions: null, cancellationToken)),
            cancellationToken);

    private static Task<IResult> DeleteAsync(
        FrappeBody<MethodAddressNameRequest> body, RemoveAddress remove, HomeCustomers customers, HttpContext http,
        CancellationToken cancellationToken) =>
        OnOwnAsync(
            customers, http,
            async (caller, customer) => Refusal(body.Value.Name)
                ?? Shape(await remove.HandleAsync(caller, customer, body.Value.Name!, expectedVersions: null, cancellationToken)),
            cancellationToken);

    // The customer record is in the home organization, whatever organization the request acts in.
    private static async Task<IResult> OnOwnAsync(
        HomeCustomers customers, HttpContext http, Func<Caller, string, Task<IResult>> work, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        return await customers.OfAsync(caller.UserId!.Value, cancellationToken) is { } customer
            ? await work(caller with { OrganizationId = customer.OrganizationId }, customer.Uid.ToString())
            : Answers.Problem(NoCustomer);
    }

    private static IResult? Refusal(string? name) => string.IsNullOrWhiteSpace(name) ? Answers.Problem(Error.Required("name")) : null;

    private static IResult Shape(Result<ChangedAddress> result) =>
        result.ToOk(changed => new MethodAddressAnswer(true, new MethodAddressView(changed.Address)));
}
