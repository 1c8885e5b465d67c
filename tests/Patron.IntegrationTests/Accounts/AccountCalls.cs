using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Hosting;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Requests of the accounts dialect, and shared helpers of its tests.</summary>
internal static class AccountCalls
{
    public const string OtherPassword = "blue harbour 42";

    private static readonly ConditionalWeakTable<PatronApp, Task<Person>> SharedPeople = [];
    private static readonly ConditionalWeakTable<PatronApp, Task<Person>> SharedAdmins = [];

    public static Task<HttpResponseMessage> PostAsync(this PatronApp app, string path, object? body = null, Person? who = null, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Post, $"/api/auth/{path}", who, body, headers);

    public static Task<HttpResponseMessage> GetAsync(this PatronApp app, string path, Person? who = null, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Get, $"/api/auth/{path}", who, null, headers);

    public static Task<HttpResponseMessage> DeleteAsync(this PatronApp app, string path, Person? who = null, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Delete, $"/api/auth/{path}", who, null, headers);

    public static Task<HttpResponseMessage> UpdateProfileAsync(this PatronApp app, Person who, object change) =>
        app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", who, change);

    public static Task<HttpResponseMessage> TryRegisterAsync(this PatronApp app, string email, string password = Intents.GoodPassword, string? username = null) =>
        app.PostAsync("register/", new { email, first_name = "Jane", last_name = "Doe", username, password1 = password, password2 = password });

    public static Task<HttpResponseMessage> TrySignInAsync(this PatronApp app, string email, string password = Intents.GoodPassword) =>
        app.PostAsync("login/", new { email, password });

    /// <summary>Signs in with a wrong password this often; each must be refused.</summary>
    public static async Task SignInWrongAsync(this PatronApp app, string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await (await app.TrySignInAsync(email, "not the password")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }
    }

    public static Task<HttpResponseMessage> RefreshAsync(this PatronApp app, string refresh) => app.PostAsync("token/refresh/", new { refresh });

    public static async Task<Person> RefreshedAsync(this PatronApp app, Person person)
    {
        var answer = await (await app.RefreshAsync(person.Refresh)).ShouldBeAsync(HttpStatusCode.OK);
        return person with { Access = answer.GetProperty("access").GetString()!, Refresh = answer.GetProperty("refresh").GetString()! };
    }

