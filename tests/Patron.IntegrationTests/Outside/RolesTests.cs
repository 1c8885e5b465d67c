using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.SigningKeys;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Processes;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.IntegrationTests.Outside;

/// <summary>Accounts and customers as two services, connected only by a URL.</summary>
public sealed class RolesTests(TwoServices app, TestDatabase database) : IClassFixture<TwoServices>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(ProcessRole.Accounts)]
    [InlineData(ProcessRole.Customers)]
    public async Task Path_of_another_role_is_404_with_a_sentence_that_names_the_role(ProcessRole role)
    {
        var server = role == ProcessRole.Accounts ? app.Accounts : app.Customers;
        var admin = await app.AdminAsync();
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var foreign = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ServedBy>() is { } served && !served.Includes(role)).ToList();
        Assert.NotEmpty(foreign);

        foreach (var endpoint in foreign)
        {
            var roles = string.Join(" or ", endpoint.Metadata.GetMetadata<ServedBy>()!.Roles.Select(other => other.ToString().ToLowerInvariant()));
            var method = new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]);
            var path = System.Text.RegularExpressions.Regex.Replace(
                endpoint.RoutePattern.RawText!, @"\{[^}]+\}", parameter => parameter.Value.EndsWith(":long}", StringComparison.Ordinal) ? "1" : Guid.Empty.ToString(), System.Text.RegularExpressions.RegexOptions.NonBacktracking);
            foreach (var who in new[] { null, admin })
            {
                var problem = await (await server.SendAsync(method, path, who)).ShouldBeAsync(HttpStatusCode.NotFound);
                Assert.Contains($"has the role {(role == ProcessRole.Accounts ? "accounts" : "customers")}", problem.Detail(), StringComparison.Ordinal);
                Assert.Contains($"served by the role {roles}.", problem.Detail(), StringComparison.Ordinal);
            }
        }

        // Its OpenAPI document does not contain them either.
        var description = await server.Client.GetStringAsync("/openapi/v1.json");
        Assert.DoesNotContain(role == ProcessRole.Accounts ? "\"/api/v1/customers" : "\"/api/auth", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_tokens_of_the_accounts_service_are_accepted()
    {
        var staff = await app.StaffAsync();
        await app.CreateCustomerAsync(staff);
        var broken = staff with { Access = staff.Access[..^4] + (staff.Access.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA") };

        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, broken)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, await app.RegisterAsync())).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task API_key_works_as_the_token_it_is_exchanged_for()
    {
        var key = await app.ApiKeyAsync();
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.Unauthorized);

        var answer = await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/token/key/", null, null, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.OK);

        var token = answer.GetProperty("access").GetString()!;
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ("Authorization", $"Bearer {token}"))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rotated_key_is_accepted()
    {
        var before = await app.StaffAsync();
        await app.Accounts.Services.GetRequiredService<SigningKeyRing>().RotateAsync(TimeSpan.FromHours(1), CancellationToken.None);
        app.Time.Shift += TimeSpan.FromMinutes(1); // After that the new key signs.
        var after = await app.SignInAsync(before.Email);
        Assert.NotEqual(before.Access.Split('.')[0], after.Access.Split('.')[0]);

        await UntilAsync(async () => (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, after)).StatusCode == HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, before)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Customers_service_waits_for_its_first_keys_and_continues_without_the_accounts_service()
    {
        var url = $"http://127.0.0.1:{PatronProcess.FreePort()}";
        await using var customers = await RunningPatron.LaunchAsync(
            await database.CreateDatabaseAsync(), ProcessRole.Customers, new Dictionary<string, string?> { ["PATRON_ACCOUNTS_URL"] = url });
        Assert.Equal(HttpStatusCode.OK, (await customers.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await customers.Client.GetAsync("/health/ready")).StatusCode);
        var waiting = await (await customers.Client.GetAsync(CustomerIntents.Api)).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Try again", waiting.Detail(), StringComparison.Ordinal);

        var accounts = await RunningPatron.LaunchAsync(await Templates.CopyAsync(database, ProcessRole.Accounts), ProcessRole.Accounts, url: url);
        string token;
        await using (accounts)
        {
            await UntilAsync(async () => (await customers.Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
            var answer = await accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = RunningPatron.AdminEmail, password = RunningPatron.AdminPassword });
            token = (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access_token").GetString()!;
        }

        await (await customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ("Authorization", $"Bearer {token}"))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await customers.Client.GetAsync("/health/ready")).StatusCode);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Timeout, "What the test waits for did not happen.");
            await Task.Delay(50);
        }
    }
}
