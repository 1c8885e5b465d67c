using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A message in the mail folder.</summary>
public sealed record ReceivedMail(string To, string Subject, string Text, string Head)
{
    /// <summary>A header's value, or an empty text.</summary>
    public string Header(string name) =>
        Regex.Match(Head.Replace("\n ", " ", StringComparison.Ordinal), $"^{name}: (.*)$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value.Trim();

    /// <summary>The secret, which is alone on a line.</summary>
    public string Token => Regex.Match(Text, @"^[A-Za-z0-9_-]{43}\r?$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Value.Trim();
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
            ? [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(Parse).Where(mail => string.Equals(mail.To, to, StringComparison.OrdinalIgnoreCase))]
            : [];
    }

    private static ReceivedMail Parse(string file)
    {
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var head = text[..text.IndexOf("\n\n", StringComparison.Ordinal)];
        return new ReceivedMail(Header(head, "To"), Header(head, "Subject"), text[(head.Length + 2)..], head);
    }

    private static string Header(string head, string name) =>
        Regex.Match(head, $"^{name}: (.*)$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value.Trim();
}
