using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Customers.Profiles;
using Patron.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The account and customer record of the caller.</summary>
public sealed record ProfileModel(User Account, IReadOnlyList<NamedOffer> Offers)
{
    /// <summary>Null if there is no record yet.</summary>
    public Profile? Profile { get; init; }

    /// <summary>All addresses except the primary one, which is part of the record.</summary>
    public IReadOnlyList<CustomerAddress> Addresses { get; init; } = [];

    public IReadOnlyList<ConsentView> Consents { get; init; } = [];
}

/// <summary>Reads the model of the profile page.</summary>
internal sealed class ReadProfilePage(
    FindAccount account, FindProfile profile, ListAddresses addresses, ListConsents consents, ListNamedOffers offers)
{
    public async Task<ProfileModel> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var model = new ProfileModel(
            (await account.HandleAsync(caller, cancellationToken)).User, await offers.HandleAsync(caller, cancellationToken));
        var found = await profile.HandleAsync(caller, cancellationToken);
        if (!found.Succeeded(out var own, out _))
        {
            return model;
        }

        // If the record is deleted while the page is read, the lists stay empty.
        var addressBook = await addresses.HandleAsync(caller, own.Customer.CustomerId, cancellationToken);
        var history = await consents.HandleAsync(caller, own.Customer.CustomerId, cancellationToken);
        return model with
        {
            Profile = own,
            Addresses = addressBook.Succeeded(out var all, out _)
                ? [.. all.Addresses.Where(address => address.Type != AddressType.Primary)]
                : [],
            Consents = history.Succeeded(out var changes, out _) ? changes : [],
        };
    }
}

/// <summary>
/// Shows the caller's own data as cards, creates their record, withdraws change requests, and answers offers of organizations.
/// </summary>
internal static class ProfilePages
{
    private const string Path = "/profile";

    public static void MapProfile(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, async (ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<ProfilePage, ProfileModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
        pages.MapPost(Path, CreateAsync);
        pages.MapProfileForms();
        pages.MapPost(Path + "/changes/{id:long}/withdraw", WithdrawAsync);
        pages.MapPost(Path + "/offers/{customer:guid}/accept", AcceptAsync);
        pages.MapPost(Path + "/offers/{customer:guid}/decline", DeclineAsync);
    }

    private static async Task<IResult> CreateAsync(
        FormInput input, CreateProfile create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(
            http.Caller(), new ProfileInput(new CustomerChanges()),
            cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "profile_created"));

    private static async Task<IResult> WithdrawAsync(
        FormInput input, long id, WithdrawChangeRequest withdraw, HttpContext http, CancellationToken cancellationToken) =>
        (await withdraw.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(request =>
        {
            var card = AddressSchema.Fields.Find(request.Field) is null ? ProfileForms.Details : ProfileForms.Address;
            return PageResults.Redirect(http, $"{Path}#{card}", "request_withdrawn");
        });

    private static async Task<IResult> AcceptAsync(
        FormInput input, Guid customer, AcceptOffer accept, HttpContext http, CancellationToken cancellationToken) =>
        (await accept.HandleAsync(
            http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "offer_accepted"));

    private static async Task<IResult> DeclineAsync(
        FormInput input, Guid customer, AnswerOffer answer, HttpContext http, CancellationToken cancellationToken) =>
        (await answer.DeclineAsync(
            http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "offer_declined"));
}
