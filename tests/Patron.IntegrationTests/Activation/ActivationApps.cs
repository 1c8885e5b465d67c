using Patron.IntegrationTests.Hosting;
using Patron.Linking;
using Patron.Shared;

namespace Patron.IntegrationTests.Activation;

/// <summary>A process with its own settings.</summary>
public abstract class PortalApp(TestDatabase database, params (string Name, string Value)[] settings) : PatronApp(database)
{
    /// <summary>Starts another process on the same database with other settings, which writes mails into the same folder.</summary>
    public Task<RunningPatron> StartAnotherProcessAsync(params (string Name, string Value)[] others) => RunningPatron.StartAsync(
        Accounts.ConnectionString, ProcessRole.All, Settings([.. others, ("Mail:Folder", Path.Combine(Accounts.DataFolder, "mail"))]), Time);

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, Settings(settings));
        return (server, server);
    }

    private static Dictionary<string, string?> Settings((string Name, string Value)[] settings) =>
        settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);
}

/// <summary>Default settings without rate limits per client.</summary>
public sealed class UnlimitedCallers(TestDatabase database) : PortalApp(database, ("Limits:SignUpsPerMinute", "100000"), ("Limits:SignInsPerMinute", "100000"));

/// <summary>Mode link, with the portal's URL in links, and a check-email that reveals nothing.</summary>
public sealed class LinkModePortal(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "link"), ("Portal:Url", "https://portal.example.com/"), ("Portal:CheckEmail:Disclosure", "none"));

/// <summary>Mode invite, with codes of eight digits.</summary>
public sealed class InviteModePortal(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "invite"), ("Portal:Activation:CodeDigits", "8"));

/// <summary>Five invitations an hour.</summary>
public sealed class FiveInvitationsAnHour(TestDatabase database) : PortalApp(database, ("Portal:Invitations:PerHour", "5"));

/// <summary>Mode trusting, exactly as in source 4.</summary>
public sealed class TrustingPortal(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "trusting"), ("Portal:Activation:TrustEverybody", ActivationOptions.TrustConfirmation), ("Portal:CheckEmail:Disclosure", "full"));
