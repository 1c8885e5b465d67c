using System.Text.RegularExpressions;
using MimeKit;
using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared.Mail;

namespace Patron.IntegrationTests.Processes;

/// <summary>Every mail in every language, as <c>patron mail preview</c> writes it.</summary>
public sealed class MailPreviewTests : IDisposable
{
    private readonly DataFolder folder = new();

    private string Previews => Path.Combine(folder.Location, "previews");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_mail_has_its_headers_text_and_HTML()
    {
        var answer = await PreviewAsync(("Portal__Url", "https://portal.acme.example"));
        Assert.Equal((0, $"Wrote 72 files to {Previews}.\n"), (answer.Status, answer.Output));
        var kinds = new[] { typeof(AccountMails), typeof(ActivationMails) }.SelectMany(type => type.GetMethods()).Count(method => method.ReturnType == typeof(OutgoingMail));
        var files = Directory.GetFiles(Previews, "*.eml");
        Assert.Equal(2 * (kinds + 3), files.Length); // Three kinds have two forms: a code or a link, the first one or a reminder, proven or not.

        Assert.All(files, file =>
        {
            var message = MimeMessage.Load(file);
            var text = message.TextBody!.ReplaceLineEndings("\n");
            Assert.Equal("\"Acme\" <mail@acme.example>", message.From.ToString());
            Assert.Equal("help@acme.example", message.ReplyTo.ToString());
            Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
            Assert.Equal(message.HtmlBody!.ReplaceLineEndings("\n"), File.ReadAllText(Path.ChangeExtension(file, ".html")));
            Assert.Equal(file.EndsWith(".de.eml", StringComparison.Ordinal), message.HtmlBody.Contains("<html lang=\"de\">", StringComparison.Ordinal));
            Assert.InRange(Regex.Count(message.HtmlBody, "<a href=\"[^\"]*\" style=\"display:inline-block", RegexOptions.None, TimeSpan.FromSeconds(1)), 0, 1);
            Assert.InRange(message.HtmlBody.Length, 1, 10_000);
            Assert.Matches(@"^(Hello|Guten Tag)( Lena)?,\n\n(?!\n)", text);
            Assert.True(!text.StartsWith("Hello", StringComparison.Ordinal) || char.IsUpper(text.Split("\n\n")[1].TrimStart('"')[0]), "After the greeting English goes on with a capital letter.");
            Assert.Contains("\n--\n", text, StringComparison.Ordinal);
            Assert.Contains("help@acme.example", text, StringComparison.Ordinal);
            Assert.Contains("https://acme.example/privacy", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("[eE]-mail|Nobody|somebody", file.EndsWith(".en.eml", StringComparison.Ordinal) ? text + message.Subject : "");
        });
    }

    [Theory]
    [InlineData("https://portal.acme.example", "List-Unsubscribe=One-Click")]
    [InlineData("http://portal.acme.example", null)]
    public async Task Only_invitations_and_reminders_can_be_ended_with_one_click_by_https(string url, string? oneClick)
    {
        await PreviewAsync(("Portal__Url", url));
        Assert.All(Directory.GetFiles(Previews, "*.eml"), file =>
        {
            var isInvitation = Path.GetFileName(file).Split('.')[0] is "invitation" or "reminder";
            var headers = MimeMessage.Load(file).Headers;
            Assert.Equal(isInvitation, headers["List-Unsubscribe"]?.StartsWith($"<{url}/unsubscribe?token=", StringComparison.Ordinal) == true);
            Assert.Equal(isInvitation ? oneClick : null, headers["List-Unsubscribe-Post"]);
        });
    }

    [Fact]
    public async Task Without_pages_mails_hold_the_token_and_no_links()
    {
        await PreviewAsync("accounts");
        var text = MimeMessage.Load(Path.Combine(Previews, "reset-password.en.eml")).TextBody!.ReplaceLineEndings("\n");
        Assert.Contains("\n\nYour token is:\n\nEXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXA\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("set-password?", text, StringComparison.Ordinal);
        Assert.DoesNotContain("http", MimeMessage.Load(Path.Combine(Previews, "password-changed.en.eml")).TextBody!.Replace("https://acme.example/privacy", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_with_other_files_is_refused_and_its_own_files_are_replaced()
    {
        Assert.Equal(0, (await PreviewAsync()).Status);
        Assert.Equal(0, (await PreviewAsync()).Status);
        await File.WriteAllTextAsync(Path.Combine(Previews, "letter.txt"), "Dear Lena");
        File.Delete(Path.Combine(Previews, "offer.en.eml"));

        var refused = await PreviewAsync();

        Assert.Equal((1, $"{Previews} contains letter.txt. Choose an empty folder, so that nothing of yours is overwritten.\n"), (refused.Status, refused.Errors));
        Assert.False(File.Exists(Path.Combine(Previews, "offer.en.eml")));
    }

    private Task<CommandAnswer> PreviewAsync(params (string Name, string Value)[] settings) => PreviewAsync("all", settings);

    private Task<CommandAnswer> PreviewAsync(string role, params (string Name, string Value)[] settings) => PatronCommandLine.RunAsync(
        PatronProcess.Settings([
            ("Accounts__Brand", "Acme"), ("Mail__From", "mail@acme.example"), ("Portal__Brand__SupportEmail", "help@acme.example"), ("Portal__Brand__PrivacyUrl", "https://acme.example/privacy"),
            .. settings]),
        ["mail", "preview", Previews, "--role", role, "--data", folder.Location]);
}
