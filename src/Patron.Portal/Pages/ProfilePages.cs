using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Customers.Profiles;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>One's own data: names and phone of the account, everything else of the customer record, offers of other organizations.</summary>
internal static class ProfilePages
{
    private const string Path = "/profile";

    public static void MapProfile(this RouteGroupBuilder personal)
    {
        personal.MapGet(Path, async (ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
            PageResults.Page<ProfilePage, ProfileModel>(await read.HandleAsync(http.Caller(), cancellationToken)));
        personal.MapPost(Path, CreateAsync);
        personal.MapPost(Path + "/name", RenameAsync);
        personal.MapChange("details");
        personal.MapChange("address");
        personal.MapChange("emergency");
        personal.MapChange("preferences");
        personal.MapPost(Path + "/offers/{customer:guid}/accept", AcceptAsync);
        personal.MapPost(Path + "/offers/{customer:guid}/decline", DeclineAsync);
    }

    // Each form of the record is the same partial update, of the fields that the form has.
    private static void MapChange(this RouteGroupBuilder personal, string form) => personal.MapPost(
        $"{Path}/{form}",
        async (FormInput input, UpdateProfile update, ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
        {
            var result = await update.HandleAsync(http.Caller(), new ProfileInput(input.ToChanges()), cancellationToken);
            return result.Succeeded(out var profile, out var error)
                ? Saved(http, form, profile.PendingChanges.Count > 0 ? "sent_to_staff" : "saved")
                : await RefuseAsync(form, input, error, read, http, cancellationToken);
        });

    private static async Task<IResult> CreateAsync(FormInput input, CreateProfile create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), new ProfileInput(new CustomerChanges()), cancellationToken)).ToResult(_ => PageResults.Next(http, Path, "profile_created"));

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

    private static async Task<IResult> AcceptAsync(FormInput input, Guid customer, AcceptOffer accept, HttpContext http, CancellationToken cancellationToken) =>
        (await accept.HandleAsync(http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Next(http, Path, "offer_accepted"));

    private static async Task<IResult> DeclineAsync(FormInput input, Guid customer, AnswerOffer answer, HttpContext http, CancellationToken cancellationToken) =>
        (await answer.DeclineAsync(http.Caller(), customer, cancellationToken)).ToResult(_ => PageResults.Next(http, Path, "offer_declined"));

    private static IResult Saved(HttpContext http, string form, string notice = "saved") => PageResults.Next(http, $"{Path}#{form}", notice);

    private static async Task<IResult> RefuseAsync(
        string form, FormInput input, Error error, ReadProfilePage read, HttpContext http, CancellationToken cancellationToken) =>
        PageResults.Refused<ProfilePage, ProfileModel>(
            await read.HandleAsync(http.Caller(), cancellationToken) with { Refused = form, Form = FormState.Refused(input, error) }, error);
}
