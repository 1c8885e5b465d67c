using System.Globalization;
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
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>One's own data: names and phone of the account, everything else of the customer record, offers of other organizations.</summary>
internal static class ProfilePages
{
    private const string Path = "/profile";
    private const string DateForm = "yyyy-MM-dd";

    public static void MapProfile(this RouteGroupBuilder personal)
    {
        personal.MapGet(Path, async (ReadProfilePage read, HttpContext http, CancellationToken cancellation) =>
            Show.Page<ProfilePage, ProfileModel>(await read.HandleAsync(http.Caller(), cancellation)));
        personal.MapPost(Path, CreateAsync);
        personal.MapPost(Path + "/name", RenameAsync);
        personal.MapChange("details", Details);
        personal.MapChange("address", Address);
        personal.MapChange("emergency", Emergency);
        personal.MapChange("preferences", Preferences);
        personal.MapPost(Path + "/offers/{customer:guid}/accept", AcceptAsync);
        personal.MapPost(Path + "/offers/{customer:guid}/decline", DeclineAsync);
    }

    // Every form of the record is the same partial update with other fields.
    private static void MapChange(this RouteGroupBuilder personal, string form, Func<CustomerDetails, FormInput, CustomerDetails> apply) => personal.MapPost(
        $"{Path}/{form}",
        async (FormInput input, UpdateProfile update, ReadProfilePage read, HttpContext http, CancellationToken cancellation) =>
        {
            var result = DateRefusal(input) is { } refusal
                ? refusal
                : await update.HandleAsync(http.Caller(), new ProfileInput(details => apply(details, input)), cancellation);
            return result.Succeeded(out var profile, out var error)
                ? Saved(http, form, profile.PendingChanges.Count > 0 ? "sent_to_staff" : "saved")
                : await RefuseAsync(form, input, error, read, http, cancellation);
        });

    private static async Task<IResult> CreateAsync(FormInput input, CreateProfile create, HttpContext http, CancellationToken cancellation) =>
        (await create.HandleAsync(http.Caller(), new ProfileInput(details => details), cancellation)).ToResult(_ => Show.Next(http, Path, "profile_created"));

    private static async Task<IResult> RenameAsync(
        FormInput input, UpdateAccount update, ReadProfilePage read, HttpContext http, CancellationToken cancellation)
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
        var result = await update.HandleAsync(http.Caller(), change, cancellation);
        return result.Error is { } error ? await RefuseAsync("name", input, error, read, http, cancellation) : Saved(http, "name");
    }

    private static async Task<IResult> AcceptAsync(FormInput input, Guid customer, AcceptOffer accept, HttpContext http, CancellationToken cancellation) =>
        (await accept.HandleAsync(http.Caller(), customer, cancellation)).ToResult(_ => Show.Next(http, Path, "offer_accepted"));

    private static async Task<IResult> DeclineAsync(FormInput input, Guid customer, AnswerOffer answer, HttpContext http, CancellationToken cancellation) =>
        (await answer.DeclineAsync(http.Caller(), customer, cancellation)).ToResult(_ => Show.Next(http, Path, "offer_declined"));

    private static IResult Saved(HttpContext http, string form, string notice = "saved") => Show.Next(http, $"{Path}#{form}", notice);

    private static async Task<IResult> RefuseAsync(
        string form, FormInput input, Error error, ReadProfilePage read, HttpContext http, CancellationToken cancellation) =>
        Show.Refused<ProfilePage, ProfileModel>(
            await read.HandleAsync(http.Caller(), cancellation) with { Refused = form, Form = FormState.Refused(input, error) }, error);

    private static CustomerDetails Details(CustomerDetails details, FormInput input) => details with
    {
        DateOfBirth = input.Has("date_of_birth") ? Date(input["date_of_birth"]) : details.DateOfBirth,
        Gender = input.Optional("gender").Or(details.Gender),
        CompanyName = input.Optional("company_name").Or(details.CompanyName),
        BusinessType = input.Optional("business_type").Or(details.BusinessType),
        TaxId = input.Optional("tax_id").Or(details.TaxId),
        Website = input.Optional("website").Or(details.Website),
    };

    private static CustomerDetails Address(CustomerDetails details, FormInput input) => details with { Address = AddressInputs.Apply(details.Address, input) };

    private static CustomerDetails Emergency(CustomerDetails details, FormInput input) => details with
    {
        EmergencyContactName = input.Optional("emergency_contact_name").Or(details.EmergencyContactName),
        EmergencyContactPhone = input.Optional("emergency_contact_phone").Or(details.EmergencyContactPhone),
        EmergencyContactRelationship = input.Optional("emergency_contact_relationship").Or(details.EmergencyContactRelationship),
    };

    // An empty box is not sent: this form says all of them.
    private static CustomerDetails Preferences(CustomerDetails details, FormInput input) => details with
    {
        PreferredContactMethod = Words<ContactMethod>.TryRead(input["preferred_contact_method"], out var method) ? method : null,
        MarketingEmails = input.IsOn("marketing_emails"),
        MarketingSms = input.IsOn("marketing_sms"),
    };

    private static Error? DateRefusal(FormInput input) => input["date_of_birth"] is { Length: > 0 } text && Date(text) is null
        ? Error.Invalid("date_of_birth", "Write the date like 1990-01-15.")
        : null;

    private static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text.Trim(), DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
