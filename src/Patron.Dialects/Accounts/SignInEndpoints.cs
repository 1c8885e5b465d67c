using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Dialects.OpenApi;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Tokens;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>Sign-in, sign-out and the tokens of a session.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this RouteGroupBuilder auth)
    {
        auth.MapPost("/login/", LoginAsync).AllowAnonymous().GuardSignIn()
            .Describe("login", "Sign in", "By email, or by username given as username (or in the email's place).")
            .TakesExample(AccountExamples.Login)
            .Answers<LoginAnswer>(200, "The account and its tokens.", AccountExamples.SignedIn)
            .Fails(400, 401, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/token/refresh/", RefreshAsync).AllowAnonymous().GuardSignIn()
            .Describe(
                "refresh_token", "Refresh tokens",
                "Answers a new pair; the old refresh token is used up. Using it once more later ends the whole session: someone else may have it.")
            .TakesExample(AccountExamples.Refresh)
            .Answers<TokensAnswer>(200, "The next pair.", AccountExamples.Tokens)
            .Fails(400, 401, 403, 413, 415, 422, 429, 503);
        auth.MapPost("/token/verify/", VerifyAsync).AllowAnonymous()
            .Describe("verify_token", "Check an access token", "Answers 200 if the token is valid, otherwise 401.")
            .TakesExample(AccountExamples.Token)
            .Answers<EmptyAnswer>(200, "It is.", "{}")
            .Fails(400, 401, 413, 415, 422, 503);
        auth.MapPost("/token/key/", FromKeyAsync).RequireAuthorization().GuardSignIn()
            .Describe("token_for_key", "Exchange an API key for a token", "For services that take tokens only. Send the key as X-Api-Key.")
            .Answers<AccessAnswer>(200, "An access token that stands for the key.", AccountExamples.Access)
            .Fails(400, 401, 403, 404, 429, 503);
        auth.MapPost("/reauthenticate/", ReauthenticateAsync).RequireAuthorization(CallerAuthentication.People).GuardSignIn()
            .Describe(
                "reauthenticate", "Confirm who you are",
                "Proves again who you are, by your password or by a code that reauthenticate/code/ mails. The console asks for it before dangerous changes when the last proof is older than 15 minutes.")
            .TakesExample(AccountExamples.Reauthenticate)
            .AnswersNothing(204, "Confirmed.")
            .Fails(400, 401, 403, 404, 413, 415, 422, 429, 503);
        auth.MapPost("/reauthenticate/code/", SendCodeAsync).RequireAuthorization(CallerAuthentication.People).GuardSignUp()
            .Describe(
                "send_reauthentication_code", "Send a code to confirm who you are",
                "Mails a code to the account's address, also to one without a password. It works once, within 10 minutes, in this session.")
            .Answers<MessageAnswer>(202, "The mail is queued.", AccountExamples.Message)
            .Fails(401, 403, 404, 429, 503);
        auth.MapPost("/logout/", LogoutAsync).AllowAnonymous()
            .Describe(
                "logout", "Sign out",
                "Ends the session of the refresh token. It counts at once here, and within a second in other processes.")
            .TakesExample(AccountExamples.Refresh)
            .AnswersNothing(204, "The session has ended.")
            .Fails(400, 401, 413, 415, 422, 503);
    }

    private static async Task<IResult> LoginAsync(
        LoginRequest request, SignIn signIn, HttpContext http, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (string.IsNullOrWhiteSpace(request.Email ?? request.Username))
        {
            errors.AddRequired("email");
        }

        if (string.IsNullOrEmpty(request.Password))
        {
            errors.AddRequired("password");
        }

        return errors.Any
            ? Answers.Problem(errors.ToError())
            : (await signIn.HandleAsync(
                http.Caller(), (request.Email ?? request.Username)!, request.Password!,
                cancellationToken)).ToOk(signedIn => new LoginAnswer(signedIn));
    }

    private static async Task<IResult> ReauthenticateAsync(
        ReauthenticateRequest request, Reauthenticate reauthenticate, HttpContext http, CancellationToken cancellationToken) =>
        (request.Password, request.Code) switch
        {
            ({ Length: > 0 }, { Length: > 0 }) => Answers.Problem(Error.Invalid("code", "Send either a password or a code.")),
            ({ Length: > 0 } password, _) =>
                (await reauthenticate.HandleAsync(http.Caller(), password, cancellationToken)).ToNoContent(),
            (_, { Length: > 0 } code) => (await reauthenticate.WithCodeAsync(http.Caller(), code, cancellationToken)).ToNoContent(),
            _ => Answers.Problem(Error.Required("password")),
        };

    private static async Task<IResult> SendCodeAsync(
        SendReauthenticationCode send, HttpContext http, CancellationToken cancellationToken) =>
        (await send.HandleAsync(http.Caller(), cancellationToken)).ToResult(_ => TypedResults.Accepted(
            (string?)null, new MessageAnswer("We've sent a code to your email address.")));

    private static async Task<IResult> RefreshAsync(
        RefreshRequest request, RefreshSession refresh, HttpContext http, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(request.Refresh)
            ? Answers.Problem(Error.Required("refresh"))
            : (await refresh.HandleAsync(
                http.Caller(), request.Refresh,
                cancellationToken)).ToOk(signedIn => new TokensAnswer(signedIn.Tokens.Access, signedIn.Tokens.Refresh));

    private static async Task<IResult> VerifyAsync(
        TokenRequest request, AccessTokenVerifier verifier, ICallerSource callers, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Token))
        {
            return Answers.Problem(Error.Required("token"));
        }

        return await verifier.VerifyAsync(request.Token, cancellationToken) is { } claims
            && await callers.FromTokenAsync(
                claims, new ForwardedToken(request.Token), RequestCaller.Origin(http), cancellationToken) is not null
                ? TypedResults.Ok(new EmptyAnswer())
                : Answers.Problem(Error.Unauthenticated("token_invalid", "This token isn't valid."));
    }

    private static async Task<IResult> FromKeyAsync(TokenIssuer issuer, HttpContext http, CancellationToken cancellationToken) =>
        http.Caller().Key is { } key
            ? TypedResults.Ok(new AccessAnswer(await issuer.IssueAsync(key, cancellationToken)))
            : Answers.Problem(Error.Rule("already_a_token", "You already sent an access token. Send an API key as X-Api-Key to get one."));

    private static async Task<IResult> LogoutAsync(
        RefreshRequest request, EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(request.Refresh)
            ? Answers.Problem(Error.Required("refresh"))
            : (await sessions.SignOutAsync(http.Caller(), request.Refresh, cancellationToken)).ToNoContent();
}
