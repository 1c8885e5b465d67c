using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Rate limits and allowed origins; section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Sign-ins per minute, by client address and process.</summary>
    public int SignInsPerMinute { get; set; } = 3_000;

    /// <summary>Sign-ups and requested mails per minute, by client address and process.</summary>
    public int SignUpsPerMinute { get; set; } = 600;

    /// <summary>Allowed origins of front ends on other hosts, such as <c>https://app.example.com</c>. All others are foreign.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>Returns a sentence about settings that contradict each other, or null.</summary>
    public string? Contradiction() => this switch
    {
        { SignInsPerMinute: < 1 } or { SignUpsPerMinute: < 1 } => "Limits:SignInsPerMinute and Limits:SignUpsPerMinute must be at least 1.",
        _ =>
            Origins.FirstOrDefault(
                origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                    || uri.GetLeftPart(UriPartial.Authority) != origin) is { } wrong
            ? $"Limits:Origins must hold origins such as https://app.example.com, without a path; '{wrong}' is none."
            : null,
    };
}

/// <summary>Protects sign-in and sign-up by a rate limit per client address, and refuses pages of foreign origins.</summary>
public static class SignInGuard
{
    private const string SignIn = "sign-in";
    private const string SignUp = "sign-up";

    public static TBuilder GuardSignIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireRateLimiting(SignIn).RefuseForeignOrigins();

    public static TBuilder GuardSignUp<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireRateLimiting(SignUp).RefuseForeignOrigins();

    public static void Add(IServiceCollection services, LimitOptions limits)
    {
        services.AddSingleton(limits);
        services.AddRateLimiter(options =>
        {
            options.AddPolicy(SignIn, http => PerMinute(http, limits.SignInsPerMinute));
            options.AddPolicy(SignUp, http => PerMinute(http, limits.SignUpsPerMinute));
            options.OnRejected = async (rejected, _) => await Problems.WriteAsync(
                rejected.HttpContext,
                Error.RateLimited(
                    "too_many_attempts", "Too many attempts from your network. Wait a moment, then try again.",
                    rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : TimeSpan.FromMinutes(1)));
        });
        services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(limits.Origins).AllowAnyHeader().AllowAnyMethod().AllowCredentials()
            .WithExposedHeaders("ETag", "Link", "Location", ReadPositions.Header, "Retry-After", "X-Total-Count", "X-Total-Is-Exact")));
    }

    private static RateLimitPartition<string> PerMinute(HttpContext http, int permits) => RateLimitPartition.GetFixedWindowLimiter(
        RequestCaller.Origin(http).ClientKey,
        _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) });
}
