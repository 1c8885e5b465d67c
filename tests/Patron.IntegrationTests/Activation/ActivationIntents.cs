using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Linking.Activation;

namespace Patron.IntegrationTests.Activation;

/// <summary>Requests and helpers of the activation tests.</summary>
internal static partial class ActivationIntents
{
    public const string FirstPassword = "SecurePass123";
    public const string AttackersPassword = "attackers own 1";
    public const string CodeMail = " is your ";
    public const string LinkMail = "choose a password";
    public const string AccountMail = "already have an account";

    /// <summary>Creates a customer with a name and an address but without an account, as staff or an ERP would.</summary>
    public static async Task<(JsonElement Customer, string Email)> WaitingCustomerAsync(this PatronApp app, string? email = null, object? body = null)
    {
        email ??= Intents.NewEmail("waiting");
        return (await (await app.SendWithKeyAsync(HttpMethod.Post, CustomerIntents.Api, body ?? CustomerIntents.JohnDoe(email))).ShouldBeAsync(HttpStatusCode.Created), email);
    }

    /// <summary>Sends a request with an API key of home, because people's tokens expire when these tests change the clock.</summary>
    public static async Task<HttpResponseMessage> SendWithKeyAsync(this PatronApp app, HttpMethod method, string path, object? body = null, params string[] scopes) =>
        await app.Accounts.SendAsync(method, path, null, body, ("X-Api-Key", await app.ApiKeyAsync(null, scopes)));

    public static Task<HttpResponseMessage> CheckEmailAsync(this PatronApp app, string email) => app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/check-email", null, new { email });

    public static Task<HttpResponseMessage> QuickSetupAsync(this PatronApp app, string email, string password = FirstPassword, Guid? challenge = null, string? code = null) =>
        app.Accounts.SendAsync(
            HttpMethod.Post, "/api/auth/quick-setup", null,
            challenge is null && code is null
                ? new { email, password, password_confirmation = password }
                : new { email, password, password_confirmation = password, challenge_id = challenge, code });

    public static Task<HttpResponseMessage> SendSetupLinkAsync(this PatronApp app, string email) =>
        app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/send-setup-link", null, new { email });

    public static Task<HttpResponseMessage> SetPasswordAsync(this PatronApp app, string token, string password = FirstPassword) =>
        app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/set-password", null, new { token, password, password_confirmation = password });

    /// <summary>Runs the first step and moves the clock on, so that the same address can be used again.</summary>
    public static async Task<Guid> StartSetupAsync(this PatronApp app, string email)
    {
        app.Time.Shift += TimeSpan.FromSeconds(61);
        var started = await (await app.QuickSetupAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        return started.GetProperty("challenge_id").GetGuid();
    }

    /// <summary>Runs the first step for a customer and returns the secrets from the mail.</summary>
    public static async Task<(Guid Challenge, string Code, string Token)> StartedSetupAsync(this PatronApp app, string email)
    {
        var before = app.CodeMailsTo(email).Count;
        var challenge = await app.StartSetupAsync(email);
        await app.UntilAsync(() => app.CodeMailsTo(email).Count > before);
        var mail = app.CodeMailsTo(email)[before];
        return (challenge, mail.Code(), mail.SetupToken());
    }

    public static IReadOnlyList<ReceivedMail> CodeMailsTo(this PatronApp app, string email) =>
        [.. app.MailsTo(email).Where(mail => mail.Subject.Contains(CodeMail, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Runs all steps of a first password by code.</summary>
    public static async Task<JsonElement> ActivateAsync(this PatronApp app, string email, string password = FirstPassword)
    {
        var (challenge, code, _) = await app.StartedSetupAsync(email);
        return await (await app.QuickSetupAsync(email, password, challenge, code)).ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>Waits until all queued mails are sent, to assert that no further mail comes.</summary>
    public static Task UntilMailIsSentAsync(this PatronApp app) => app.UntilAsync(
        async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NULL") == 0);

    /// <summary>Waits until no invitation is due and all queued mails are sent.</summary>
    public static async Task UntilNothingIsDueAsync(this PatronApp app)
    {
        await app.UntilAsync(async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE due_at <= $1", app.Time.GetUtcNow()) == 0);
        await app.UntilMailIsSentAsync();
    }

    public static Task UntilAsync(this PatronApp app, Func<bool> condition) => app.UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(this PatronApp _, Func<Task<bool>> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "What the test waits for did not happen.");
            await Task.Delay(20);
        }
    }

    public static async Task<HttpStatusCode> SignInStatusAsync(this PatronApp app, string email, string password) =>
        (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email, password })).StatusCode;

    public static Task<long> CountAccountsAsync(this PatronApp app, string email) =>
        app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE normalized_email = $1", email.ToLowerInvariant());

    /// <summary>The digits that are alone on a line.</summary>
    public static string Code(this ReceivedMail mail) => CodeLine().Match(mail.Text).Value;

    /// <summary>Another code with the same number of digits.</summary>
    public static string Wrong(this string code) => $"{(code[0] - '0' + 1) % 10}{code[1..]}";

    public static string SetupToken(this ReceivedMail mail) => LinkLine().Match(mail.Text).Groups["token"].Value;

    [GeneratedRegex("^[0-9]{6,8}$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CodeLine();

    [GeneratedRegex("^http://[^ ]*/set-password\\?token=(?<token>[A-Za-z0-9_-]{43})$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LinkLine();

    /// <summary>What the page behind a mailed link shows; null where the link is not valid.</summary>
    public static async Task<SetupLink?> FindLinkAsync(this PatronApp app, string token)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<FindSetupLink>().HandleAsync(token, CancellationToken.None);
    }
}
