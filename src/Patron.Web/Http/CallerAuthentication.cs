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
/// Finds out who calls: <c>Authorization: Bearer</c> with an access token, <c>X-Api-Key: key:secret</c>, Frappe's
/// <c>Authorization: token key:secret</c>, or without any of them the session cookie <c>sid</c>; and which organization they act in.
/// The same in every role.
/// </summary>
public sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    AccessTokenVerifier verifier, CallerLookup lookup)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Patron";

    /// <summary>Only people: an API key has no account of its own.</summary>
    public const string People = "people";

    /// <summary>The session cookie, called as Frappe calls it.</summary>
    public const string CookieName = "sid";

    private const string PersonClaim = "person";
    private const string Bearer = "Bearer ";
    private const string FrappeToken = "token ";
    private static readonly AuthenticationTicket PersonTicket = Ticket(new Claim(PersonClaim, "yes"));
    private static readonly AuthenticationTicket KeyTicket = Ticket();
    private static readonly Error Nobody = Error.Unauthenticated("Sign in first: send an access token as 'Authorization: Bearer ...', or an API key as 'X-Api-Key: key:secret'.");
    private static readonly Error NotAccepted = Error.Unauthenticated("The access token or API key is not valid (any more). Refresh the token or sign in again.");
    private static readonly Error Guest = Error.Forbidden("You are not signed in.");
    private Error refusal = Nobody;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<CallerLookup>();
        // The core alone: AddAuthentication would bring data protection, its key files and its start-up work, for which nothing here has a use.
        services.AddAuthenticationCore(options => options.DefaultScheme = SchemeName);
        services.AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, CallerAuthentication>(SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(People, policy => policy.RequireClaim(PersonClaim));
    }

    /// <summary>Whether the caller was found by a cookie, which a browser sends along whoever's page it shows.</summary>
    public static bool IsByCookie(HttpContext http) => http.Features.Get<ByCookie>() is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var origin = RequestCaller.Origin(Context);
        var authorization = Request.Headers.Authorization.ToString();
        Caller? caller;
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var token = authorization[Bearer.Length..].Trim();
            caller = await verifier.VerifyAsync(token, Context.RequestAborted) is { } claims
                ? await lookup.Source.FromTokenAsync(claims, new ForwardedToken(token), origin, Context.RequestAborted)
                : null;
        }
        else if (ApiKey(authorization) is { } key)
        {
            caller = await lookup.Source.FromApiKeyAsync(key, origin, Context.RequestAborted);
        }
        else if (authorization.Length == 0 && Request.Cookies[CookieName] is { } cookie)
        {
            caller = await lookup.Source.FromCookieAsync(cookie, origin, Context.RequestAborted);
            if (caller is null)
            {
                return AuthenticateResult.NoResult(); // A cookie outlives its session; whoever brings it is nobody.
            }

            Context.Features.Set(new ByCookie());
        }
        else
        {
            return AuthenticateResult.NoResult();
        }

        if (caller is null)
        {
            refusal = NotAccepted;
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
        Problems.WriteAsync(Context, refusal == Nobody && Context.GetEndpoint()?.Metadata.GetMetadata<GuestsRefused>() is not null ? Guest : refusal);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, Error.Forbidden("This is for people only: sign in with an account instead of an API key."));

    private string? ApiKey(string authorization) => Request.Headers.TryGetValue("X-Api-Key", out var key)
        ? key.ToString()
        : authorization.StartsWith(FrappeToken, StringComparison.OrdinalIgnoreCase) ? authorization[FrappeToken.Length..].Trim() : null;

    private sealed record ByCookie;

    // The caller itself travels as a feature of the request; the principal only tells the authorization middleware what kind it is.
    private static AuthenticationTicket Ticket(params Claim[] claims) => new(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName);
}

/// <summary>The mark of an endpoint that answers 403 instead of 401 where nobody calls, as Frappe's clients expect of it.</summary>
public sealed record GuestsRefused;

/// <summary>What the authentication handler asks: who is behind credentials, and which organization is home.</summary>
public sealed record CallerLookup(ICallerSource Source, HomeOrganization Home);
