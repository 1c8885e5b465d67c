using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Addresses;
using Patron.Customers.Profiles;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>An address besides the primary one; null for a new one.</summary>
public sealed record AddressModel(CustomerAddress? Address);

/// <summary>Adds, changes and removes billing, shipping and other addresses. Removing asks for confirmation.</summary>
internal static class AddressPages
{
    private const string Path = "/profile/addresses";
    private const string Back = "/profile#addresses";

    public static void MapAddresses(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path + "/new", () => PageResults.Page<AddressPage, AddressModel>(new AddressModel(null)));
        pages.MapPost(Path + "/new", AddAsync);
        pages.MapGet(Path + "/{uid:guid}", (Guid uid, FindOwnAddress find, HttpContext http, CancellationToken cancellationToken) =>
            ShowAsync<AddressPage>(uid, find, http, cancellationToken));
        pages.MapPost(Path + "/{uid:guid}", ChangeAsync);
        pages.MapGet(Path + "/{uid:guid}/remove", (Guid uid, FindOwnAddress find, HttpContext http, CancellationToken cancellationToken) =>
            ShowAsync<AddressRemovalPage>(uid, find, http, cancellationToken));
        pages.MapPost(Path + "/{uid:guid}/remove", RemoveAsync);
    }

    private static async Task<IResult> ShowAsync<TPage>(
        Guid uid, FindOwnAddress find, HttpContext http, CancellationToken cancellationToken)
        where TPage : PageBase<AddressModel> =>
        (await find.HandleAsync(http.Caller(), uid, cancellationToken)).ToResult(found => PageResults.Page<TPage, AddressModel>(
            new AddressModel(found.Address)));

    private static async Task<IResult> AddAsync(
        FormInput input, AddAddress add, FindProfile find, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await find.HandleAsync(http.Caller(), cancellationToken);
        var result = found.Succeeded(out var profile, out var missing)
            ? await add.HandleAsync(
                http.Caller(), profile.Customer.CustomerId, input.ToAddressChanges(), expectedVersions: null, cancellationToken)
            : missing;
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, Back, "address_added");
    }

    private static async Task<IResult> ChangeAsync(
        FormInput input, Guid uid, ChangeAddress change, FindOwnAddress find, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await find.HandleAsync(http.Caller(), uid, cancellationToken);
        if (!found.Succeeded(out var own, out var missing))
        {
            return Answers.Problem(missing);
        }

        var result = await change.HandleAsync(
            http.Caller(), own.CustomerId, uid.ToString(), input.ToAddressChanges(), expectedVersions: null, cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, Back, "saved");
    }

    private static async Task<IResult> RemoveAsync(
        FormInput input, Guid uid, RemoveAddress remove, FindOwnAddress find, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await find.HandleAsync(http.Caller(), uid, cancellationToken);
        var result = found.Succeeded(out var own, out var missing)
            ? await remove.HandleAsync(http.Caller(), own.CustomerId, uid.ToString(), expectedVersions: null, cancellationToken)
            : missing;
        return result.ToResult(_ => PageResults.Redirect(http, Back, "address_removed"));
    }
}

/// <summary>One of the caller's own addresses, and the id of its customer record.</summary>
internal sealed record OwnAddress(string CustomerId, CustomerAddress Address);

/// <summary>Finds one of the caller's own addresses. Errors: 404 for any other.</summary>
internal sealed class FindOwnAddress(FindProfile profile, ListAddresses addresses)
{
    private static readonly Error Missing = Error.NotFound("address_not_found", "You don't have an address with this id.");

    public async Task<Result<OwnAddress>> HandleAsync(Caller caller, Guid uid, CancellationToken cancellationToken)
    {
        var found = await profile.HandleAsync(caller, cancellationToken);
        if (!found.Succeeded(out var own, out var none))
        {
            return none;
        }

        var result = await addresses.HandleAsync(caller, own.Customer.CustomerId, cancellationToken);
        if (!result.Succeeded(out var all, out var error))
        {
            return error;
        }

        return all.Addresses.FirstOrDefault(address => address.Uid == uid && address.Type != AddressType.Primary) is { } address
            ? new OwnAddress(own.Customer.CustomerId, address)
            : Missing;
    }
}
