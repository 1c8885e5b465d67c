using System.CommandLine;
using System.Text;
using Microsoft.Extensions.Options;
using Patron.Accounts.Activation;
using Patron.Accounts.Mails;
using Patron.Accounts.Users;
using Patron.Hosting;
using Patron.Web.Pages;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron mail preview</c>: shows operators how their mails look, without sending any. <c>patron mail parked</c>: settles the mails that
/// waited when a restored database was backed up.
/// </summary>
internal static class MailCommand
{
    private static readonly string[] Endings = [".eml", ".html"];

    public static Command Build()
    {
        var folder = new Argument<string>("DIR") { Description = "An empty folder. It is created if it doesn't exist." };
        var preview = new Command(
            "preview", "Write each kind of mail in each language as .eml and .html files, with example data. Sends nothing.")
        {
            folder,
        };
        var common = new CommonOptions(preview);
        preview.SetAction((line, cancellationToken) => CommandRunner.HandleErrorsAsync(
            () => PreviewAsync(common.Read(line), line.GetRequiredValue(folder), cancellationToken),
            cancellationToken));
        return new Command("mail", "Look at the mails that Patron sends.") { preview, BuildParked() };
    }

    private static Command BuildParked()
    {
        var send = new Option<bool>("--send") { Description = "Let all of them go." };
        var drop = new Option<bool>("--drop") { Description = "Delete all of them unsent." };
        var parked = new Command("parked", "Count the mails that a restore has parked, or send or delete them.") { send, drop };
        parked.Validators.Add(result =>
        {
            if (result.GetValue(send) && result.GetValue(drop))
            {
                result.AddError("Choose one of --send and --drop.");
            }
        });
        parked.RunsOn(
            new CommonOptions(parked), [ProcessRole.All, ProcessRole.Accounts, ProcessRole.Customers], async (line, context, cancellationToken) =>
            {
                var mails = context.Get<ParkedMails>();
                Console.WriteLine((line.GetValue(send), line.GetValue(drop)) switch
                {
                    (true, _) => $"Running servers send {CommandOutput.Count(await mails.SendAsync(cancellationToken), "mail")}.",
                    (_, true) => $"Deleted {CommandOutput.Count(await mails.DropAsync(cancellationToken), "mail")} unsent.",
                    _ => $"{CommandOutput.Count(await mails.CountAsync(cancellationToken), "mail")} parked.",
                });
                return 0;
            });
        return parked;
    }

    private static async Task<int> PreviewAsync(PatronSettings settings, string folder, CancellationToken cancellationToken)
    {
        var examples = new MailExamples(settings);
        var files = examples.All()
            .SelectMany(example => Endings.Select(ending => (Name: example.Name + ending, example.Mail))).ToList();
        var names = files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var existing = Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)) : [];
        if (existing.FirstOrDefault(name => !names.Contains(name)) is { } other)
        {
            throw new CannotStartException(
                $"{folder} contains {other}. Choose an empty folder, so that nothing of yours is overwritten.");
        }

        Directory.CreateDirectory(folder);
        foreach (var (name, mail) in files)
        {
            await using var file = File.Create(Path.Combine(folder, name));
            await (name.EndsWith(".eml", StringComparison.Ordinal)
                ? examples.Sender.WriteAsync(mail, file, cancellationToken)
                : file.WriteAsync(Encoding.UTF8.GetBytes(mail.Html!), cancellationToken).AsTask());
        }

        Console.WriteLine($"Wrote {files.Count} files to {folder}.");
        return 0;
    }
}

/// <summary>One mail of each kind and language, as the settings make it.</summary>
internal sealed class MailExamples
{
    private const string Address = "lena.example@example.com";
    private const string NewAddress = "lena@new.example";
    private const string Organization = "Northwind Ltd";
    private const string Code = "103690";
    private const string Secret = "EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXA";
    private const long InvitationId = 1;

    private static readonly DateTimeOffset At = new(2026, 11, 29, 16, 25, 0, TimeSpan.Zero);

    private static readonly RequestOrigin Origin = new(
        "203.0.113.77", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0");

    private readonly AccountMails accounts;
    private readonly ActivationMails activation;

    public MailExamples(PatronSettings settings)
    {
        var portal = PatronServices.AddressOfPortal(settings, listening: () => null);
        var brand = new MailBrand(settings.Accounts.Brand, settings.Portal.Brand, new BrandAssets(settings.Portal.Brand).Logo);
        var options = Options.Create(settings.Accounts);
        var writer = new MailWriter(options, brand, portal, new MailComposer(brand, portal));
        // Not the key of the installation: the links of the examples must not work.
        var tokens = new DeclineTokens(MasterKey.FromBase64(Convert.ToBase64String(new byte[32])));
        Sender = new MailSender(settings.Mail, brand, TimeProvider.System);
        accounts = new AccountMails(options, writer, portal);
        activation = new ActivationMails(options, writer, portal, tokens);
    }

    public MailSender Sender { get; }

    /// <summary>The mails with their names, such as <c>verify-email.de</c>.</summary>
    public IEnumerable<(string Name, OutgoingMail Mail)> All() => Languages.All.Keys.SelectMany(
        language => In(new MailRecipient(Address, "Lena", language)).Select(example => ($"{example.Name}.{language}", example.Mail)));

    private IEnumerable<(string Name, OutgoingMail Mail)> In(MailRecipient to) =>
    [
        ("verify-email", accounts.VerifyEmail(to, Secret)),
        ("confirm-new-email", accounts.ConfirmNewEmail(to, Secret)),
        ("email-is-changing", accounts.EmailIsChanging(to, NewAddress, Origin, At)),
        ("email-changed", accounts.EmailChanged(to, NewAddress, Origin, At)),
        ("reset-password", accounts.ResetPassword(to, Secret)),
        ("password-changed", accounts.PasswordChanged(to, Origin, At)),
        ("confirm-by-code", accounts.ConfirmByCode(to, Code, Origin, At)),
        ("already-registered", accounts.AlreadyRegistered(to, Origin, At)),
        ("member-invitation", accounts.Invitation(to with { Name = "" }, Organization, Secret)),
        ("offer", accounts.Offer(to, Organization)),
        ("account-closed", accounts.AccountClosed(to, NewAddress, At)),
        ("account-kept", accounts.AccountKept(to, NewAddress, At)),
        ("welcome", accounts.Welcome(to, isProven: true, Origin, At)),
        ("welcome-unproven", accounts.Welcome(to, isProven: false, Origin, At)),
        ("setup-code", activation.Setup(to with { Name = "" }, new IssuedActivation(Code, Secret))),
        ("setup-link", activation.Setup(to with { Name = "" }, new IssuedActivation(null, Secret))),
        ("invitation", activation.Invitation(to, InvitationId, number: 1)),
        ("reminder", activation.Invitation(to, InvitationId, number: 2)),
    ];
}
