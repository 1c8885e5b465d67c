using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>An address of a customer besides the primary one; null for a new one.</summary>
public sealed record CustomerAddressModel(Customer Customer, CustomerAddress? Address);

/// <summary>Adds, changes and removes addresses of a customer. The primary one is a topic of the customer.</summary>
internal static class CustomerAddressPages
{
    public static void MapCustomerAddresses(this RouteGroupBuilder pages)
    {
        var addresses = pages.MapGroup(CustomerRecordPages.Path + "/{id}/addresses");
        addresses.MapGet("/new", ShowNewAsync);
        addresses.MapPost("/new", (
            string id, FormInput input, AddAddress add, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(
                http, id, input, "address_added",
                add.HandleAsync(http.Caller(), id, ChangesOf(input), input.Versions(), cancellationToken)));
        addresses.MapGet("/{uid:guid}", ShowAsync);
        addresses.MapPost("/{uid:guid}", (
            string id, Guid uid, FormInput input, ChangeAddress change, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(
                http, id, input, "saved",
                change.HandleAsync(http.Caller(), id, uid.ToString(), ChangesOf(input), input.Versions(), cancellationToken)));
        addresses.MapPost("/{uid:guid}/remove", (
            string id, Guid uid, FormInput input, RemoveAddress remove, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(
                http, id, input, "address_removed",
                remove.HandleAsync(http.Caller(), id, uid.ToString(), input.Versions(), cancellationToken)));
    }

    private static async Task<IResult> ShowNewAsync(
        string id, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken)).ToResult(customer =>
            PageResults.Page<CustomerAddressPage, CustomerAddressModel>(new CustomerAddressModel(customer, Address: null)));

    private static async Task<IResult> ShowAsync(
        string id, Guid uid, ListAddresses list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(found =>
            found.Addresses.FirstOrDefault(address => address.Uid == uid && address.Type != AddressType.Primary) is { } address
                ? PageResults.Page<CustomerAddressPage, CustomerAddressModel>(new CustomerAddressModel(found.Customer, address))
                : Answers.Problem(CustomerRecordPages.NothingHere));

    private static async Task<IResult> AnswerAsync(
        HttpContext http, string id, FormInput input, string notice, Task<Result<ChangedAddress>> work) =>
        (await work).Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, $"{CustomerRecordPages.AddressOf(http, id)}#addresses", notice);

    private static AddressChanges ChangesOf(FormInput input)
    {
        var changes = new AddressChanges();
        foreach (var field in AddressSchema.Fields.Written.Where(field => input.Has(field.Name)))
        {
            changes.Add(field, field.TryParse(input[field.Name]));
        }

        return changes;
    }
}
