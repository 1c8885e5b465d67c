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

namespace Patron.Dialects.Http;

/// <summary>
/// Finds out who calls: <c>Authorization: Bearer</c> with an access token, <c>X-Api-Key: key:secret</c>, or Frappe's
/// <c>Authorization: token key:secret</c>; and which organization they act in. The same in every role.
/// </summary>
public sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    AccessTokenVerifier verifier, CallerLookup lookup)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Patron";

    /// <summary>Only people: an API key has no account of its own.</summary>
    public const string People = "people";

    private const string PersonClaim = "person";
    private const string Bearer = "Bearer ";
    private const string FrappeToken = "token ";
    private static readonly AuthenticationTicket PersonTicket = Ticket(new Claim(PersonClaim, "yes"));
    private static readonly AuthenticationTicket KeyTicket = Ticket();
    private static readonly Error Nobody = Error.Unauthenticated("Sign in first: send an access token as 'Authorization: Bearer ...', or an API key as 'X-Api-Key: key:secret'.");
    private static readonly Error NotAccepted = Error.Unauthenticated("The access token or API key is not valid (any more). Refresh the token or sign in again.");
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

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Problems.WriteAsync(Context, refusal);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, Error.Forbidden("This is for people only: sign in with an account instead of an API key."));

    private string? ApiKey(string authorization) => Request.Headers.TryGetValue("X-Api-Key", out var key)
        ? key.ToString()
        : authorization.StartsWith(FrappeToken, StringComparison.OrdinalIgnoreCase) ? authorization[FrappeToken.Length..].Trim() : null;

    // The caller itself travels as a feature of the request; the principal only tells the authorization middleware what kind it is.
    private static AuthenticationTicket Ticket(params Claim[] claims) => new(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName);
}

/// <summary>What the authentication handler asks: who is behind credentials, and which organization is home.</summary>
public sealed record CallerLookup(ICallerSource Source, HomeOrganization Home);