    /// <summary>Whether the person's access token is still accepted.</summary>
    public static async Task<bool> IsSignedInAsync(this RunningPatron server, Person person)
    {
        var response = await server.SendAsync(HttpMethod.Get, "/api/auth/profile/", person);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"{response.StatusCode}");
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Asserts an error of the accounts dialect: the one shape with its two additional members.</summary>
    public static async Task<JsonElement> ShouldFailAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var problem = await response.ShouldBeAsync(status);
        Assert.False(problem.GetProperty("success").GetBoolean());
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("message").GetString());
        return problem;
    }

    /// <summary>Asserts a 422 that names exactly these fields.</summary>
    public static async Task ShouldBeInvalidAsync(this HttpResponseMessage response, params string[] fields)
    {
        var problem = await response.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.True(problem.TryGetProperty("errors", out var errors), problem.GetRawText());
        Assert.Equal(fields.Order(StringComparer.Ordinal), errors.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.All(errors.EnumerateObject(), field => Assert.NotEmpty(field.Value[0].GetString()!));
    }

    /// <summary>A 422 that names this field, among others.</summary>
    public static async Task ShouldNameInvalidAsync(this HttpResponseMessage response, string field)
    {
        var problem = await response.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out var messages), problem.GetRawText());
        Assert.NotEmpty(messages[0].GetString()!);
    }

    /// <summary>A body exactly as given.</summary>
    public static HttpContent Raw(string json, string contentType = "application/json") => Raw(Encoding.UTF8.GetBytes(json), contentType);

    public static HttpContent Raw(byte[] body, string contentType = "application/json") =>
        new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };

    /// <summary>The claims of an access token.</summary>
    public static JsonElement ClaimsOf(string accessToken) => Part(accessToken, 1);

    public static string KeyIdOf(string accessToken) => Part(accessToken, 0).GetProperty("kid").GetString()!;

    /// <summary>The number of audit entries of an account with this action.</summary>
    public static async Task<long> CountAuditEntriesAsync(this PatronApp app, Guid account, string action) =>
        await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE subject_id = $1 AND action = $2", account, action);

    /// <summary>Waits until a condition is true. Fails if a check that started after the time still finds it false: how long a check takes does not count.</summary>
    public static async Task WithinAsync(TimeSpan time, Func<Task<bool>> isSo, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var started = watch.Elapsed;
            if (await isSo())
            {
                return;
            }

            Assert.True(started < time, $"Not true {time.TotalSeconds} seconds later: {what}");
            await Task.Delay(25);
        }
    }

    public static Task<HttpResponseMessage[]> ConcurrentlyAsync(int times, Func<int, Task<HttpResponseMessage>> call) => Task.WhenAll(Enumerable.Range(0, times).Select(call));

    public static int Count(this IEnumerable<HttpResponseMessage> responses, HttpStatusCode status) => responses.Count(response => response.StatusCode == status);

    /// <summary>Starts another process on the same database in the same role, which writes mails into the same folder.</summary>
    public static Task<RunningPatron> StartAnotherAsync(this PatronApp app, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);
        all["Mail:Folder"] = Path.Combine(app.Accounts.DataFolder, "mail");
        return RunningPatron.StartAsync(app.Accounts.ConnectionString, app.Accounts.Services.GetRequiredService<PatronSettings>().Role, all, app.Time);
    }

    /// <summary>Disables an account as <c>patron admin disable</c> does.</summary>
    public static async Task DisableAsync(this PatronApp app, string email)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<SetAccountEnabled>().HandleAsync(Caller.System(app.Home()), email, enabled: false, CancellationToken.None);
        Assert.Null(result.Error);
    }

    /// <summary>Makes an organization older than a day and gives it a second member.</summary>
    public static async Task AgeOrganizationAsync(this PatronApp app, Guid organization)
    {
        await app.MakeMemberAsync((await app.RegisterAsync()).Email, OrganizationRole.Employee, organization);
        await app.AccountsSqlAsync<object>("UPDATE accounts.organizations SET created_at = created_at - interval '2 days' WHERE id = $1", organization);
    }

    /// <summary>Waits until the outbox is empty.</summary>
    public static Task UntilOutboxIsEmptyAsync(this PatronApp app) => WithinAsync(
        TimeSpan.FromSeconds(20), async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages") == 0, "the outbox is empty");

    /// <summary>Requests a password reset from a client with this address.</summary>
    public static async Task ForgetFromAsync(this PatronApp app, string client, string email)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ForgotPassword>().HandleAsync(Caller.Anonymous(new RequestOrigin(client, null)), email, CancellationToken.None);
    }

    /// <summary>The password reset mails received so far, oldest first.</summary>
    public static IReadOnlyList<ReceivedMail> ResetsTo(this PatronApp app, string email) => [.. app.MailsTo(email).Where(IsReset)];

    /// <summary>Registers a person with a proven address.</summary>
    public static async Task<Person> RegisterProvenAsync(this PatronApp app)
    {
        var person = await app.RegisterAsync();
        await app.ProveAsync(person);
        return person;
    }

    public static async Task ProveAsync(this PatronApp app, Person person)
    {
        var mail = await app.MailAsync(person.Email, "confirm your email");
        await (await app.PostAsync("email/verify/", new { token = mail.Token }, person)).ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>Requests a password reset and returns the token from the mail.</summary>
    public static async Task<string> ResetTokenAsync(this PatronApp app, string email)
    {
        var before = app.MailsTo(email).Count(IsReset);
        await (await app.PostAsync("password/forgot/", new { email })).ShouldBeAsync(HttpStatusCode.Accepted);
        await WithinAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(app.MailsTo(email).Count(IsReset) > before), "a reset mail came");
        return app.MailsTo(email).Last(IsReset).Token;
    }

    public static Task<HttpResponseMessage> ResetAsync(this PatronApp app, string token, string password = OtherPassword) =>
        app.PostAsync("password/reset/", new { token, password1 = password, password2 = password });

    /// <summary>A registered person that all read-only tests of a class share.</summary>
    public static Task<Person> SharedPersonAsync(this PatronApp app) => SharedPeople.GetValue(app, _ => app.RegisterAsync(Intents.NewEmail("somebody")));

    /// <summary>The administrator, signed in once for all tests of a class.</summary>
    public static Task<Person> SharedAdminAsync(this PatronApp app) => SharedAdmins.GetValue(app, _ => app.AdminAsync());

    private static bool IsReset(ReceivedMail mail) => mail.Subject.StartsWith("Reset your", StringComparison.Ordinal);

    private static JsonElement Part(string token, int index) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement;
}
