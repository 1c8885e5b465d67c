using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Patron.IntegrationTests.Outside;

internal enum SmtpMode
{
    /// <summary>Accepts every message.</summary>
    Accepts,

    /// <summary>Temporarily refuses every recipient, for a reason of the server (451).</summary>
    RefusesTemporarily,

    /// <summary>Does not answer RCPT TO.</summary>
    Hangs,
}

/// <summary>A message as received.</summary>
internal sealed record SmtpMessage(string To, bool IsUtf8, byte[] Data)
{
    private readonly MimeMessage message = MimeMessage.Load(new MemoryStream(Data));

    /// <summary>The message with every octet as a character.</summary>
    public string Raw => Encoding.Latin1.GetString(Data);

    public MailboxAddress From => message.From.Mailboxes.Single();

    public string[] Lines => message.TextBody!.ReplaceLineEndings("\n").Split('\n');

    public string Html => message.HtmlBody!;

    /// <summary>The types and encodings of the parts, in their order.</summary>
    public IEnumerable<string> Parts =>
        message.BodyParts.Select(part => $"{part.Headers["Content-Type"]} {part.Headers["Content-Transfer-Encoding"]}");

    /// <summary>A header's value, decoded.</summary>
    public string? Header(string name) => message.Headers[name] ?? message.Body!.Headers[name];
}

/// <summary>
/// A mail server that misbehaves on request. Recipients called <c>refused-550</c> get that answer, <c>relay</c> is
/// not relayed, and <c>slow</c> makes it hang. It
/// refuses messages from <c>spam</c> and the sender <c>unknown</c>, whatever its mode.
/// </summary>
internal sealed class TestMailServer : IDisposable
{
    public const string User = "patron";
    public const string Password = "a mail password";
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<SmtpMessage> messages = new();
    private volatile TaskCompletionSource dropped = new();
    private int recipients;
    private int signIns;

    /// <param name="certificate">Enables STARTTLS.</param>
    /// <param name="isTls">Whether TLS begins with the first byte.</param>
    /// <param name="lacking">SMTP extensions that are not offered.</param>
    public TestMailServer(X509Certificate2? certificate = null, bool isTls = false, params string[] lacking)
    {
        var endpoints = new EndpointListenerFactory();
        endpoints.EndpointStarted += (_, started) => Port = ((IPEndPoint)started.LocalEndPoint).Port;
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IEndpointListenerFactory)endpoints);
        services.Add((IMessageStore)new Store(messages));
        services.Add((IMailboxFilter)new Filter(this));
        services.Add((IUserAuthenticator)new DelegatingUserAuthenticator(IsKnown));
        services.Add((ISmtpCommandFactory)new Commands(lacking));
        var options = new SmtpServerOptionsBuilder().ServerName("mail.tests.example").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, 0)).IsSecure(isTls);
            if (certificate is not null)
            {
                endpoint.Certificate(certificate);
            }
        });
        _ = new SmtpServer.SmtpServer(options.Build(), services).StartAsync(stop.Token);
    }

    public SmtpMode Mode { get; set; }

    public int Port { get; private set; }

    public IReadOnlyCollection<SmtpMessage> Messages => messages;

    /// <summary>The number of RCPT TO commands received.</summary>
    public int Recipients => recipients;

    public int SignIns => signIns;

    /// <summary>A self-signed certificate for this machine.</summary>
    public static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.tests.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Closes hanging connections, like a server that shuts down.</summary>
    public void DropHanging() => Interlocked.Exchange(ref dropped, new TaskCompletionSource()).SetResult();

    public void Dispose()
    {
        DropHanging();
        stop.Cancel();
        stop.Dispose();
    }

    private bool IsKnown(string user, string password)
    {
        Interlocked.Increment(ref signIns);
        return (user, password) == (User, Password);
    }

    // Separate classes, because the server disposes these services after each use.
    private sealed class Filter(TestMailServer server) : MailboxFilter
    {
        private const string Refused = "refused-";

        public override async Task<bool> CanDeliverToAsync(
            ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken)
        {
            var (mode, dropped) = (server.Mode, server.dropped.Task);
            Interlocked.Increment(ref server.recipients);
            if (mode == SmtpMode.Hangs || to.User == "slow")
            {
                await dropped.WaitAsync(cancellationToken);
                throw new SmtpResponseException(new SmtpResponse(SmtpReplyCode.ServiceUnavailable, "4.3.2 going down"), quit: true);
            }

            if (to.User == "relay")
            {
                throw Refusal(SmtpReplyCode.MailboxUnavailable, "5.7.1 relaying denied");
            }

            return to.User.StartsWith(Refused, StringComparison.Ordinal)
                ? throw Refusal((SmtpReplyCode)int.Parse(to.User.AsSpan(Refused.Length, 3), CultureInfo.InvariantCulture), "the mailbox says no")
                : mode == SmtpMode.RefusesTemporarily ? throw Refusal(SmtpReplyCode.Aborted, "come back later") : true;
        }

        public override Task<bool> CanAcceptFromAsync(
            ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken) => from.User == "unknown"
            ? throw Refusal(SmtpReplyCode.MailboxNameNotAllowed, "not a sender of ours")
            : Task.FromResult(true);

        private static SmtpResponseException Refusal(SmtpReplyCode code, string words) => new(new SmtpResponse(code, words));
    }

    private sealed class Store(ConcurrentQueue<SmtpMessage> messages) : MessageStore
    {
        public override Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            var to = transaction.To.Single();
            if (to.User == "spam")
            {
                return Task.FromResult(new SmtpResponse(SmtpReplyCode.TransactionFailed, "5.7.1 this looks like spam"));
            }

            messages.Enqueue(new SmtpMessage(to.AsAddress(), transaction.Parameters.ContainsKey("SMTPUTF8"), buffer.ToArray()));
            return Task.FromResult(SmtpResponse.Ok);
        }
    }

    private sealed class Commands(string[] lacking) : SmtpCommandFactory
    {
        public override SmtpCommand CreateEhlo(string domainOrAddress) => new Ehlo(domainOrAddress, lacking);
    }

    private sealed class Ehlo(string domainOrAddress, string[] lacking) : EhloCommand(domainOrAddress)
    {
        protected override IEnumerable<string> GetExtensions(ISessionContext context) =>
            base.GetExtensions(context).Except(lacking, StringComparer.Ordinal);
    }
}
