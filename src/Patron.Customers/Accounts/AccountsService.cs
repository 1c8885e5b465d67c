using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Shared.Text;
using Patron.Shared.Tokens;
using Polly;

namespace Patron.Customers.Accounts;

/// <summary>What the customers service asks the accounts service: its keys, and who people are.</summary>
public static class AccountsService
{
    internal const string Client = "accounts";

    // Short enough for the time limits of both who ask (HttpAccountDirectory: three seconds in all).
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Adds both; they need a <see cref="PhoneNumberParser"/> and a <see cref="TimeProvider"/>.</summary>
    /// <param name="url">The service's address, with or without a slash at its end.</param>
    public static IServiceCollection AddAccountsService(this IServiceCollection services, Uri url)
    {
        // The factory's own logging would name addresses, and an address may hold a password. Redirects are not followed: the token is for
        // this address and no other.
        services.AddHttpClient(Client)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            .AddResilienceHandler(Client, AddRetry);
        services.AddSingleton(provider => new HttpVerificationKeys(
            NewClient(provider), url, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<HttpVerificationKeys>>()));
        services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<HttpVerificationKeys>());
        services.AddSingleton<IAccountDirectory>(provider => new HttpAccountDirectory(
            NewClient(provider), url, provider.GetRequiredService<PhoneNumberParser>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<HttpAccountDirectory>>()));
        return services;
    }

    // Without a connection nothing was sent, so one more try is safe for every method; it bridges the moment in which the service restarts.
    // The time limits are with those who ask: they cover the body, which a handler does not see.
    private static void AddRetry(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        pipeline.ConfigureTelemetry(NullLoggerFactory.Instance); // Who asks says once that it failed.
        pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>(
                failure => failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError),
            MaxRetryAttempts = 1,
            Delay = Pause,
            UseJitter = true,
        });
    }

    private static HttpClient NewClient(IServiceProvider provider) =>
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client);
}
