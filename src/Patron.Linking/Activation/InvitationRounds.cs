using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared;
using Patron.Shared.Database;

namespace Patron.Linking.Activation;

/// <summary>Lets invitations and reminders go when they are due; any number of processes at once.</summary>
public sealed partial class InvitationRounds(IServiceScopeFactory scopes, StartSignal start, ILogger<InvitationRounds> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await start.SucceedsAsync(stoppingToken))
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await MailAllDueAsync(stoppingToken);
            }
            catch (Exception exception) when (DatabaseFailure.IsAway(exception))
            {
                LogPutOff(DatabaseFailure.Reason(exception)); // The next round will do.
            }
        }
    }

    private async Task MailAllDueAsync(CancellationToken cancellation)
    {
        int taken;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            taken = await scope.ServiceProvider.GetRequiredService<MailInvitations>().HandleAsync(cancellation);
        }
        while (taken > 0);
    }

    [LoggerMessage(LogLevel.Warning, "Invitations put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
