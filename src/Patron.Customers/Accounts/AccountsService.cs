using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.Shared.Text;
using Patron.Shared.Tokens;
using Polly;

namespace Patron.Customers.Accounts;

/// <summary>The customers service's client of the accounts service: its verification keys and its accounts.</summary>
public static class AccountsService
{
    internal const string ClientName = "accounts";

    // Fits into the timeouts of both clients (HttpAccountDirectory: three seconds in total).
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Adds both clients; they need a <see cref="PhoneNumberParser"/> and a <see cref="TimeProvider"/>.</summary>
    /// <param name="url">The service's address, with or without a slash at its end.</param>
    public static IServiceCollection AddAccountsService(this IServiceCollection services, Uri url)
    {
        // The factory's own logging would contain URLs, which may hold a password. Redirects are not followed: the token is meant for this
        // address only.
        services.AddHttpClient(ClientName)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                    { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            .AddResilienceHandler(ClientName, AddRetry);
        services.AddSingleton(provider => new HttpVerificationKeys(
            NewClient(provider), url, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<HttpVerificationKeys>>()));
        services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<HttpVerificationKeys>());
        services.AddSingleton<IAccountDirectory>(provider => new HttpAccountDirectory(
            NewClient(provider), url, provider.GetRequiredService<PhoneNumberParser>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<HttpAccountDirectory>>()));
        return services;
    }

    // Without a connection nothing was sent, so one retry is safe for every method. It covers a restart of the service. The timeouts are in
    // the clients, because they also cover reading the body.
    private static void AddRetry(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        pipeline.ConfigureTelemetry(NullLoggerFactory.Instance); // The client logs the failure once.
        pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>(
                failure => failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError),
            MaxRetryAttempts = 1,
            Delay = RetryDelay,
            UseJitter = true,
        });
    }

    private static HttpClient NewClient(IServiceProvider provider) =>
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName);
}
