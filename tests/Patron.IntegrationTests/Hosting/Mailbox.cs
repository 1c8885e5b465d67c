using System.Diagnostics;
using System.Text.RegularExpressions;
using MimeKit;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A message in the mail folder: its plain text with line feeds, and its HTML.</summary>
public sealed record ReceivedMail(string To, string Subject, string Text, string Html, MimeMessage Message)
{
    /// <summary>A header's value, or an empty text.</summary>
    public string Header(string name) => Message.Headers[name] ?? "";

    /// <summary>The secret: in the link, or alone on a line.</summary>
    public string Token => Regex.Match(Text, @"(?<=^http\S+[?&]token=|^)[A-Za-z0-9_-]{43}$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Value;
}

/// <summary>Reads the mails of a test class's servers.</summary>
public static class Mailbox
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a message to this address with this text in its subject.</summary>
    public static async Task<ReceivedMail> MailAsync(this PatronApp app, string to, string subject = "")
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var found = app.MailsTo(to).LastOrDefault(mail => mail.Subject.Contains(subject, StringComparison.OrdinalIgnoreCase));
            if (found is not null)
            {
                return found;
            }

            Assert.True(watch.Elapsed < Timeout, $"No mail '{subject}' came for {to} within {Timeout.TotalSeconds} seconds.");
            await Task.Delay(20);
        }
    }

    /// <summary>All messages to this address so far, the oldest first.</summary>
    public static IReadOnlyList<ReceivedMail> MailsTo(this PatronApp app, string to)
    {
        var folder = Path.Combine(app.Accounts.DataFolder, "mail");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Where(file => IsTo(file, to)).Select(Parse)]
            : [];
    }

    // Only messages to this address are parsed, because a folder can hold thousands.
    private static bool IsTo(string file, string to) => File.ReadLines(file).TakeWhile(line => line.Length > 0)
        .Contains($"To: {to}", StringComparer.OrdinalIgnoreCase);

    private static ReceivedMail Parse(string file)
    {
        var message = MimeMessage.Load(file);
        return new ReceivedMail(
            message.Headers["To"]!, message.Subject!, message.TextBody!.ReplaceLineEndings("\n"), message.HtmlBody!.ReplaceLineEndings("\n"), message);
    }
}
