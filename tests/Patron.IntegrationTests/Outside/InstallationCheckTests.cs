using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Checks;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Outside;

/// <summary>The checks that the console shows to administrators.</summary>
public sealed class InstallationCheckTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Administrators_see_the_checks_and_others_are_refused()
    {
        var report = (await CheckAsync(Caller.System(app.Home()))).Value;
        Assert.Superset(
            new HashSet<string> { "database", "statistics", "addresses", "mail", "waiting mails" },
            report.Checks.Select(check => check.Subject).ToHashSet());
        Assert.All(report.Checks, check => Assert.True(check.IsGood, check.Message));
        Assert.NotEmpty(report.Program.Version);

        var staff = Caller.System(app.Home()) with
        {
            IsAdmin = false, UserId = Guid.NewGuid(), Memberships = [new Membership(app.Home(), 1, OrganizationRole.Vendor)],
        };
        Assert.Equal("admin_required", (await CheckAsync(staff)).Error?.Code);
    }

    [Fact]
    public async Task A_given_up_message_needs_attention_and_comes_first()
    {
        await app.AccountsSqlAsync<long>(
            "INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at, attempts, dead_at) VALUES ('mail', '{}', now(), now(), 15, now()) RETURNING id");
        try
        {
            var report = (await CheckAsync(Caller.System(app.Home()))).Value;
            Assert.False(report.IsGood);
            Assert.Equal("given-up messages", report.Checks[0].Subject);
        }
        finally
        {
            await app.AccountsSqlAsync<long>("DELETE FROM shared.outbox_messages WHERE dead_at IS NOT NULL RETURNING id");
        }
    }

    [Fact]
    public async Task A_check_that_never_answers_is_reported_after_a_second()
    {
        var never = new InstallationCheck("mail", _ => new TaskCompletionSource<IReadOnlyList<CheckResult>>().Task);
        var good = new InstallationCheck("database", _ => Task.FromResult<IReadOnlyList<CheckResult>>([new("database", true, "answers")]));
        var check = new CheckInstallation(
            [good, never], new RunningProgram("1.0", Patron.Shared.ProcessRole.All, DateTimeOffset.UnixEpoch));
        var watch = Stopwatch.StartNew();
        var report = (await check.HandleAsync(Caller.System(Guid.NewGuid()), CancellationToken.None)).Value;
        Assert.Equal([("mail", false), ("database", true)], report.Checks.Select(result => (result.Subject, result.IsGood)));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    private async Task<Result<InstallationReport>> CheckAsync(Caller caller)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CheckInstallation>().HandleAsync(caller, CancellationToken.None);
    }
}
