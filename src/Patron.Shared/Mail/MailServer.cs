using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Patron.Shared.Outbox;

namespace Patron.Shared.Mail;

/// <summary>The server cannot be reached, or sends nothing for anybody. The message says at which step and what the server said.</summary>
public sealed class MailServerException(string reason, Exception inner) : Exception(reason, inner);

/// <summary>The SMTP server of the settings. Every message has a connection of its own and twenty seconds.</summary>
public sealed class MailServer(MailOptions options, TimeProvider time)
{
    private const int ImplicitTlsPort = 465;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Mail's lines end in CRLF (RFC 5322, 2.3), and some servers refuse a bare LF.</summary>
    internal static FormatOptions Format { get; } = new() { NewLineFormat = NewLineFormat.Dos };

    private SecureSocketOptions Encryption => options switch
    {
        { Security: MailSecurity.None } => SecureSocketOptions.None,
        { Security: MailSecurity.Tls } or { Security: MailSecurity.Auto, Port: ImplicitTlsPort } => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    /// <exception cref="MessageRefusedException">The server does not take this recipient or message.</exception>
    /// <exception cref="MailServerException">It cannot be reached, or sends nothing for anybody.</exception>
    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken) => UseAsync(message, cancellationToken);

    /// <summary>Connects and signs in, as for a message, and sends none.</summary>
    /// <exception cref="MailServerException">It cannot be reached, or does not let us in.</exception>
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
            throw new MessageRefusedException(Words(refusal), IsFinal(refusal));
        }
        catch (Exception failure) when (failure is not MessageRefusedException && !cancellationToken.IsCancellationRequested)
        {
            throw new MailServerException(failure is SmtpCommandException refusal ? Words(refusal) : $"{stage}: {Words(failure)}", failure);
        }
    }

    private static async Task SendAsync(SmtpClient client, MimeMessage message, CancellationToken cancellationToken)
    {
        // A domain goes in its IDNA form, which every server on the way takes. Only letters beyond ASCII before the @ need SMTPUTF8.
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
        // Revocation lists are not asked for: one that cannot be fetched would stop all mail.
        var client = new SmtpClient { CheckCertificateRevocation = false };
        if (options.CaFile is not null)
        {
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        }

        return client;
    }

    // As the framework decides, but with the file's authorities in place of the system's.
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

    // RFC 5321, 4.2.3: 450 and every 5xx are about the mailbox or the message. Other temporary answers are about the server, and a
    // sender that is not taken is so for every message: an administrator can mend either.
    private static bool IsAboutOneMessage(SmtpCommandException refusal) =>
        refusal.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted
        && (IsFinal(refusal) || refusal.StatusCode == SmtpStatusCode.MailboxBusy);

    private static bool IsFinal(SmtpCommandException refusal) => (int)refusal.StatusCode >= 500;

    private static string Words(SmtpCommandException refusal)
    {
        var about = refusal.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => "recipient",
            SmtpErrorCode.SenderNotAccepted => "sender",
            SmtpErrorCode.MessageNotAccepted => "message",
            _ => "server",
        };
        return $"{about}: {(int)refusal.StatusCode} {refusal.Message}";
    }

    private static string Words(Exception failure) => failure switch
    {
        OperationCanceledException => $"no answer within {Timeout.TotalSeconds:0} seconds.",
        SslHandshakeException { InnerException: { } cause } => $"no encrypted connection: {cause.Message}",
        _ => failure.Message,
    };
}
