using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Organizations;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A signed-in person with their tokens.</summary>
public sealed record Person(Guid Id, string Email, string Password, string Access, string Refresh);

/// <summary>Actions of tests, such as registering and signing in.</summary>
public static partial class Intents
{
    public const string GoodPassword = "TestPass123!";
    private static int people;

    /// <summary>An answer without the id of its request, by which two equal errors differ.</summary>
    public static string WithoutRequestId(this string answer) => RequestId().Replace(answer, "\"request_id\":\"\"");

    /// <summary>A new, unused address.</summary>
    public static string NewEmail(string name = "person") => $"{name}{Interlocked.Increment(ref people)}@tests.example";

    /// <summary>Registers a new customer of the home organization.</summary>
    public static async Task<Person> RegisterAsync(this PatronApp app, string? email = null, string firstName = "Jane", string lastName = "Doe", string password = GoodPassword)
    {
        email ??= NewEmail();
        var response = await app.Accounts.Client.PostAsJsonAsync(
            "/api/auth/register/", new { email, first_name = firstName, last_name = lastName, password1 = password, password2 = password });
        var answer = await response.ShouldBeAsync(HttpStatusCode.Created);
        return ToPerson(answer, password);
    }

    /// <summary>Signs in with a password.</summary>
    public static async Task<Person> SignInAsync(this PatronApp app, string email, string password = GoodPassword)
    {
        var response = await app.Accounts.Client.PostAsJsonAsync("/api/auth/login/", new { email, password });
        return ToPerson(await response.ShouldBeAsync(HttpStatusCode.OK), password);
    }

    public static Task<Person> AdminAsync(this PatronApp app) => app.SignInAsync(RunningPatron.AdminEmail, RunningPatron.AdminPassword);

    /// <summary>A new member of the home organization's staff, signed in with that role.</summary>
    public static async Task<Person> StaffAsync(this PatronApp app, OrganizationRole role = OrganizationRole.Employee)
    {
        var person = await app.RegisterAsync(NewEmail("staff"));
        await app.MakeMemberAsync(person.Email, role, Home(app));
        return await app.SignInAsync(person.Email);
    }

    public static async Task MakeMemberAsync(this PatronApp app, string email, OrganizationRole role, Guid organization) =>
        Assert.Null(await app.ChangeRoleAsync(email, role, organization));

    /// <summary>Adds a member or changes their role, as the command line does. Returns the error, or null.</summary>
    public static async Task<Error?> ChangeRoleAsync(this PatronApp app, string email, OrganizationRole role, Guid organization)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<AddMember>()
            .HandleAsync(Caller.System(organization), email, role, keysTo: null, CancellationToken.None)).Error;
    }

    /// <summary>Creates another organization and returns its UUID.</summary>
    public static async Task<Guid> OrganizationAsync(this PatronApp app, string name = "Other Company")
    {
        var id = Guid.CreateVersion7();
        await app.AccountsSqlAsync<object>("INSERT INTO accounts.organizations (id, name, created_at) VALUES ($1, $2, now())", id, name);
        return id;
    }

    /// <summary>Creates an API key of the organization (home by default) and returns it as <c>key:secret</c>.</summary>
    public static async Task<string> ApiKeyAsync(this PatronApp app, Guid? organization = null, params string[] scopes)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<CreateApiKey>().HandleAsync(
            Caller.System(organization ?? Home(app)), "test", scopes.Length == 0 ? Scopes.All : scopes, null, CancellationToken.None);
        return result.Value.Credentials;
    }

    /// <summary>Waits until this number of sessions of the accounts database wait for a lock; fails after 10 seconds.</summary>
    public static async Task WaitForBlockedSessionsAsync(this PatronApp app, int others = 1)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (await app.AccountsSqlAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") < others)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{others} should wait for a lock by now");
            await Task.Delay(10);
        }
    }

    public static Guid Home(this PatronApp app) => app.Accounts.Services.GetRequiredService<HomeOrganization>().Id;

    /// <summary>Sends a request as a person or anonymously, with an optional JSON body and additional headers.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this RunningPatron server, HttpMethod method, string path, Person? who = null, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (who is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", who.Access);
        }

        if (body is not null)
        {
            request.Content = body as HttpContent ?? JsonContent.Create(body, body.GetType());
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await server.Client.SendAsync(request);
    }

    /// <summary>Asserts the status and returns the JSON. An error must be problem details as in the contract.</summary>
    public static async Task<JsonElement> ShouldBeAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)status} was expected, but it was {(int)response.StatusCode}: {text}");
        if (text.Length == 0)
        {
            return default;
        }

        var json = JsonDocument.Parse(text).RootElement.Clone();
        if ((int)status >= 400)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal((int)status, json.GetProperty("status").GetInt32());
            Assert.NotEmpty(json.GetProperty("detail").GetString()!);
        }

        return json;
    }

    private static Person ToPerson(JsonElement answer, string password)
    {
        var tokens = answer.GetProperty("tokens");
        return new Person(
            answer.GetProperty("id").GetGuid(), answer.GetProperty("email").GetString()!, password,
            tokens.GetProperty("access").GetString()!, tokens.GetProperty("refresh").GetString()!);
    }

    [GeneratedRegex("\"request_id\":\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex RequestId();
}
