using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Sync;
using Patron.Odoo.Client;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Odoo.Sync;

/// <summary>
/// What a run of the sync would do: it reads every partner, active ones first, and writes nothing, not even a row of its own. Errors: 503 Odoo is
/// away or refuses the robot.
/// </summary>
public sealed class PreviewSync(IServiceScopeFactory scopes, OdooClient client, OdooOptions options, HomeOrganization home, TimeProvider time)
{
    public async Task<Result<SyncFigures>> HandleAsync(Action<SyncProgress> tell, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        try
        {
            var expected = await client.CountAsync("res.partner", OdooDomain.All.AndIn("active", [true, false]), cancellation);
            var preview = new SyncPreview();
            var read = 0L;
            tell(new SyncProgress(SyncPhase.Active, read, expected));
            await using var reading = scopes.CreateBackgroundScope();
            var partners = reading.ServiceProvider.GetRequiredService<OdooPartners>();
            foreach (var phase in new[] { SyncPhase.Active, SyncPhase.Archived })
            {
                var query = new PartnerQuery(0, options.PageSize) { IsActive = phase == SyncPhase.Active };
                await foreach (var page in partners.ReadPagesAsync(query, cancellation))
                {
                    await using var scope = scopes.CreateBackgroundScope();
                    preview.Fail([.. page.Unreadable.Select(row => new PartnerNote(row.Id, row.Reason))]);
                    await scope.ServiceProvider.GetRequiredService<TakePartners>().PreviewAsync(Caller.System(home.Id), page.Partners, preview, cancellation);
                    tell(new SyncProgress(phase, read += page.Count, expected));
                }
            }

            await using var counting = scopes.CreateBackgroundScope();
            return preview.ToFigures(
                await counting.ServiceProvider.GetRequiredService<CountPartners>().CustomersAsync(cancellation),
                await counting.ServiceProvider.GetRequiredService<KnownPartners>().CountAsync(cancellation),
                time.GetElapsedTime(began));
        }
        catch (OdooException failure)
        {
            return new Error(ErrorKind.Unavailable, failure.Message);
        }
    }
}
