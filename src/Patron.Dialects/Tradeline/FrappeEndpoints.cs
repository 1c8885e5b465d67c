using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>Frappe's answer to signing in and out: the page to go to next and the user's name.</summary>
public sealed record FrappeHomeAnswer(string Message, string HomePage, string FullName);

/// <summary>Frappe's answer with one text: the email address of the signed-in user.</summary>
public sealed record FrappeMessageAnswer(string Message);

/// <summary>The answer to a command. Only signing in and out return a home page and a name.</summary>
public sealed record FrappeCommandAnswer(string Message, string? HomePage, string? FullName);

/// <summary>The endpoints of Frappe itself with which its clients sign in and out.</summary>
internal static class FrappeEndpoints
{
    private const string ResetPassword = "frappe.core.doctype.user.user.reset_password";

    // Frappe's own messages, because its clients compare and show them.
    private static readonly Error IncompleteCredentials = Error.Unauthenticated("credentials_missing", "Incomplete login details");
    private static readonly Error InvalidCredentials = Error.Unauthenticated("credentials_incorrect", "Invalid login credentials");
    private static readonly Error UnknownCommand = Error.NotFound(
        "command_not_found", $"There's no such command. cmd must be login, logout or {ResetPassword}.");
    private static readonly FrappeHomeAnswer SignedOutAnswer = new("No App", "/login", "Guest");

    public static void MapFrappe(this RouteGroupBuilder methods)
    {
        methods.MapPost("/login", LoginAsync).AllowAnonymous().GuardSignIn()
            .Describe(
                "frappe_login", "Sign in with a cookie",
                "Sets the session cookie sid, which stands for the session wherever no token is sent, and the cookies that Frappe's scripts read.")
            .TakesArguments<MethodLoginRequest>(TradelineExamples.Login)
            .Answers<FrappeHomeAnswer>(200, "Signed in; customers have no desk to go to.", TradelineExamples.LoggedIn)
            .Fails(400, 401, 403, 413, 415, 422, 429, 503);
        methods.MapPost("/logout", LogoutAsync).AllowAnonymous()
            .Describe(
                "frappe_logout", "Sign out and clear the cookie",
                "Ends the session of the cookie or the token and sets a guest's cookies. Arguments are ignored.")
            .Answers<FrappeHomeAnswer>(200, "You're signed out.", TradelineExamples.LoggedOut)
            .Fails(403, 413, 503);
        methods.MapGet("/frappe.auth.get_logged_user", GetLoggedUserAsync).RequireAuthorization(CallerAuthentication.People)
            .WithMetadata(new ForbidsAnonymous())
            .Describe("frappe_logged_user", "Get the email address of the current user", "The email address. A guest gets 403, as with Frappe.")
            .Answers<FrappeMessageAnswer>(200, "The email address of who is signed in.", TradelineExamples.LoggedUser)
            .Fails(401, 403, 404, 503);
    }

    public static void MapFrappeCommands(this IEndpointRouteBuilder app) =>
        app.MapPost("/", CommandAsync).AllowAnonymous().GuardSignUp()
            .Describe(
                "frappe_command", "Run a command of Frappe",
                $"Its old way to call: cmd is login, logout or {ResetPassword}. A reset is answered alike for every address, known or not.")
            .TakesArguments<FrappeCommandRequest>(TradelineExamples.Command)
            .Answers<FrappeCommandAnswer>(
                200, "The command is done; home_page and full_name come with signing in and out.", TradelineExamples.Commanded)
            .Fails(400, 401, 403, 404, 413, 415, 422, 429, 503);

    private static async Task<IResult> LoginAsync(
        FrappeBody<MethodLoginRequest> body, SignIn signIn, SessionCookies cookies, HttpContext http,
        CancellationToken cancellationToken) =>
        (await SignInAsync(body.Value.Usr, body.Value.Pwd, signIn, cookies, http, cancellationToken)).ToOk(home => home);

    private static async Task<IResult> LogoutAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken)
    {
        await SignOutAsync(sessions, http, cancellationToken);
        return TypedResults.Ok(SignedOutAnswer);
    }

    private static async Task<IResult> GetLoggedUserAsync(FindAccount find, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(new FrappeMessageAnswer((await find.HandleAsync(http.Caller(), cancellationToken)).User.Email!));

    private static async Task<IResult> CommandAsync(
        FrappeBody<FrappeCommandRequest> body, SignIn signIn, SessionCookies cookies, EndSessions sessions, ForgotPassword forgot,
        HttpContext http, CancellationToken cancellationToken)
    {
        switch (body.Value.Cmd)
        {
            case "login":
                return (await SignInAsync(body.Value.Usr, body.Value.Pwd, signIn, cookies, http, cancellationToken)).ToOk(Shape);
            case "logout":
                await SignOutAsync(sessions, http, cancellationToken);
                return TypedResults.Ok(Shape(SignedOutAnswer));
            case ResetPassword:
                await forgot.HandleAsync(http.Caller(), body.Value.User, cancellationToken);
                return TypedResults.Ok(
                    new FrappeCommandAnswer("If an account exists for this address, we've sent an email to it.", null, null));
            default:
                return Answers.Problem(UnknownCommand);
        }
    }

    private static async Task<Result<FrappeHomeAnswer>> SignInAsync(
        string? usr, string? pwd, SignIn signIn, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(usr) || string.IsNullOrEmpty(pwd))
        {
            return IncompleteCredentials;
        }

        var result = await signIn.HandleAsync(http.Caller(), usr, pwd, cancellationToken);
        if (!result.Succeeded(out var signedIn, out var error))
        {
            return error.Kind == ErrorKind.Unauthenticated ? InvalidCredentials : error;
        }

        FrappeCookies.SetFor(http, signedIn, cookies.For(signedIn));
        return signedIn.Role == UserRoles.Customer
            ? new FrappeHomeAnswer("No App", "/me", signedIn.User.FullName)
            : new FrappeHomeAnswer("Logged In", "/app", signedIn.User.FullName);
    }

    private static async Task SignOutAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken)
    {
        await sessions.SignOutAsync(http.Caller(), cancellationToken);
        FrappeCookies.SetForGuest(http);
    }

    private static FrappeCommandAnswer Shape(FrappeHomeAnswer home) => new(home.Message, home.HomePage, home.FullName);
}
