using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Addresses;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>A customer's addresses. The ETag is that of the customer, because a change of an address is a change of the customer.</summary>
internal static class AddressEndpoints
{
    private const string CreateExample = """
        {"type": "shipping", "address_line1": "Dock 4", "address_line2": "7 Harbour Road", "city": "Boston", "state": "MA", "postal_code": "02101", "country": "USA"}
        """;

    private const string UpdateExample = """{"address_line2": null, "postal_code": "02102"}""";

    private const string Example = """
        {"id": "0198c0de-5555-7000-8000-000000000001", "type": "shipping", "address_line1": "Dock 4", "address_line2": "7 Harbour Road", "city": "Boston", "state": "MA", "postal_code": "02101", "country": "USA", "country_code": "US", "full_address": "Dock 4, 7 Harbour Road, Boston, MA, 02101, USA", "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:00Z"}
        """;

    public static void MapAddresses(this RouteGroupBuilder customers)
    {
        customers.MapGet("/{customer_id}/addresses", ListAsync)
            .Describe(
                "list_addresses", "List addresses",
                "The primary one first, where there is one; its id is the customer's uid, and it is changed on the customer. Staff see everybody's, a customer their own.")
            .Answers<IEnumerable<AddressAnswer>>(200, "All addresses.", $"[{Example}]")
            .Fails(401, 403, 404, 503);
        customers.MapPost("/{customer_id}/addresses", AddAsync).Idempotent<AddressRequest>(AddRefusalAsync)
            .Describe(
                "add_address", "Add an address",
                $"A billing, shipping or other one, at most {CustomerAddress.MaxPerCustomer} of them. Staff add to every customer, customers to their own record. With If-Match only to the version of the customer you have read.")
            .TakesExample(CreateExample)
            .Answers<AddressAnswer>(201, "The new address; the ETag is the customer's new one.", Example)
            .Fails(400, 401, 403, 404, 409, 412, 413, 415, 422, 503);
        customers.MapPut("/{customer_id}/addresses/{address}", ChangeAsync)
            .Describe(
                "change_address", "Update an address",
                "By its id. What is left out stays, null empties a part. The primary one is changed on the customer (400 says so).")
            .TakesExample(UpdateExample)
            .Answers<AddressAnswer>(200, "The address as it is now; the ETag is the customer's.", Example)
            .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);
        customers.MapDelete("/{customer_id}/addresses/{address}", RemoveAsync)
            .Describe(
                "remove_address", "Remove an address", "By its id, for good. The primary one is emptied on the customer (400 says so).")
            .Answers<AddressAnswer>(200, "The address as it was; the ETag is the customer's new one.", Example)
            .Fails(400, 401, 403, 404, 412, 503);
    }

    private static async Task<IResult> ListAsync(
        [FromRoute(Name = "customer_id")] string customerId, ListAddresses list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), customerId, cancellationToken)).ToOk(book => Shape(http, book));

    private static Task<Error?> AddRefusalAsync(HttpContext http, AddressRequest request) =>
        http.RequestServices.GetRequiredService<AddAddress>()
            .RefusalAsync(http.Caller(), (string)http.GetRouteValue("customer_id")!, http.RequestAborted);

    private static async Task<IResult> AddAsync(
        [FromRoute(Name = "customer_id")] string customerId, AddressRequest request, AddAddress add, HttpContext http,
        CancellationToken cancellationToken) =>
        (await add.HandleAsync(http.Caller(), customerId, request.Changes, EntityTags.Expected(http), cancellationToken))
            .ToResult(
                added =>
                    TypedResults.Created(
                        $"/api/v1/customers/{added.Customer.CustomerId}/addresses/{added.Address.Uid}/", Shape(http, added)));

    private static async Task<IResult> ChangeAsync(
        [FromRoute(Name = "customer_id")] string customerId, string address, AddressRequest request, ChangeAddress change, HttpContext http,
        CancellationToken cancellationToken) =>
        (await change.HandleAsync(
            http.Caller(), customerId, address, request.Changes, EntityTags.Expected(http),
            cancellationToken)).ToOk(changed => Shape(http, changed));

    private static async Task<IResult> RemoveAsync(
        [FromRoute(Name = "customer_id")] string customerId, string address, RemoveAddress remove, HttpContext http,
        CancellationToken cancellationToken) =>
        (await remove.HandleAsync(
            http.Caller(), customerId, address, EntityTags.Expected(http), cancellationToken)).ToOk(removed => Shape(http, removed));

    private static IEnumerable<AddressAnswer> Shape(HttpContext http, AddressList book)
    {
        http.Tag(book.Customer);
        http.SetTotal(book.Addresses.Count);
        return book.Addresses.Select(address => new AddressAnswer(address));
    }

    private static AddressAnswer Shape(HttpContext http, ChangedAddress changed)
    {
        http.Tag(changed.Customer);
        return new AddressAnswer(changed.Address);
    }
}
