using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Limits by default; section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Sign-ins a minute, per client address and process.</summary>
    public int SignInsPerMinute { get; set; } = 3_000;

    /// <summary>Sign-ups and mails asked for a minute, per client address and process.</summary>
    public int SignUpsPerMinute { get; set; } = 600;

    /// <summary>Origins of front ends on other hosts, such as <c>https://app.example.com</c>; every other one is foreign.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>What contradicts itself in these settings, as a sentence; null when nothing does.</summary>
    public string? Contradiction() => this switch
    {
        { SignInsPerMinute: < 1 } or { SignUpsPerMinute: < 1 } => "Limits:SignInsPerMinute and Limits:SignUpsPerMinute must be at least 1.",
        _ => Origins.FirstOrDefault(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin) is { } wrong
            ? $"Limits:Origins must hold origins such as https://app.example.com, without a path; '{wrong}' is none."
            : null,
    };
}

/// <summary>Protects sign-in and sign-up: so many a minute for one address, and not from a page of a foreign origin.</summary>
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
                    "Too many tries from your address. Please wait a moment.",
                    rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var pause) ? pause : TimeSpan.FromMinutes(1)));
        });
        services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(limits.Origins).AllowAnyHeader().AllowAnyMethod().AllowCredentials()
            .WithExposedHeaders("ETag", "Link", "Location", "Retry-After", "X-Total-Count", "X-Total-Is-Exact")));
    }

    private static RateLimitPartition<string> PerMinute(HttpContext http, int permits) => RateLimitPartition.GetFixedWindowLimiter(
        RequestCaller.Origin(http).Address,
        _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) });
}
