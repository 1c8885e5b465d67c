using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Patron.Shared.Outbox;

namespace Patron.Shared.Mail;

/// <summary>
/// The server cannot be reached or accepts no mail at all. The message contains the step that failed and the server's answer.
/// </summary>
public sealed class MailServerException(string reason, Exception inner) : Exception(reason, inner);

/// <summary>The configured SMTP server. Each message uses its own connection, with a timeout of 20 seconds.</summary>
public sealed class MailServer(MailOptions options, TimeProvider time)
{
    private const int ImplicitTlsPort = 465;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Lines end with CRLF (RFC 5322, 2.3); some servers refuse a bare LF.</summary>
    internal static FormatOptions Format { get; } = new() { NewLineFormat = NewLineFormat.Dos };

    private SecureSocketOptions Encryption => options switch
    {
        { Security: MailSecurity.None } => SecureSocketOptions.None,
        { Security: MailSecurity.Tls } or { Security: MailSecurity.Auto, Port: ImplicitTlsPort } => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    /// <exception cref="MessageRefusedException">The server refuses this recipient or message.</exception>
    /// <exception cref="MailServerException">The server cannot be reached or accepts no mail at all.</exception>
    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken) => UseAsync(message, cancellationToken);

    /// <summary>Connects and authenticates without sending a message.</summary>
    /// <exception cref="MailServerException">The server cannot be reached or refuses the credentials.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => UseAsync(null, cancellationToken);

    private async Task UseAsync(MimeMessage? message, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var stage = "connecting";
        try
        {
            using var client = NewClient();
            await client.ConnectAsync(options.Host!, options.Port, Encryption, limit.Token);
            if (options.User is not null)
            {
                stage = "signing in";
                await client.AuthenticateAsync(options.User, options.Password!, limit.Token);
            }

            if (message is not null)
            {
                stage = "sending";
                await SendAsync(client, message, limit.Token);
            }

            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (SmtpCommandException refusal) when (IsAboutOneMessage(refusal))
        {
            throw new MessageRefusedException(Describe(refusal), IsFinal(refusal));
        }
        catch (Exception failure) when (failure is not MessageRefusedException && !cancellationToken.IsCancellationRequested)
        {
            throw new MailServerException(
                failure is SmtpCommandException refusal ? Describe(refusal) : $"{stage}: {Describe(failure)}", failure);
        }
    }

    private static async Task SendAsync(SmtpClient client, MimeMessage message, CancellationToken cancellationToken)
    {
        // The domain is sent in its IDNA form, which every server supports. Only non-ASCII characters before the @ need SMTPUTF8.
        var needsUtf8 = message.To.Mailboxes.Any(recipient => !Ascii.IsValid(recipient.LocalPart));
        if (!needsUtf8)
        {
            client.Capabilities &= ~SmtpCapabilities.UTF8;
        }
        else if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
        {
            throw new MessageRefusedException(
                "recipient: the address has letters beyond ASCII before the @, and the server does not offer SMTPUTF8.", isFinal: true);
        }

        var format = Format.Clone();
        format.International = needsUtf8;
        await client.SendAsync(format, message, cancellationToken);
    }

    private SmtpClient NewClient()
    {
        // Revocation is not checked: a revocation list that cannot be fetched would stop all mail.
        var client = new SmtpClient { CheckCertificateRevocation = false };
        if (options.CaFile is not null)
        {
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        }

        return client;
    }

    // Like the framework's own check, but with the authorities of the file instead of the system's.
    private bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || errors is not (SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(options.CaFile!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements.AsEnumerable() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build((X509Certificate2)certificate);
    }

    // RFC 5321, 4.2.3: 450 and every 5xx concern the mailbox or the message. Other temporary answers concern the server, and a refused
    // sender concerns every message; an administrator can fix both.
    private static bool IsAboutOneMessage(SmtpCommandException refusal) =>
        refusal.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted
        && (IsPermanent(refusal) || refusal.StatusCode == SmtpStatusCode.MailboxBusy);

    // RFC 3463: 5.7 for a recipient is a policy, such as a relay that does not know this sender. An administrator can change it.
    private static bool IsFinal(SmtpCommandException refusal) => IsPermanent(refusal)
        && !(refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted && refusal.Message.StartsWith("5.7.", StringComparison.Ordinal));

    private static bool IsPermanent(SmtpCommandException refusal) => (int)refusal.StatusCode >= 500;

    private static string Describe(SmtpCommandException refusal)
    {
        var subject = refusal.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => "recipient",
            SmtpErrorCode.SenderNotAccepted => "sender",
            SmtpErrorCode.MessageNotAccepted => "message",
            _ => "server",
        };
        return $"{subject}: {(int)refusal.StatusCode} {refusal.Message}";
    }

    private static string Describe(Exception failure) => failure switch
    {
        OperationCanceledException => $"no answer within {Timeout.TotalSeconds:0} seconds.",
        SslHandshakeException { InnerException: { } cause } => $"no encrypted connection: {cause.Message}",
        _ => failure.Message,
    };
}
