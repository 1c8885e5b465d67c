using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Dialects.Accounts;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>Source 2, sign-up. For a caller who is signed in, only <c>organization_name</c> is used.</summary>
public sealed record SignUpRequest(
    string? OrganizationName, string? Email = null, string? Username = null, string? FirstName = null, string? LastName = null,
    string? Password = null,
    string? PhoneNumber = null);

public sealed record OrganizationName(long Id, string Name);

/// <summary>
/// A person and the organization they have created, with its records. Tokens are null if the person was signed in before.
/// </summary>
public sealed record SignedUpAnswer(
    long Id, string Email, string? Username, string FirstName, string LastName, OrganizationName Organization,
    IReadOnlyList<ProfileAnswer> Profiles,
    VendorAnswer Vendor, CrmCustomerAnswer Customer, TokensAnswer? Tokens)
{
    internal static SignedUpAnswer From(OrganizationSignUp made, CustomerView face, TokensAnswer? tokens) => new(
        made.User.Number, made.User.Email!, made.User.UserName, made.User.FirstName, made.User.LastName,
        new OrganizationName(made.Organization.Organization.Number, made.Organization.Organization.Name),
        [
            .. made.Organization.Profiles.Select(
                profile => ProfileAnswer.From(profile, made.Organization.Organization.Number, made.User.Number))],
        VendorAnswer.From(made.Organization.Vendor, made.Organization.Organization.Number, made.User.Number),
        new CrmCustomerAnswer(face), tokens);
}

/// <summary>A customer record that an organization offers to link to the caller's account. It is accepted or declined by its id.</summary>
public sealed record OfferAnswer(long Customer, string Code, OrganizationName Organization, DateTimeOffset MadeAt, DateTimeOffset ExpiresAt)
{
    internal static OfferAnswer From(NamedOffer named) => new(
        named.Offer.Number, named.Offer.Code, new OrganizationName(named.OrganizationNumber, named.OrganizationName), named.Offer.MadeAt,
        named.Offer.ExpiresAt);
}

/// <summary>The caller's own account across organizations.</summary>
public sealed record PersonAnswer(
    long Id, Guid UserId, string Email, bool EmailVerified, string? Username, string FirstName, string LastName, string? PhoneNumber,
    string UserRole,
    IReadOnlyList<OrganizationAnswer> Organizations, IReadOnlyList<ProfileAnswer> Profiles, IReadOnlyList<OfferAnswer> Offers)
{
    public static PersonAnswer From(PersonView person) => From(person, person.Account.User);

    private static PersonAnswer From(PersonView person, User user) => new(
        user.Number, user.Id, user.Email!, user.EmailConfirmed, user.UserName, user.FirstName, user.LastName, user.PhoneNumber,
        person.Account.Role,
        [.. person.Organizations.Select(OrganizationAnswer.From)], [.. person.Profiles.Select(ProfileAnswer.From)],
        [.. person.Offers.Select(OfferAnswer.From)]);
}

/// <summary>Sign-up with a new organization (source 2), and the caller's own account.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder users)
    {
        users.MapPost("/", SignUpAsync).AllowAnonymous().GuardSignUp()
            .Describe(
                "crm_sign_up", "Create an account with an organization",
                "User, organization, three profiles (vendor, employee, customer), vendor and customer, all together or not at all. Someone who is signed in creates one more organization; then only organization_name counts, and there are no tokens.")
            .TakesExample(CrmExamples.SignUp)
            .Answers<SignedUpAnswer>(201, "Everything that was made, and tokens.", CrmExamples.SignedUp)
            .Answers<MessageAnswer>(202, "Where registration is private: the mailbox is told the rest.", AccountExamples.Message)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        users.MapGet("/me/", MeAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "get_me", "Get current user",
                "With your organizations and profiles, and the customer records that organizations offer to link to your account.")
            .Answers<PersonAnswer>(200, "The caller.", CrmExamples.Person)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> SignUpAsync(
        SignUpRequest request, SignUpOrganization signUp, CustomerViews faces, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        if (caller.UserId is not null)
        {
            var opened = await signUp.HandleSignedInAsync(caller, request.OrganizationName, cancellationToken);
            return opened.Succeeded(out var made, out var refused)
                ? Created(SignedUpAnswer.From(made, await faces.ShowAsync(made.Customer, cancellationToken), tokens: null))
                : Answers.Problem(refused);
        }

        var names = new PersonNames(request.FirstName ?? "", request.LastName ?? "", request.PhoneNumber, request.Username);
        var result = await signUp.HandleAsync(
            caller, new NewAccount(request.Email ?? "", names, request.Password ?? ""), request.OrganizationName, cancellationToken);
        if (!result.Succeeded(out var signedUp, out var error))
        {
            return Answers.Problem(error);
        }

        return signedUp is { Made: { } business, SignedIn.Tokens: var tokens }
            ? Created(
                SignedUpAnswer.From(
                    business, await faces.ShowAsync(business.Customer, cancellationToken),
                    new TokensAnswer(tokens.Access, tokens.Refresh)))
            : TypedResults.Accepted(
                (string?)null, new MessageAnswer("Check your inbox for the next step."));
    }

    private static async Task<IResult> MeAsync(FindPerson find, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(PersonAnswer.From(await find.HandleAsync(http.Caller(), cancellationToken)));

    private static Created<SignedUpAnswer> Created(SignedUpAnswer answer) => TypedResults.Created("/api/users/me/", answer);
}
