using Patron.IntegrationTests.Hosting;
using Patron.Linking;
using Patron.Shared;

namespace Patron.IntegrationTests.Activation;

/// <summary>One process with settings of its own.</summary>
public abstract class PortalApp(TestDatabase database, params (string Name, string Value)[] settings) : PatronApp(database)
{
    /// <summary>Another process on the same database with other settings, writing its mail into the same folder.</summary>
    public Task<RunningPatron> StartBesideAsync(params (string Name, string Value)[] others) => RunningPatron.StartAsync(
        Accounts.ConnectionString, ProcessRole.All, Settings([.. others, ("Mail:Folder", Path.Combine(Accounts.DataFolder, "mail"))]), Time);

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, Settings(settings));
        return (server, server);
    }

    private static Dictionary<string, string?> Settings((string Name, string Value)[] settings) =>
        settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);
}

/// <summary>As by default, but that one client may call as often as many.</summary>
public sealed class ManyCallers(TestDatabase database) : PortalApp(database, ("Limits:SignUpsPerMinute", "100000"), ("Limits:SignInsPerMinute", "100000"));

/// <summary>Passwords by link only; links begin with the portal's address; check-email tells nothing.</summary>
public sealed class LinkOnly(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "link"), ("Portal:Url", "https://portal.example.com/"), ("Portal:CheckEmail:Disclosure", "none"));

/// <summary>Only who was invited is let in; codes of eight digits.</summary>
public sealed class InviteOnly(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "invite"), ("Portal:Activation:CodeDigits", "8"));

/// <summary>Five invitations an hour.</summary>
public sealed class SlowInvitations(TestDatabase database) : PortalApp(database, ("Portal:Invitations:PerHour", "5"));

/// <summary>Source 4 to the letter.</summary>
public sealed class TrustingPortal(TestDatabase database) : PortalApp(
    database, ("Portal:Activation:Mode", "trusting"), ("Portal:Activation:TrustEverybody", ActivationOptions.TrustConfirmation), ("Portal:CheckEmail:Disclosure", "full"));
