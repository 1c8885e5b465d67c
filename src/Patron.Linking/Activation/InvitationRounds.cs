using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Shared.Background;

namespace Patron.Linking.Activation;

/// <summary>Sends due invitations and reminders in the background. Any number of processes may run it.</summary>
public sealed class InvitationRounds(IServiceScopeFactory scopes, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("invitations", Interval, MailAllDueAsync, stoppingToken);

    private async Task MailAllDueAsync(CancellationToken cancellationToken)
    {
        int processed;
        do
        {
            await using var scope = scopes.CreateBackgroundScope();
            processed = await scope.ServiceProvider.GetRequiredService<MailInvitations>().HandleAsync(cancellationToken);
        }
        while (processed > 0);
    }
}
