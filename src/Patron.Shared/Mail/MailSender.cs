using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Patron.Shared.Secrets;

namespace Patron.Shared.Mail;

/// <summary>Sends mail from the outbox, by SMTP or as <c>.eml</c> files named by their time so that the newest is last.</summary>
public sealed class MailSender(MailOptions options, TimeProvider time)
{
    private static readonly TimeSpan SmtpTimeout = TimeSpan.FromSeconds(20);
    private long counter;

    public async Task SendAsync(string payload, CancellationToken cancellation)
    {
        var mail = JsonSerializer.Deserialize(payload, MailJson.Default.OutgoingMail)!;
        // Mail's lines end in CRLF (RFC 5322, 2.3), and some servers refuse a bare LF.
        var text = mail.Text.ReplaceLineEndings("\r\n");
        using var message = new MailMessage(options.From, mail.To)
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = text,
            BodyEncoding = Encoding.UTF8,
            // Not quoted-printable: the framework's breaks lines anywhere, also in the middle of a token, and encodes their ends.
            BodyTransferEncoding = Ascii.IsValid(text) ? TransferEncoding.SevenBit : TransferEncoding.EightBit,
        };
        message.Headers.Add("Message-ID", $"<{Guid.CreateVersion7():N}@{message.From!.Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: so that no holiday notice answers.
        if (options.Host is null)
        {
            await WriteFileAsync(message);
        }
        else
        {
            await SendBySmtpAsync(message, options.Host, cancellation);
        }
    }

    private async Task SendBySmtpAsync(MailMessage message, string host, CancellationToken cancellation)
    {
        using var client = new SmtpClient(host, options.Port) { EnableSsl = options.StartTls };
        if (options.User is not null)
        {
            client.Credentials = new NetworkCredential(options.User, options.Password);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(SmtpTimeout);
        await client.SendMailAsync(message, limit.Token);
    }

    // Written aside and renamed, so that a reader of the folder never sees half a message.
    private async Task WriteFileAsync(MailMessage message)
    {
        var aside = OwnerOnly.MakeFolder(Path.Combine(Path.GetFullPath(options.Folder), ".writing", Guid.NewGuid().ToString("N")));
        using (var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = aside.FullName })
        {
            await client.SendMailAsync(message);
        }

        var name = $"{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Interlocked.Increment(ref counter):D4}.eml";
        var written = aside.GetFiles("*.eml").Single();
        written.UnixFileMode = OwnerOnly.File;
        written.MoveTo(Path.Combine(Path.GetFullPath(options.Folder), name));
        aside.Delete();
    }
}
