using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Outside;

/// <summary>One process that mails to an SMTP server of the tests.</summary>
public sealed class WithMailServer(TestDatabase database) : PatronApp(database)
{
    internal SmtpListener Server { get; } = new();

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, new Dictionary<string, string?>
        {
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = $"{Server.Port}",
            ["Mail:StartTls"] = "false",
            ["Mail:From"] = "Käse & Co <shop@tests.example>",
            ["Accounts:Brand"] = "Käse & Co",
        });
        return (server, server);
    }
}

public sealed partial class MailTests(WithMailServer app, OneProcess files) : IClassFixture<WithMailServer>, IClassFixture<OneProcess>, IAsyncLifetime
{
    private const string OddName = "Zoë 北京 Łukasz";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public ValueTask InitializeAsync()
    {
        app.Server.Manner = SmtpManner.Takes;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        app.Server.DropHanging();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_message_arrives_soon_with_its_headers_and_every_letter()
    {
        var person = await app.RegisterAsync(firstName: OddName);
        var watch = Stopwatch.StartNew();
        var message = await MessageAsync(person.Email);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // Two on a machine that does nothing else.
        Assert.Contains("shop@tests.example", message.From, StringComparison.Ordinal);
        Assert.Equal("Käse & Co <shop@tests.example>", Words(message.Header("From")!).Replace("\"", "", StringComparison.Ordinal));
        Assert.Equal(person.Email, message.Header("To"));
        Assert.Equal("Käse & Co: confirm your e-mail address", Words(message.Header("Subject")!));
        Assert.Matches(@"^<[0-9a-f]{32}@tests\.example>$", message.Header("Message-ID"));
        Assert.Equal("auto-generated", message.Header("Auto-Submitted"));
        Assert.NotNull(message.Header("Date"));
        Assert.Equal("text/plain; charset=utf-8", message.Header("Content-Type"));
        Assert.Contains($"Hello {OddName},", Text(message), StringComparison.Ordinal);
        Assert.All(message.Lines, line => Assert.True(line.Length <= 998 && !line.Contains('\n', StringComparison.Ordinal), "RFC 5322, 2.1.1 and 2.3"));
    }

    [Fact]
    public async Task The_token_stands_unbroken_and_alone_on_its_line_by_mail_server_and_in_files()
    {
        var person = await app.RegisterAsync(firstName: OddName);
        var token = Assert.Single((await MessageAsync(person.Email)).Lines, line => Token().IsMatch(line));
        await VerifyAsync(app, person, token);

        var other = await files.RegisterAsync(firstName: OddName);
        var file = await files.MailAsync(other.Email);
        Assert.Contains(OddName, file.Text, StringComparison.Ordinal);
        await VerifyAsync(files, other, Assert.Single(file.Text.Split('\n'), line => Token().IsMatch(line)));
    }

    [Fact]
    public async Task A_message_that_was_refused_is_tried_again_until_it_is_taken()
    {
        app.Server.Manner = SmtpManner.Refuses;
        var before = app.Server.Connections;
        var person = await app.RegisterAsync();
        await UntilAsync(() => app.Server.Connections > before);
        await UntilAsync(() => WaitingAsync(person.Email, "last_error LIKE '%'"));
        Assert.DoesNotContain(app.Server.Messages, message => message.Data.Contains(person.Email, StringComparison.Ordinal));

        // A second failure is what the probe calls degraded; the requests do not mind.
        app.Time.Shift += TimeSpan.FromSeconds(6);
        await UntilAsync(() => WaitingAsync(person.Email, "attempts = 2 AND due_at < now() + interval '1 hour' AND last_error LIKE '%'"));
        var ready = await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("degraded", ready.GetProperty("status").GetString());

        app.Server.Manner = SmtpManner.Takes;
        app.Time.Shift += TimeSpan.FromSeconds(11);
        await MessageAsync(person.Email);
        await UntilAsync(async () => !await WaitingAsync(person.Email, "true"));
        Assert.Single(app.Server.Messages, message => message.Header("To") == person.Email);
    }

    [Fact]
    public async Task A_mail_server_that_hangs_keeps_nobody_waiting_and_loses_nothing()
    {
        app.Server.Manner = SmtpManner.Hangs;
        var before = app.Server.Connections;
        var first = await app.RegisterAsync();
        await UntilAsync(() => app.Server.Connections > before);

        // What comes after it goes meanwhile: the mailer gives up after 20 seconds, the test sooner.
        app.Server.Manner = SmtpManner.Takes;
        var watch = Stopwatch.StartNew();
        var second = await app.RegisterAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await MessageAsync(second.Email);
        Assert.Equal(HttpStatusCode.OK, (await app.Accounts.Client.GetAsync("/health/ready")).StatusCode);

        app.Server.DropHanging();
        await UntilAsync(() => WaitingAsync(first.Email, "last_error LIKE '%'"));
        app.Time.Shift += TimeSpan.FromSeconds(6);
        await MessageAsync(first.Email);
    }

    private async Task<SmtpMessage> MessageAsync(string to)
    {
        await UntilAsync(() => app.Server.Messages.Any(message => message.Header("To") == to));
        return app.Server.Messages.First(message => message.Header("To") == to);
    }

    private Task<bool> WaitingAsync(string to, string condition) =>
        app.AccountsSqlAsync<bool>($"SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE payload::text LIKE '%' || $1 || '%' AND {condition})", to);

    private static async Task VerifyAsync(PatronApp where, Person person, string token) =>
        await (await where.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token })).ShouldBeAsync(HttpStatusCode.OK);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, "What the test waits for did not happen.");
            await Task.Delay(20);
        }
    }

    private static string Text(SmtpMessage message)
    {
        Assert.Equal("8bit", message.Header("Content-Transfer-Encoding"));
        return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(string.Join("\r\n", message.Lines)));
    }

    // RFC 2047, as far as it is used here.
    private static string Words(string header) => EncodedWord().Replace(
        Between().Replace(header, "?==?"),
        word => word.Groups["kind"].Value is "B" or "b"
            ? Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups["text"].Value))
            : FromQuoted(word.Groups["text"].Value.Replace('_', ' ')));

    private static string FromQuoted(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(
        Quoted().Replace(text, match => ((char)Convert.ToByte(match.Groups["code"].Value, 16)).ToString())));

    [GeneratedRegex("^[A-Za-z0-9_-]{43}\r?$", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(@"=\?utf-8\?(?<kind>[BbQq])\?(?<text>[^?]*)\?=", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"\?=\s+=\?", RegexOptions.NonBacktracking)]
    private static partial Regex Between();

    [GeneratedRegex("=(?<code>[0-9A-F]{2})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();
}
