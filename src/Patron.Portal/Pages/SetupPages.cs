using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Activation;
using Patron.Accounts.Sessions;
using Patron.Customers.Customers;
using Patron.Linking.Activation;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>The model of the first step: the address, and whether a setup has started already.</summary>
public sealed record SetupModel(string? Email, bool HasStarted);

/// <summary>The model of the second step: the password for this address, with the code if one was mailed.</summary>
public sealed record SetupCodeModel(string Email, bool RequiresCode);

/// <summary>The model of the page behind a mailed link; without <c>Link</c> the link is not valid.</summary>
public sealed record SetupLinkModel(SetupLink? Link, string Token);

/// <summary>
/// Sets a customer's first password (source 4, 'Frontend First-Time Setup Page'): first the address, then code and password together, so
/// that no page has to store a password; or by a mailed link.
/// </summary>
internal static class SetupPages
{
    private const string Path = "/first-time-setup";
    private const string SecondPath = Path + "/password";

    public static void MapSetup(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, (string? email, HttpContext http) =>
            PageResults.Page<SetupPage, SetupModel>(new SetupModel(email, SetupProgress.Read(http) is not null)));
        pages.MapPost(Path, StartAsync).GuardSignUp();
        pages.MapGet(SecondPath, (HttpContext http) => SetupProgress.Read(http) is { } progress
            ? PageResults.Page<SetupCodePage, SetupCodeModel>(
                new SetupCodeModel(progress.Email, progress.ChallengeId is not null))
            : PageResults.Redirect(http, Path));
        pages.MapPost(SecondPath, FinishAsync).GuardSignUp();
        // GET does not consume the link, because mail scanners open links.
        pages.MapGet(
            "/set-password",
            async (string? token, FindSetupLink find, CancellationToken cancellationToken) =>
                PageResults.Page<SetupLinkPage, SetupLinkModel>(
            new SetupLinkModel(await find.HandleAsync(token, cancellationToken), token ?? "")));
        pages.MapPost("/set-password", SetAsync).GuardSignIn();
    }

    private static async Task<IResult> StartAsync(FormInput input, StartSetup start, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await start.HandleAsync(http.Caller(), input["email"], cancellationToken);
        if (!result.Succeeded(out var started, out var error))
        {
            return PageResults.Refused(http, input, error);
        }

        switch (started.Step)
        {
            case SetupStep.SignIn:
                return PageResults.Redirect(http, "/login", "has_password");
            case SetupStep.Link:
                return PageResults.Redirect(http, "/login", "setup_link_sent");
            default:
                SetupProgress.Save(http, started);
                return PageResults.Redirect(http, SecondPath);
        }
    }

    private static async Task<IResult> FinishAsync(
        FormInput input, QuickSetup setup, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        if (SetupProgress.Read(http) is not { } progress)
        {
            return PageResults.Redirect(http, Path);
        }

        var result = await setup.HandleAsync(
            http.Caller(),
            new QuickSetupInput(progress.Email, input["password"], input["password_confirmation"], progress.ChallengeId, input["code"]),
            cancellationToken);
        if (!result.Succeeded(out var done, out var error))
        {
            var codeField = progress.ChallengeId is null ? null : "code";
            return PageResults.Refused(http, input, error, error == FirstPassword.Differ ? "password_confirmation" : codeField);
        }

        SetupProgress.Clear(http);
        return SignIn(http, cookies, done.Activated!);
    }

    // The account of a company begins with the company's name, so its contact person is asked for.
    private static IResult SignIn(HttpContext http, SessionCookies cookies, Activated activated) =>
        activated.Customer.CustomerType == CustomerType.Company
            ? SignInPages.SignIn(http, cookies, activated.SignedIn, "activated_company", "/profile/name")
            : SignInPages.SignIn(http, cookies, activated.SignedIn, "activated");

    private static async Task<IResult> SetAsync(
        FormInput input, ActivateByLink activate, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await activate.HandleAsync(
            http.Caller(), input["token"], input["password"], input["password_confirmation"], cancellationToken);
        return result.Succeeded(out var activated, out var error)
            ? SignIn(http, cookies, activated)
            : PageResults.Refused(http, input, error, error == FirstPassword.Differ ? "password_confirmation" : null);
    }
}

/// <summary>
/// The progress of a first-time setup in a cookie: the typed address and the challenge that waits for its code. Neither is a secret, and
/// neither is part of a URL that is stored or logged.
/// </summary>
internal sealed record SetupProgress(string Email, Guid? ChallengeId)
{
    private const string CookieName = "setup";
    private const char Separator = '|';

    public static SetupProgress? Read(HttpContext http)
    {
        if (http.Request.Cookies[CookieName]?.Split(Separator, 2) is not [var challenge, var email])
        {
            return null;
        }

        return new SetupProgress(email, Guid.TryParse(challenge, out var id) ? id : null);
    }

    public static void Save(HttpContext http, StartedSetup started) =>
        http.Response.Cookies.Append(CookieName, $"{started.ChallengeId}{Separator}{started.Email}", Options(http));

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(CookieName, Options(http));

    private static CookieOptions Options(HttpContext http)
    {
        var cookie = CookieAttributes.For(http, "/first-time-setup");
        cookie.MaxAge = TimeSpan.FromMinutes(10);
        return cookie;
    }
}
