using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Answers with 503 until the start is complete, because the tables may not exist yet. Only endpoints that need no database are marked as
/// available before.
/// </summary>
public static class StartUpGate
{
    private static readonly Error Starting = new(
        ErrorKind.Unavailable, "starting", "Patron is starting or waiting for its database. Try again in a moment.")
        { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>Marks endpoints that answer during the start.</summary>
    public static TBuilder AvailableDuringStart<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Available());

    /// <summary>Must run before authentication, which reads sessions.</summary>
    public static void UseStartUpGate(this IApplicationBuilder app)
    {
        var start = app.ApplicationServices.GetRequiredService<StartSignal>();
        app.Use((http, next) => start.IsCompleted || IsAvailable(http) ? next(http) : Problems.WriteAsync(http, Starting));
    }

    /// <summary>Whether the endpoint needs no database, also not for its caller.</summary>
    internal static bool IsAvailable(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Available>() is not null;

    private sealed record Available;
}
