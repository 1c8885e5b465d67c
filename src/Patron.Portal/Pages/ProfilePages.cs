using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Customers.Profiles;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The account and customer record of the caller, and the name and state of an invalid form.</summary>
public sealed record ProfileModel(User Account, IReadOnlyList<NamedOffer> Offers)
{
    /// <summary>Null if there is no record yet.</summary>
    public Profile? Profile { get; init; }

    /// <summary>All addresses except the primary one, which is part of the record.</summary>
    public IReadOnlyList<CustomerAddress> Addresses { get; init; } = [];

    public IReadOnlyList<ConsentView> Consents { get; init; } = [];

    public string? Refused { get; init; }

    public FormState Form { get; init; } = FormState.Empty;

    /// <summary>Returns the state of this form of the page.</summary>
    public FormState FormOf(string name) => name == Refused ? Form : FormState.Empty;
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
/// Shows and changes the caller's own data: names and phone of the account, all other fields of the customer record, offers of
/// organizations.
/// </summary>
internal static class ProfilePages
{
    private const string Path = "/profile";

    public static void MapProfile(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, async (ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<ProfilePage, ProfileModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
        pages.MapPost(Path, CreateAsync);
        pages.MapPost(Path + "/name", RenameAsync);
        pages.MapChange("details");
        pages.MapChange("address");
        pages.MapChange("emergency");
        pages.MapChange("preferences");
        pages.MapPost(Path + "/offers/{customer:guid}/accept", AcceptAsync);
        pages.MapPost(Path + "/offers/{customer:guid}/decline", DeclineAsync);
    }

    // Each form of the record is a partial update of the fields it contains.
    private static void MapChange(this RouteGroupBuilder pages, string form) => pages.MapPost(
        $"{Path}/{form}",
        async (FormInput input, UpdateProfile update, ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
        {
            var result = await update.HandleAsync(http.Caller(), new ProfileInput(input.ToChanges()), cancellationToken);
            if (!result.Succeeded(out var profile, out var error))
            {
                return await RefuseAsync(form, input, error, read, http, cancellationToken);
            }

            return Saved(http, form, profile.PendingChanges.Count > 0 ? "sent_to_staff" : "saved");
        });

    private static async Task<IResult> CreateAsync(
        FormInput input, CreateProfile create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(
            http.Caller(), new ProfileInput(new CustomerChanges()),
            cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "profile_created"));

    private static async Task<IResult> RenameAsync(
        FormInput input, UpdateAccount update, ReadProfilePage read, HttpContext http, CancellationToken cancellationToken)
    {
        var change = new AccountChange(
            names => names with
            {
                FirstName = input.Optional("first_name").Or(names.FirstName) ?? "",
                LastName = input.Optional("last_name").Or(names.LastName) ?? "",
                PhoneNumber = input.Optional("phone_number").Or(names.PhoneNumber),
                UserName = input.Optional("username").Or(names.UserName),
            },
            NewEmail: null, CurrentPassword: null);
        var result = await update.HandleAsync(http.Caller(), change, cancellationToken);
        return result.Error is { } error ? await RefuseAsync("name", input, error, read, http, cancellationToken) : Saved(http, "name");
    }

    private static async Task<IResult> AcceptAsync(
        FormInput input, Guid customer, AcceptOffer accept, HttpContext http, CancellationToken cancellationToken) =>
        (await accept.HandleAsync(
            http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "offer_accepted"));

    private static async Task<IResult> DeclineAsync(
        FormInput input, Guid customer, AnswerOffer answer, HttpContext http, CancellationToken cancellationToken) =>
        (await answer.DeclineAsync(
            http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Redirect(http, Path, "offer_declined"));

    private static IResult Saved(HttpContext http, string form, string notice = "saved") =>
        PageResults.Redirect(http, $"{Path}#{form}", notice);

    private static async Task<IResult> RefuseAsync(
        string form, FormInput input, Error error, ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
        PageResults.Refused<ProfilePage, ProfileModel>(
            await read.HandleAsync(http.Caller(), cancellationToken) with { Refused = form, Form = FormState.Refused(input, error) },
            error);
}
