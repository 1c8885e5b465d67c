using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.BrowserTests;

/// <summary>How mails look on a phone and in a desktop program: nothing is wider than the window, and axe has no findings.</summary>
public sealed class MailLayoutTests(Chromium chromium)
{
    [Theory]
    [InlineData(360)]
    [InlineData(600)]
    public async Task Every_mail_is_accessible_and_fits(int width)
    {
        using var folder = new DataFolder();
        var previews = Path.Combine(folder.Location, "previews");
        var answer = await PatronCommandLine.RunAsync(
            PatronProcess.Settings(
                ("Accounts__Brand", "Acme"), ("Portal__Brand__Accent", "#8a1538"), ("Portal__Brand__SupportEmail", "help@acme.example"), ("Portal__Brand__SupportPhone", "+49 30 1234567"),
                ("Portal__Brand__ImprintUrl", "https://acme.example/imprint"), ("Portal__Brand__PrivacyUrl", "https://acme.example/privacy")),
            ["mail", "preview", previews, "--data", folder.Location]);
        Assert.Equal(0, answer.Status);

        await using var visitor = await Visitor.OpenAsync(chromium, new Uri("file:///"), new Look(width));
        foreach (var file in Directory.GetFiles(previews, "*.html").Order(StringComparer.Ordinal))
        {
            await visitor.GoAsync($"file://{file}");
            await visitor.InspectAsync($"mail-{Path.GetFileNameWithoutExtension(file)}");
        }
    }
}
