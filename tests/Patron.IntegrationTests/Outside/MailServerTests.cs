using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Patron.Shared.Branding;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;

namespace Patron.IntegrationTests.Outside;

/// <summary>Sending a message and its failures: encryption, authentication, addresses, bodies and refusals.</summary>
public sealed class MailServerTests : IDisposable
{
    private const string Link = $"https://portal.tests.example/verify?token={Token}&next=%2Fprofile%2Faddresses";
    private const string Token = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE";
    private readonly X509Certificate2 certificate = TestMailServer.NewCertificate();
    private readonly string caFile = Path.Combine(Path.GetTempPath(), $"patron-ca-{Guid.NewGuid():N}.pem");
    private TestMailServer server = null!;

    public void Dispose()
    {
        server.Dispose();
        certificate.Dispose();
        File.Delete(caFile);
    }

    [Theory]
    [InlineData(MailSecurity.None)]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    [InlineData(MailSecurity.Auto)]
    public async Task Message_is_sent_over_each_kind_of_connection(MailSecurity security)
    {
        server = new TestMailServer(security == MailSecurity.None ? null : certificate, isTls: security == MailSecurity.Tls);
        await SendAsync("ada@tests.example", options: Options(security));
        Assert.Equal("ada@tests.example", Assert.Single(server.Messages).To);
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Certificate_of_an_unknown_authority_is_not_trusted(MailSecurity security)
    {
        server = new TestMailServer(certificate, isTls: security == MailSecurity.Tls);
        var options = Options(security, withUser: true);
        options.CaFile = null;
        var failure = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("ada@tests.example", options: options));
        Assert.StartsWith("connecting: no encrypted connection: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.SignIns);
    }

    [Fact]
    public async Task Certificate_for_another_server_is_not_trusted()
    {
        server = new TestMailServer(certificate, isTls: true);
        var options = Options(MailSecurity.Tls);
        options.Host = "localhost"; // The certificate is for 127.0.0.1.
        var failure = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("ada@tests.example", options: options));
        Assert.Contains("no encrypted connection", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_STARTTLS_neither_message_nor_password_is_sent()
    {
        server = new TestMailServer();
        var options = Options(MailSecurity.Auto, withUser: true);
        var failure = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("ada@tests.example", options: options));
        Assert.Contains("STARTTLS", failure.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (server.SignIns, server.Recipients));
    }

    [Fact]
    public async Task User_is_authenticated_and_a_wrong_password_is_a_server_failure()
    {
        server = new TestMailServer(certificate);
        var options = Options(MailSecurity.StartTls, withUser: true);
        await SendAsync("ada@tests.example", options: options);
        Assert.Single(server.Messages);
        await new MailServer(options, TimeProvider.System).CheckAsync(CancellationToken.None);

        options.Password = "wrong";
        var failure = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("ada@tests.example", options: options));
        Assert.StartsWith("signing in: 535", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MailServerException>(() => new MailServer(options, TimeProvider.System).CheckAsync(CancellationToken.None));
        Assert.Single(server.Messages);
    }

    [Theory]
    [InlineData("refused-550@tests.example", true, "recipient: 550 the mailbox says no")]
    [InlineData("refused-552@tests.example", true, "recipient: 552 the mailbox says no")]
    [InlineData("refused-450@tests.example", false, "recipient: 450 the mailbox says no")]
    [InlineData("relay@tests.example", false, "recipient: 550 5.7.1 relaying denied")]
    [InlineData("spam@tests.example", true, "message: 554 5.7.1 this looks like spam")]
    [InlineData("not an address", true, "recipient: mail cannot be sent to this address.")]
    [InlineData("ada@tests.example, bob@tests.example", true, "recipient: mail cannot be sent to this address.")]
    [InlineData("ada＠tests.example", true, "recipient: mail cannot be sent to this address.")]
    public async Task Refusal_of_one_mailbox_is_reported_as_final_or_temporary(string to, bool isFinal, string reason)
    {
        server = new TestMailServer();
        var refusal = await Assert.ThrowsAsync<MessageRefusedException>(() => SendAsync(to));
        Assert.StartsWith(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(isFinal, refusal.IsFinal);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("refused-451@tests.example", "shop@tests.example", "recipient: 451 the mailbox says no")]
    [InlineData("refused-452@tests.example", "shop@tests.example", "recipient: 452 the mailbox says no")]
    [InlineData("ada@tests.example", "unknown@tests.example", "sender: 553 not a sender of ours")]
    public async Task Refusal_of_all_mail_is_a_server_failure(string to, string from, string reason)
    {
        server = new TestMailServer();
        var options = Options(MailSecurity.None);
        options.From = from;
        var failure = await Assert.ThrowsAsync<MailServerException>(() => SendAsync(to, options: options));
        Assert.StartsWith(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_or_silent_server_is_a_server_failure_with_the_stage()
    {
        server = new TestMailServer();
        var options = Options(MailSecurity.None);
        var silence = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("slow@tests.example", time: new FastTime()));
        Assert.Equal("sending: no answer within 20 seconds.", silence.Message);

        options.Port = 1;
        var absence = await Assert.ThrowsAsync<MailServerException>(() => SendAsync("ada@tests.example", options: options));
        Assert.StartsWith("connecting: ", absence.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example", true, false)]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example", false, false)]
    [InlineData("zoë@tests.example", "zoë@tests.example", true, true)]
    public async Task Non_ASCII_addresses_are_sent_in_a_form_that_the_server_supports(string to, string written, bool offersUtf8, bool needsUtf8)
    {
        server = new TestMailServer(lacking: offersUtf8 ? [] : ["SMTPUTF8"]);
        await SendAsync(to);
        var message = Assert.Single(server.Messages);
        Assert.Equal(needsUtf8, message.IsUtf8);
        Assert.Contains($"\r\nTo: {written}\r\n", Encoding.UTF8.GetString(message.Data), StringComparison.Ordinal);
        Assert.Equal(needsUtf8 ? to : written, message.To);
    }

    [Fact]
    public async Task Non_ASCII_local_part_is_refused_permanently_without_SMTPUTF8()
    {
        server = new TestMailServer(lacking: "SMTPUTF8");
        var refusal = await Assert.ThrowsAsync<MessageRefusedException>(() => SendAsync("zoë@tests.example"));
        Assert.True(refusal.IsFinal);
        Assert.Contains("SMTPUTF8", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Recipients);
    }

    [Theory]
    [InlineData("plain", "8BITMIME", "7bit")]
    [InlineData("Zoë", "", "8bit")]
    [InlineData("Zoë", "8BITMIME", "quoted-printable")]
    public async Task Token_stays_on_one_line_in_every_encoding(string name, string lacking, string encoding)
    {
        server = new TestMailServer(lacking: lacking);
        await SendAsync("ada@tests.example", $"Hello {name},\n\n{Token}\n\n{Link}\nBye");
        var message = Assert.Single(server.Messages);

        Assert.Equal(encoding, message.Header("Content-Transfer-Encoding"));
        Assert.Equal([$"Hello {name},", "", Token, "", Link, "Bye"], message.Lines.Take(6));
        Assert.Contains($"\r\n{Token}\r\n", message.Raw, StringComparison.Ordinal);
        Assert.Equal(encoding != "quoted-printable", message.Raw.Contains($"\r\n{Link}\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_long_line_arrives_complete()
    {
        server = new TestMailServer();
        var line = string.Concat(Enumerable.Repeat("Zoë ", 400)).TrimEnd();
        await SendAsync("ada@tests.example", $"{line}\n.\n{line}");
        var message = Assert.Single(server.Messages);
        Assert.Equal([line, ".", line], message.Lines);
        Assert.All(message.Raw.Split("\r\n"), written => Assert.InRange(Encoding.Latin1.GetByteCount(written), 0, 998));
    }

    private MailOptions Options(MailSecurity security, bool withUser = false)
    {
        File.WriteAllText(caFile, certificate.ExportCertificatePem());
        return new MailOptions
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Security = security,
            CaFile = security == MailSecurity.None ? null : caFile,
            User = withUser ? TestMailServer.User : null,
            Password = withUser ? TestMailServer.Password : null,
            From = "shop@tests.example",
        };
    }

    private Task SendAsync(string to, string text = "Hello", MailOptions? options = null, TimeProvider? time = null) =>
        new MailSender(options ?? Options(MailSecurity.None), new MailBrand("Acme", new BrandOptions(), LogoPath: null), time ?? TimeProvider.System)
            .SendAsync(JsonSerializer.Serialize(new OutgoingMail(to, "Hello", text)), CancellationToken.None);

    /// <summary>A clock whose timers run a hundred times faster.</summary>
    private sealed class FastTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 100, period);
    }
}
