using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Portal.Http;
using Patron.Portal.Texts;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The form of one card of the profile page: the name of the card and the stored values.</summary>
public sealed record ProfileFormModel(string Name, User Account, Profile? Profile)
{
    public bool IsCompany => Profile?.Customer.CustomerType == CustomerType.Company;

    /// <summary>The first name; empty while it is the company's name, which the account began with.</summary>
    public string FirstName => ContactPerson.IsUnknown(Account, Profile?.Customer) ? "" : Account.FirstName;
}

/// <summary>The contact person of a company: the account that was activated for it begins with the company's name instead.</summary>
internal static class ContactPerson
{
    public static bool IsUnknown(User account, Customer? customer) =>
        customer is { CustomerType: CustomerType.Company } && account.FullName == customer.FullName;
}

/// <summary>Reads the model of a form. Errors: 404 if the caller has no such card.</summary>
internal sealed class ReadProfileForm(FindAccount account, FindProfile profile)
{
    private static readonly Error NoSuchForm = Error.NotFound("path_not_found", "Your profile has no such form.");

    public async Task<Result<ProfileFormModel>> HandleAsync(
        Caller caller, string name, CancellationToken cancellationToken)
    {
        var user = (await account.HandleAsync(caller, cancellationToken)).User;
        var found = await profile.HandleAsync(caller, cancellationToken);
        if (!found.Succeeded(out var own, out var missing) && name != ProfileForms.Name)
        {
            return missing;
        }

        var model = new ProfileFormModel(name, user, own);
        return model.IsCompany && name == ProfileForms.Emergency ? NoSuchForm : model;
    }
}

/// <summary>
/// Edits one card of the profile: names and phone of the account, or fields of the customer record. Each form is a page of its own and
/// changes only the fields it contains.
/// </summary>
internal static class ProfileForms
{
    public const string Name = "name";
    public const string Details = "details";
    public const string Address = "address";
    public const string Emergency = "emergency";
    public const string Preferences = "preferences";

    public static void MapProfileForms(this RouteGroupBuilder pages)
    {
        pages.MapForm(Name);
        pages.MapPost(PathOf(Name), RenameAsync);
        foreach (var form in (string[])[Details, Address, Emergency, Preferences])
        {
            pages.MapForm(form);
            pages.MapPost(
                PathOf(form),
                (FormInput input, UpdateProfile update, HttpContext http, CancellationToken cancellationToken) =>
                    ChangeAsync(form, input, update, http, cancellationToken));
        }
    }

    private static void MapForm(this RouteGroupBuilder pages, string form) => pages.MapGet(
        PathOf(form),
        async (ReadProfileForm read, HttpContext http, CancellationToken cancellationToken) =>
            (await read.HandleAsync(http.Caller(), form, cancellationToken))
                .ToResult(PageResults.Page<ProfileFormPage, ProfileFormModel>));

    private static async Task<IResult> ChangeAsync(
        string form, FormInput input, UpdateProfile update, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await update.HandleAsync(http.Caller(), new ProfileInput(input.ToChanges(ConsentTexts.All(http))), cancellationToken);
        return result.Succeeded(out var profile, out var error)
            ? Saved(http, form, profile.RequestedReview ? "sent_to_staff" : "saved")
            : PageResults.Refused(http, input, error);
    }

    private static async Task<IResult> RenameAsync(
        FormInput input, UpdateAccount update, HttpContext http, CancellationToken cancellationToken)
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
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : Saved(http, Name, "saved");
    }

    private static IResult Saved(HttpContext http, string form, string notice) => PageResults.Redirect(http, $"/profile#{form}", notice);

    private static string PathOf(string form) => $"/profile/{form}";
}
