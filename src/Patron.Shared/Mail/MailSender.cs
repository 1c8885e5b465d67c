using System.Text;
using System.Text.Json;
using MimeKit;
using Patron.Shared.Outbox;
using Patron.Shared.Secrets;

namespace Patron.Shared.Mail;

/// <summary>Sends mail from the outbox, by SMTP or as <c>.eml</c> files named by their time so that the newest is last.</summary>
public sealed class MailSender(MailOptions options, TimeProvider time)
{
    private const int MaxLineLength = 998; // RFC 5322, 2.1.1
    private readonly MailServer? server = options.Host is null ? null : new MailServer(options, time);
    private long counter;

    /// <exception cref="MessageRefusedException">The recipient's address cannot be written to, or the server does not take it.</exception>
    /// <exception cref="MailServerException">The server cannot be reached, or sends nothing for anybody.</exception>
    public async Task SendAsync(string payload, CancellationToken cancellationToken)
    {
        using var message = Compose(JsonSerializer.Deserialize(payload, MailJson.Default.OutgoingMail)!);
        if (server is null)
        {
            await WriteFileAsync(message, cancellationToken);
        }
        else
        {
            await server.SendAsync(message, cancellationToken);
        }
    }

    private MimeMessage Compose(OutgoingMail mail)
    {
        var sender = MailboxAddress.Parse(options.From);
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            MessageId = $"{Guid.CreateVersion7():N}@{EncodedDomain(sender)}",
            Date = time.GetUtcNow(),
            Body = new TextPart("plain")
            {
                Text = mail.Text,
                // Not quoted-printable, which breaks long links over lines for whoever reads the source. Where a line is too long for
                // mail, or the server takes no 8-bit text, MimeKit encodes the text after all; a token still stays on its line.
                ContentTransferEncoding = Ascii.IsValid(mail.Text) ? ContentEncoding.SevenBit : ContentEncoding.EightBit,
            },
        };
        message.From.Add(sender);
        message.To.Add(Recipient(mail.To));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: so that no holiday notice answers.
        message.Prepare(EncodingConstraint.EightBit, MaxLineLength);
        return message;
    }

    private static MailboxAddress Recipient(string address) =>
        MailboxAddress.TryParse(address, out var mailbox)
        && (mailbox.Address == address || mailbox.GetAddress(idnEncode: true) == address) && mailbox.Domain.Length > 0 && Ascii.IsValid(EncodedDomain(mailbox))
            ? mailbox
            : throw new MessageRefusedException("recipient: mail cannot be sent to this address.", isFinal: true);

    // In the form that every server reads (IDNA); one that has no such form stays as it is.
    private static string EncodedDomain(MailboxAddress mailbox)
    {
        var address = mailbox.GetAddress(idnEncode: true);
        return address[(address.LastIndexOf('@') + 1)..];
    }

    // Written aside and renamed, so that a reader of the folder never sees half a message.
    private async Task WriteFileAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.Folder);
        var name = $"{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Interlocked.Increment(ref counter):D4}.eml";
        var aside = Path.Combine(OwnerOnly.MakeFolder(Path.Combine(folder, ".writing")).FullName, $"{Guid.NewGuid():N}.eml");
        var ownerOnly = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly.File };
        await using (var file = new FileStream(aside, ownerOnly))
        {
            await message.WriteToAsync(MailServer.Format, file, cancellationToken);
        }

        File.Move(aside, Path.Combine(folder, name));
    }
}
