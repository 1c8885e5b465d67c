using System.Diagnostics;
using Patron.Backups;
using Patron.Hosting;
using Patron.Shared;
using Patron.Shared.Checks;
using Patron.Shared.Database;

namespace Patron.Checks;

/// <summary>
/// The checks that a running server makes for the console: what <c>/health</c> says, and those of <c>patron doctor</c> that take no longer
/// than a second and are no secret to administrators who can't read the machine's files.
/// </summary>
internal static class ServerChecks
{
    public static IServiceCollection AddServerChecks(this IServiceCollection services, PatronSettings settings) => services
        .AddScoped<CheckInstallation>()
        .AddSingleton(_ => new RunningProgram(Health.Version, settings.Role, StartTime()))
        .AddSingleton(provider => new InstallationCheck("server", async cancellationToken =>
            Describe(await provider.GetRequiredService<Health>().CheckAsync(cancellationToken))))
        .AddSingleton(provider => new InstallationCheck("database", cancellationToken =>
            DatabaseChecks.RunAsync(provider.GetRequiredService<DatabasePools>().Probes, settings.Role, cancellationToken)))
        .AddSingleton(provider => new InstallationCheck("backup", cancellationToken => BackupChecks.RunAsync(
            provider.GetRequiredService<ReadBackupState>(), provider.GetRequiredService<DatabasePools>().Probes,
            provider.GetRequiredService<TimeProvider>(), cancellationToken)))
        .AddSingleton(new InstallationCheck("mail", async cancellationToken => [await CheckMailAsync(settings, cancellationToken)]))
        .AddSingleton(new InstallationCheck("settings", _ => Task.FromResult(CheckSettings(settings))));

    private static IReadOnlyList<CheckResult> Describe(HealthAnswer health) =>
        [.. health.Checks.Where(check => check.Key is not ("database" or "backup")).Select(check => Describe(check.Key, check.Value, health))];

    private static CheckResult Describe(string subject, string state, HealthAnswer health) => (subject, state == "ok") switch
    {
        ("sync", true) when health.LastSync is null => new CheckResult(subject, true, "no run yet"),
        ("sync", true) => new CheckResult(subject, true, $"run {health.LastSync!.Run} has succeeded"),
        ("sync", false) => new CheckResult(subject, false, "The last run failed. Its page says why."),
        ("mail", true) => new CheckResult("waiting mails", true, "no mail waits for a further attempt"),
        ("mail", false) => new CheckResult(
            "waiting mails", false, "Mails couldn't be sent and are tried again. The mail server's check says whether it can be used."),
        ("reads", true) => new CheckResult(subject, true, "replicas answer"),
        ("reads", false) => new CheckResult(
            subject, false, "Replicas can't be reached or are behind. The primary answers all reads meanwhile."),
        ("activation", _) => new CheckResult(
            subject, false, "Whoever knows a customer's address can set up the account, because Portal:Activation:Mode is trusting."),
        ("start", _) => new CheckResult(subject, false, "The start hasn't finished; migrations run."),
        ("odoo" or "erp", true) => new CheckResult(subject, true, "answers"),
        ("odoo" or "erp", false) => new CheckResult(
            subject, false, "The ERP doesn't answer or refuses Patron's user. Customers see the documents that were stored before."),
        (_, true) => new CheckResult(subject, true, "runs"),
        _ => new CheckResult(subject, false, "This background service keeps failing and is tried again. The log says why."),
    };

    private static async Task<CheckResult> CheckMailAsync(PatronSettings settings, CancellationToken cancellationToken) =>
        settings.Mail.Host is null
            ? new CheckResult("mail", true, "Mail:Host isn't set, so mails are written to files")
            : await MailChecks.CheckServerAsync(settings.Mail, cancellationToken);

    private static DateTimeOffset StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime);
    }

    private static IReadOnlyList<CheckResult> CheckSettings(PatronSettings settings) =>
    [
        .. MailChecks.CheckLinks(settings),
        .. SettingsFile.Problem(settings) is { } problem ? [new CheckResult(SettingsFile.Name, false, problem)] : Array.Empty<CheckResult>(),
    ];
}
