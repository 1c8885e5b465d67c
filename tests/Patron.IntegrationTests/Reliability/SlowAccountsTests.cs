using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Customers.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;
using Patron.Shared.Text;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Two services: an accounts service whose lookups can be delayed, and a customers service with a small connection pool.</summary>
public sealed class SlowAccounts(TestDatabase database) : PatronApp(database)
{
    /// <summary>Two of the four connections belong to background services.</summary>
    public const int RequestConnections = 2;

    private readonly HttpClient forward = new();
    private WebApplication? proxy;
    private TaskCompletionSource? held;
    private int waiting;

    /// <summary>The number of waiting lookups.</summary>
    public int Waiting => waiting;

    /// <summary>Makes later lookups wait until the returned source is completed.</summary>
    public TaskCompletionSource Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Later lookups do not wait; those that are waiting continue to wait.</summary>
    public void StopHolding() => held = null;

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var accounts = await StartAsync(ProcessRole.Accounts);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        proxy = builder.Build();
        proxy.Urls.Add("http://127.0.0.1:0");
        proxy.Run(http => ForwardAsync(http, accounts.Address));
        await proxy.StartAsync();
        var customers = await RunningPatron.StartAsync(
            await Database.CreateDatabaseAsync() + ";Maximum Pool Size=4;Timeout=2", ProcessRole.Customers,
            new Dictionary<string, string?> { ["PATRON_ACCOUNTS_URL"] = proxy.Urls.First() }, Time, addServices: WaitLonger);
        return (accounts, customers);
    }

    // On a busy machine twelve requests may take longer to come together than one may wait for accounts.
    private void WaitLonger(IServiceCollection services) => services.AddSingleton<IAccountDirectory>(provider => new HttpAccountDirectory(
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(AccountsService.ClientName), new Uri(proxy!.Urls.First()),
        provider.GetRequiredService<PhoneNumberParser>(), provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<HttpAccountDirectory>>()) { Timeout = TimeSpan.FromMinutes(1) });

    private async Task ForwardAsync(HttpContext http, Uri accounts)
    {
        if (http.Request.Path.StartsWithSegments("/api/auth/accounts", StringComparison.Ordinal) && held is { } gate)
        {
            Interlocked.Increment(ref waiting);
            await gate.Task;
            Interlocked.Decrement(ref waiting);
        }

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(accounts, http.Request.Path));
        request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, value) in http.Request.Headers.Where(header => header.Key is not ("Host" or "Transfer-Encoding")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)value!))
            {
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)value!);
            }
        }

        using var response = await forward.SendAsync(request);
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(http.Response.Body);
    }
}

public sealed class SlowAccountsTests(SlowAccounts app) : IClassFixture<SlowAccounts>
{
    [Fact]
    public async Task Creates_that_wait_for_accounts_use_no_connection()
    {
        var staff = await app.SomeStaffAsync();
        var known = await app.CreateCustomerAsync(staff);
        var gate = app.Hold();
        var creates = Enumerable.Range(0, 6 * SlowAccounts.RequestConnections)
            .Select(_ => app.PostCustomerAsync(staff, CustomerIntents.JohnDoe(), NewKey())).ToList();
        await Eventually.BecomeTrueAsync(() => Task.FromResult(app.Waiting == creates.Count));

        // If the creates held connections, these would get none.
        await (await app.Customers.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.GetCustomerAsync(staff, known.GetProperty("customer_id").GetString()!)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(creates.Count, app.Waiting);

        app.StopHolding();
        gate.SetResult();
        Assert.All(await Task.WhenAll(creates), made => Assert.Equal(HttpStatusCode.Created, made.StatusCode));
    }

    [Fact]
    public async Task Request_and_its_faster_repetition_get_the_same_answer()
    {
        var staff = await app.SomeStaffAsync();
        var (body, key) = (CustomerIntents.JohnDoe(), NewKey());
        var gate = app.Hold();
        var overtaken = app.PostCustomerAsync(staff, body, key);
        await Eventually.BecomeTrueAsync(() => Task.FromResult(app.Waiting == 1));
        app.StopHolding();
        var repeated = await app.PostCustomerAsync(staff, body, key);
        gate.SetResult();

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (repeated.StatusCode, (await overtaken).StatusCode));
        Assert.Equal(await repeated.Content.ReadAsStringAsync(), await (await overtaken).Content.ReadAsStringAsync());
    }

    private static (string Name, string Value) NewKey() => ("Idempotency-Key", Guid.NewGuid().ToString());
}
