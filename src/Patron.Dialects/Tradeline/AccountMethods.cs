using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Dialects.Accounts;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>The methods of source 1 for the caller's own account and its customer record.</summary>
internal static class AccountMethods
{
    // The last name is not required, because some people have only one name.
    private static readonly string[] Required = ["first_name"];

    // Source 1 has the name in one field, so errors in its parts are reported for full_name.
    private static readonly IReadOnlyDictionary<string, string> FieldNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["first_name"] = "full_name",
        ["last_name"] = "full_name",
        ["phone_number"] = "phone",
    };

    public static void MapAccountMethods(this AppMethods methods)
    {
        methods.MapPost("auth.sign_up", SignUpAsync).AllowAnonymous().GuardSignUp()
            .Describe(
                "tradeline_sign_up", "Create an account with its customer",
                "Account and customer of the home organization are made together or not at all. The mailbox gets a token for /api/auth/email/verify/. Where registration is private, user, customer and tokens are null.")
            .TakesArguments<MethodSignUpRequest>(TradelineExamples.SignUp)
            .Returns<MethodSignUpAnswer>(methods, "Account, customer and tokens.", TradelineExamples.SignedUp)
            .Fails(400, 403, 413, 415, 422, 429, 503);
        methods.MapPost("auth.login", LoginAsync).AllowAnonymous().GuardSignIn()
            .Describe(
                "tradeline_login", "Sign in",
                "Answers account, customer and tokens, and sets the session cookie sid, so that a browser goes on without a header.")
            .TakesArguments<MethodLoginRequest>(TradelineExamples.Login)
            .Returns<MethodLoginAnswer>(methods, "Account, customer and tokens.", TradelineExamples.SignedIn)
            .Fails(400, 401, 403, 413, 415, 422, 429, 503);
        methods.MapGet("auth.get_current_user", GetCurrentUserAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "tradeline_current_user", "Get current user with customer",
                "Your account and its customer record in the home organization, or null.")
            .Returns<MethodCurrentUserAnswer>(methods, "Account and customer.", TradelineExamples.CurrentUser)
            .Fails(401, 403, 404, 503);
        methods.MapPost("auth.update_profile", UpdateProfileAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "tradeline_update_profile", "Update my name and phone number",
                "What is left out stays; a phone that is null or empty is taken away. The customer record follows.")
            .TakesArguments<MethodProfileRequest>(TradelineExamples.Profile)
            .Returns<MethodProfileAnswer>(methods, "Account and customer as they are now.", TradelineExamples.UpdatedProfile)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        methods.MapPost("auth.logout", LogoutAsync).AllowAnonymous()
            .Describe(
                "tradeline_logout", "Sign out",
                "Ends the session of the cookie or the token and sets a guest's cookies. Arguments are ignored.")
            .Returns<MethodDoneAnswer>(methods, "You're signed out.", TradelineExamples.SignedOut)
            .Fails(403, 413, 503);
    }

    private static async Task<IResult> SignUpAsync(
        FrappeBody<MethodSignUpRequest> body, SignUpCustomer signUp, HttpContext http, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var names = new PersonNames("", "", request.Phone, UserName: null).WithFullName(request.FullName ?? "");
        var account = new NewAccount(request.Email ?? "", names, request.Password ?? "") { Required = Required };
        return (await signUp.HandleAsync(http.Caller(), account, cancellationToken)).ToOk(Shape, FieldNames);
    }

    private static async Task<IResult> LoginAsync(
        FrappeBody<MethodLoginRequest> body, SignIn signIn, SessionCookies cookies, HomeCustomers customers, HttpContext http,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Require("usr", string.IsNullOrWhiteSpace(body.Value.Usr));
        errors.Require("pwd", string.IsNullOrEmpty(body.Value.Pwd));
        if (errors.Any)
        {
            return Answers.Problem(errors.ToError());
        }

        var result = await signIn.HandleAsync(http.Caller(), body.Value.Usr!, body.Value.Pwd!, cancellationToken);
        if (!result.Succeeded(out var signedIn, out var error))
        {
            return Answers.Problem(error);
        }

        FrappeCookies.SetFor(http, signedIn, cookies.For(signedIn));
        return TypedResults.Ok(MethodLoginAnswer.From(signedIn, await customers.OfAsync(signedIn.User.Id, cancellationToken)));
    }

    private static async Task<IResult> GetCurrentUserAsync(
        FindAccount find, HomeCustomers customers, HttpContext http, CancellationToken cancellationToken)
    {
        var account = await find.HandleAsync(http.Caller(), cancellationToken);
        var customer = await customers.OfAsync(account.User.Id, cancellationToken);
        return TypedResults.Ok(
            new MethodCurrentUserAnswer(true, MethodUserRolesAnswer.From(account.User, account.Role), MethodCustomerAnswer.From(customer)));
    }

    private static async Task<IResult> UpdateProfileAsync(
        FrappeBody<MethodProfileRequest> body, UpdateAccount update, HomeCustomers customers, HttpContext http,
        CancellationToken cancellationToken)
    {
        var change = new AccountChange(names => Change(names, body.Value), NewEmail: null, CurrentPassword: null) { Required = Required };
        var result = await update.HandleAsync(http.Caller(), change, cancellationToken);
        if (!result.Succeeded(out var account, out var error))
        {
            return Answers.Problem(error, FieldNames);
        }

        var customer = await customers.OfAsync(account.User.Id, cancellationToken);
        return TypedResults.Ok(
            new MethodProfileAnswer(
                true, "Profile updated successfully", MethodUserAnswer.From(account.User), MethodCustomerAnswer.From(customer)));
    }

    private static async Task<IResult> LogoutAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken)
    {
        await sessions.SignOutAsync(http.Caller(), cancellationToken);
        FrappeCookies.SetForGuest(http);
        return TypedResults.Ok(new MethodDoneAnswer(true, "Logged out successfully"));
    }

    private static PersonNames Change(PersonNames names, MethodProfileRequest request)
    {
        var changed = request.FullName is { } fullName ? names.WithFullName(fullName) : names;
        return changed with { PhoneNumber = request.Phone.Or(names.PhoneNumber) };
    }

    private static MethodSignUpAnswer Shape(SignedUp<Customer> signedUp) => signedUp.SignedIn is { } signedIn
        ? new MethodSignUpAnswer(
            true, "User and customer created successfully", MethodUserAnswer.From(signedIn.User), MethodCustomerAnswer.From(signedUp.Made),
            new TokensAnswer(signedIn.Tokens.Access, signedIn.Tokens.Refresh))
        : new MethodSignUpAnswer(true, "Check your inbox for the next step.", null, null, null);

    private static void Require(this FieldErrors errors, string field, bool isMissing)
    {
        if (isMissing)
        {
            errors.AddRequired(field);
        }
    }
}
