using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Shared.Background;

namespace Patron.Linking.Activation;

/// <summary>Lets invitations and reminders go when they are due; any number of processes at once.</summary>
public sealed class InvitationRounds(IServiceScopeFactory scopes, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("invitations", Interval, MailAllDueAsync, stoppingToken);

    private async Task MailAllDueAsync(CancellationToken cancellationToken)
    {
        int taken;
        do
        {
            await using var scope = scopes.CreateBackgroundScope();
            taken = await scope.ServiceProvider.GetRequiredService<MailInvitations>().HandleAsync(cancellationToken);
        }
        while (taken > 0);
    }
}
