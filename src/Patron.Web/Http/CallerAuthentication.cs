using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Tokens;

namespace Patron.Web.Http;

/// <summary>
/// Authenticates the caller: by <c>Authorization: Bearer</c> with an access token, <c>X-Api-Key: key:secret</c>, Frappe's <c>Authorization:
/// token key:secret</c>, or without any of them by the session cookie <c>sid</c>. It also resolves the organization the caller acts in. It
/// is the same in every role.
/// </summary>
public sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    AccessTokenVerifier verifier, CallerLookup lookup)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Patron";

    /// <summary>The policy for people only: an API key has no account.</summary>
    public const string People = "people";

    /// <summary>The session cookie, with the name that Frappe's clients expect.</summary>
    public const string CookieName = "sid";

    private const string PersonClaim = "person";
    private const string Bearer = "Bearer ";
    private const string FrappeToken = "token ";
    private static readonly AuthenticationTicket PersonTicket = Ticket(new Claim(PersonClaim, "yes"));
    private static readonly AuthenticationTicket KeyTicket = Ticket();
    private static readonly Error NotSignedIn = Error.Unauthenticated(
        "sign_in_required", "Sign in first: send an access token as 'Authorization: Bearer ...', or an API key as 'X-Api-Key: key:secret'.");
    private static readonly Error TokenInvalid = Error.Unauthenticated(
        Problems.TokenInvalid, "This access token isn't valid. Sign in again.");
    private static readonly Error SessionEnded = Error.Unauthenticated(
        Problems.SessionEnded, "The session of this access token has ended. Sign in again.");
    private static readonly Error ApiKeyInvalid = Error.Unauthenticated(
        "api_key_invalid", "This API key isn't valid. It may be mistyped, expired or revoked.");
    private static readonly Error UnknownScheme = Error.Unauthenticated(
        "scheme_unknown", "This Authorization scheme isn't known. Send an access token as 'Authorization: Bearer ...'.");
    private static readonly Error ForbiddenAnonymous = Error.Forbidden("sign_in_required", "You aren't signed in.");
    private Error refusal = NotSignedIn;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<CallerLookup>();
        // Only the core: AddAuthentication would add data protection with its key files and start-up work, which nothing here uses.
        services.AddAuthenticationCore(options => options.DefaultScheme = SchemeName);
        services.AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, CallerAuthentication>(SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(People, policy => policy.RequireClaim(PersonClaim));
    }

    /// <summary>Whether the caller was authenticated by a cookie, which a browser also sends for requests of other sites.</summary>
    public static bool IsByCookie(HttpContext http) => http.Features.Get<ByCookie>() is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (StartUpGate.IsAvailable(Context))
        {
            return AuthenticateResult.NoResult(); // A probe must not fail because of a cookie while the database is unreachable.
        }

        var origin = RequestCaller.Origin(Context);
        var authorization = Request.Headers.Authorization.ToString();
        Caller? caller;
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            caller = await FromTokenAsync(authorization[Bearer.Length..].Trim(), origin);
        }
        else if (ApiKey(authorization) is { } key)
        {
            caller = await lookup.Source.FromApiKeyAsync(key, origin, Context.RequestAborted);
            refusal = ApiKeyInvalid;
        }
        else if (authorization.Length == 0 && Request.Cookies[CookieName] is { } cookie)
        {
            caller = await lookup.Source.FromCookieAsync(cookie, origin, Context.RequestAborted);
            if (caller is null)
            {
                return AuthenticateResult.NoResult(); // The session behind this cookie has ended; treat the request as anonymous.
            }

            Context.Features.Set(new ByCookie());
        }
        else
        {
            refusal = authorization.Length == 0 ? NotSignedIn : UnknownScheme;
            return AuthenticateResult.NoResult();
        }

        if (caller is null)
        {
            return AuthenticateResult.NoResult();
        }

        var acting = await ActingOrganization.ResolveAsync(
            caller, Request.Headers[ActingOrganization.Header], lookup.Home.Id, lookup.Source, Context.RequestAborted);
        if (!acting.Succeeded(out var actor, out var unknown))
        {
            refusal = unknown;
            return AuthenticateResult.NoResult();
        }

        Context.Features.Set(actor);
        return AuthenticateResult.Success(actor.UserId is null ? KeyTicket : PersonTicket);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(
            Context,
            refusal == NotSignedIn && Context.GetEndpoint()?.Metadata.GetMetadata<ForbidsAnonymous>() is not null
                ? ForbiddenAnonymous
                : refusal);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, Error.Forbidden("account_required", "API keys can't do this. Sign in with an account."));

    // An expired token is told apart from a forged one only if it is genuine.
    private async Task<Caller?> FromTokenAsync(string token, RequestOrigin origin)
    {
        if (await verifier.ReadAsync(token, Context.RequestAborted) is not { } claims)
        {
            refusal = TokenInvalid;
            return null;
        }

        if (verifier.IsExpired(claims))
        {
            refusal = Error.Unauthenticated(
                Problems.TokenExpired, $"This access token expired at {claims.ExpiresAt:yyyy-MM-dd'T'HH:mm:ss'Z'}. Refresh it or sign in again.");
            return null;
        }

        refusal = SessionEnded;
        return await lookup.Source.FromTokenAsync(claims, new ForwardedToken(token), origin, Context.RequestAborted);
    }

    private string? ApiKey(string authorization)
    {
        if (Request.Headers.TryGetValue("X-Api-Key", out var key))
        {
            return key.ToString();
        }

        return authorization.StartsWith(FrappeToken, StringComparison.OrdinalIgnoreCase) && authorization.Contains(':', StringComparison.Ordinal)
            ? authorization[FrappeToken.Length..].Trim()
            : null;
    }

    private sealed record ByCookie;

    // The caller is a feature of the request. The principal only says whether it is a person or a key.
    private static AuthenticationTicket Ticket(params Claim[] claims) =>
        new(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName);
}

/// <summary>Marks an endpoint that answers anonymous requests with 403 instead of 401, as Frappe's clients expect.</summary>
public sealed record ForbidsAnonymous;

/// <summary>The dependencies of the authentication handler: the source of callers, and the home organization.</summary>
public sealed record CallerLookup(ICallerSource Source, HomeOrganization Home);
