using System.Text;
using System.Text.Json;
using MimeKit;
using Patron.Shared.Outbox;
using Patron.Shared.Secrets;

namespace Patron.Shared.Mail;

/// <summary>Sends mail from the outbox by SMTP or as <c>.eml</c> files. File names begin with the time, so they sort by age.</summary>
public sealed class MailSender(MailOptions options, MailBrand brand, TimeProvider time)
{
    private const int MaxLineLength = 998; // RFC 5322, 2.1.1
    private readonly MailServer? server = options.Host is null ? null : new MailServer(options, time);
    private long counter;

    /// <exception cref="MessageRefusedException">The recipient's address is invalid, or the server refuses it.</exception>
    /// <exception cref="MailServerException">The server cannot be reached or accepts no mail at all.</exception>
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

    /// <summary>Writes the message as it is sent.</summary>
    public async Task WriteAsync(OutgoingMail mail, Stream stream, CancellationToken cancellationToken)
    {
        using var message = Compose(mail);
        await message.WriteToAsync(MailServer.Format, stream, cancellationToken);
    }

    private MimeMessage Compose(OutgoingMail mail)
    {
        var sender = MailboxAddress.Parse(options.From);
        sender.Name = string.IsNullOrEmpty(sender.Name) ? brand.Name : sender.Name;
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            MessageId = $"{Guid.CreateVersion7():N}@{EncodedDomain(sender)}",
            Date = time.GetUtcNow(),
            Body = BodyOf(mail),
        };
        message.From.Add(sender);
        message.To.Add(Recipient(mail.To));
        if (brand.Options.SupportEmail is { } support)
        {
            message.ReplyTo.Add(MailboxAddress.Parse(support));
        }

        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: prevents automatic replies.
        AddUnsubscribe(message, mail.Unsubscribe);
        message.Prepare(EncodingConstraint.EightBit, MaxLineLength);
        return message;
    }

    // Programs show the last kind they know (RFC 2046, 5.1.4).
    private static MimeEntity BodyOf(OutgoingMail mail) => mail.Html is null
        ? PartOf("plain", mail.Text)
        : new MultipartAlternative { PartOf("plain", mail.Text), PartOf("html", mail.Html) };

    // Not quoted-printable, which breaks long links in the source of the mail. If a line is too long, or the server does not support
    // 8BITMIME, MimeKit encodes the text anyway; a token still stays on one line.
    private static TextPart PartOf(string subtype, string text) => new(subtype)
    {
        Text = text,
        ContentTransferEncoding = Ascii.IsValid(text) ? ContentEncoding.SevenBit : ContentEncoding.EightBit,
    };

    // Mail programs show a button for it. The one that needs no page (RFC 8058) is for https only.
    private static void AddUnsubscribe(MimeMessage message, string? url)
    {
        if (url is null)
        {
            return;
        }

        message.Headers.Add(HeaderId.ListUnsubscribe, $"<{url}>");
        if (url.StartsWith(Uri.UriSchemeHttps, StringComparison.Ordinal))
        {
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
    }

    private static MailboxAddress Recipient(string address) =>
        MailboxAddress.TryParse(address, out var mailbox)
        && (mailbox.Address == address || mailbox.GetAddress(idnEncode: true) == address) // MimeKit decodes an IDNA domain.
        && mailbox.Domain.Length > 0
        && Ascii.IsValid(EncodedDomain(mailbox))
            ? mailbox
            : throw new MessageRefusedException("recipient: mail cannot be sent to this address.", isFinal: true);

    // In its IDNA form, which every server supports; a domain without such a form stays as it is.
    private static string EncodedDomain(MailboxAddress mailbox)
    {
        var address = mailbox.GetAddress(idnEncode: true);
        return address[(address.LastIndexOf('@') + 1)..];
    }

    // Written to a temporary file and renamed, so that a reader of the folder never sees an incomplete message.
    private async Task WriteFileAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.Folder);
        var name = $"{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Interlocked.Increment(ref counter):D4}.eml";
        var temporary = Path.Combine(
            OwnerOnlyPermissions.CreateFolder(Path.Combine(folder, ".writing")).FullName, $"{Guid.NewGuid():N}.eml");
        var fileOptions =
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File };
        await using (var file = new FileStream(temporary, fileOptions))
        {
            await message.WriteToAsync(MailServer.Format, file, cancellationToken);
        }

        File.Move(temporary, Path.Combine(folder, name));
    }
}
