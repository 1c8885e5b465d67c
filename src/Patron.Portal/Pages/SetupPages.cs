using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Linking.Activation;
using Patron.Portal.Http;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>The first step: the address, and whether a code is on its way already.</summary>
public sealed record SetupModel(FormState Form, string? Email, bool HasBegun);

/// <summary>The second step: the password for this address, with the code where one was mailed.</summary>
public sealed record SetupCodeModel(FormState Form, string Email, bool TakesCode);

/// <summary>The page of a mailed link: whom it is for; null where it is not valid (any more).</summary>
public sealed record SetupLinkModel(FormState Form, SetupLink? Link, string Token);

/// <summary>
/// A customer's first password (source 4, 'Frontend First-Time Setup Page'): the address, then code and password together, so that no page has to
/// keep a password; or the mailed link.
/// </summary>
internal static class SetupPages
{
    private const string Path = "/first-time-setup";
    private const string SecondPath = Path + "/password";

    public static void MapSetup(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, (string? email, HttpContext http) =>
            PageResults.Page<SetupPage, SetupModel>(new SetupModel(FormState.Fresh, email, SetupProgress.Of(http) is not null)));
        pages.MapPost(Path, BeginAsync).GuardSignUp();
        pages.MapGet(SecondPath, (HttpContext http) => SetupProgress.Of(http) is { } begun
            ? PageResults.Page<SetupCodePage, SetupCodeModel>(new SetupCodeModel(FormState.Fresh, begun.Email, begun.ChallengeId is not null))
            : PageResults.Next(http, Path));
        pages.MapPost(SecondPath, FinishAsync).GuardSignUp();
        // Looking at the page uses the link not up: programs that read mail open links, too.
        pages.MapGet("/set-password", async (string? token, FindSetupLink find, CancellationToken cancellationToken) => PageResults.Page<SetupLinkPage, SetupLinkModel>(
            new SetupLinkModel(FormState.Fresh, await find.HandleAsync(token, cancellationToken), token ?? "")));
        pages.MapPost("/set-password", SetAsync).GuardSignIn();
    }

    private static async Task<IResult> BeginAsync(FormInput input, StartSetup begin, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await begin.HandleAsync(http.Caller(), input["email"], cancellationToken);
        if (!result.Succeeded(out var begun, out var error))
        {
            return PageResults.Refused<SetupPage, SetupModel>(new SetupModel(FormState.Refused(input, error), null, SetupProgress.Of(http) is not null), error);
        }

        switch (begun.Step)
        {
            case SetupStep.SignIn:
                return PageResults.Next(http, "/login", "has_password");
            case SetupStep.Link:
                return PageResults.Next(http, "/login", "setup_link_sent");
            default:
                SetupProgress.Keep(http, begun);
                return PageResults.Next(http, SecondPath);
        }
    }

    private static async Task<IResult> FinishAsync(FormInput input, QuickSetup setup, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        if (SetupProgress.Of(http) is not { } begun)
        {
            return PageResults.Next(http, Path);
        }

        var takesCode = begun.ChallengeId is not null;
        var result = input.PasswordRefusal(takesCode ? ["code"] : []) is { } refusal
            ? refusal
            : await setup.HandleAsync(
                http.Caller(), new QuickSetupInput(begun.Email, input["password"], input["password_confirmation"], begun.ChallengeId, input["code"]), cancellationToken);
        if (!result.Succeeded(out var done, out var error))
        {
            return PageResults.Refused<SetupCodePage, SetupCodeModel>(
                new SetupCodeModel(FormState.Refused(input, error, takesCode ? "code" : null), begun.Email, takesCode), error);
        }

        SetupProgress.End(http);
        return Welcome(http, cookies, done.Activated!);
    }

    private static async Task<IResult> SetAsync(FormInput input, ActivateByLink activate, SessionCookies cookies, HttpContext http, CancellationToken cancellationToken)
    {
        var result = input.PasswordRefusal("token") is { } refusal
            ? refusal
            : await activate.HandleAsync(http.Caller(), input["token"], input["password"], input["password_confirmation"], cancellationToken);
        return result.Succeeded(out var activated, out var error)
            ? Welcome(http, cookies, activated)
            : PageResults.Refused<SetupLinkPage, SetupLinkModel>(new SetupLinkModel(FormState.Refused(input, error), null, input["token"]), error);
    }

    private static IResult Welcome(HttpContext http, SessionCookies cookies, Activated activated)
    {
        SessionCookieHeader.Set(http, cookies.For(activated.SignedIn).Value, life: null);
        return PageResults.Next(http, ReturnAddress.Home, "activated");
    }
}
